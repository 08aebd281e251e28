sbxc caps linux with macos
sbxc caps linux minus
sbxc caps --portable linux
sbxc caps nothing.sbx
sbxc caps $tmp
sbxc caps --for 6.1
sbxc caps --for kernel=6.1,landlock=x
sbxc caps --for kernel=6.1,kernel=6.2
sbxc caps --for kernel=6.1,cgroup=cpu+nothing
sbxc caps --for kernel=6.1,seccomp=maybe
sbxc caps linux macos
