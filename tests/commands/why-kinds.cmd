# network, environment, system calls, Mach services, and what shows at run time
sbxc why examples/code-eval.sbx --given HOME=/home/user connect tcp 1.1.1.1:443
sbxc why examples/static-web.sbx --given HOME=/home/user listen tcp '*:8081'
sbxc why examples/code-eval.sbx --given HOME=/home/user env LANGUAG
sbxc why examples/code-eval.sbx --given HOME=/home/user env HOME
sbxc why examples/code-eval.sbx --given HOME=/home/user syscall ptrace
sbxc why examples/code-eval.sbx --given HOME=/home/user syscall 'ioctl where request == TIOCSTI'
sbxc why examples/code-eval.sbx --given HOME=/home/user syscall clone
# numbers, each of its ABI; the last is none
sbxc why examples/code-eval.sbx --given HOME=/home/user syscall x86_64:101
sbxc why examples/code-eval.sbx --given HOME=/home/user syscall aarch64:117
sbxc why examples/code-eval.sbx --given HOME=/home/user syscall aarch64:99999
sbxc why examples/code-eval.sbx --given HOME=/home/user mach com.apple.trustd
sbxc why examples/static-web.sbx connect tcp 127.0.0.1:1
sbxc why examples/gpu-shell.sbx syscall 'ioctl where request == FS_IOC_SETFLAGS'
sbxc why examples/code-eval.sbx signal
# requests that change files by a descriptor for reading, attributes of files, a socket that turns into another
sbxc why examples/gpu-shell.sbx syscall 'ioctl where request == FS_IOC_ENABLE_VERITY'
sbxc why examples/gpu-shell.sbx syscall 'ioctl where request == BTRFS_IOC_SNAP_DESTROY'
sbxc why examples/gpu-shell.sbx syscall 'ioctl where request == FICLONE'
sbxc why examples/gpu-shell.sbx syscall 'ioctl where request == FS_IOC_GETFLAGS'
sbxc why examples/code-eval.sbx --given HOME=/home/user syscall lgetxattr
sbxc why examples/static-web.sbx syscall 'setsockopt where level == IPPROTO_TCP and optname == TCP_ULP'
sbxc why examples/static-web.sbx syscall 'setsockopt where level == IPPROTO_TCP and optname == TCP_NODELAY'
