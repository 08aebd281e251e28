cp ../tests/golden/patterns.sbx $tmp/p.sbx
sed 's/\*\.so/*.so.1/; /deny read matching/d' $tmp/p.sbx >$tmp/q.sbx
sbxc diff $tmp/p.sbx $tmp/q.sbx --fail-on widen
sbxc diff $tmp/p.sbx $tmp/p.sbx
