/*
 * facts.c - what landlock.conf says and no request asks about, compared with the policy: what is
 * handled, and the entry; ports and places are in files of their own.
 *
 * A right that is not handled is not refused anywhere, so the lists say the most of all lines; the
 * rights that no operation of the language needs (device nodes, sockets) have no request.
 */
#include <string.h>

#include "../../compiler/str.h"
#include "facts.h"

bool facts_rule(const struct ir_rule *r, bool deny, uint32_t ops)
{
	return (r->targets & TARGET_BIT(TARGET_LINUX)) && r->deny == deny && (r->ops & ops);
}

bool facts_differ(struct facts *f, const char *fact, const char *has, const char *want)
{
	*f->difference = arena_printf(f->a, "landlock.conf: %s is %s%s%s, the policy says %s%s%s",
				      fact, has ? "`" : "", has ? has : "not there", has ? "`" : "",
				      want ? "`" : "", want ? want : "nothing", want ? "`" : "");
	return false;
}

struct right {
	const char *word;
	uint32_t bit;
};
#define RIGHT(id, text, at, abi, on_files) {text, 1u << (at)},
static const struct right fs_rights[] = {PLAN_FS_RIGHTS(RIGHT){NULL, 0}};
static const struct right net_rights[] = {PLAN_NET_RIGHTS(RIGHT){NULL, 0}};
static const struct right scopes[] = {PLAN_SCOPES(RIGHT){NULL, 0}};
#undef RIGHT

static const char *text_of(struct arena *a, const struct right *rights, uint32_t bits)
{
	struct buf b = buf_new(a);
	for (; rights->word; rights++)
		if (bits & rights->bit)
			buf_printf(&b, "%s%s", b.len ? " " : "", rights->word);
	return b.len ? buf_str(&b) : NULL;
}

const char *facts_fs_text(struct arena *a, uint32_t rights)
{
	return text_of(a, fs_rights, rights);
}

const char *facts_net_text(struct arena *a, uint32_t rights)
{
	return text_of(a, net_rights, rights);
}

/* Everything that files know; a socket's path alone is left free where all of the network is. */
static bool expect_fs(struct facts *f)
{
	uint32_t want = 0;
	for (const struct right *r = fs_rights; r->word; r++)
		want |= r->bit;
	if (f->open_net)
		want &= ~(uint32_t)LL_FS_RESOLVE_UNIX;
	return f->m->fs == want || facts_differ(f, "`handle-fs`", facts_fs_text(f->a, f->m->fs),
						facts_fs_text(f->a, want));
}

/* Does an allow give the operation on every port, and no deny take it away again? */
static bool open_to_all(const struct facts *f, enum op op)
{
	const struct ir *ir = f->what->ir;
	bool open = f->open_net;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		bool all = strcmp(r->object, "*") == 0 && !r->port_var && r->port_lo == 0 &&
			   r->port_hi == UINT16_MAX;
		if (all && facts_rule(r, true, OP_BIT(op)))
			return false;
		open |= all && facts_rule(r, false, OP_BIT(op));
	}
	return open && !f->closed_net;
}

static bool expect_net(struct facts *f)
{
	static const struct {
		enum op op;
		uint32_t right;
	} rows[] = {
	    {OP_LISTEN_TCP, LL_NET_BIND_TCP},
	    {OP_CONNECT_TCP, LL_NET_CONNECT_TCP},
	    {OP_LISTEN_UDP, LL_NET_BIND_UDP},
	    {OP_CONNECT_UDP, LL_NET_CONNECT_SEND_UDP},
	};
	uint32_t want = 0;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!open_to_all(f, rows[i].op))
			want |= rows[i].right;
	return f->m->net == want || facts_differ(f, "`handle-net`", facts_net_text(f->a, f->m->net),
						 facts_net_text(f->a, want));
}

static bool expect_scopes(struct facts *f)
{
	uint32_t want = 0;
	for (const struct right *r = scopes; r->word; r++) {
		bool abstract = strcmp(r->word, "abstract_unix_socket") == 0;
		if (!(abstract ? f->open_abstract : f->open_signal))
			want |= r->bit;
	}
	return f->m->scopes == want ||
	       facts_differ(f, "`scope`", text_of(f->a, scopes, f->m->scopes),
			    text_of(f->a, scopes, want));
}

/* Its rights are checked where the line is read. */
static bool expect_entry(struct facts *f)
{
	const struct ir *ir = f->what->ir;
	const char *has = f->m->entry.n ? f->m->entry.v[0].tmpl : NULL;
	if (!has != !ir->entry || (has && strcmp(has, ir->entry) != 0))
		return facts_differ(f, "`entry`", has, ir->entry);
	return !has || fact_where(f->what, f->m->entry.v[0].where, ir->entry_origin) ||
	       facts_differ(f, "the line of `entry`", f->m->entry.v[0].where, "another line");
}

static void look_for_openings(struct facts *f)
{
	const struct ir *ir = f->what->ir;
	bool net = false, abstract = false, signal = false, no_signal = false;
	if (ir->entry)
		f->given = OP_BIT(OP_READ) | OP_BIT(OP_EXEC); /* it is read and started */
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		f->closed_net |= facts_rule(r, true, OP_BIT(OP_NET));
		net |= facts_rule(r, false, OP_BIT(OP_NET));
		signal |= facts_rule(r, false, OP_BIT(OP_SIGNAL));
		no_signal |= facts_rule(r, true, OP_BIT(OP_SIGNAL));
		if ((r->kind == RULE_PATH || r->kind == RULE_GLOB) && facts_rule(r, false, r->ops))
			f->given |= r->ops;
		abstract |= facts_rule(r, false, OP_BIT(OP_CONNECT_UNIX)) && r->object[0] == '@';
	}
	f->open_net = net && !f->closed_net;
	f->open_abstract = (net || abstract) && !f->closed_net;
	f->open_signal = signal && !no_signal;
}

bool landlock_facts(const void *model, const struct lower *what, struct arena *a,
		    const char **difference)
{
	struct facts f = {.m = model, .what = what, .a = a, .difference = difference};
	look_for_openings(&f);
	f.denied = facts_denied(&f);
	return expect_fs(&f) && expect_net(&f) && expect_scopes(&f) && expect_entry(&f) &&
	       facts_ports(&f) && facts_places(&f) && facts_covers(&f) && facts_globs(&f) && facts_masks(&f);
}
