/*
 * lower.c - writes landlock.conf: what is handled, what is given where, what the loader has to
 * assert.
 */
#include <stdlib.h>
#include <string.h>

#include "../../compiler/template.h"
#include "landlock.h"

static const uint32_t op_rights[OP_COUNT] = {
#define OP_RIGHTS(op, rights) [OP_##op] = (rights),
#include "op_right.def"
};

struct word {
	const char *text;
	uint32_t bit;
};
#define RIGHT(id, word, bit, abi, on_files) {word, 1u << (bit)},
static const struct word fs_words[] = {PLAN_FS_RIGHTS(RIGHT){NULL, 0}};
static const struct word net_words[] = {PLAN_NET_RIGHTS(RIGHT){NULL, 0}};
static const struct word scope_words[] = {PLAN_SCOPES(RIGHT){NULL, 0}};
#undef RIGHT

static const uint32_t scope_abstract = 1u << 0, scope_signal = 1u << 1;

/* Repeated directives of one kind: made as text, then sorted by it. */
struct texts {
	struct lower *l;
	const char **v;
	unsigned n;
	bool ok;
	bool open_net; /* all of the network is */
};

/* What a path or an assert line says, before equal places are merged. */
struct give {
	const char *path;
	uint32_t flags; /* rule_flag */
	uint32_t rights;
	enum op first; /* the first operation, whose line is named */
	struct loc loc;
};
struct gives {
	struct arena *arena;
	struct give *v;
	unsigned n;
};

static const char *rights_text(struct arena *a, const struct word *words, uint32_t bits, char sep)
{
	struct buf b = buf_new(a);
	for (; words->text; words++) {
		if (!(bits & words->bit))
			continue;
		if (b.len)
			buf_putc(&b, sep);
		buf_puts(&b, words->text);
	}
	return buf_str(&b);
}

/* file:line as one word. */
static const char *where_text(struct lower *l, struct loc loc)
{
	struct buf b = buf_new(l->arena);
	const char *where = src_where(l->src, l->arena, loc_none(loc) ? l->ir->loc : loc);
	for (const char *c = *where ? where : "-"; *c; c++)
		if (*c == ' ')
			buf_puts(&b, "\\x20");
		else if (*c == '$')
			buf_putc(&b, '$');
		else
			template_add_literal(&b, c, 1);
	return buf_str(&b);
}

static void texts_add(struct texts *t, const char *line, struct loc loc)
{
	if (strlen(line) > PLAN_MAX_LINE) {
		diag(t->l->diags, DIAG_TOO_LARGE, loc,
		     "this line would be longer than a plan can hold (%d bytes)", PLAN_MAX_LINE);
		t->ok = false;
	}
	ARENA_GROW(t->l->arena, t->v, t->n);
	t->v[t->n++] = line;
}

static void texts_write(struct texts *t, struct buf *out)
{
	if (t->n)
		qsort(t->v, t->n, sizeof(*t->v), cmp_strp);
	for (unsigned i = 0; i < t->n; i++) {
		buf_puts(out, t->v[i]);
		buf_putc(out, '\n');
	}
	t->n = 0;
	t->v = NULL;
}

static struct loc origin_loc(const struct origin *o)
{
	return o ? o->loc : (struct loc){0, 0};
}

static struct loc object_loc(const struct origin *o)
{
	return o ? o->object : (struct loc){0, 0};
}

static int cmp_give(const void *a, const void *b)
{
	const struct give *x = a, *y = b;
	int c = strcmp(x->path, y->path);
	if (c)
		return c;
	if (x->flags != y->flags)
		return x->flags < y->flags ? -1 : 1;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->loc.beg > y->loc.beg) - (x->loc.beg < y->loc.beg);
}

static void gives_add(struct gives *g, struct give give)
{
	if (!give.rights)
		return;
	ARENA_GROW(g->arena, g->v, g->n);
	g->v[g->n++] = give;
}

/* One entry for each place and flags; the entry that comes first names the line. */
static void gives_merge(struct gives *g)
{
	unsigned n = 0;
	if (g->n)
		qsort(g->v, g->n, sizeof(*g->v), cmp_give);
	for (unsigned i = 0; i < g->n; i++) {
		struct give *last = n ? &g->v[n - 1] : NULL;
		if (last && strcmp(last->path, g->v[i].path) == 0 && last->flags == g->v[i].flags)
			last->rights |= g->v[i].rights;
		else
			g->v[n++] = g->v[i];
	}
	g->n = n;
}

