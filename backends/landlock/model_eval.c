/*
 * model_eval.c - what a kernel with the newest ABI does under this landlock.conf.
 *
 * Rights are united up the path. Places are sorted, so a question costs one binary search for each
 * component of the path and not a look at every line.
 */
#include <stdlib.h>
#include <string.h>

#include "../../compiler/needles.h"
#include "../../compiler/str.h"
#include "model.h"

static const uint32_t scope_abstract = 1u << 0, scope_signal = 1u << 1;

struct spot {
	const char *path;
	size_t len;
	uint32_t rights;
};

/* Places with rights: sorted, each path once. */
struct tree {
	struct spot *v;
	unsigned n;
	const struct spot **slots; /* v by path: open addressing, never full */
	unsigned n_slots;	   /* power of two */
};

struct model_view {
	struct tree paths;
	struct tree folders; /* of the globs */
	struct spot entry;
	struct spot *covers; /* sorted; rights: model_how */
	unsigned n_covers;
	struct spot *globs; /* the folders of m->globs, in their order */
	unsigned n_globs;
	struct needles *find_globs, *find_masks; /* NULL: there are none, or nobody asks */
	struct spot *masks; /* and of m->masks; rights: model_how */
	unsigned n_masks;
	bool refused; /* an assert fails: the loader does not start */
};

/* What the patterns give a path and what they take from it, as if every name were there when the program starts. */
struct matched {
	uint32_t rights;
	uint32_t masked; /* operations that fail because of a mount */
};

/* The view of the last question with values; questions come in runs about one set of them. */
struct model_last {
	struct arena *arena;
	struct ir_binding *given;
	unsigned n_given;
	const struct model_view *view;
	/* And what its patterns said of the last path: several operations are asked about in a row. */
	const struct model_view *matched_in; /* NULL: none yet */
	char matched_path[PLAN_MAX_PATH + 1];
	struct matched matched;
};

/* What the kernel asks for. */
static const uint32_t needs[OP_COUNT] = {
    [OP_READ] = LL_FS_READ_FILE,
    [OP_LIST] = LL_FS_READ_DIR,
    [OP_MODIFY] = LL_FS_WRITE_FILE | LL_FS_TRUNCATE,
    [OP_CREATE] = LL_FS_MAKE_REG | LL_FS_MAKE_DIR | LL_FS_MAKE_FIFO | LL_FS_MAKE_SYM,
    [OP_DELETE] = LL_FS_REMOVE_FILE | LL_FS_REMOVE_DIR,
    [OP_EXEC] = LL_FS_EXECUTE | LL_FS_READ_FILE,
    [OP_IOCTL] = LL_FS_IOCTL_DEV,
    [OP_CONNECT_UNIX] = LL_FS_RESOLVE_UNIX,
};
static const uint32_t needs_port[OP_COUNT] = {
    [OP_CONNECT_TCP] = LL_NET_CONNECT_TCP,
    [OP_LISTEN_TCP] = LL_NET_BIND_TCP,
    [OP_CONNECT_UDP] = LL_NET_CONNECT_SEND_UDP,
    [OP_LISTEN_UDP] = LL_NET_BIND_UDP,
};

static int compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int c = memcmp(a, b, a_len < b_len ? a_len : b_len);
	return c ? c : (a_len > b_len) - (a_len < b_len);
}

static int cmp_spot(const void *a, const void *b)
{
	const struct spot *x = a, *y = b;
	return compare(x->path, x->len, y->path, y->len);
}

