echo "-- what it requires and macOS cannot keep"
sbxc caps examples/static-web.sbx minus macos
echo "-- and keeps"
sbxc caps examples/static-web.sbx and macos
echo "-- on every system: the same as linux and macos"
sbxc caps --portable >$tmp/a
sbxc caps linux and macos >$tmp/b
cmp $tmp/a $tmp/b && echo same
sbxc caps linux minus linux
sbxc caps linux or macos minus macos --json | head -3
sbxc caps --for kernel=5.10 linux and macos | wc -l