static uint32_t rights_of(uint32_t ops)
{
	uint32_t rights = 0;
	for (unsigned op = 0; op < OP_COUNT; op++)
		if (ops & OP_BIT(op))
			rights |= op_rights[op];
	return rights;
}

static enum op first_op(uint32_t ops)
{
	unsigned op = 0;
	while (op < OP_COUNT - 1 && !(ops & OP_BIT(op)))
		op++;
	return (enum op)op;
}

/* The rights of `ops` under the first line of the rule that says one of them. */
static struct give give_of(const struct texts *t, const struct ir_rule *r, const char *path,
			   uint32_t ops)
{
	enum op first = first_op(ops);
	uint32_t rights = rights_of(ops);
	if ((ops & OP_BIT(OP_CREATE)) && t->open_net)
		rights |= LL_FS_MAKE_SOCK;
	if (t->open_net)
		rights &= ~(uint32_t)LL_FS_RESOLVE_UNIX; /* not handled: every socket is reached */
	return (struct give){
	    .path = path, .rights = rights, .first = first, .loc = origin_loc(r->origin[first])};
}

static const char *missing_word(uint32_t flags)
{
	if (flags & RULE_MAKE_DIR)
		return "make";
	return flags & RULE_IF_EXISTS ? "skip" : "error";
}

static void write_paths(struct texts *t, const struct ll_tree *tree, struct buf *out)
{
	struct gives g = {.arena = t->l->arena};
	for (unsigned i = 0; i < tree->n_lines; i++) {
		const struct ll_line *line = &tree->lines[i];
		struct give give = give_of(t, line->rule, line->rule->object, line->ops);
		give.flags = line->rule->flags & ~(uint32_t)RULE_DISCARD;
		gives_add(&g, give);
	}
	gives_merge(&g);
	for (unsigned i = 0; i < g.n; i++) {
		const struct give *v = &g.v[i];
		texts_add(t,
			  arena_printf(t->l->arena, "path %s %s %s %s %s", missing_word(v->flags),
				       v->flags & RULE_NOFOLLOW ? "nofollow" : "follow",
				       rights_text(t->l->arena, fs_words, v->rights, ','),
				       where_text(t->l, v->loc), v->path),
			  v->loc);
	}
	texts_write(t, out);
}

/* Names are found when the program starts; each match has a rule of its own then. */
static void write_patterns(struct texts *t, const struct ll_tree *tree, struct buf *out)
{
	for (unsigned i = 0; i < tree->n_patterns; i++) {
		const struct ll_pattern *p = &tree->patterns[i];
		struct give give = give_of(t, p->rule, p->rule->object, p->ops);
		if (give.rights)
			texts_add(t,
				  arena_printf(t->l->arena, "glob %s %s %s %s",
					       rights_text(t->l->arena, fs_words, give.rights, ','),
					       where_text(t->l, give.loc), p->rule->glob, give.path),
				  give.loc);
	}
	texts_write(t, out);
}

/*
 * REFER is left out: create and delete share it, and one of them may be allowed where the other is
 * denied.
 */
static void write_asserts(struct texts *t, const struct ll_tree *tree, struct buf *out)
{
	struct gives g = {.arena = t->l->arena};
	for (unsigned i = 0; i < tree->n_denials; i++) {
		const struct ll_denial *d = &tree->denials[i];
		struct give give = give_of(t, d->rule, d->path, d->asserted);
		give.rights &= ~(uint32_t)LL_FS_REFER;
		if (d->hole)
			give.loc = d->hole->loc;
		if (!d->outside)
			gives_add(&g, give);
	}
	gives_merge(&g);
	for (unsigned i = 0; i < g.n; i++)
		texts_add(t,
			  arena_printf(t->l->arena, "assert %s %s %s",
				       rights_text(t->l->arena, fs_words, g.v[i].rights, ','),
				       where_text(t->l, g.v[i].loc), g.v[i].path),
			  g.v[i].loc);
	texts_write(t, out);
}

