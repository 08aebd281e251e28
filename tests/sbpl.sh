#!/bin/sh
# sbpl.sh - tests/sbpl/cases.tsv: what the evaluator of Seatbelt profiles says of profiles that were made by hand after
# behaviour that others measured or documented, which each profile names at its head. Then checks itself on a wrong row,
# and that every profile has an answer of each kind that it can have.
set -u
cd "$(dirname "$0")/sbpl" || exit 2
: "${B:=build}"
case $B in /*) ;; *) B=../../$B ;; esac
status=0
tab=$(printf '\t')

# answer PROFILE OPTIONS QUESTION: allow, deny, depends or what went wrong; several answers are joined
answer() {
	# The words are the shell's to split.
	# shellcheck disable=SC2086
	"$B/sbxc" why --json --profile "$1.sb" $2 $3 2>&1 | sed -n 's/^ *"says": "\(.*\)",*$/\1/p; s/^sbxc: /failed: /p; s/^error/failed: &/p' |
		sort -u | tr '\n' ' ' | sed 's/ $//'
}

rows=0
while IFS=$tab read -r profile options question want; do
	case $profile in '#'* | '') continue ;; esac
	got=$(answer "$profile" "$options" "$question")
	if [ "$got" = "$want" ]; then
		echo "PASS sbpl $profile: $question"
	else
		echo "FAIL sbpl $profile: $options $question: $got, not $want"
		status=1
	fi
	rows=$((rows + 1))
done <<END
$(sed "s/$tab$tab/$tab $tab/" cases.tsv)
END

for profile in *.sb; do
	if ! sed -n 1,2p "$profile" | grep -q '^; '; then
		echo "FAIL sbpl $profile does not say where its answers come from"
		status=1
	elif ! grep -q "^${profile%.sb}$tab" cases.tsv; then
		echo "FAIL sbpl $profile has no case"
		status=1
	fi
done

# The comparison must be able to fail.
if [ "$(answer order '' 'file-write-data /deny-allow/x')" = deny ] || [ "$rows" -lt 100 ]; then
	echo "FAIL sbpl self-test: a wrong answer was not noticed, or only $rows rows were read"
	status=1
else
	echo "PASS sbpl self-test: $rows rows"
fi
exit $status
