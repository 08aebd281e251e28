/*
 * decide.c - S1 of the language, and nothing else: allowed if some allow covers it outside its own holes and no deny does.
 */
#include "decide.h"

#include <limits.h>
#include <string.h>

#include "glob.h"
#include "net_index.h"
#include "str.h"
#include "syscalls.h"
#include "template.h"

/* Path rules of one target by the path they stand on, for one set of load-time values. */
struct path_index {
	struct arena *arena;
	enum target target;
	const struct ir_binding *given;
	unsigned n_given;
	struct path_slot {
		const char *path; /* NULL: free */
		size_t len;
		uint32_t hash;
		struct path_entry {
			struct path_entry *next;
			const struct ir_rule *rule;
			/* What the last question met: a hole of the rule on the way to its place. */
			unsigned long left_out;
			const struct ir_hole *hole;
		} *entries;
		struct hole_entry { /* holes that stand here, in the order of the rules and their holes */
			struct hole_entry *next;
			struct path_entry *of;
			const struct ir_hole *hole;
		} *holes;
	} *slots;
	unsigned n_slots; /* power of two */
	bool has_holes;
	unsigned long questions; /* those that had to look for holes */
};

enum { RULE_KINDS = RULE_RELAY + 1 }; /* the last of enum rule_kind */

struct meaning {
	struct arena *arena;
	const struct ir *ir;
	const struct sys_policy *syscalls;
	struct ir_rule entry[TARGET_COUNT]; /* what `entry` itself allows */
	struct path_index *assumed[TARGET_COUNT], *given[TARGET_COUNT]; /* given: with the values of the last question that had some */
	const struct net_index *net;
	unsigned kind_at[RULE_KINDS + 1]; /* where the rules of each kind begin */
	unsigned long looked; /* rules that questions looked at */
};

