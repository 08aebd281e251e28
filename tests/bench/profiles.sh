#!/bin/sh
# profiles.sh - how large the profiles for macOS are: bytes, rules of the base and of the policy, and the policy's lines
# that they come from. Markdown, for docs/benchmarks.md.
set -u
cd "$(dirname "$0")/../.." || exit 2
: "${B:=build}"
rules() { grep -c '^(\(allow\|deny\|if\|import\)'; }
echo '| policy | bytes | without comments | rules of the base | rules of the policy | of them against moves | policy lines with rules of their own |'
echo '|---|---|---|---|---|---|---|'
for policy in policies/examples/ripgrep policies/examples/code-eval policies/examples/agent-tool policies/examples/corp-base; do
	sb=$("$B/sbxc" -q "$policy.sbx" --emit seatbelt -o - 2>/dev/null) || { echo "FAIL $policy"; exit 1; }
	all=$(printf '%s\n' "$sb" | rules)
	base=$(printf '%s\n' "$sb" | sed '/^; the folders above/,$d; /^; what the policy allows/,$d' | rules)
	moves=$(printf '%s\n' "$sb" | sed -n '/keep their names/,$p' | rules)
	lines=$(printf '%s\n' "$sb" | sed -n '/^; what the policy allows/,$s/^; [^ ]*\.sbx:\([0-9][0-9, -]*\).*/\1/p' | tr ',' '\n' |
	    awk -F- '{ n += NF > 1 ? $2 - $1 + 1 : 1 } END { print n + 0 }')
	bare=$(printf '%s\n' "$sb" | sed 's/ *; .*//; /^;/d; /^$/d' | wc -c)
	printf '| %s | %s | %s | %s | %s | %s | %s |\n' "$(basename "$policy")" "$(printf '%s\n' "$sb" | wc -c)" "$bare" "$base" \
	    "$((all - base))" "$moves" "$lines"
done
