/*
 * model_witness.c - requests at which the profile of a plan may answer otherwise than the policy: every place, name and
 * port that one of its rules speaks of, what is below it and what is beside it.
 */
#include <string.h>

#include "sbpl_witness.h"
#include "seatbelt.h"

struct telling {
	void (*tell)(void *ctx, const struct request *r);
	void *ctx;
};

/* Requests that the kernel is asked about in the words of this operation. */
static const struct {
	enum sbpl_op asks;
	uint32_t path_ops, name_ops;
	uint32_t fact_ops; /* of what is told beside: a property */
	enum op tcp, udp;
} asked[] = {
    {.asks = SBPL_FILE_READ_DATA, .path_ops = OP_BIT(OP_READ) | OP_BIT(OP_LIST)},
    {.asks = SBPL_FILE_WRITE_DATA, .path_ops = OP_BIT(OP_MODIFY)},
    {.asks = SBPL_FILE_WRITE_CREATE, .path_ops = OP_BIT(OP_CREATE)},
    {.asks = SBPL_FILE_WRITE_UNLINK, .path_ops = OP_BIT(OP_DELETE)},
    {.asks = SBPL_PROCESS_EXEC, .path_ops = OP_BIT(OP_EXEC)},
    {.asks = SBPL_FILE_IOCTL, .path_ops = OP_BIT(OP_IOCTL)},
    {.asks = SBPL_MACH_LOOKUP, .name_ops = OP_BIT(OP_MACH)},
    {.asks = SBPL_IPC_POSIX_SHM_READ_DATA, .name_ops = OP_BIT(OP_SHM_READ)},
    {.asks = SBPL_IPC_POSIX_SHM_WRITE_DATA, .name_ops = OP_BIT(OP_SHM_WRITE)},
    {.asks = SBPL_IPC_POSIX_SEM_OPEN, .name_ops = OP_BIT(OP_SEM)},
    {.asks = SBPL_IOKIT_OPEN_USER_CLIENT, .name_ops = OP_BIT(OP_IOKIT_OPEN)},
    {.asks = SBPL_IOKIT_GET_PROPERTIES, .fact_ops = OP_BIT(OP_IOKIT_READ)},
    {.asks = SBPL_IOKIT_SET_PROPERTIES, .fact_ops = OP_BIT(OP_IOKIT_WRITE)},
    {.asks = SBPL_USER_PREFERENCE_READ, .name_ops = OP_BIT(OP_PREFERENCE_READ)},
    {.asks = SBPL_USER_PREFERENCE_WRITE, .name_ops = OP_BIT(OP_PREFERENCE_WRITE)},
    {.asks = SBPL_SYSCTL_WRITE, .name_ops = OP_BIT(OP_SYSCTL_WRITE)},
    {.asks = SBPL_NETWORK_OUTBOUND, .path_ops = OP_BIT(OP_CONNECT_UNIX), .tcp = OP_CONNECT_TCP, .udp = OP_CONNECT_UDP},
    {.asks = SBPL_NETWORK_BIND, .path_ops = OP_BIT(OP_LISTEN_UNIX), .tcp = OP_LISTEN_TCP, .udp = OP_LISTEN_UDP},
};

static void tell_object(const struct telling *t, uint32_t ops, const char *object)
{
	for (unsigned op = 0; op < OP_COUNT; op++) {
		struct request r = {.target = TARGET_MACOS, .op = (enum op)op, .object = object};

		if (ops & OP_BIT(op))
			t->tell(t->ctx, &r);
	}
}

static void tell_address(const struct telling *t, enum op tcp, enum op udp, const struct sbpl_query *q)
{
	const struct sbpl_address *at = q->remote.set ? &q->remote : &q->local;
	struct request r = {.target = TARGET_MACOS, .op = at->proto == PROTO_UDP ? udp : tcp, .port = at->port};

	if (!at->set || at->family == 6)
		return;
	r.object = at->localhost == TRI_YES ? "localhost" : "192.0.2.1";
	t->tell(t->ctx, &r);
}

void seatbelt_witness(const void *model, const struct ir *ir, void (*tell)(void *ctx, const struct request *r), void *ctx)
{
	const struct telling t = {tell, ctx};
	struct request none = {.target = TARGET_MACOS};
	const struct sbpl_profile *p = seatbelt_model_profile(model, &none);
	struct arena *scratch = arena_new();

	(void)ir;
	for (size_t k = 0; p && k < sizeof(asked) / sizeof(asked[0]); k++) {
		struct sbpl_query *q;
		unsigned n = sbpl_witness(scratch, &p, 1, asked[k].asks, &q);

		for (unsigned i = 0; i < n; i++) {
			if (q[i].n_facts)
				tell_object(&t, asked[k].fact_ops, q[i].facts[0].value);
			else if (q[i].path)
				tell_object(&t, asked[k].path_ops, q[i].path);
			else if (q[i].name)
				tell_object(&t, asked[k].name_ops, q[i].name);
			else
				tell_address(&t, asked[k].tcp, asked[k].udp, &q[i]);
		}
	}
	arena_free(scratch);
}