bool path_covers(const char *root, const char *path)
{
	size_t n = strlen(root);
	if (n == 1)
		return true;
	return strncmp(root, path, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* ---- load-time values ---- */

static const struct ir_param *param_find(const struct ir *ir, const char *name, size_t len)
{
	for (unsigned i = 0; i < ir->n_params; i++)
		if (strlen(ir->params[i].name) == len && memcmp(ir->params[i].name, name, len) == 0)
			return &ir->params[i];
	return NULL;
}

static const struct ir_binding assumptions[] = {
    {"HOME", "/home/user"},
    {"TMPDIR", "/tmp"},
    {"RUNTIME_DIR", "/run/user/1000"},
    {"UID", "1000"},
};

/* The assumed value of a variable of `len` bytes, appended; a name nothing else can have for what is not known. */
static void add_assumption(struct buf *b, const struct ir *ir, const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(assumptions) / sizeof(assumptions[0]); i++) {
		if (strlen(assumptions[i].name) == len && memcmp(assumptions[i].name, name, len) == 0) {
			buf_puts(b, assumptions[i].value);
			return;
		}
	}
	const struct ir_param *p = param_find(ir, name, len);
	const char *literal = p && p->value ? template_literal(b->arena, p->value) : NULL;
	bool is_path = p ? p->type == TYPE_PATH : template_builtin_is_path(name, len);
	if (literal)
		buf_puts(b, literal);
	else
		buf_printf(b, "%s${%.*s}", is_path ? "/" : "", (int)len, name);
}

const char *assume_value(const struct ir *ir, const char *name)
{
	static _Thread_local char value[4096];
	struct arena *a = arena_new();
	struct buf b = buf_new(a);
	add_assumption(&b, ir, name, strlen(name));
	snprintf(value, sizeof(value), "%s", buf_str(&b));
	arena_free(a);
	return value;
}

const char *expand_template(struct arena *a, const struct ir *ir, const char *tmpl, const struct ir_binding *given,
			    unsigned n_given)
{
	struct buf b = buf_new(a);
	struct template_piece piece;
	bool from_root = false; /* `${x}/y` with x = "/" is "/y" */
	while (template_next(&tmpl, &piece)) {
		if (!piece.is_var) {
			buf_putc(&b, piece.byte);
			continue;
		}
		unsigned i = 0;
		bool first = b.len == 0;
		while (i < n_given && !(strlen(given[i].name) == piece.var_len &&
					memcmp(given[i].name, piece.var, piece.var_len) == 0))
			i++;
		if (i < n_given)
			buf_puts(&b, given[i].value);
		else
			add_assumption(&b, ir, piece.var, piece.var_len);
		from_root |= first && strcmp(buf_str(&b), "/") == 0;
	}
	const char *text = buf_str(&b);
	if (from_root && text[1] == '/')
		text++;
	return text[0] == '/' && !path_is_canonical(text) ? NULL : text;
}

/* ---- the index ---- */

enum { HASH_START = 2166136261u };

static uint32_t hash_byte(uint32_t h, char c)
{
	return (h ^ (unsigned char)c) * 16777619u;
}

static struct path_slot *slot_at(const struct path_index *x, uint32_t h, const char *path, size_t n)
{
	uint32_t i = (h ^ h >> 15) & (x->n_slots - 1);
	const struct path_slot *v = x->slots;
	while (v[i].path && !(v[i].hash == h && v[i].len == n && memcmp(v[i].path, path, n) == 0))
		i = (i + 1) & (x->n_slots - 1);
	return &x->slots[i];
}

static struct path_slot *index_slot(const struct path_index *x, const char *path)
{
	size_t n = strlen(path);
	uint32_t h = HASH_START;
	for (size_t i = 0; i < n; i++)
		h = hash_byte(h, path[i]);
	struct path_slot *slot = slot_at(x, h, path, n);
	if (!slot->path)
		*slot = (struct path_slot){.path = path, .len = n, .hash = h};
	return slot;
}

/* The links of the root of macOS: two names of one place. */
static const struct {
	const char *link, *real;
} root_links[] = {
    {"/tmp", "/private/tmp"},
    {"/var", "/private/var"},
    {"/etc", "/private/etc"},
    {"/home", "/System/Volumes/Data/home"},
};
enum { N_ROOT_LINKS = sizeof(root_links) / sizeof(root_links[0]) };

const char *place_name(struct arena *a, enum target t, const char *path)
{
	for (size_t i = 0; t == TARGET_MACOS && i < N_ROOT_LINKS; i++)
		if (path_covers(root_links[i].link, path))
			return arena_printf(a, "%s%s", root_links[i].real, path + strlen(root_links[i].link));
	return path;
}

/* The other name of the same place, through a link of the root; NULL when it has one name. */
static const char *other_name(struct arena *a, enum target t, const char *path)
{
	const char *real = place_name(a, t, path);
	if (real != path)
		return real;
	for (size_t i = 0; t == TARGET_MACOS && i < N_ROOT_LINKS; i++)
		if (path_covers(root_links[i].real, path))
			return arena_printf(a, "%s%s", root_links[i].link, path + strlen(root_links[i].real));
	return NULL;
}

static const char *place_in(struct arena *a, const struct meaning *m, const struct path_index *x, const char *tmpl)
{
	const char *path = expand_template(a, m->ir, tmpl, x->given, x->n_given);
	return path && path[0] == '/' ? place_name(a, x->target, path) : NULL;
}

static void index_hole(struct meaning *m, struct path_index *x, struct path_entry *of, const struct ir_hole *hole)
{
	const char *path = place_in(x->arena, m, x, hole->path);
	if (!path)
		return;
	struct path_slot *slot = index_slot(x, path);
	struct hole_entry *e = ARENA_NEW(x->arena, struct hole_entry);
	*e = (struct hole_entry){slot->holes, of, hole};
	slot->holes = e;
	x->has_holes = true;
}

static void index_add(struct meaning *m, struct path_index *x, const struct ir_rule *rule)
{
	const char *path = rule->targets & TARGET_BIT(x->target) ? place_in(x->arena, m, x, rule->object) : NULL;
	if (!path)
		return; /* of another system, or with values the loader refuses: the rule covers nothing */
	struct path_slot *slot = index_slot(x, path);
	struct path_entry *e = ARENA_NEW(x->arena, struct path_entry);
	*e = (struct path_entry){.next = slot->entries, .rule = rule};
	slot->entries = e;
	for (unsigned i = rule->n_holes; !rule->deny && i-- > 0;)
		index_hole(m, x, e, &rule->holes[i]);
}

static unsigned count_places(const struct ir *ir)
{
	unsigned n = TARGET_COUNT;
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ir->rules[i].kind == RULE_PATH || ir->rules[i].kind == RULE_GLOB)
			n += 1 + ir->rules[i].n_holes;
	return n;
}

