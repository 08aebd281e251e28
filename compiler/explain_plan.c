/*
 * explain_plan.c - what a program finds and can do under a plan: places and ports of landlock.conf, surroundings and names of
 * launch.conf. What a line gives is asked of the models; this file only finds the lines.
 */
#include <string.h>

#include "../runtime/plan.h"
#include "explain.h"
#include "say.h"
#include "str.h"

struct view {
	struct arena *arena;
	const struct compile *frame; /* the plan's targets and params */
	struct validator *v;
	struct explain *out;
};

/* The words of one line; the last is the rest of it. */
enum { MAX_WORDS = 8 };
struct words {
	const char *v[MAX_WORDS];
	unsigned n;
};

/* `take` words, then the rest of the line as one more. */
static struct words split(struct arena *a, const char *line, size_t len, unsigned take)
{
	struct words w = {.n = 0};
	const char *end = line + len;
	while (w.n < take && line < end) {
		const char *space = memchr(line, ' ', (size_t)(end - line));
		const char *stop = space ? space : end;
		w.v[w.n++] = arena_strndup(a, line, (size_t)(stop - line));
		line = space ? space + 1 : end;
	}
	if (line < end)
		w.v[w.n++] = arena_strndup(a, line, (size_t)(end - line));
	return w;
}

/* The operations that the plan lets pass on an object on Linux. */
static uint32_t passing(const struct view *x, const char *object, uint16_t port, uint32_t ops)
{
	uint32_t out = 0;
	for (unsigned op = 0; op < OP_COUNT; op++) {
		struct request r = {.target = TARGET_LINUX, .op = (enum op)op, .object = object, .port = port};
		if ((ops & OP_BIT(op)) && !validator_verdict(x->v, &r).stops)
			out |= OP_BIT(op);
	}
	return out;
}

#define FILE_OPS                                                                                                               \
	(OP_BIT(OP_READ) | OP_BIT(OP_LIST) | OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE) | OP_BIT(OP_EXEC) |     \
	 OP_BIT(OP_IOCTL))

static void print_path(const struct view *x, const struct words *w)
{
	bool is_entry = strcmp(w->v[0], "entry") == 0;
	unsigned where = is_entry ? 2 : 4;
	if (w->n != where + 2)
		return;
	const char *tmpl = w->v[where + 1], *path = expand_template(x->arena, x->frame->ir, tmpl, NULL, 0);
	uint32_t ops = path ? passing(x, path, 0, FILE_OPS) : 0;
	const char *note = is_entry			     ? " (the program)"
			   : strcmp(w->v[1], "skip") == 0 ? " if-exists"
			   : strcmp(w->v[1], "make") == 0 ? " make-dir"
							  : "";
	if (ops)
		explain_row(x->out, say_ops(x->arena, ops), arena_printf(x->arena, "%s%s", say_template(x->arena, tmpl), note),
			    say_where(x->arena, w->v[where]), NULL);
}

/* `glob RIGHTS WHERE GLOB TMPL`: what fits when the program starts. The model is asked about a name that does. */
static void print_glob(const struct view *x, const char *line, size_t len)
{
	struct words w = split(x->arena, line, len, 4);
	const char *folder = w.n == 5 ? expand_template(x->arena, x->frame->ir, w.v[4], NULL, 0) : NULL;
	if (!folder)
		return;
	char *name = arena_strdup(x->arena, w.v[3]);
	for (char *c = name; *c; c++)
		if (*c == '*')
			*c = 'x';
	uint32_t ops = passing(x, arena_printf(x->arena, "%s/%s", folder[1] ? folder : "", name), 0, FILE_OPS);
	if (ops)
		explain_row(x->out, say_ops(x->arena, ops),
			    arena_printf(x->arena, "matching \"%s\" under %s", w.v[3], say_template(x->arena, w.v[4])),
			    say_where(x->arena, w.v[2]), NULL);
}

