/*
 * witness.c - the set of requests at which artifacts are compared holds every edge of a policy.
 */
#include "core_help.h"

#include "compiler/syscalls.h"
#include "compiler/witness.h"

struct seen {
	const char *const *paths; /* looked for; NULL ends the list */
	bool found[16];
	unsigned n_path, n_net, n_env, n_call, n_port[65536];
	bool x32, minus_one, beyond;
};

static void look(void *ctx, const struct request *r)
{
	struct seen *s = ctx;
	if (r->op <= OP_IOCTL) {
		s->n_path++;
		for (unsigned i = 0; s->paths[i]; i++)
			if (strcmp(s->paths[i], r->object) == 0)
				s->found[i] = true;
	} else if (r->op == OP_SYSCALL) {
		s->n_call++;
		s->x32 |= r->nr == 0x40000000;
		s->minus_one |= r->nr == 0xffffffff;
		s->beyond |= r->nr < 0x1000 && !syscall_by_nr(r->arch, r->nr);
	} else if (r->op == OP_ENV) {
		s->n_env++;
	} else if (r->op == OP_CONNECT_TCP) {
		s->n_port[r->port]++;
	}
}

Test(witness, every_edge_is_asked_about)
{
	static const char *const paths[] = {"/", "/_other", "/srv", "/srv/_other", "/srv_", "/srv/www/.git",
					    "/srv/www/.git/_other", "/srv/www", "/bin/true", NULL};
	struct compile c = core_resolve(CORE_HEAD "    allow read \"/srv\" except \"/srv/www/.git\"\n"
						  "    allow connect tcp \"*:443\"\n    allow env \"LC_*\"\n}\n");
	struct seen *s = ARENA_NEW(c.arena, struct seen);
	s->paths = paths;
	witness_all(c.ir, TARGET_LINUX, look, s);
	for (unsigned i = 0; paths[i]; i++)
		cr_expect(s->found[i], "%s", paths[i]);
	cr_expect(s->n_port[442] && s->n_port[443] && s->n_port[444] && s->n_port[1] && s->n_port[65535]);
	cr_expect(s->n_env >= 4 && s->x32 && s->minus_one && s->beyond);
	unsigned calls = s->n_call;
	witness_all(c.ir, TARGET_MACOS, look, s);
	cr_expect_eq(s->n_call, calls, "macOS has no system call filter to ask about");
	arena_free(c.arena);
}

static void count(void *ctx, const struct request *r)
{
	*(unsigned *)ctx += r->op == OP_READ;
}

/* Two rules below one root share its ancestors: no point is asked twice. */
Test(witness, points_are_asked_once)
{
	struct compile one = core_resolve(CORE_HEAD "    allow read \"/a/b\"\n}\n");
	struct compile two = core_resolve(CORE_HEAD "    allow read \"/a/b\"\n    allow modify \"/a/b\"\n}\n");
	unsigned n1 = 0, n2 = 0;
	witness_all(one.ir, TARGET_LINUX, count, &n1);
	witness_all(two.ir, TARGET_LINUX, count, &n2);
	cr_expect_eq(n1, n2);
	arena_free(one.arena);
	arena_free(two.arena);
}