static void index_values(struct path_index *x, const struct ir_binding *given, unsigned n)
{
	struct ir_binding *own = ARENA_ARRAY(x->arena, n, struct ir_binding);
	x->given = own;
	x->n_given = n;
	for (unsigned i = 0; i < n; i++)
		own[i] = (struct ir_binding){arena_strdup(x->arena, given[i].name), arena_strdup(x->arena, given[i].value)};
}

static struct path_index *index_new(struct meaning *m, enum target t, const struct ir_binding *given, unsigned n_given)
{
	struct arena *a = arena_child(m->arena);
	struct path_index *x = ARENA_NEW(a, struct path_index);
	const unsigned n = count_places(m->ir);
	*x = (struct path_index){.arena = a, .target = t, .n_slots = 16};
	index_values(x, given, n_given);
	while (x->n_slots < n * 2)
		x->n_slots *= 2;
	x->slots = ARENA_ARRAY(a, x->n_slots, struct path_slot);
	/* Backwards, so that the chain of a place is in the order of the rules. */
	if (m->ir->entry)
		index_add(m, x, &m->entry[t]);
	for (unsigned i = m->ir->n_rules; i-- > 0;)
		if (m->ir->rules[i].kind == RULE_PATH || m->ir->rules[i].kind == RULE_GLOB)
			index_add(m, x, &m->ir->rules[i]);
	return x;
}

static bool same_values(const struct path_index *x, const struct request *r)
{
	bool same = x->n_given == r->n_given;
	for (unsigned i = 0; same && i < r->n_given; i++)
		same = strcmp(x->given[i].name, r->given[i].name) == 0 && strcmp(x->given[i].value, r->given[i].value) == 0;
	return same;
}

/* The indexes are a cache: making one changes no answer. */
static struct path_index *index_for(const struct meaning *cm, const struct request *r)
{
	struct meaning *m = (struct meaning *)(uintptr_t)cm;
	struct path_index **x = r->n_given ? &m->given[r->target] : &m->assumed[r->target];
	if (*x && same_values(*x, r))
		return *x;
	if (*x)
		arena_free((*x)->arena);
	*x = index_new(m, r->target, r->given, r->n_given);
	return *x;
}

struct meaning *meaning_new(struct arena *a, const struct ir *ir)
{
	struct meaning *m = ARENA_NEW(a, struct meaning);
	*m = (struct meaning){.arena = a, .ir = ir, .syscalls = sysmean_derive(a, ir)};
	m->net = net_index_new(a, ir);
	for (unsigned i = 0, k = 0; k <= RULE_KINDS; m->kind_at[k++] = i)
		while (i < ir->n_rules && (unsigned)ir->rules[i].kind < k)
			i++;
	for (unsigned t = 0; ir->entry && t < TARGET_COUNT; t++) {
		struct ir_rule *e = &m->entry[t];
		*e = (struct ir_rule){.kind = RULE_PATH, .object = ir->entry, .targets = TARGET_BIT(t), .ops = OP_BIT(OP_READ)};
		if (ir_allows_any(ir, (enum target)t, OP_BIT(OP_EXEC)))
			e->ops |= OP_BIT(OP_EXEC);
		e->origin[OP_READ] = e->origin[OP_EXEC] = ir->entry_origin;
	}
	return m;
}

unsigned long meaning_looked(const struct meaning *m)
{
	return m->looked;
}

/* A count changes no answer. */
static void count_looked(const struct meaning *m, unsigned n)
{
	((struct meaning *)(uintptr_t)m)->looked += n;
}

const struct ir *meaning_ir(const struct meaning *m)
{
	return m->ir;
}

const struct sys_policy *meaning_syscalls(const struct meaning *m)
{
	return m->syscalls;
}

/* ---- decisions ---- */

/* One walk from the root down to a place. */
struct path_walk {
	struct path_index *x;
	const struct meaning *m;
	const struct request *r;
	const char *path;
	struct decision d;
};

/* False ends the walk. */
typedef bool slot_fn(struct path_walk *w, const struct path_slot *slot);

