#!/bin/sh
# attempt.sh OUT DIR PORT ESCAPE SBX-RUN LABEL HOST [PLAN...] - the attacks bare and under each plan that prepare.sh made in OUT.
# HOST is what `sbxc check --for` says of each plan on this host (hosts.sh). Nothing but a shell, awk and sleep is needed: it
# runs in guests too. One line an attack and plan; what has no control on this host is looked at, and not counted.
set -u
here=$(unset CDPATH; cd "$(dirname "$0")" && pwd)
out=$1 dir=$2 port=$3 escape=$4 loader=$5 label=$6 host=$7
shift 7
work=$(mktemp -d) || exit 2
trap 'kill "$world" 2>/dev/null; rm -rf "$work" "$dir"' EXIT
world=0
rm -rf "$dir" && mkdir -p "$dir/in" "$dir/ro" "$dir/out" || exit 2
cp "$escape" "$dir/in/escape"
"$escape" world "$dir" "$port" >"$work/victim" 2>"$work/err" &
world=$!
n=0
while [ ! -s "$work/victim" ] && [ $n -lt 100 ]; do
	sleep 0.1
	n=$((n + 1))
done
victim=$(cat "$work/victim")
[ -n "$victim" ] || { echo "FAIL escape $label: no world: $(cat "$work/err")"; exit 1; }
cd "$dir/ro" || exit 2
export SBX_ESCAPE_SECRET=1

# What an attack made in its folder is gone before the next try.
calm() {
	[ ! -e "$dir/in/deeper" ] || mv "$dir/in/deeper" "$dir/in/deep"
	rm -rf "$dir"/in/link "$dir"/in/hard "$dir"/in/self "$dir"/ro/signalled "$dir"/in/null "$dir"/in/flip* "$dir"/in/way* "$dir"/ro/new "$dir"/out/mine
}
# What the attacks answer, in $work/got: descriptors 7 and 8 are the caller's, and open; 0 is a terminal. Through a terminal of the
# plan's own each line ends with a return.
attacks() { # COMMAND...
	calm
	"$escape" pty "$@" >"$work/said" 2>"$work/err" 7<"$dir/out/secret" 8<"$dir/out"
	set -- $?
	tr -d '\r' <"$work/said" >"$work/got"
	return "$1"
}
sets_of() { # PLAN
	awk -F'\t' -v plan="$1" -v dir="$dir" '$1 == plan && $4 != "-" {
		gsub(/%d/, dir, $4); n = split($4, set, " "); for (i = 1; i <= n; i++) print "--set", set[i] }' "$here/plans.tsv"
}

# A plan for one guarantee is asked about that alone.
attacks_of() { # PLAN
	case $1 in cap-*) awk -F'\t' -v plan="$1" '$1 == plan { print $2; n++ } END { if (!n) print "read-env" }' "$out/expect.tsv" ;; esac
}

attacks "$escape" run "$dir" "$victim" "$port"
cp "$work/got" "$work/bare"
awk -F'\t' -v label="$label" '
FNR == NR { split($0, w, " "); got[w[1]] = w[2]; next }
/^#/ || $4 ~ /^guest:/ { next }
{
	verdict = "FAIL"; why = got[$1] == "" ? "no answer" : got[$1]
	n = split($2, all, "|")
	for (i = 1; i <= n; i++) {
		m = index(all[i], ":")
		if (all[i] == got[$1] || all[i] == "=" got[$1]) verdict = "PASS"
		else if (m && substr(all[i], 1, m - 1) == got[$1]) { verdict = "SKIP"; why = why ", " substr(all[i], m + 1) }
	}
	print verdict, "escape", label, "bare " $1 (verdict == "PASS" ? "" : ": " why)
}' "$work/bare" "$here/attacks.tsv" >"$work/controls"
# What only root can try has its control where root tried it before; root leaves its own for those who come.
cat "$out"/controls.* >"$work/before" 2>/dev/null
[ ! -w "$out" ] || cp "$work/controls" "$out/controls.$label"
awk -v label="$label" -v before="$work/before" '
{ name = $5; sub(/:$/, "", name); why = $0; sub(/^.* bare [^ ]* ?/, "", why) }
FILENAME == before { if ($1 == "PASS") had[name] = 1; else said[name] = why; next }
$1 == "SKIP" && /needs root$/ && name in had { n++; next }
$1 == "SKIP" && said[name] == why { same++; next }
{ print }
END {
	if (n) print "PASS escape " label ": " n " attacks that need root were tried bare by root"
	if (same) print "     | " same " attacks have no control by " label " either"
}' "$work/before" "$work/controls"
failed=$(grep -c '^FAIL' "$work/controls")