/* assert-outside RIGHT,... WHERE N HOLE... TMPL: each for itself, since the holes are its own. */
static void write_asserts_outside(struct texts *t, const struct ll_tree *tree, struct buf *out)
{
	for (unsigned i = 0; i < tree->n_denials; i++) {
		const struct ll_denial *d = &tree->denials[i];
		struct give give = give_of(t, d->rule, d->path, d->asserted);
		struct buf b = buf_new(t->l->arena);
		give.rights &= ~(uint32_t)LL_FS_REFER;
		if (!d->outside || !give.rights)
			continue;
		buf_printf(&b, "assert-outside %s %s %u", rights_text(t->l->arena, fs_words, give.rights, ','),
			   where_text(t->l, give.loc), d->rule->n_holes);
		for (unsigned h = 0; h < d->rule->n_holes; h++) {
			buf_putc(&b, ' ');
			for (const char *c = d->rule->holes[h].path; *c; c++)
				buf_puts(&b, *c == ' ' ? "\\x20" : (char[]){*c, '\0'});
		}
		buf_printf(&b, " %s", give.path);
		texts_add(t, buf_str(&b), give.loc);
	}
	texts_write(t, out);
}

const char *ll_how_text(unsigned how)
{
	static const char *const words[] = {
	    [0] = "rw",
	    [LL_COVER_HIDE] = "hide",
	    [LL_COVER_RO] = "ro",
	    [LL_COVER_NOEXEC] = "rw,noexec",
	    [LL_COVER_RO | LL_COVER_NOEXEC] = "ro,noexec",
	};
	return words[how];
}

static void write_covers(struct texts *t, const struct ll_covers *covers, struct buf *out)
{
	for (unsigned i = 0; i < covers->n; i++) {
		const struct ll_cover *c = &covers->v[i];
		texts_add(t,
			  arena_printf(t->l->arena, "cover %s %s %s", ll_how_text(c->how),
				       where_text(t->l, c->loc), c->path),
			  c->loc);
	}
	texts_write(t, out);
}

/* Denied patterns, as far as a mount can take what fits. */
static void write_masks(struct texts *t, struct buf *out)
{
	const struct ir *ir = t->l->ir;
	const struct ll_masking masking = ll_masking_of(ir);
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		unsigned how = ll_mask_how(masking, r);
		if (!how)
			continue;
		struct loc loc = origin_loc(r->origin[first_op(r->ops)]);
		texts_add(t,
			  arena_printf(t->l->arena, "cover-glob %s %s %s %s", ll_how_text(how), where_text(t->l, loc), r->glob,
				       r->object),
			  loc);
	}
	texts_write(t, out);
}

static void add_port(struct texts *t, const struct ll_port *port, const char *name)
{
	if (!port->rights)
		return;
	unsigned first = 0;
	while (!(port->rights & (1u << first)))
		first++;
	struct loc loc = origin_loc(port->origin[first]);
	texts_add(t,
		  arena_printf(t->l->arena, "port %s %s %s",
			       rights_text(t->l->arena, net_words, port->rights, ','), name,
			       where_text(t->l, loc)),
		  loc);
}

static void write_ports(struct texts *t, const struct ll_net_set *net, struct buf *out)
{
	struct arena *a = t->l->arena;
	for (unsigned port = 0; net->fixed && port <= UINT16_MAX; port++)
		if (net->fixed[port].rights)
			add_port(t, &net->fixed[port], arena_printf(a, "%u", port));
	for (unsigned i = 0; i < net->n_vars; i++)
		add_port(t, &net->vars[i].port, arena_printf(a, "${%s}", net->vars[i].name));
	texts_write(t, out);
}

/*
 * `never` on a port: a port that is given at the start may be the one. All ports at once need no line: then every rule
 * of the kind was an error.
 */
static uint32_t never_rights(const struct ir_rule *r)
{
	static const enum op op_of[] = {OP_LISTEN_TCP, OP_CONNECT_TCP, OP_LISTEN_UDP, OP_CONNECT_UDP}; /* by bit */
	uint32_t rights = 0;
	if (!(r->targets & TARGET_BIT(TARGET_LINUX)) || (!r->port_var && r->port_lo != r->port_hi))
		return 0;
	for (unsigned i = 0; i < sizeof(op_of) / sizeof(op_of[0]); i++)
		if (r->ops & OP_BIT(op_of[i]))
			rights |= 1u << i;
	/* port 0 of datagrams is given to those that send */
	return !r->port_var && r->port_lo == 0 ? rights & ~(uint32_t)LL_NET_BIND_UDP : rights;
}

static void write_assert_ports(struct texts *t, uint32_t handled, struct buf *out)
{
	const struct ir *ir = t->l->ir;
	for (unsigned i = 0; i < ir->n_nevers; i++) {
		const struct ir_rule *r = &ir->nevers[i].rule;
		uint32_t rights = r->kind == RULE_NET ? never_rights(r) & handled : 0;
		if (!rights)
			continue;
		struct arena *a = t->l->arena;
		const char *port = r->port_var ? arena_printf(a, "${%s}", r->port_var) : arena_printf(a, "%u", r->port_lo);
		struct loc loc = ir->nevers[i].origin->loc;
		texts_add(t,
			  arena_printf(a, "assert-port %s %s %s", rights_text(a, net_words, rights, ','), port,
				       where_text(t->l, loc)),
			  loc);
	}
	texts_write(t, out);
}

