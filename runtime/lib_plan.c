/*
 * lib_plan.c - plans of the library: opened once, never changed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guarantee.h"
#include "lib.h"

#ifndef SBX_VERSION
#define SBX_VERSION "0.1.0"
#endif

enum { PLAN_ROOM = 64 * 1024 };

const char *sbx_version(void)
{
	return SBX_VERSION;
}

int lib_error(struct sbx_error *e, const struct fault *f)
{
	if (!e)
		return -1;
	memset(e, 0, sizeof(*e));
	memcpy(e->code, err_number(f->id), strlen(err_number(f->id)));
	e->exit_code = fault_exit_code(f);
	fault_text(f, e->text, sizeof(e->text));
	return -1;
}

int lib_error_step(struct sbx_error *e, const char *what, int error)
{
	struct fault f;

	errno = error;
	fault_step_of(&f, "library", what);
	return lib_error(e, &f);
}

/* NUL-ended, cut where it does not fit; "-" is how the plan writes that there is none. */
static void span_text(struct span s, char *out, size_t size)
{
	size_t n = s.len < size - 1 ? s.len : size - 1;

	memcpy(out, s.at, n);
	out[n] = 0;
}

/* Starts ask later whether their program could write there, when the directory is not open any more. */
static bool place_keep(struct sbx_plan *p, struct fault *f)
{
	char real[PLAN_MAX_PATH + 1];

	if (plan_dir_real(&p->plan.dir, real, sizeof(real)))
		p->plan.dir.real = pool_copy(&p->pool, real, strlen(real));
	else if (errno != ENOENT)
		return fault_step(f, "library", "the place of the plan");
	return true;
}

struct sbx_plan *sbx_plan_open(const char *directory, const char *digest, struct sbx_error *error)
{
	struct fault fault;
	struct sbx_plan *p = calloc(1, sizeof(*p));
	bool loaded;

	if (!p || !pool_open(&p->pool, PLAN_ROOM)) {
		lib_error_step(error, "memory", errno);
		free(p);
		return NULL;
	}
	loaded = plan_load(&p->plan, &p->pool, directory, digest, &fault) && place_keep(p, &fault);
	if (p->plan.dir.fd >= 0)
		close(p->plan.dir.fd);
	p->plan.dir.fd = -1;
	p->spare_at = &p->spare;
	if (!loaded) {
		lib_error(error, &fault);
		pool_close(&p->pool);
		free(p);
		return NULL;
	}
	span_text(p->plan.launch.policy, p->policy, sizeof(p->policy));
	span_text(p->plan.launch.version, p->version, sizeof(p->version));
	if (!strcmp(p->version, "-"))
		p->version[0] = 0;
	return p;
}

void sbx_plan_close(struct sbx_plan *p)
{
	if (!p)
		return;
	if (p->spare)
		munmap(p->spare, sizeof(*p->spare));
	pool_close(&p->pool);
	free(p);
}

const char *sbx_plan_policy(const struct sbx_plan *p)
{
	return p->policy;
}

const char *sbx_plan_policy_version(const struct sbx_plan *p)
{
	return p->version;
}

const char *sbx_plan_id(const struct sbx_plan *p)
{
	return p->plan.launch.id;
}

int sbx_plan_guarantee(const struct sbx_plan *p, unsigned number, struct sbx_guarantee *out)
{
	const struct launch *l = &p->plan.launch;
	struct host host;

	if (number >= l->n_guarantees)
		return -1;
	host_probe(&host);
	span_text(l->guarantees[number].cap, out->name, sizeof(out->name));
	span_text(l->guarantees[number].mechanisms, out->mechanisms, sizeof(out->mechanisms));
	span_text(l->guarantees[number].where, out->where, sizeof(out->where));
	out->required = l->guarantees[number].required;
	out->kept = guarantee_kept(&l->guarantees[number], &host);
	return 0;
}