for name; do
	if grep -q "^$name	refused" "$host"; then
		# shellcheck disable=SC2046
		"$loader" $(sets_of "$name") "$out/plans/$name" -- "$escape" run "$dir" "$victim" "$port" >"$work/got" 2>"$work/err"
		code=$?
		# whether a file system can be mounted is seen when it is, and so, where they are forbidden, is whether namespaces can be made
		case $name in cap-fs.write.ephemeral) refusal='01\|28' ;; *) refusal='01' ;; esac
		unshare -Um true 2>/dev/null || refusal="$refusal\|27"
		if [ $code -eq 125 ] && [ ! -s "$work/got" ] && grep -q "error\[E06\($refusal\)\]" "$work/err"; then
			echo "PASS escape $label $name: refused here, as predicted ($(awk -F'\t' -v p="$name" '$1 == p && $2 == "refused" { print $3 }' "$host" | tr '\n' ' '))"
		else
			echo "FAIL escape $label $name: not refused, but check --for says so: exit $code $(head -n 1 "$work/err")"
			failed=1
		fi
		continue
	fi
	program=$escape
	[ "$name" != agent-tool ] || program=$dir/in/escape
	# shellcheck disable=SC2046
	attacks "$loader" $(sets_of "$name") "$out/plans/$name" -- "$program" run "$dir" "$victim" "$port" $(attacks_of "$name")
	code=$?
	if [ $code -ne 0 ] || ! [ -s "$work/got" ]; then
		echo "FAIL escape $label $name: the plan does not start: exit $code $(grep -v 'note:' "$work/err" | tr '\n' ' ')"
		failed=1
		continue
	fi
	awk -F'\t' -v label="$label" -v plan="$name" -v hostfile="$host" -v bare="$work/bare" -v controls="$work/controls" '
	FILENAME == bare { split($0, w, " "); free[w[1]] = w[2]; next }
	FILENAME == controls { split($0, w, " "); name = w[5]; sub(/:$/, "", name); control[name] = w[1]; next }
	FILENAME == hostfile { if ($1 == plan) without[$3] = 1; next }
	FNR == 1 { files++ }
	FILENAME ~ /got$/ { split($0, w, " "); got[w[1]] = w[2]; next }
	$1 != plan { next }
	{
		want = $3
		if ($4 == "landlock" && $5 in without) want = "open"
		if (want == "given" || want == "open") right = got[$2] == free[$2] # as without the sandbox
		else right = index("," want ",", "," got[$2] ",") > 0
		if (control[$2] != "PASS" && (right || got[$2] == free[$2])) next
		print (right ? "PASS" : "FAIL"), "escape", label, plan, $2 ": " got[$2] " (" (right ? "" : "predicted ") want \
			(want == "given" || want == "open" ? "" : ", " $4) ")"
	}' "$work/bare" "$work/controls" "$host" "$work/got" "$out/expect.tsv" >"$work/lines"
	cat "$work/lines"
	case $name in
	cap-*) echo "PASS escape $label $name: starts here, as predicted" ;;
	*) grep -q '^PASS' "$work/lines" || { echo "FAIL escape $label $name: nothing was tried"; failed=1; } ;;
	esac
	! grep -q '^FAIL' "$work/lines" || failed=1
done
[ "$failed" = 0 ]