/* The first of the sorted spots that is not before the path. */
static unsigned lower_of(const struct spot *v, unsigned n, const char *path, size_t len)
{
	unsigned lo = 0, hi = n;
	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		if (compare(v[mid].path, v[mid].len, path, len) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The cover on the path or nearest above it; NULL: none. */
static const struct spot *cover_over(const struct model_view *w, const char *path)
{
	for (size_t end = strlen(path); w->n_covers && end > 0; end--) {
		if (path[end] && path[end] != '/')
			continue;
		unsigned i = lower_of(w->covers, w->n_covers, path, end);
		if (i < w->n_covers && compare(w->covers[i].path, w->covers[i].len, path, end) == 0)
			return &w->covers[i];
	}
	return NULL;
}

enum { HASH_START = 5381 };

static uint32_t hash_on(uint32_t h, char c)
{
	return h * 33u ^ (unsigned char)c;
}

static unsigned slot_of(const struct tree *t, uint32_t h, const char *path, size_t len)
{
	unsigned i = (h * 2654435761u >> 8) & (t->n_slots - 1);
	while (t->slots[i] && !(t->slots[i]->len == len && memcmp(t->slots[i]->path, path, len) == 0))
		i = (i + 1) & (t->n_slots - 1);
	return i;
}

static void make_slots(struct arena *a, struct tree *t)
{
	for (t->n_slots = 16; t->n_slots < t->n * 2;)
		t->n_slots *= 2;
	t->slots = ARENA_ARRAY(a, t->n_slots, const struct spot *);
	for (unsigned i = 0; i < t->n; i++) {
		uint32_t h = HASH_START;
		for (size_t k = 0; k < t->v[i].len; k++)
			h = hash_on(h, t->v[i].path[k]);
		t->slots[slot_of(t, h, t->v[i].path, t->v[i].len)] = &t->v[i];
	}
}

static uint32_t rights_at(const struct tree *t, uint32_t h, const char *path, size_t len)
{
	const struct spot *s = t->slots[slot_of(t, h, path, len)];
	return s ? s->rights : 0;
}

/* On the path itself and on every directory above it, the root too. */
static uint32_t rights_up(const struct tree *t, const char *path)
{
	uint32_t h = HASH_START, rights = rights_at(t, hash_on(HASH_START, '/'), "/", 1);
	size_t len = strlen(path);
	for (size_t end = 0; end <= len; end++) {
		if (end > 1 && (end == len || path[end] == '/'))
			rights |= rights_at(t, h, path, end);
		h = hash_on(h, path[end]);
	}
	return rights;
}

static bool in_hole(const char *path, const char *const *holes, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (path_covers(holes[i], path))
			return true;
	return false;
}

/* Below the path, but in none of the holes; what lies below stands in one run, all that starts with the path. */
static uint32_t rights_down(const struct tree *t, const char *path, const char *const *holes, unsigned n)
{
	uint32_t rights = 0;
	size_t len = strlen(path);
	for (unsigned i = lower_of(t->v, t->n, path, len); i < t->n; i++) {
		const struct spot *s = &t->v[i];
		if (s->len < len || memcmp(s->path, path, len) != 0)
			break;
		if (path_covers(path, s->path) && !in_hole(s->path, holes, n))
			rights |= s->rights;
	}
	return rights;
}

uint32_t landlock_related(const struct model_view *w, const char *path)
{
	return landlock_related_outside(w, path, NULL, 0);
}

uint32_t landlock_related_outside(const struct model_view *w, const char *path, const char *const *holes, unsigned n)
{
	uint32_t rights = rights_up(&w->paths, path) | rights_down(&w->paths, path, holes, n) |
			  rights_up(&w->folders, path) | rights_down(&w->folders, path, holes, n);
	if (w->entry.path && (path_covers(path, w->entry.path) || path_covers(w->entry.path, path)) &&
	    !in_hole(w->entry.path, holes, n))
		rights |= w->entry.rights;
	return rights;
}

/* Which patterns may fit a path: those whose folder or piece of name stands in it. */
static struct needles *find_patterns(struct arena *a, const struct model_lines *lines, const struct spot *at, unsigned n)
{
	struct needles *x = n ? needles_new(a) : NULL;
	for (unsigned i = 0; i < n; i++)
		needles_add_pattern(x, i, lines->v[i].glob, at[i].path);
	if (x)
		needles_make(x);
	return x;
}

struct matching {
	const struct model *m;
	const struct model_view *w;
	const char *path;
	struct matched found;
};

static bool fits(const struct matching *x, const char *glob, const char *folder)
{
	return path_covers(folder, x->path) && ll_pattern_fits(glob, folder, x->path);
}

static bool add_matched(void *ctx, unsigned i)
{
	struct matching *x = ctx;
	if (fits(x, x->m->globs.v[i].glob, x->w->globs[i].path))
		x->found.rights |= x->w->globs[i].rights;
	return true;
}

/* The operations that fail because of the mount on the place. */
static uint32_t covered_ops(uint32_t how)
{
	uint32_t ops = 0;
	if (how & MODEL_HIDE)
		return UINT32_MAX;
	if (how & MODEL_RO)
		ops |= OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE);
	if (how & MODEL_NOEXEC)
		ops |= OP_BIT(OP_EXEC);
	return ops;
}

static bool add_masked(void *ctx, unsigned i)
{
	struct matching *x = ctx;
	const uint32_t ops = covered_ops(x->w->masks[i].rights);
	if ((ops & ~x->found.masked) && fits(x, x->m->masks.v[i].glob, x->w->masks[i].path))
		x->found.masked |= ops;
	return true;
}

static struct matched match(const struct model *m, const struct model_view *w, const char *path)
{
	struct matching x = {.m = m, .w = w, .path = path};
	if (w->find_globs)
		needles_find(w->find_globs, path, add_matched, &x);
	if (w->find_masks)
		needles_find(w->find_masks, path, add_masked, &x);
	return x.found;
}

static struct matched matched_at(const struct model *m, const struct model_view *w, const char *path)
{
	struct model_last *l = m->last;
	size_t n = strlen(path);
	if (!w->find_globs && !w->find_masks)
		return (struct matched){0, 0};
	if (l->matched_in == w && strcmp(l->matched_path, path) == 0)
		return l->matched;
	l->matched = match(m, w, path);
	l->matched_in = n <= PLAN_MAX_PATH ? w : NULL;
	memcpy(l->matched_path, path, n <= PLAN_MAX_PATH ? n + 1 : 0);
	return l->matched;
}

bool landlock_masked(const struct model *m, const char *path)
{
	return match(m, m->assumed, path).masked;
}

static bool expand(struct arena *a, const struct model *m, const struct model_line *line,
		   const struct ir_binding *given, unsigned n_given, struct spot *out)
{
	const char *path = expand_template(a, &m->ir, line->tmpl, given, n_given);
	if (!path || path[0] != '/')
		return false;
	*out = (struct spot){path, strlen(path), line->rights};
	return true;
}

static void unite(struct arena *a, struct tree *t)
{
	unsigned n = 0;
	if (t->n)
		qsort(t->v, t->n, sizeof(*t->v), cmp_spot);
	for (unsigned i = 0; i < t->n; i++)
		if (n && cmp_spot(&t->v[n - 1], &t->v[i]) == 0)
			t->v[n - 1].rights |= t->v[i].rights;
		else
			t->v[n++] = t->v[i];
	t->n = n;
	make_slots(a, t);
}

/* The folders of the globs stay in their order where they are found by their patterns. */
static void make_trees(struct arena *a, struct model_view *w)
{
	w->folders.v = ARENA_ARRAY(a, w->n_globs + 1u, struct spot);
	memcpy(w->folders.v, w->globs, w->n_globs * sizeof(*w->globs));
	w->folders.n = w->n_globs;
	unite(a, &w->folders);
	unite(a, &w->paths);
}

/* A port of a line, a number or a variable's value; false when nobody knows it. */
static bool port_of(struct arena *a, const struct model *m, const char *text, const struct ir_binding *given,
		    unsigned n_given, uint64_t *port)
{
	const char *value = text[0] == '$' ? expand_template(a, &m->ir, text, given, n_given) : text;
	return value && parse_u64(value, strlen(value), UINT16_MAX, port);
}

/* Does a port line give what an assert-port line refuses? */
static bool ports_refused(struct arena *a, const struct model *m, const struct ir_binding *given, unsigned n_given)
{
	if (!m->assert_ports.n)
		return false;
	uint64_t port;
	uint32_t *rights = ARENA_ARRAY(a, UINT16_MAX + 1u, uint32_t);
	for (unsigned i = 0; i < m->ports.n; i++)
		if (port_of(a, m, m->ports.v[i].tmpl, given, n_given, &port))
			rights[port] |= m->ports.v[i].rights;
	for (unsigned i = 0; i < m->assert_ports.n; i++)
		if (port_of(a, m, m->assert_ports.v[i].tmpl, given, n_given, &port) && (rights[port] & m->assert_ports.v[i].rights))
			return true;
	return false;
}

static int cmp_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * A place is shown again below a cover only where a cover of its own says so. Where values put it there, the loader
 * refuses.
 */
static bool hidden_by_value(struct arena *a, const struct model_view *w, const struct model *m)
{
	const char **own = ARENA_ARRAY(a, m->covers.n + 1u, const char *);
	bool hidden = false;
	for (unsigned i = 0; i < m->covers.n; i++)
		own[i] = m->covers.v[i].tmpl;
	if (m->covers.n)
		qsort(own, m->covers.n, sizeof(*own), cmp_text);
	for (unsigned i = 0; m->covers.n && i < m->paths.n && !hidden; i++)
		hidden = cover_over(w, w->paths.v[i].path) &&
			 !bsearch(&m->paths.v[i].tmpl, own, m->covers.n, sizeof(*own), cmp_text);
	return hidden;
}

static bool view_covers(struct arena *a, const struct model *m, struct model_view *w,
			const struct ir_binding *given, unsigned n_given)
{
	w->covers = ARENA_ARRAY(a, m->covers.n + 1u, struct spot);
	for (unsigned i = 0; i < m->covers.n; i++) {
		struct spot *s = &w->covers[w->n_covers++];
		if (!expand(a, m, &m->covers.v[i], given, n_given, s))
			return false;
		s->rights = m->covers.v[i].how;
	}
	if (w->n_covers)
		qsort(w->covers, w->n_covers, sizeof(*w->covers), cmp_spot);
	return true;
}

static bool view_masks(struct arena *a, const struct model *m, struct model_view *w, const struct ir_binding *given,
		       unsigned n_given)
{
	w->masks = ARENA_ARRAY(a, m->masks.n + 1u, struct spot);
	for (unsigned i = 0; i < m->masks.n; i++) {
		struct spot *s = &w->masks[w->n_masks++];
		if (!expand(a, m, &m->masks.v[i], given, n_given, s))
			return false;
		s->rights = m->masks.v[i].how;
	}
	return true;
}

/* Does a line give what an assert-outside line refuses? False when a place is no path with these values. */
static bool outside_refused(struct arena *a, const struct model *m, struct model_view *w,
			    const struct model_line *line, const struct ir_binding *given, unsigned n_given)
{
	const char **holes = ARENA_ARRAY(a, line->n_holes, const char *);
	struct spot place, hole;
	if (!expand(a, m, line, given, n_given, &place))
		return false;
	for (unsigned i = 0; i < line->n_holes; i++) {
		if (!expand(a, m, &(struct model_line){.tmpl = line->holes[i]}, given, n_given, &hole))
			return false;
		holes[i] = hole.path;
	}
	w->refused |= place.rights & landlock_related_outside(w, place.path, holes, line->n_holes);
	return true;
}

const struct model_view *landlock_view(struct arena *a, const struct model *m,
				       const struct ir_binding *given, unsigned n_given)
{
	struct model_view *w = ARENA_NEW(a, struct model_view);
	struct spot place;
	w->paths.v = ARENA_ARRAY(a, m->paths.n + 1u, struct spot);
	for (unsigned i = 0; i < m->paths.n; i++)
		if (!expand(a, m, &m->paths.v[i], given, n_given, &w->paths.v[w->paths.n++]))
			return NULL;
	if (m->entry.n && !expand(a, m, &m->entry.v[0], given, n_given, &w->entry))
		return NULL;
	w->globs = ARENA_ARRAY(a, m->globs.n + 1u, struct spot);
	for (unsigned i = 0; i < m->globs.n; i++)
		if (!expand(a, m, &m->globs.v[i], given, n_given, &w->globs[w->n_globs++]))
			return NULL;
	if (!view_covers(a, m, w, given, n_given) || !view_masks(a, m, w, given, n_given))
		return NULL;
	w->find_globs = find_patterns(a, &m->globs, w->globs, w->n_globs);
	w->find_masks = find_patterns(a, &m->masks, w->masks, w->n_masks);
	w->refused = hidden_by_value(a, w, m);
	make_trees(a, w);
	w->refused |= ports_refused(a, m, given, n_given);
	for (unsigned i = 0; i < m->asserts.n && !w->refused; i++) {
		if (!expand(a, m, &m->asserts.v[i], given, n_given, &place))
			return NULL;
		w->refused = place.rights & landlock_related(w, place.path);
	}
	for (unsigned i = 0; i < m->outsides.n && !w->refused; i++)
		if (!outside_refused(a, m, w, &m->outsides.v[i], given, n_given))
			return NULL;
	return w;
}

const struct model_view *landlock_view_written(struct arena *a, const struct model *m)
{
	struct model_view *w = ARENA_NEW(a, struct model_view);
	w->paths.v = ARENA_ARRAY(a, m->paths.n + 1u, struct spot);
	for (unsigned i = 0; i < m->paths.n; i++) {
		const struct model_line *line = &m->paths.v[i];
		w->paths.v[w->paths.n++] = (struct spot){line->tmpl, strlen(line->tmpl), line->rights};
	}
	if (m->entry.n)
		w->entry = (struct spot){m->entry.v[0].tmpl, strlen(m->entry.v[0].tmpl),
					 m->entry.v[0].rights};
	w->globs = ARENA_ARRAY(a, m->globs.n + 1u, struct spot);
	for (unsigned i = 0; i < m->globs.n; i++) {
		const struct model_line *line = &m->globs.v[i];
		w->globs[w->n_globs++] = (struct spot){line->tmpl, strlen(line->tmpl), line->rights};
	}
	make_trees(a, w);
	return w;
}

static struct model_verdict stop(const char *where)
{
	return (struct model_verdict){.stops = true, .where = where};
}

static struct model_verdict pass(void)
{
	return (struct model_verdict){.stops = false};
}

struct model_last *landlock_last(struct arena *a)
{
	struct model_last *l = ARENA_NEW(a, struct model_last);
	*l = (struct model_last){.view = NULL};
	return l;
}

static bool same_values(const struct model_last *l, const struct request *r)
{
	bool same = l->view && l->n_given == r->n_given;
	for (unsigned i = 0; same && i < r->n_given; i++)
		same = strcmp(l->given[i].name, r->given[i].name) == 0 && strcmp(l->given[i].value, r->given[i].value) == 0;
	return same;
}

static const struct model_view *view_for(const struct model *m, const struct request *r)
{
	struct model_last *l = m->last;
	if (!r->n_given || !m->has_vars)
		return m->assumed;
	if (same_values(l, r))
		return l->view;
	arena_free(l->arena);
	l->matched_in = NULL; /* it may have been of that arena */
	l->arena = arena_child(m->arena);
	l->given = ARENA_ARRAY(l->arena, r->n_given, struct ir_binding);
	l->n_given = r->n_given;
	for (unsigned i = 0; i < r->n_given; i++)
		l->given[i] = (struct ir_binding){arena_strdup(l->arena, r->given[i].name), arena_strdup(l->arena, r->given[i].value)};
	l->view = landlock_view(l->arena, m, l->given, l->n_given);
	return l->view;
}

static struct model_verdict decide_path(const struct model *m, const struct request *r, const char *path, uint32_t need)
{
	const struct model_view *w = view_for(m, r);
	if (!w || w->refused)
		return (struct model_verdict){.stops = true, .refuses = true};
	const struct spot *cover = cover_over(w, path);
	if (cover && (covered_ops(cover->rights) & OP_BIT(r->op)))
		return stop("a mount covers it");
	const struct matched at = matched_at(m, w, path);
	if (at.masked & OP_BIT(r->op))
		return stop("a mount covers what is there at the start");
	uint32_t have = rights_up(&w->paths, path) | at.rights;
	if (w->entry.path && path_covers(w->entry.path, path))
		have |= w->entry.rights;
	return need & m->fs & ~have ? stop("no line gives it") : pass();
}

static bool port_var_is(const struct model *m, const struct request *r, const char *name)
{
	const char *value = NULL;
	uint64_t port;
	for (unsigned i = 0; i < r->n_given; i++)
		if (strcmp(r->given[i].name, name) == 0)
			value = r->given[i].value;
	if (!value)
		value = assume_value(&m->ir, name);
	return parse_u64(value, strlen(value), UINT16_MAX, &port) && port == r->port;
}

static struct model_verdict decide_port(const struct model *m, const struct request *r)
{
	uint32_t need = needs_port[r->op];
	if (!(m->net & need))
		return pass();
	/*
	 * Binding a datagram socket to 0 makes the kernel pick a port: nothing is ever listened on
	 * at 0.
	 */
	if (r->op == OP_LISTEN_UDP && r->port == 0)
		return stop("port 0 is no port");
	if (m->port_rights[r->port] & need)
		return pass();
	for (unsigned i = 0; i < m->port_vars.n; i++)
		if ((m->port_vars.v[i].rights & need) && port_var_is(m, r, m->port_vars.v[i].tmpl))
			return pass();
	return stop("no port line gives it");
}

/* The directory a socket is made in. */
static const char *parent_of(struct arena *scratch, const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == path ? "/" : arena_strndup(scratch, path, (size_t)(slash - path));
}

/*
 * Where all of the network is open (sockets are reached without RESOLVE_UNIX), whether a socket's
 * file can be made is a question of OP_CREATE and not of the network.
 */
static struct model_verdict decide_unix(const struct model *m, struct arena *scratch,
					const struct request *r)
{
	bool listens = r->op == OP_LISTEN_UNIX, is_path = r->object[0] == '/';
	if (is_path && !(m->fs & LL_FS_RESOLVE_UNIX))
		return pass();
	if (is_path && listens)
		return decide_path(m, r, parent_of(scratch, r->object), LL_FS_MAKE_SOCK);
	if (is_path)
		return decide_path(m, r, r->object, needs[OP_CONNECT_UNIX]);
	if (!listens && (m->scopes & scope_abstract))
		return stop("abstract sockets are scoped");
	return pass();
}

struct model_verdict landlock_model_decide(const void *model, struct arena *scratch,
					   const struct request *r)
{
	const struct model *m = model;
	switch (r->op) {
	case OP_READ:
	case OP_LIST:
	case OP_MODIFY:
	case OP_CREATE:
	case OP_DELETE:
	case OP_EXEC:
	case OP_IOCTL:
		return decide_path(m, r, r->object, needs[r->op]);
	case OP_CONNECT_TCP:
	case OP_CONNECT_UDP:
	case OP_LISTEN_TCP:
	case OP_LISTEN_UDP:
		return decide_port(m, r);
	case OP_CONNECT_UNIX:
	case OP_LISTEN_UNIX:
		return decide_unix(m, scratch, r);
	case OP_NET:
		return m->net || (m->fs & LL_FS_RESOLVE_UNIX) || (m->scopes & scope_abstract)
			   ? stop("some of the network is handled")
			   : pass();
	case OP_SIGNAL:
		return m->scopes & scope_signal ? stop("signals are scoped") : pass();
	case OP_ENV:
	case OP_SYSCALL:
	case OP_MACH:
	case OP_SHM_READ:
	case OP_SHM_WRITE:
	case OP_SEM:
	case OP_SYSV:
	case OP_IOKIT_OPEN:
	case OP_IOKIT_READ:
	case OP_IOKIT_WRITE:
	case OP_PREFERENCE_READ:
	case OP_PREFERENCE_WRITE:
	case OP_SYSCTL_WRITE:
	case OP_PTY:
	case OP_RELAY_TCP:
	case OP_COUNT:
		return pass();
	}
	return pass();
}

/* The port and those beside it; 192.0.2.1 is an address for examples. */
static void ask_port(int64_t port, void (*ask)(void *ctx, const struct request *r), void *ctx)
{
	for (int64_t p = port - 1; p <= port + 1; p++)
		for (unsigned op = 0; op < OP_COUNT; op++)
			if (needs_port[op] && p >= 0 && p <= UINT16_MAX)
				ask(ctx, &(struct request){.target = TARGET_LINUX,
							   .op = (enum op)op,
							   .object = "192.0.2.1",
							   .port = (uint16_t)p});
}

void landlock_witness(const void *model, const struct ir *ir,
		      void (*ask)(void *ctx, const struct request *r), void *ctx)
{
	const struct model *m = model;
	for (unsigned port = 0; port <= UINT16_MAX; port++)
		if (m->port_rights[port])
			ask_port(port, ask, ctx);
	for (unsigned i = 0; i < m->port_vars.n; i++) {
		const char *value = assume_value(ir, m->port_vars.v[i].tmpl);
		uint64_t port;
		if (parse_u64(value, strlen(value), UINT16_MAX, &port))
			ask_port((int64_t)port, ask, ctx);
	}
}
