sbxc new
# each compiles without a warning, passes its own tests, and is laid out
for kind in agent build cli client eval gpu server; do
	sbxc new $kind team/tool-1 -o "$tmp/$kind.sbx"
	sbxc check --deny-warnings "$tmp/$kind.sbx" | tail -n 1
	sbxc fmt --check "$tmp/$kind.sbx"
	grep -c NAME "$tmp/$kind.sbx"
done
grep -h '^policy' "$tmp/eval.sbx"
sbxc new eval | head -n 10
sbxc new eval -o "$tmp/eval.sbx"
sbxc new evil
sbxc new eval Tool
sbxc new eval a--b
sbxc new eval a b
sbxc new eval -o "$tmp/none/x.sbx"