/* The holes on the way leave their rules out; of the holes of one rule the first counts. */
static bool meet_holes(struct path_walk *w, const struct path_slot *slot)
{
	for (const struct hole_entry *h = slot->holes; h; h = h->next) {
		count_looked(w->m, 1);
		if (h->of->left_out == w->x->questions && h->of->hole < h->hole)
			continue;
		h->of->left_out = w->x->questions;
		h->of->hole = h->hole;
	}
	return true;
}

/* What the rules on one ancestor say. A deny ends the walk. */
static bool decide_place(struct path_walk *w, const struct path_slot *slot)
{
	struct decision *d = &w->d;
	for (const struct path_entry *e = slot->entries; e; e = e->next) {
		const struct ir_rule *rule = e->rule;
		count_looked(w->m, 1);
		if (!(rule->ops & OP_BIT(w->r->op)) || (rule->glob && !glob_covers(rule->glob, slot->path, w->path)))
			continue;
		if (rule->deny) {
			*d = (struct decision){.by = rule->origin[w->r->op], .reason = "denied by a line of the policy"};
			return false;
		}
		bool left_out = w->x->has_holes && e->left_out == w->x->questions;
		if (left_out && !d->allow) {
			d->hole = e->hole;
			d->near_allow = rule->origin[w->r->op];
		} else if (!left_out) {
			d->allow = true;
			d->by = rule->origin[w->r->op];
		}
	}
	return true;
}

/* The root, every directory on the way, and the place. */
static bool walk_down(struct path_walk *w, slot_fn *fn)
{
	size_t len = strlen(w->path);
	uint32_t h = hash_byte(HASH_START, '/');
	bool more = fn(w, slot_at(w->x, h, "/", 1));
	for (size_t i = 1; i <= len && more && len > 1; i++) {
		if (w->path[i] == '/' || w->path[i] == '\0')
			more = fn(w, slot_at(w->x, h, w->path, i));
		h = hash_byte(h, w->path[i]);
	}
	return more;
}

static struct decision decide_path(const struct meaning *m, const struct request *r)
{
	struct arena *a = r->target == TARGET_MACOS ? arena_new() : NULL;
	struct path_walk w = {.x = index_for(m, r), .m = m, .r = r, .d = {.reason = "no rule allows it"}};
	w.path = place_name(a, r->target, r->object);
	if (w.x->has_holes) {
		w.x->questions++;
		walk_down(&w, meet_holes);
	}
	bool denied = !walk_down(&w, decide_place);
	struct decision d = w.d;
	arena_free(a);
	if (d.allow) {
		d.hole = NULL;
		d.near_allow = NULL;
		d.reason = NULL;
	} else if (!denied && r->op == OP_EXEC && m->ir->entry && !(m->entry[r->target].ops & OP_BIT(OP_EXEC))) {
		d.reason = "nothing is started after the entry program";
	}
	return d;
}

static uint16_t port_value(const struct meaning *m, const struct ir_rule *rule, const struct request *r, bool *known)
{
	uint64_t n = 0;
	struct arena *a = arena_new();
	const char *tmpl = arena_printf(a, "${%s}", rule->port_var);
	const char *text = expand_template(a, m->ir, tmpl, r->given, r->n_given);
	*known = text && parse_u64(text, strlen(text), 65535, &n);
	arena_free(a);
	return (uint16_t)n;
}

static bool is_loopback(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}

bool host_covers(const char *pattern, const char *host)
{
	if (strcmp(pattern, "*") == 0 || strcmp(pattern, host) == 0)
		return true;
	if (is_loopback(pattern))
		return is_loopback(host);
	if (strncmp(pattern, "*.", 2) != 0)
		return false;
	size_t below = strlen(pattern) - 1, n = strlen(host); /* the pattern from its dot on */
	return n > below && strcmp(host + n - below, pattern + 1) == 0;
}

static bool is_socket(enum op op)
{
	return op == OP_CONNECT_UNIX || op == OP_LISTEN_UNIX;
}