static void print_port(const struct view *x, const struct words *w)
{
	static const enum op ops[] = {OP_CONNECT_TCP, OP_LISTEN_TCP, OP_CONNECT_UDP, OP_LISTEN_UDP};
	uint64_t port = 0;
	if (w->n < 4)
		return;
	bool number = parse_u64(w->v[2], strlen(w->v[2]), UINT16_MAX, &port);
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (!number ? strstr(w->v[1], i < 2 ? "tcp" : "udp") && strstr(w->v[1], i % 2 ? "bind" : "connect")
			    : passing(x, "192.0.2.1", (uint16_t)port, OP_BIT(ops[i])) != 0)
			explain_row(x->out, op_name[ops[i]], arena_printf(x->arena, "\"*:%s\"", w->v[2]),
				    say_where(x->arena, w->v[3]), NULL);
}

/* `assert RIGHTS WHERE TMPL`: the loader starts nothing under values that would open the place. */
static void print_assert(const struct view *x, const char *line, size_t len)
{
	struct words w = split(x->arena, line, len, 3);
	if (w.n == 4)
		explain_row(x->out, "stays closed", say_template(x->arena, w.v[3]), say_where(x->arena, w.v[2]), NULL);
}

static void print_line(const struct view *x, const char *line, size_t len)
{
	struct words w = split(x->arena, line, len, 1);
	if (w.n == 0)
		return;
	if (strcmp(w.v[0], "path") == 0 || strcmp(w.v[0], "entry") == 0) {
		w = split(x->arena, line, len, w.v[0][0] == 'p' ? 5 : 3);
		print_path(x, &w);
	} else if (strcmp(w.v[0], "glob") == 0) {
		print_glob(x, line, len);
	} else if (strcmp(w.v[0], "port") == 0) {
		w = split(x->arena, line, len, 4);
		print_port(x, &w);
	} else if (strcmp(w.v[0], "env-allow") == 0 && w.n == 2) {
		explain_row(x->out, "env", w.v[1], "launch.conf", NULL);
	} else if (strcmp(w.v[0], "env-set") == 0) {
		w = split(x->arena, line, len, 2);
		if (w.n > 1)
			explain_row(x->out, "has",
				    arena_printf(x->arena, "%s=%s", w.v[1], say_template(x->arena, w.n > 2 ? w.v[2] : "")),
				    "launch.conf", NULL);
	}
}

/* ---- what the program finds: launch.conf ---- */

static const char *size_text(struct arena *a, const char *bytes)
{
	uint64_t n;
	return parse_u64(bytes, strlen(bytes), UINT64_MAX, &n) ? say_value(a, TYPE_SIZE, n) : bytes;
}

static void find_views(const struct view *x, const char *line, size_t len)
{
	struct words w = split(x->arena, line, len, MAX_WORDS);
	struct buf b = buf_new(x->arena);
	for (unsigned i = 1; i < w.n; i++)
		buf_printf(&b, "%s%s", i > 1 ? ", " : "", w.v[i]);
	explain_row(x->out, "private views", buf_str(&b), "launch.conf", NULL);
}

static void find_word(const struct view *x, const char *line, size_t len)
{
	struct words w = split(x->arena, line, len, 1);
	if (w.n == 2)
		explain_row(x->out, w.v[0], w.v[1], "launch.conf", NULL);
}

/* `directory WHERE TMPL` */
static void find_directory(const struct view *x, const char *line, size_t len)
{
	struct words w = split(x->arena, line, len, 2);
	if (w.n == 3)
		explain_row(x->out, w.v[0], say_template(x->arena, w.v[2]), say_where(x->arena, w.v[1]), NULL);
}

/* `scratch BYTES WHERE TMPL`, `discard BYTES WHERE TMPL` */
static void find_folder(const struct view *x, const char *line, size_t len)
{
	struct words w = split(x->arena, line, len, 3);
	if (w.n == 4)
		explain_row(x->out, w.v[0], arena_printf(x->arena, "%s size %s", say_template(x->arena, w.v[3]), size_text(x->arena, w.v[1])),
			    say_where(x->arena, w.v[2]), NULL);
}

/* `mount ACCESS WORD WHERE TMPL` */
static void find_mount(const struct view *x, const char *line, size_t len)
{
	struct words w = split(x->arena, line, len, 4);
	if (w.n == 5)
		explain_row(x->out, w.v[0],
			    arena_printf(x->arena, "%s at %s%s", say_template(x->arena, say_where(x->arena, w.v[2])),
					 say_template(x->arena, w.v[4]), strcmp(w.v[1], "ro") == 0 ? ", read only" : ""),
			    say_where(x->arena, w.v[3]), NULL);
}

