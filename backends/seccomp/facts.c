/*
 * facts.c - what no request asks about: where the plan says that exec.wx is kept, the bytes of every filter refuse each call
 * that would make memory which is written and run, whatever its other arguments are, as far as these are tried.
 */
#include "seccomp.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/shm.h>

#include "../../compiler/guarantee.h"
#include "../../compiler/str.h"
#include "../../compiler/syscalls.h"

enum { ANY = 8 }; /* a place that no argument has */

/* One argument that must not be so; the others are tried with little and with all. */
struct forbidden {
	const char *call;
	unsigned arg;
	uint64_t value;
};

static const struct forbidden list[] = {
    {"mmap", 2, PROT_WRITE | PROT_EXEC},
    {"mmap", 2, PROT_READ | PROT_WRITE | PROT_EXEC},
    {"mmap2", 2, PROT_WRITE | PROT_EXEC},
    {"mmap2", 2, PROT_READ | PROT_WRITE | PROT_EXEC},
    {"mprotect", 2, PROT_EXEC},
    {"mprotect", 2, PROT_READ | PROT_EXEC},
    {"mprotect", 2, PROT_READ | PROT_WRITE | PROT_EXEC},
    {"pkey_mprotect", 2, PROT_EXEC},
    {"pkey_mprotect", 2, PROT_READ | PROT_WRITE | PROT_EXEC},
    {"shmat", 2, SHM_EXEC},
    {"shmat", 2, SHM_EXEC | SHM_RND},
    {"personality", 0, READ_IMPLIES_EXEC},
    {"personality", 0, READ_IMPLIES_EXEC | PER_LINUX32},
    {"memfd_create", ANY, 0},
    {"memfd_secret", ANY, 0},
    {"ptrace", ANY, 0},
    {"remap_file_pages", ANY, 0},
    {"ipc", ANY, 0},
};

/* Its arguments lie behind a pointer, and the answer says so. */
static bool is_blind(enum arch arch, const struct forbidden *f)
{
	return arch == ARCH_S390X && strcmp(f->call, "mmap") == 0;
}

static bool is_refused(const void *model, struct arena *a, enum arch arch, const struct forbidden *f, uint64_t others)
{
	const struct syscall_desc *call = syscall_by_name(f->call);
	struct request r = {.target = TARGET_LINUX, .op = OP_SYSCALL, .arch = arch};
	if (!call || call->nr[arch] == SYSCALL_NONE || is_blind(arch, f))
		return true;
	r.nr = (uint32_t)call->nr[arch];
	for (unsigned i = 0; i < 6; i++)
		r.args[i] = i == f->arg ? f->value : others;
	return seccomp_model_decide(model, a, &r).stops;
}

static bool is_kept(const struct lower *what)
{
	for (unsigned i = 0; i < what->n_guarantees; i++)
		if (what->guarantees[i].cap == CAP_EXEC_WX && what->guarantees[i].target == TARGET_LINUX)
			return what->guarantees[i].answer.level > LEVEL_ABSENT;
	return false;
}

bool seccomp_facts(const void *model, const struct lower *what, struct arena *a, const char **difference)
{
	static const uint64_t others[] = {0, 1, 0x22, UINT32_MAX, UINT64_MAX};
	const size_t n = sizeof(list) / sizeof(list[0]) * (sizeof(others) / sizeof(others[0]));
	if (!is_kept(what))
		return true;
	for (uint32_t left = what->ir->arches; left; left &= left - 1)
		for (size_t i = 0; i < n; i++) {
			enum arch arch = (enum arch)__builtin_ctz(left);
			const struct forbidden *f = &list[i % (sizeof(list) / sizeof(list[0]))];
			if (is_refused(model, a, arch, f, others[i / (sizeof(list) / sizeof(list[0]))]))
				continue;
			*difference = arena_printf(a, "exec.wx: the filter lets %s through on %s with 0x%llx, the policy says it is refused",
						   f->call, arch_name[arch], (unsigned long long)f->value);
			return false;
		}
	return true;
}
