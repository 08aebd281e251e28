/*
 * riscv64.c - where a static program begins, in place of the crt1.o of Debian's musl for riscv64: that one has relocations
 * that the linker of Debian 12 does not know.
 */
extern int main(int argc, char **argv, char **envp);
extern int __libc_start_main(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void));
extern void _init(void), _fini(void);

__asm__(".globl _start\n"
	"_start:\n"
	".option push\n"
	".option norelax\n"
	"	lla gp, __global_pointer$\n"
	".option pop\n"
	"	mv a0, sp\n"
	"	andi sp, sp, -16\n"
	"	tail start_with\n");

/* The kernel leaves argc, and behind it argv, on the stack. */
__attribute__((used)) void start_with(long *stack)
{
	__libc_start_main(main, (int)stack[0], (char **)(stack + 1), _init, _fini, 0);
}