typedef void line_fn(const struct view *x, const char *line, size_t len);
struct line_kind {
	const char *word;
	line_fn *print;
};

static const struct line_kind found[] = {
    {"isolate", find_views},	{"root", find_word},	 {"hostname", find_word}, {"user", find_word},
    {"directory", find_directory}, {"mount", find_mount}, {"scratch", find_folder}, {"discard", find_folder},
    {"stdin", find_word},	{"terminal", find_word}, {"observe", find_word},  {NULL, NULL},
};

/* ---- what stays closed: landlock.conf ---- */

/* How a cover shows the place, in words; NULL: as the lines of CAN have it. */
static const char *cover_word(const char *how)
{
	return strcmp(how, "hide") == 0	       ? "hidden"
	       : strcmp(how, "ro") == 0	       ? "read only"
	       : strcmp(how, "rw,noexec") == 0 ? "starts nothing"
	       : strcmp(how, "ro,noexec") == 0 ? "read only, starts nothing"
					       : NULL;
}

/* `cover HOW WHERE TMPL` */
static void closed_place(const struct view *x, const char *line, size_t len)
{
	struct words w = split(x->arena, line, len, 3);
	if (w.n == 4 && cover_word(w.v[1]))
		explain_row(x->out, cover_word(w.v[1]), say_template(x->arena, w.v[3]), say_where(x->arena, w.v[2]), NULL);
}

/* `cover-glob HOW WHERE GLOB TMPL` */
static void closed_names(const struct view *x, const char *line, size_t len)
{
	struct words w = split(x->arena, line, len, 4);
	if (w.n == 5 && cover_word(w.v[1]))
		explain_row(x->out, cover_word(w.v[1]),
			    arena_printf(x->arena, "matching \"%s\" under %s", w.v[3], say_template(x->arena, w.v[4])),
			    say_where(x->arena, w.v[2]), NULL);
}

static const struct line_kind closed[] = {
    {"cover", closed_place}, {"cover-glob", closed_names}, {"assert", print_assert}, {NULL, NULL}};

/* The lines of these kinds, in the order of the file. */
static void print_kinds(const struct view *x, const struct artifact *f, const struct line_kind *kinds)
{
	const char *at = f->data, *end = f->data + f->size;
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((stop ? stop : end) - at), word = 0;
		while (word < n && at[word] != ' ')
			word++;
		for (const struct line_kind *k = kinds; k->word; k++)
			if (strlen(k->word) == word && strncmp(at, k->word, word) == 0)
				k->print(x, at, n);
		at += n + 1;
	}
}

/* ---- the parts ---- */

static void print_lines(const struct view *x, const struct artifact *f, const char *skip)
{
	const char *at = f->data, *end = f->data + f->size;
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((stop ? stop : end) - at);
		if (!skip || strncmp(at, skip, strlen(skip)) != 0)
			print_line(x, at, n);
		at += n + 1;
	}
}

void explain_plan(const struct compile *frame, struct validator *v, const struct plan_files *files, struct explain *out)
{
	const struct view x = {.arena = frame->arena, .frame = frame, .v = v, .out = out};
	const struct artifact *landlock = plan_file(files, "landlock.conf"), *launch = plan_file(files, "launch.conf");
	const struct artifact *seatbelt = plan_file(files, "seatbelt.sb");
	if (launch) {
		explain_section(out, "FINDS");
		print_kinds(&x, launch, found);
	}
	explain_section(out, landlock || !seatbelt ? "CAN" : "CAN ON MACOS");
	if (landlock)
		print_lines(&x, landlock, NULL);
	if (launch)
		print_lines(&x, launch, "entry "); /* landlock.conf has it too, with rights */
	if (plan_file(files, "seccomp-x86_64.txt"))
		explain_note(out, "system calls: explain --seccomp");
	if (landlock && seatbelt)
		explain_section(out, "CAN ON MACOS");
	if (seatbelt)
		explain_seatbelt(x.arena, seatbelt->data, seatbelt->size, out);
	explain_section(out, "CANNOT");
	if (landlock)
		print_kinds(&x, landlock, closed);
	explain_note(out, "anything else: `sbxc why PLAN OP OBJECT` answers");
}