static bool net_rule_covers(const struct meaning *m, const struct ir_rule *rule, const struct request *r)
{
	bool is_unix = is_socket(r->op);
	if (!(rule->targets & TARGET_BIT(r->target)))
		return false;
	if (rule->ops & OP_BIT(OP_NET))
		return true;
	if (!(rule->ops & OP_BIT(r->op == OP_CONNECT_TCP && rule->kind == RULE_RELAY ? OP_RELAY_TCP : r->op)))
		return false;
	if (is_unix && r->object[0] == '@')
		return strcmp(rule->object, r->object) == 0;
	if (is_unix) {
		struct arena *a = arena_new();
		const char *root = expand_template(a, m->ir, rule->object, r->given, r->n_given);
		bool covers = root && root[0] == '/' &&
			      path_covers(place_name(a, r->target, root), place_name(a, r->target, r->object));
		arena_free(a);
		return covers;
	}
	if (!host_covers(rule->object, r->object))
		return false;
	bool known = true;
	uint16_t lo = rule->port_lo, hi = rule->port_hi;
	if (rule->port_var)
		lo = hi = port_value(m, rule, r, &known);
	return known && lo <= r->port && r->port <= hi;
}

static struct decision decide_net(const struct meaning *m, const struct request *r);

/* May the program reach the proxy at all? */
static bool proxy_reached(const struct meaning *m, const struct ir_proxy *p, const struct request *r)
{
	struct arena *a = arena_new();
	struct ir_rule at = {.port_var = p->port_var};
	struct request to = *r;
	bool known = true;
	to.op = p->op;
	to.object = expand_template(a, m->ir, p->object, r->given, r->n_given);
	to.port = p->port_var ? port_value(m, &at, r, &known) : p->port;
	bool reached = to.object && known && decide_net(m, &to).allow;
	arena_free(a);
	return reached;
}

static enum op op_said(const struct ir_rule *rule, enum op asked)
{
	if (rule->kind == RULE_RELAY)
		return OP_RELAY_TCP;
	return rule->ops & OP_BIT(OP_NET) ? OP_NET : asked;
}

/* The first rule in order of each kind that covers the request. */
struct net_answer {
	const struct meaning *m;
	const struct request *r;
	const struct ir_rule *allow, *deny;
	unsigned allow_at, deny_at;
	bool no_proxy;
};

static void net_consider(void *ctx, unsigned i, const struct ir_rule *rule)
{
	struct net_answer *x = ctx;
	unsigned *at = rule->deny ? &x->deny_at : &x->allow_at;
	if (i >= *at || !net_rule_covers(x->m, rule, x->r))
		return;
	if (rule->via && !proxy_reached(x->m, rule->via, x->r)) {
		x->no_proxy = true;
		return;
	}
	*at = i;
	*(rule->deny ? &x->deny : &x->allow) = rule;
}

static struct decision decide_net(const struct meaning *m, const struct request *r)
{
	struct net_answer x = {.m = m, .r = r, .allow_at = UINT_MAX, .deny_at = UINT_MAX};
	unsigned looked = net_index_visit(m->net, r, net_consider, &x);
	/* The index goes by name, and a socket may have two. */
	if (r->target == TARGET_MACOS && is_socket(r->op)) {
		struct arena *a = arena_new();
		struct request again = *r;
		again.object = other_name(a, r->target, r->object);
		looked += again.object ? net_index_visit(m->net, &again, net_consider, &x) : 0;
		arena_free(a);
	}
	count_looked(m, looked);
	if (x.deny)
		return (struct decision){.by = x.deny->origin[op_said(x.deny, r->op)], .reason = "denied by a line of the policy"};
	if (x.allow)
		return (struct decision){.allow = true, .by = x.allow->origin[op_said(x.allow, r->op)]};
	return (struct decision){.reason = x.no_proxy ? "its proxy cannot be reached" : "no rule allows it"};
}

/* NAME or PREFIX*. */
static bool name_covers(const char *pattern, const char *name)
{
	size_t n = strlen(pattern);
	if (n && pattern[n - 1] == '*')
		return strncmp(pattern, name, n - 1) == 0;
	return strcmp(pattern, name) == 0;
}

