/*
 * seccomp_calls.c - the names that a loader says calls by: the lines for one policy word by word; for every call of every ABI a
 * line for each answer that the policy gives it, and none for one that it never gives.
 */
#include "core_help.h"

#include <linux/audit.h>
#include <stdio.h>

#include "compiler/syscalls.h"

#define OBSERVED(what)                                                                             \
	"sbx 1\npolicy t {\n    targets linux\n    isolate none\n    observe " what "\n"           \
	"    allow read exec \"/bin/true\"\n"                                                           \
	"    allow syscall acct because \"t\"\n"                                                   \
	"    allow syscall keyctl where operation == 2 because \"t\"\n"                                  \
	"    deny syscall getppid\n    deny syscall kill where sig == 9\n"

struct trial {
	struct compile c;
	const struct meaning *m;
	struct guarantees g;
	struct lower l;
};

static struct trial trial(const char *text)
{
	struct trial t = {.c = core_resolve(text)};
	t.m = meaning_new(t.c.arena, t.c.ir);
	t.g = guarantees_check(t.c.arena, t.c.ir, t.c.diags);
	t.l = core_lower(&t.c, t.m, &t.g);
	return t;
}

static const char *calls_of(struct trial *t, const char *arch)
{
	const struct artifact *v = core_artifact(t->l.artifacts, t->l.n_artifacts,
						 arena_printf(t->c.arena, "seccomp-%s.calls", arch));
	return arena_strndup(t->c.arena, v->data, v->size);
}

static bool is_there(const struct trial *t, const char *name)
{
	for (unsigned i = 0; i < t->l.n_artifacts; i++)
		if (strcmp(t->l.artifacts[i].name, name) == 0)
			return true;
	return false;
}

static void expect_line(const char *calls, const char *line)
{
	cr_expect(strstr(calls, line), "no line `%s` in\n%.3000s", line, calls);
}

Test(seccomp_calls, names_and_lines)
{
	struct trial t = trial(OBSERVED("all") "}\n");
	const char *x86 = calls_of(&t, "x86_64"), *arm = calls_of(&t, "aarch64");
	cr_expect(strncmp(x86, "sbx-calls 1 00000000000000000000000000000000\nused ", 50) == 0);
	expect_line(x86, "\nused 3221225534 163 acct (163), allowed by t.sbx:7\n");
	expect_line(x86, "\nused 3221225534 250 keyctl (250), allowed by t.sbx:8\n");
	expect_line(x86, "\nrefused 3221225534 250 keyctl (250), only with other arguments allowed by t.sbx:8\n");
	expect_line(x86, "\nrefused 3221225534 110 getppid (110), denied by t.sbx:9\n");
	expect_line(x86, "\nrefused 3221225534 62 kill (62), denied by t.sbx:10\n");
	expect_line(x86, "\nrefused 3221225534 101 ptrace (101), no line allows it\n");
	expect_line(arm, "\nrefused 3221225655 173 getppid (173), denied by t.sbx:9\n");
	cr_expect(!strstr(x86, "\nused 3221225534 110 "));
	cr_expect_str_eq(x86 + strlen(x86) - 5, "\nend\n");
}

Test(seccomp_calls, only_where_the_loader_says_them)
{
	struct trial denied = trial(OBSERVED("denied") "}\n"), off = trial(OBSERVED("off") "}\n");
	struct trial asks = trial("sbx 1\npolicy t {\n    targets linux\n    isolate none\n    allow read exec \"/bin/true\"\n"
				  "    deny syscall getppid with notify\n}\n");
	cr_expect(!strstr(calls_of(&denied, "x86_64"), "\nused "));
	cr_expect(!is_there(&off, "seccomp-x86_64.calls"));
	expect_line(calls_of(&asks, "x86_64"), "\nrefused 3221225534 110 getppid (110), denied by t.sbx:6\n");
}

/* Is there a line that begins so? */
static bool says(const char *calls, const char *word, enum arch arch, uint32_t nr)
{
	static const uint32_t audit[ARCH_COUNT] = {
#define ARCH(id, word, audit, machine) [ARCH_##id] = audit,
#include "compiler/arch.def"
	};
	char head[64];
	snprintf(head, sizeof(head), "\n%s %u %u ", word, audit[arch], nr);
	return strstr(calls, head) != NULL;
}

/* What the policy says of a call with some arguments: is each answer in the file? */
static void ask(const struct sys_policy *p, const char *calls, enum arch arch, const struct syscall_desc *call)
{
	static const uint64_t values[] = {0, 1, 2, 9, 64, 0x4000, 0x7e020000, UINT32_MAX, UINT64_MAX};
	const struct sys_rule *by;
	uint32_t nr = (uint32_t)call->nr[arch];
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		const uint64_t args[6] = {values[i], values[i], values[i], values[i], values[i], values[i]};
		bool allowed = sysmean_decide(p, arch, nr, args, &by).act == ACT_ALLOW;
		cr_expect(says(calls, allowed ? "used" : "refused", arch, nr), "%s %s of %s", allowed ? "used" : "refused",
			  call->name, arch_name[arch]);
	}
}

Test(seccomp_calls, every_answer_of_every_call)
{
	struct trial t = trial(OBSERVED("all") "    abi x86_64, aarch64, i386, x32, arm\n}\n");
	const struct sys_policy *p = meaning_syscalls(t.m);
	unsigned n, lines = 0;
	const struct syscall_desc *v = syscall_table(&n);
	for (unsigned a = 0; a < ARCH_COUNT; a++) {
		if (!(p->arches & ARCH_BIT(a)))
			continue;
		const char *calls = calls_of(&t, arch_name[arch_machine[a]]);
		for (unsigned i = 0; i < n; i++)
			if (v[i].nr[a] != SYSCALL_NONE)
				ask(p, calls, (enum arch)a, &v[i]);
		lines += says(calls, "used", (enum arch)a, (uint32_t)syscall_by_name("exit_group")->nr[a]);
	}
	cr_expect_eq(lines, 5);
	expect_line(calls_of(&t, "x86_64"), "\nrefused 1073741827 64 i386:getppid (64), denied by t.sbx:9\n");
}