static void write_head(struct lower *l, const struct ll_net_set *net, struct buf *out)
{
	uint32_t fs = (uint32_t)LL_FS_IOCTL_DEV * 2 - 1;
	uint32_t scopes = 0;
	for (const struct word *w = scope_words; w->text; w++)
		scopes |= w->bit;
	if (!ll_open_net(l->ir))
		fs |= LL_FS_RESOLVE_UNIX;
	if (ll_open_abstract(l->ir))
		scopes &= ~scope_abstract;
	if (ll_open_signal(l->ir))
		scopes &= ~scope_signal;
	buf_printf(out, "sbx-landlock %d %s\n", PLAN_VERSION, l->plan_id);
	buf_printf(out, "handle-fs %s\n", rights_text(l->arena, fs_words, fs, ' '));
	if (net->handled)
		buf_printf(out, "handle-net %s\n",
			   rights_text(l->arena, net_words, net->handled, ' '));
	if (scopes)
		buf_printf(out, "scope %s\n", rights_text(l->arena, scope_words, scopes, ' '));
}

static void write_entry(struct texts *t, struct buf *out)
{
	struct lower *l = t->l;
	if (!l->ir->entry)
		return;
	struct loc loc = origin_loc(l->ir->entry_origin);
	uint32_t rights = rights_of(OP_BIT(OP_EXEC) | OP_BIT(OP_READ));
	texts_add(t,
		  arena_printf(l->arena, "entry %s %s %s",
			       rights_text(l->arena, fs_words, rights, ','), where_text(l, loc),
			       l->ir->entry),
		  loc);
	texts_write(t, out);
}

/* Rules that no line of this back end can say. False after a diagnostic. */
static bool check_rule(struct lower *l, const struct ir_rule *r, bool open_net, bool open_abstract)
{
	uint32_t unix_ops = OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_LISTEN_UNIX);
	struct loc loc = object_loc(r->origin[first_op(r->ops)]);
	if (!ir_rule_everywhere(l->ir, r)) {
		diag(l->diags, DIAG_NO_EXPRESSION, loc, "Landlock does not know the machine");
		return false;
	}
	if (!r->deny && (r->ops & OP_BIT(OP_LISTEN_UNIX))) {
		struct diag_rec *d = diag(l->diags, DIAG_NO_EXPRESSION, loc,
					  "Linux cannot let a program listen on some Unix sockets and not on others");
		diag_note(d, "Landlock gives the making of sockets in a folder, whatever their names, and sees no abstract ones");
		diag_help(d, "pass the program a socket that listens already, or `allow net`; this would allow all of the network");
		return false;
	}
	if (!r->deny && !open_net && (r->ops & OP_BIT(OP_CONNECT_UNIX)) &&
	    !ll_is_socket_path(r->object)) {
		struct diag_rec *d = diag(l->diags, DIAG_NO_EXPRESSION, loc,
					  "Linux opens all abstract Unix sockets or none");
		diag_help(d, "use a socket of the file tree: `allow connect unix \"/run/...\"`");
		diag_help(d, "or `allow net`; this would allow all of the network");
		return false;
	}
	if (r->deny && (r->ops & unix_ops) &&
	    (open_net || (open_abstract && !ll_is_socket_path(r->object)))) {
		diag(l->diags, DIAG_NO_EXPRESSION, loc,
		     "Linux cannot take one Unix socket out of those that are allowed");
		return false;
	}
	return true;
}

/*
 * execve() reads the file it starts, so a place that may be started and not be read starts nothing.
 */
static bool check_exec(struct lower *l, const struct ll_tree *tree)
{
	bool ok = true;
	for (unsigned i = 0; i < tree->n_lines; i++) {
		const struct ll_line *x = &tree->lines[i];
		if (!(x->ops & OP_BIT(OP_EXEC)) || (x->ops_here & OP_BIT(OP_READ)))
			continue;
		struct diag_rec *d =
		    diag(l->diags, DIAG_EXEC_UNREADABLE, object_loc(x->rule->origin[OP_EXEC]),
			 "Linux starts only programs that may also be read");
		diag_help(d, "`allow read exec \"%s\"`", x->rule->object);
		ok = false;
	}
	return ok;
}