/* Where the rules of this object begin; those of a kind are sorted by it. */
static unsigned first_of_object(const struct meaning *m, unsigned lo, unsigned hi, const char *object)
{
	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		if (strcmp(m->ir->rules[mid].object, object) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct decision decide_name(const struct meaning *m, const struct request *r, enum rule_kind kind)
{
	struct decision d = {.reason = "no rule allows it"};
	const bool patterns = kind == RULE_ENV;
	unsigned first = m->kind_at[kind], end = m->kind_at[kind + 1]; /* rules are sorted by kind */
	for (unsigned i = patterns ? first : first_of_object(m, first, end, r->object); i < end; i++) {
		const struct ir_rule *rule = &m->ir->rules[i];
		count_looked(m, 1);
		if (!patterns && strcmp(rule->object, r->object) != 0)
			break;
		if (!(rule->targets & TARGET_BIT(r->target)) || !(rule->ops & OP_BIT(r->op)) ||
		    (patterns && !name_covers(rule->object, r->object)))
			continue;
		if (rule->deny)
			return (struct decision){.by = rule->origin[r->op], .reason = "denied by a line of the policy"};
		if (!d.allow)
			d = (struct decision){.allow = true, .by = rule->origin[r->op]};
	}
	for (unsigned i = 0; kind == RULE_ENV && !d.allow && i < m->ir->n_env_set; i++) {
		const struct ir_env_set *e = &m->ir->env_set[i];
		if (strcmp(e->name, r->object) == 0 && (e->targets & TARGET_BIT(r->target)))
			d = (struct decision){.allow = true, .by = e->origin};
	}
	return d;
}

static struct decision decide_syscall(const struct meaning *m, const struct request *r)
{
	const struct sys_rule *by = NULL;
	struct decision d = {.action = sysmean_decide(m->syscalls, r->arch, r->nr, r->args, &by)};
	d.allow = d.action.act == ACT_ALLOW || d.action.act == ACT_LOG;
	const struct origin *otherwise = syscall_by_nr(r->arch, r->nr) ? m->ir->default_origin : m->ir->unknown_origin;
	d.by = by ? by->origin : otherwise;
	d.reason = by ? by->reason : otherwise ? "no rule names this call" : "no rule needs this call";
	return d;
}

static const enum rule_kind op_kind[OP_COUNT] = {
#define OP(id, word, rule) [OP_##id] = rule,
#include "op.def"
};

static bool path_rule_covers(const struct meaning *m, const struct ir_rule *rule, const struct request *r)
{
	struct arena *a = arena_new();
	const struct path_index x = {.target = r->target, .given = r->given, .n_given = r->n_given};
	const char *path = place_name(a, r->target, r->object), *root = place_in(a, m, &x, rule->object);
	bool covers = root && path_covers(root, path) && (!rule->glob || glob_covers(rule->glob, root, path));
	for (unsigned i = 0; covers && i < rule->n_holes; i++) {
		const char *hole = place_in(a, m, &x, rule->holes[i].path);
		covers = !hole || !path_covers(hole, path);
	}
	arena_free(a);
	return covers;
}

bool decide_covers(const struct meaning *m, const struct ir_rule *rule, const struct request *r)
{
	const bool same = op_kind[r->op] == rule->kind;
	if (!(rule->targets & TARGET_BIT(r->target)))
		return false;
	if (op_kind[r->op] == RULE_NET && (same || rule->kind == RULE_RELAY))
		return net_rule_covers(m, rule, r);
	if (!same && !(op_kind[r->op] == RULE_PATH && rule->kind == RULE_GLOB))
		return false;
	if (!(rule->ops & OP_BIT(r->op)) || rule->kind == RULE_SYSCALL)
		return false;
	if (op_kind[r->op] == RULE_PATH)
		return path_rule_covers(m, rule, r);
	return rule->kind == RULE_ENV ? name_covers(rule->object, r->object) : strcmp(rule->object, r->object) == 0;
}

struct decision decide(const struct meaning *m, const struct request *r)
{
	switch (op_kind[r->op]) {
	case RULE_PATH:
	case RULE_GLOB:
		return decide_path(m, r);
	case RULE_NET:
	case RULE_RELAY:
		return decide_net(m, r);
	case RULE_ENV:
		return decide_name(m, r, RULE_ENV);
	case RULE_MACOS:
	case RULE_SIGNAL:
		return decide_name(m, r, op_kind[r->op]);
	case RULE_SYSCALL:
		return decide_syscall(m, r);
	}
	return (struct decision){.reason = "unknown kind of request"};
}
