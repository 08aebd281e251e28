#!/bin/bash
# proof.sh - the proof of the filters as a user meets it: `sbxc verify` on whole plans and on plans with one thing
# changed, whoever mended the checksums; then a second, foreign prover (z3, Debian's python3-z3) on the same plans and
# on filters that were changed. LONG=1 (make proof-long): 100,000 random policies, 100,000 changed filters.
set -u
top=$(unset CDPATH; cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
: "${B:=build}"
build=$B
[[ $B = /* ]] || B=$top/$B
export LC_ALL=C
sbxc=$B/sbxc
status=0
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 2

pass() { printf 'PASS proof %s\n' "$1"; }
skip() { printf 'SKIP proof %s: %s\n' "$1" "$2"; }
fail() {
	printf 'FAIL proof %s: %s\n' "$1" "$2"
	[[ ! -s err ]] || sed 's/^/     | /' err | head -n 20
	status=1
}
verdict() { if [[ -z $2 ]]; then pass "$1"; else fail "$1" "$2"; fi; }

# ---- whole plans ----

[[ -x $sbxc ]] || { fail "start" "$sbxc is not built"; exit 1; }
plans=()
for policy in "$top"/policies/examples/*.sbx; do
	name=$(basename "$policy" .sbx) why=
	"$sbxc" -q --std "$top/policies/std" "$policy" -o "$name" 2>err || why="it does not compile"
	"$sbxc" verify "$name" >out 2>err || why="its plan is not verified"
	[[ $(grep -c '^seccomp-.*: proved equal to policy [0-9a-f]\{64\}, instructions ' out) -eq \
	    $(find "$name" -name '*.bpf' | wc -l) ]] || why="not every filter is proved"
	verdict "$name is verified" "$why"
	plans+=("$name")
done
# Every ABI there is: companions in the filter of their machine, halves of arguments in either order.
cat >abis.sbx <<'P'
sbx 1
policy abis {
    targets linux
    abi x86_64, i386, x32, aarch64, arm, riscv64, s390x
    entry "/bin/true"
    isolate none
    deny syscall lseek where whence == SEEK_END with errno EBADMSG
    deny syscall kill where pid < 0 with errno ESRCH
    on arch x86_64, arch x32, arch aarch64, arch riscv64, arch s390x {
        deny syscall pread64 where pos >= 0x123456789 with errno EDOM
    }
    on arch i386 { deny syscall mmap2 where prot has PROT_WRITE|PROT_EXEC }
}
P
why=
"$sbxc" -q abis.sbx -o abis 2>err || why="it does not compile"
"$sbxc" verify abis >out 2>err || why="its plan is not verified"
[[ $(grep -c '^seccomp-.*: proved equal' out) -eq 4 ]] || why="not four filters"
[[ $(grep -h '^abi ' abis/*.proof | sort -u | wc -l) -eq 6 ]] || why="not six arches of the kernel"
verdict "every ABI is verified" "$why"
plans+=(abis)
first=${plans[0]} second=${plans[1]}

# ---- one thing changed ----

seal() { (cd "$1" && rm -f SHA256SUMS && sha256sum -- * >../sums && mv ../sums SHA256SUMS); }

# changed NAME PATTERN COMMAND: in a copy of the first plan; refused with one message of that pattern
changed() {
	local why=
	rm -rf plan && cp -r "$first" plan
	(cd plan && eval "$3") || why="the test could not make the change"
	"$sbxc" verify plan >out 2>err
	[[ $? -eq 1 ]] || why="it is not refused with code 1"
	grep -qE -- "$2" err || why="no message matches: $2"
	[[ $(wc -l <err) -eq 1 ]] || why="not one line"
	! grep -q '^plan: verified' out || why="it says verified"
	verdict "refuses $1" "$why"
}

# Bytes of a file, at a place: poke FILE OFFSET HEX
poke() { printf "$(sed 's/../\\x&/g' <<<"$3")" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null; }
bpf=seccomp-x86_64.bpf proof=seccomp-x86_64.proof
size=$(stat -c %s "$first/$bpf")
rehash() { # the certificate speaks of the bytes that are there now
	local of=${1:-$bpf}
	sed -i "s/^artifact .*/artifact $of sha256 $(sha256sum <"$of" | cut -d' ' -f1)/" "${of%.bpf}.proof"
}
repolicy() { # and of the meaning that is there now
	local hex
	hex=$(sed -n '/^meaning$/,/^end$/p' $proof | sed '1d;$d' | sha256sum | cut -d' ' -f1)
	sed -i "s/^policy .*/policy sha256 $hex/" $proof
}
last_return() { # the offset of the value of the last RET ALLOW
	python3 - "$bpf" <<-'P'
		import struct, sys
		blob = open(sys.argv[1], "rb").read()
		at = [i for i in range(0, len(blob), 8) if struct.unpack_from("<HBBI", blob, i)[0::3] == (6, 0x7fff0000)]
		print(at[-1] + 4)
	P
}

rm -rf plan && cp -r "$first" plan && (cd plan && rehash && repolicy && seal ../plan)
verdict "control: what the tests mend stays the same plan" "$(diff -r "$first" plan)"

changed "a byte of a filter" "$bpf is not the file that SHA256SUMS names" 'poke $bpf 4 01'
changed "a byte of the manifest" "plan.yaml is not the file" 'printf x >>plan.yaml'
changed "a file too many" "notes is not named in SHA256SUMS" 'echo x >notes'
changed "a file too few" "SHA256SUMS names launch.conf, which is not there" 'rm launch.conf'
changed "sums of another form" "a line that is not HEX, two blanks, NAME" 'sed -i "s/  / /" SHA256SUMS'
changed "sums in another order" "is not named in SHA256SUMS|not in its place" 'sort SHA256SUMS >x; mv x SHA256SUMS'
changed "sums without their last line" "is not named in SHA256SUMS" 'sed -i "\$d" SHA256SUMS'
changed "no sums" "holds no SHA256SUMS" 'rm SHA256SUMS'
changed "a link" "launch.conf is a symbolic link" 'ln -sf x launch.conf'
changed "another filter, sums mended" "$proof was made for other bytes than $bpf has" 'poke $bpf 4 01; seal ../plan'
changed "another filter, sums and hash mended" \
    "$bpf does not do what $proof says: for syscall .* \(number [0-9]+, arch 0x[0-9a-f]+\).*the proof says .*, the filter " \
    'poke $bpf $(last_return) 00000080; rehash; seal ../plan'
changed "a filter of another machine" "$proof was made for other bytes" 'cp seccomp-aarch64.bpf $bpf; seal ../plan'
changed "filter and proof of another machine" "its meaning is that of another machine" \
    'cp seccomp-aarch64.bpf $bpf; cp seccomp-aarch64.proof $proof; rehash; seal ../plan'
changed "filter and proof of another machine, not renamed" "$proof speaks of seccomp-aarch64.bpf" \
    'cp seccomp-aarch64.bpf $bpf; cp seccomp-aarch64.proof $proof; seal ../plan'
changed "a meaning that is changed" "the hash of the policy is not that of its meaning" \
    'sed -i "s/^foreign kill-process/foreign kill-thread/" $proof; seal ../plan'
changed "a meaning that is changed, hash mended" "arch 0x.*the proof says kill the thread, the filter kill the process" \
    'sed -i "s/^foreign kill-process/foreign kill-thread/" $proof; repolicy; seal ../plan'
changed "a meaning with one condition less" "the proof says errno 1, the filter allow" \
    'sed -i "0,/^if allow /{/^if allow /d}" $proof; repolicy; seal ../plan'
changed "a byte that drives the terminal" "landlock.conf:2 holds the byte 0x1b, which does not show" \
    'sed -i "2s/^/\x1b[2J/" landlock.conf; seal ../plan'
changed "a mark that turns writing" "launch.conf:1 holds the byte 0xe2" 'sed -i "1s/\$/\xe2\x80\xae/" launch.conf; seal ../plan'
changed "a name that drives the terminal" 'a file with the name x\\x1b\[2J$' 'touch "$(printf "x\033[2J")"; seal ../plan'
changed "a meaning in another spelling" "not spelled as sbxc spells it" \
    'sed -i "s/^nr 0 /nr 00 /" $proof; repolicy; seal ../plan'
changed "a meaning with a hole" "a line that cannot be read: nr " \
    'sed -i "0,/^nr 0 /{/^nr 0 /d}" $proof; repolicy; seal ../plan'
changed "counts that are wrong" "$proof counts otherwise" 'sed -i "s/ paths [0-9]*/ paths 1/" $proof; seal ../plan'
changed "a proof that is cut off" "it is cut off" 'sed -i "\$d" $proof; seal ../plan'
changed "a proof of a newer version" "no proof of version 1" 'sed -i "1s/1/2/" $proof; seal ../plan'
changed "a filter without proof" "$bpf has no proof: $proof is missing" 'rm $proof; seal ../plan'
changed "a proof without filter" "$proof is a proof of nothing here" 'rm $bpf; seal ../plan'
changed "a filter that the kernel would not take" "seccomp-x86_64.bpf: .*" 'truncate -s -8 $bpf; rehash; seal ../plan'
changed "a filter nobody knows" "other.bpf is a filter that nothing here can prove" 'cp $bpf other.bpf; seal ../plan'
changed "an empty directory" "holds no SHA256SUMS" 'rm -- *'

# asked NAME PATTERN COMMAND: a plan that is whole and lies about itself; `why` and `explain` refuse it in one line
asked() {
	local why='' verb
	rm -rf plan && cp -r "$first" plan
	(cd plan && eval "$3" && seal ../plan) || why="the test could not make the change"
	"$sbxc" verify -q plan || why="it does not verify"
	for verb in explain why; do
		if [[ $verb = why ]]; then "$sbxc" why plan read /etc/passwd >out 2>err; else "$sbxc" explain plan >out 2>err; fi
		[[ $? -eq 1 ]] || why="$verb does not refuse it with code 1"
		grep -qE -- "$2" err && [[ $(wc -l <err) -eq 1 && ! -s out ]] || why="$verb does not say just: $2"
	done
	verdict "asked of $1" "$why"
}
params='load-time-params:\n- name: "x: path at load\\nimport \\"/etc/passwd\\""\n  type: path'
asked "a param that is a line of policy" 'plan.yaml:[0-9]+: a name was expected' 'sed -i "s|^load-time-params:.*|$params|" plan.yaml'
asked "a target that is none" 'plan.yaml:[0-9]+: a name was expected' 'sed -i "s|^targets: .*|targets: [\"linux }\"]|" plan.yaml'
asked "no places" 'the landlock artifact cannot be read back: ' 'rm landlock.conf'

"$sbxc" verify "$first" "$second" >out 2>err && [[ $(grep -c ': verified$' out) -eq 2 && ! -s err ]]
verdict "two plans at once" "$([[ $? -eq 0 ]] || echo "it did not")"
"$sbxc" verify nowhere >out 2>err
verdict "no such plan is code 2" "$([[ $? -eq 2 ]] && grep -q 'nowhere: cannot read' err || echo "it is not")"
"$sbxc" verify "$first" -o x >out 2>err
verdict "-o makes no sense" "$([[ $? -eq 2 ]] || echo "it is taken")"
"$sbxc" verify --format gcc "$first" >out 2>err
verdict "nor does any other option with a value" "$([[ $? -eq 2 ]] || echo "it is taken")"
"$sbxc" verify -q "$first" >out 2>err && [[ ! -s out && ! -s err ]]
verdict "-q says nothing" "$([[ $? -eq 0 ]] || echo "it does")"

# ---- z3 ----

python=
for p in python3 /usr/bin/python3; do
	"$p" -c 'import z3' 2>/dev/null && python=$p && break
done
unit=$B/tests/unit/seccomp_prove
if [[ -z $python ]]; then
	skip "z3" "python3 finds no module z3 (Debian: python3-z3)"
else
	"$python" "$top/tests/proof/z3_prove.py" "${plans[@]}" 2>err || fail "z3 on the examples" "see above"
	# it must be able to say no
	rm -rf plan && cp -r "$first" plan && (cd plan && poke $bpf "$(last_return)" 00000080)
	"$python" "$top/tests/proof/z3_prove.py" plan >out 2>err
	verdict "control: z3 sees a changed filter" "$(grep -q "^FAIL z3 .*$bpf: they differ" out || echo "it does not")"
	mkdir dump
	[[ -x $unit ]] || make --no-print-directory -C "$top" B="$build" "$build/tests/unit/seccomp_prove" >err 2>&1
	if [[ ! -x $unit ]]; then
		fail "z3 on changed filters" "$unit cannot be built"
	else
		PROVE_DUMP=$tmp/dump PROVE_MUTANTS=${LONG:+1}1500 PROVE_POLICIES=20 "$unit" >out 2>err ||
		    fail "z3 on changed filters" "$unit fails"
		"$python" "$top/tests/proof/z3_prove.py" --dumped dump 2>err || fail "z3 on changed filters" "see above"
	fi
fi

if [[ -n ${LONG:-} ]]; then
	PROVE_POLICIES=100000 PROVE_MUTANTS=100000 "$unit" >out 2>&1
	code=$?
	grep -E '^(random policies|mutants)' out
	verdict "100,000 random policies, 100,000 changed filters" "$([[ $code -eq 0 ]] || tail -n 20 out)"
	COMPOSE_RUNS=100000 "$B/tests/unit/compose_brute" >out 2>&1
	code=$?
	grep -E '^100000 policies' out
	COMPOSE_RUNS=100000 "$B/tests/unit/never_brute" >>out 2>&1 || code=1
	verdict "100,000 random policies that extend others: never and dead lines" "$([[ $code -eq 0 ]] || tail -n 20 out)"
fi
exit $status