static void report_carve(struct lower *l, enum cap cap, struct loc loc)
{
	struct diag_rec *rec = diag(l->diags, DIAG_NOT_KEPT, loc,
				    "Linux cannot keep `%s`, and it is required", cap_name[cap]);
	struct ll_gap gap = ll_carve_gap(l->ir);
	diag_note(rec, "%s", gap.note);
	diag_help(rec, "%s", gap.help);
}

/*
 * A carve that no `prefer` line excuses ends here whatever was said before: the lines that follow
 * would give more than the policy does.
 */
static bool check_carves(struct lower *l, const struct ll_tree *tree,
			 const struct ll_covers *covers)
{
	bool ok = true;
	for (unsigned i = 0; i < tree->n_denials; i++)
		for (unsigned k = 0; k < LL_N_PROMISES; k++) {
			const struct ll_denial *d = &tree->denials[i];
			uint32_t ops = d->carved & ll_promises[k].ops;
			if (!ops || (covers->covered && covers->covered[i]) ||
			    ir_preferred(l->ir, TARGET_LINUX, ll_promises[k].cap))
				continue;
			struct loc loc =
			    d->hole ? d->hole->loc : object_loc(d->rule->origin[first_op(ops)]);
			ok = false;
			if (!diag_seen(l->diags, DIAG_NOT_KEPT, loc))
				report_carve(l, ll_promises[k].cap, loc);
		}
	if (!covers->bad)
		return ok;
	struct diag_rec *rec = diag(l->diags, DIAG_REOPENED, *covers->bad,
				    "this place lies in one that is taken out, and would have the rights of the tree around it");
	diag_note(rec, "%s", ll_carve_gap(l->ir).note);
	diag_help(rec, "allow here what the tree around it has, or move it out of the tree");
	return false;
}

/* As check_exec() for what patterns give. */
static bool check_pattern_exec(struct lower *l, const struct ll_tree *tree)
{
	bool ok = true;
	for (unsigned i = 0; i < tree->n_patterns; i++) {
		const struct ll_pattern *x = &tree->patterns[i];
		if (!(x->ops & OP_BIT(OP_EXEC)) || (x->ops & OP_BIT(OP_READ)))
			continue;
		struct diag_rec *d = diag(l->diags, DIAG_EXEC_UNREADABLE, object_loc(x->rule->origin[OP_EXEC]),
					  "Linux starts only programs that may also be read");
		diag_help(d, "`allow read exec matching \"%s\" under \"%s\"`", x->rule->glob, x->rule->object);
		ok = false;
	}
	return ok;
}

static bool check_rules(struct lower *l, const struct ll_tree *tree,
			const struct ll_covers *covers)
{
	bool ok = check_exec(l, tree);
	ok = check_pattern_exec(l, tree) && ok;
	ok = check_carves(l, tree, covers) && ok;
	bool open_net = ll_open_net(l->ir) != NULL, open_abstract = ll_open_abstract(l->ir) != NULL;
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		bool mine = r->kind == RULE_PATH || r->kind == RULE_NET;
		if (mine && (r->targets & TARGET_BIT(TARGET_LINUX)) &&
		    !check_rule(l, r, open_net, open_abstract))
			ok = false;
	}
	return ok;
}

bool landlock_lower(struct lower *l)
{
	struct buf out = buf_new(l->arena);
	struct texts t = {.l = l, .ok = true, .open_net = ll_open_net(l->ir) != NULL};
	struct ll_tree tree = ll_tree_build(l->arena, l->ir);
	struct ll_covers covers = ll_covers_build(l->arena, l->ir, &tree);
	struct ll_net_set net;
	bool ok = check_rules(l, &tree, &covers);
	if (!ll_net_build(l, &net) || !ok)
		return false;
	write_head(l, &net, &out);
	write_entry(&t, &out);
	write_paths(&t, &tree, &out);
	write_patterns(&t, &tree, &out);
	write_ports(&t, &net, &out);
	write_asserts(&t, &tree, &out);
	write_asserts_outside(&t, &tree, &out);
	write_assert_ports(&t, net.handled, &out);
	write_covers(&t, &covers, &out);
	write_masks(&t, &out);
	buf_puts(&out, "end\n");
	if (out.len > PLAN_MAX_CONF) {
		diag(l->diags, DIAG_TOO_LARGE, l->ir->loc,
		     "landlock.conf would be larger than a plan can hold");
		return false;
	}
	if (t.ok)
		lower_add(l, "landlock.conf", out.data, out.len);
	return t.ok;
}
