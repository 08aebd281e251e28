cp ../tests/golden/patterns.sbx $tmp/p.sbx
sed 's/\*\.so/*.so.1/; /deny read matching/d' $tmp/p.sbx >$tmp/q.sbx
sbxc diff $tmp/p.sbx $tmp/q.sbx --fail-on widen
sbxc diff $tmp/p.sbx $tmp/p.sbx
# two plans list their patterns too
for f in p q; do sed -i '/test "/,/^    }/d' $tmp/$f.sbx; done
sbxc $tmp/p.sbx -q -o $tmp/old
sbxc $tmp/q.sbx -q -o $tmp/new
sbxc diff $tmp/old $tmp/new --fail-on widen
sbxc diff $tmp/old $tmp/old
