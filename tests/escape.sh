#!/bin/bash
# escape.sh - the attacks of tests/escape on this host, bare and under every shipped example and a few small plans; as the user
# who runs this and, when that is root, as another user. What could harm the machine is left to the guests of tests/vm.
set -u
here=$(unset CDPATH; cd -- "$(dirname -- "${BASH_SOURCE[0]}")/escape" && pwd)
top=$(readlink -f "$here/../..")
: "${B:=build}"
case $B in /*) ;; *) B=$top/$B ;; esac
export B LC_ALL=C
tmp=$(mktemp -d /tmp/sbx-escape.XXXXXX) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0

fail() {
	printf 'FAIL escape %s\n' "$1"
	sed 's/^/     | /' "$tmp/log" 2>/dev/null | tail -n 20
	status=1
}

[[ $(uname -m) = x86_64 ]] || { echo "SKIP escape: the predictions of this stage are those of x86_64"; exit 0; }
grep -q '^Seccomp:' /proc/self/status || { echo "SKIP escape: this kernel has no seccomp"; exit 0; }
"$here/build.sh" "$tmp/escape" 2>"$tmp/log" || { fail "the attacking program does not compile"; exit 1; }

make -s -C "$top" B="${B#"$top"/}" "${B#"$top"/}/tests/escape/ask" >"$tmp/log" 2>&1 || { fail "what asks the policies does not compile"; exit 1; }

# Every attack has its line in the table, and the other way round.
comm -3 <("$tmp/escape" list | sort) <(grep -v '^#' "$here/attacks.tsv" | cut -f1 | sort) >"$tmp/log"
[[ ! -s $tmp/log ]] && echo "PASS escape: the table and the program name the same attacks" || fail "the table and the program differ"

# Every attack has its class, every class an attack, and what stands elsewhere is there.
comm -3 <(grep -v '^#' "$here/classes.tsv" | cut -f2 | tr ' ' '\n' | sort) <("$tmp/escape" list | sort) >"$tmp/log"
[[ ! -s $tmp/log ]] && echo "PASS escape: every attack is of one class, every class has an attack" || fail "classes.tsv and the program differ"
grep -v '^#' "$here/classes.tsv" | cut -s -f3 | grep . | while IFS=: read -r file text; do
	grep -qF -- "$text" "$top/$file" || echo "$file does not say: $text"
done >"$tmp/log"
[[ ! -s $tmp/log ]] && echo "PASS escape: what stands elsewhere of a class is there" || fail "classes.tsv names what is not there"

# And every example that ships is in the table of plans.
(cd "$top/policies/examples" && ls ./*.sbx) | sed 's|^./|policies/examples/|' >"$tmp/examples"
grep -vFf <(cut -f2 "$here/plans.tsv") "$tmp/examples" | grep -v corp-base >"$tmp/log"
[[ ! -s $tmp/log ]] && echo "PASS escape: every example is tried" || fail "examples that plans.tsv has not"

port=$((20000 + RANDOM % 10000))
# Two plans need what only a guest can have: somebody's cache, somebody's proxy.
plans=$(grep -v '^#' "$here/plans.tsv" | cut -f1 | grep -vxE 'gpu-shell|web-fetch')
home=$(getent passwd "$(id -u)" | cut -d: -f6)
# shellcheck disable=SC2086
"$here/prepare.sh" "$tmp" "$tmp/world/w" "$port" "$tmp/escape" "${home:-/}" $plans >"$tmp/log" 2>&1 ||
	{ fail "what is predicted cannot be told"; exit 1; }
cp "$here"/{attempt.sh,attacks.tsv,plans.tsv} "$B/sbx-run" "$tmp/"

host=kernel=$(uname -r | cut -d. -f1-2),cgroup=none
abi=$("$tmp/escape" abi)
host+=,landlock=${abi/#0/none}
unshare -Um true 2>/dev/null || host+=,namespaces=no
"$here/hosts.sh" "$tmp" "$host" >"$tmp/host"
mkdir "$tmp/world" && chmod -R a+rX "$tmp" && chmod 755 "$tmp" && chmod 1777 "$tmp/world"

run() { # LABEL COMMAND... -- PLAN...: through what makes another user of one
	local label=$1
	local as=()
	shift
	while [[ $1 != -- ]]; do as+=("$1") && shift; done
	shift
	"${as[@]}" "$tmp/attempt.sh" "$tmp" "$tmp/world/w" "$port" "$tmp/escape" "$tmp/sbx-run" "$label" "$tmp/host" "$@" >"$tmp/$label.lines" || status=1
	cat "$tmp/$label.lines"
}

# Root mounts what an attack opens, in a namespace that nobody else sees.
mounted=()
# shellcheck disable=SC2016
[[ $(id -u) -ne 0 ]] || ! unshare -m true 2>/dev/null ||
	mounted=(unshare -m sh -c 'mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc 2>/dev/null; exec "$@"' sh)
# shellcheck disable=SC2086
if [[ -n $home ]]; then
	run self "${mounted[@]}" -- $plans
else
	run self "${mounted[@]}" -- $(printf '%s\n' $plans | grep -vxE 'agent-tool|ripgrep')
fi
if [[ $(id -u) -eq 0 ]] && command -v setpriv >/dev/null; then
	# without a passwd entry there is no home, which two of the plans name
	# shellcheck disable=SC2046,SC2086
	run other "${mounted[@]}" setpriv --reuid 4321 --regid 4321 --clear-groups -- $(printf '%s\n' $plans | grep -vxE 'agent-tool|ripgrep')
fi

# Of each class an attack that succeeds here bare, or one that only guests try.
awk -F'\t' 'FILENAME ~ /lines$/ { split($0, w, " "); if (w[1] == "PASS" && w[4] == "bare") had[w[5]]; next }
/^#/ { next }
FILENAME ~ /attacks/ { if ($4 ~ /^guest:/) guest[$1]; next }
{ n = split($2, all, " "); found = in_guest = 0
  for (i = 1; i <= n; i++) { found += all[i] in had; in_guest += all[i] in guest }
  if (found) print "PASS escape class " $1 ": " found " of " n " succeed here bare"
  else if (!in_guest) print "SKIP escape class " $1 ": none of its attacks succeeds here bare" }' \
    "$tmp"/*.lines "$here/attacks.tsv" "$here/classes.tsv"

# The suite itself: a loader that confines nothing is found out, attack by attack.
printf '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n' >"$tmp/sbx-run"
"$tmp/attempt.sh" "$tmp" "$tmp/world/w" "$port" "$tmp/escape" "$tmp/sbx-run" none "$tmp/host" minimal >"$tmp/log"
n=$(grep -c '^FAIL escape none minimal' "$tmp/log")
expected=$(grep -c '^PASS escape none bare' "$tmp/log")
given=$(awk -F'\t' '$1 == "minimal" && ($3 == "given" || $3 == "open")' "$tmp/expect.tsv" | wc -l)
# what only answers that it reached the kernel may answer the same as the sandbox does
same=$(awk -F'\t' '$2 ~ /^=/ && index($4, substr($2, 2, index($2 "|", "|") - 2))' "$here/attacks.tsv" | wc -l)
[[ $n -ge $((expected - given - same)) && $n -gt 100 ]] && echo "PASS escape: a loader that confines nothing fails $n times" ||
	fail "a loader that confines nothing passes: $n failures for $expected attacks, $given of them given, $same the same"
exit $status
