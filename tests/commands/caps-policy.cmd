sbxc caps examples/static-web.sbx
echo "-- on an older Linux"
sbxc caps --for kernel=6.1 examples/static-web.sbx
echo "-- of its plan: the same"
sbxc -q examples/static-web.sbx -o $tmp/plan
sbxc caps examples/static-web.sbx >$tmp/a
sbxc caps $tmp/plan >$tmp/b
cmp $tmp/a $tmp/b && echo same
sbxc caps --json examples/static-web.sbx | head -12
