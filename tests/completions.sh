#!/bin/bash
# completions.sh - the completions in the shells themselves: completions.py presses the tab key. A shell that is not
# installed is a SKIP; docs.sh looks at what is generated for all three.
set -u
cd "$(dirname "$0")/.." || exit 2
: "${B:=build}"
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
status=0
for shell in bash zsh fish; do
	if ! command -v "$shell" >/dev/null; then
		echo "SKIP completions $shell: it is not installed"
		continue
	fi
	docs/completions/generate.sh "$shell" "$B/sbxc" >"$tmp/$shell" || status=1
	python3 tests/completions.py "$shell" "$tmp/$shell" "$B/sbxc" "docs/completions/sbx-run.$shell" "$B/sbx-run" || status=1
done
exit $status
