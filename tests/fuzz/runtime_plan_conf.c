/*
 * runtime_plan_conf.c - fuzz target for the loader's readers: any bytes as launch.conf,
 * landlock.conf, cgroup.conf, SHA256SUMS, a filter, the names of calls.
 *
 * The first byte of the input chooses the reader, the rest is the file. What launch.conf or
 * landlock.conf lets through is expanded too, so templates are reached.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime/bpf_check.h"
#include "../../runtime/calls.h"
#include "../../runtime/cgroup_conf.h"
#include "../../runtime/guarantee.h"
#include "../../runtime/landlock_conf.h"
#include "../../runtime/plan_dir.h"
#include "../../runtime/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CALLS = 'C' }; /* the first byte; of the others what is left of a division decides */

static bool rule_expand(void *ctx, const struct landlock_rule *r)
{
	struct vars *v = ctx;
	char out[PLAN_MAX_PATH + 1];
	struct fault f;

	if (r->place.at && template_expand(r->place, TEMPLATE_PATH, v, r->where, out, &f) &&
	    !path_canonical(out))
		abort();
	return true;
}

static void try_landlock(const struct conf *c)
{
	static struct param params[] = {{.name = {"p", 1}, .type = VALUE_PATH, .value = "/p"},
					{.name = {"s", 1}, .type = VALUE_STRING, .value = "s"}};
	struct vars v = {.params = params, .n_params = 2, .passwd = "/dev/null"};
	const struct landlock_visitor visitor = {.entry = rule_expand,
						 .path = rule_expand,
						 .glob = rule_expand,
						 .assert = rule_expand,
						 .cover = rule_expand,
						 .ctx = &v};
	char id[PLAN_ID_LEN + 1] = "";
	struct pool pool;
	struct landlock l;

	if (!pool_open(&pool, 1 << 14))
		abort();
	v.pool = &pool;
	if (landlock_read(c, &v, id, &pool, &l) && !landlock_visit(&l, &visitor))
		abort();
	pool_close(&pool);
}

static void try_needs(const struct launch *l)
{
	struct span left = l->needs;
	struct need need;

	while (launch_need(&left, &need))
		if (!need.path.len || !need.where.len)
			abort();
	if (left.len)
		abort();
}

static void try_launch(const struct conf *c)
{
	static struct launch l;
	const struct host host = {.landlock = 7, .seccomp = true};
	struct fault f;

	memset(&l, 0, sizeof(l));
	if (launch_read(c, &l))
		guarantees_check(&l, &host, &f);
	if (launch_read_macos(c, &l))
		try_needs(&l);
}

/* What was accepted is written out, with the values of a start. */
static void try_cgroup(const struct conf *c)
{
	struct param params[] = {
	    {.name = span_of("n"), .type = VALUE_COUNT, .number = 7, .bounded = true, .least = 1, .most = 9},
	    {.name = span_of("s"), .type = VALUE_PERCENT, .number = 50, .bounded = true, .least = 1, .most = 200},
	};
	const struct vars v = {.params = params, .n_params = 2};
	char id[PLAN_ID_LEN + 1] = "", value[128];
	struct cgroup_conf cgroup;

	if (!cgroup_read(c, &v, id, &cgroup))
		return;
	for (unsigned i = 0; i < cgroup.n; i++) {
		struct text t = text_over(value, sizeof(value));
		cgroup_value(&cgroup.settings[i], &v, &t);
		if (strchr(value, '$'))
			abort();
	}
}

/* What was accepted is looked through for a call that it does not know, and for its own. */
static void try_calls(struct conf *c)
{
	char id[PLAN_ID_LEN + 1] = "";

	c->kind = "calls";
	if (!calls_read(c, id))
		return;
	for (uint32_t nr = 0; nr < 3; nr++) {
		struct span text = calls_find((struct span){c->data, c->size}, nr & 1, 1, nr);
		if (text.at && (text.at < c->data || text.at + text.len > c->data + c->size))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kinds[] = {"launch", "landlock", "cgroup"};
	struct fault f;
	struct conf c = {.file = "fuzz", .fault = &f};

	if (size == 0)
		return 0;
	c.data = (const char *)data + 1;
	c.size = size - 1;
	c.kind = kinds[data[0] % 3];
	if (data[0] == CALLS) {
		try_calls(&c);
		return 0;
	}
	switch (data[0] % 5) {
	case 0:
		try_launch(&c);
		break;
	case 1:
		try_landlock(&c);
		break;
	case 2:
		try_cgroup(&c);
		break;
	case 3:
		sums_wrong((struct span){c.data, c.size});
		break;
	default: {
		char *copy = malloc(c.size + 1); /* aligned, as the loader maps it */
		if (copy) {
			memcpy(copy, c.data, c.size);
			bpf_check("fuzz", copy, c.size, &f);
		}
		free(copy);
	}
	}
	return 0;
}
