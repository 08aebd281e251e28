/*
 * never_brute.c - `never` on ports, hosts, names of the environment and system calls, against a list of all of them: over
 * random lines, never_check() says that the allowed set meets a set exactly when one of a bounded universe is in both.
 * Paths and patterns here; paths with bases in compose_brute.c.
 */
#include "compiler/never.h"
#include "compiler/str.h"
#include "compiler/syscalls.h"
#include "core_help.h"

static uint64_t state;

static unsigned rnd(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

enum { MAX_LINES = 10 };

enum { MAX_HOLES = 3 };

struct line {
	enum { ALLOW, DENY, NEVER } verb;
	const char *object, *extra; /* a name or pattern, a host, a path; extra: a port, a condition, a pattern */
	const char *holes[MAX_HOLES];
	unsigned n_holes;
};

struct kind {
	const char *words;
	void (*random)(struct line *l, struct arena *a);
	/* Does the line's set hold number i of the universe? Below `size`. */
	bool (*covers)(const struct line *l, unsigned i);
	unsigned size;
};

/* ---- environment: all names of up to three letters of two, and one letter more ---- */

static const char letters[] = "AB_";
enum { N_LETTERS = 3, N_NAMES = 3 + 9 + 27 + 81 };

static void name_of(unsigned i, char out[8])
{
	unsigned len = 1, block = N_LETTERS;
	while (i >= block) {
		i -= block;
		block *= N_LETTERS;
		len++;
	}
	for (unsigned k = 0; k < len; k++, i /= N_LETTERS)
		out[k] = letters[i % N_LETTERS];
	out[len] = 0;
}

static void random_env(struct line *l, struct arena *a)
{
	char name[8];
	name_of(rnd(3 + 9 + 27), name);
	l->object = rnd(2) ? arena_printf(a, "\"%s*\"", name) : arena_printf(a, "\"%s\"", name);
	l->extra = "";
}

static bool env_covers(const struct line *l, unsigned i)
{
	char name[8];
	size_t n = strcspn(l->object + 1, "*\"");
	name_of(i, name);
	return strncmp(l->object + 1, name, n) == 0 && (l->object[1 + n] == '*' || name[n] == 0);
}

/* ---- tcp: hosts and ports ---- */

/* The last is one that no line names: what `*` opens must be seen somewhere. */
static const char *const hosts[] = {"192.0.2.1", "a.x", "b.a.x", "c.b.a.x", "x", "o.x", "b.o.x", "z.a.x", "other"};
static const unsigned ports[] = {0, 1, 21, 22, 23, 80, 65534, 65535};
enum { N_HOSTS = 9, N_PORTS = 8 };

static void random_net(struct line *l, struct arena *a)
{
	static const char *const patterns[] = {"*", "*.x", "*.a.x", "*.b.a.x", "a.x", "b.a.x", "192.0.2.1", "x"};
	const char *port = rnd(3) ? arena_printf(a, "%u", ports[rnd(N_PORTS)]) : "*";
	l->object = patterns[rnd(8)];
	l->extra = port;
}

static bool host_in(const char *pattern, const char *host)
{
	if (pattern[0] != '*')
		return strcmp(pattern, host) == 0;
	size_t n = strlen(pattern) - 1, h = strlen(host);
	return n == 0 || (h > n && strcmp(host + h - n, pattern + 1) == 0);
}

static bool net_covers(const struct line *l, unsigned i)
{
	return host_in(l->object, hosts[i / N_PORTS]) &&
	       (l->extra[0] == '*' || (unsigned)atoi(l->extra) == ports[i % N_PORTS]);
}

/* ---- system calls: an unsigned argument, of which the lines name four bits; with and without a bit above them ---- */

enum { N_VALUES = 32 };

static uint64_t value_of(unsigned i)
{
	return i < 16 ? i : 0x8000 + i - 16;
}

static void random_call(struct line *l, struct arena *a)
{
	static const char *const rels[] = {"==", "!=", "<", "<=", ">", ">=", "has", "lacks"};
	l->object = "unshare";
	unsigned rel = rnd(8), value = 1 + rnd(14);
	l->extra = rnd(5) ? arena_printf(a, " where unshare_flags %s %u", rels[rel], value) : "";
}

static bool call_covers(const struct line *l, unsigned i)
{
	uint64_t v = value_of(i);
	char rel[8] = "";
	unsigned n = 0;
	if (!l->extra[0])
		return true;
	cr_assert_eq(sscanf(l->extra, " where unshare_flags %7s %u", rel, &n), 2);
	if (strcmp(rel, "has") == 0)
		return (v & n) == n;
	if (strcmp(rel, "lacks") == 0)
		return (v & n) == 0;
	bool eq = rel[0] != '!' && rel[1] == '=' && v == n;
	return eq || (rel[0] == '<' && v < n) || (rel[0] == '>' && v > n) || (rel[0] == '!' && v != n);
}

/* ---- files: subtrees with holes, and names at any depth below a folder ---- */

/*
 * Names of one letter and longer ones of which no line spells all; a place is a folder of the policy, a folder that no line
 * names, and two names below it. Each set of the lines that holds any place holds one of these.
 */
static const char *const names[] = {"a",  "b",  "c",  "aa", "ab", "ac", "ba",  "bb",
				    "bc", "ca", "cb", "cc", "aca", "acb", "bca", "bcb"};
enum { N_FILE_NAMES = 16, N_TOPS = 3, N_PLACES = 1 + N_TOPS * 17 * 17 * 17 };

static void place_of(unsigned i, char out[32])
{
	if (i == 0) {
		strcpy(out, "/");
		return;
	}
	unsigned top = (i - 1) % N_TOPS;
	size_t n = (size_t)sprintf(out, "/%s", names[top]);
	for (i = (i - 1) / N_TOPS; i % 17; i /= 17)
		n += (size_t)sprintf(out + n, "/%s", names[i % 17 - 1]);
}

static const char *random_place(struct arena *a, unsigned least, unsigned most)
{
	const char *path = "";
	for (unsigned depth = least + rnd(most - least + 1); depth > 0; depth--)
		path = arena_printf(a, "%s/%s", path, names[rnd(2)]);
	return path;
}

static void random_file(struct line *l, struct arena *a)
{
	static const char *const globs[] = {"a*", "*a", "*b", "b*", "a", "b", "ab", "a*b"};
	const char *root = random_place(a, 0, 1);
	l->object = root[0] ? root : "/";
	l->extra = rnd(2) ? globs[rnd(8)] : NULL;
	if (l->extra || l->verb == DENY)
		return;
	l->n_holes = rnd(MAX_HOLES);
	for (unsigned i = 0; i < l->n_holes; i++)
		l->holes[i] = arena_printf(a, "%s%s", root, random_place(a, 1, 2));
}

static bool lies_in(const char *root, const char *path)
{
	size_t n = strlen(root);
	return n == 1 || (strncmp(root, path, n) == 0 && (path[n] == 0 || path[n] == '/'));
}

/* `*` is any run of letters. */
static bool name_fits(const char *glob, const char *name)
{
	if (*glob == '*')
		return name_fits(glob + 1, name) || ((*name && *name != '/') && name_fits(glob, name + 1));
	if (*glob == 0)
		return *name == 0 || *name == '/';
	return *glob == *name && name_fits(glob + 1, name + 1);
}

static bool file_covers(const struct line *l, unsigned i)
{
	char path[32];
	place_of(i, path);
	if (!lies_in(l->object, path))
		return false;
	for (unsigned h = 0; h < l->n_holes; h++)
		if (lies_in(l->holes[h], path))
			return false;
	if (!l->extra)
		return true;
	for (const char *c = path + (l->object[1] ? strlen(l->object) : 0); *c; c++)
		if (*c == '/' && name_fits(l->extra, c + 1))
			return true;
	return false;
}

static const struct kind kinds[] = {
    {"env", random_env, env_covers, N_NAMES},
    {"connect tcp", random_net, net_covers, N_HOSTS * N_PORTS},
    {"syscall", random_call, call_covers, N_VALUES},
    {"list", random_file, file_covers, N_PLACES},
};

/* ---- the trial ---- */

static bool allowed(const struct kind *k, const struct line *v, unsigned n, unsigned i)
{
	bool allow = false;
	for (unsigned j = 0; j < n; j++) {
		if (v[j].verb == NEVER || !k->covers(&v[j], i))
			continue;
		if (v[j].verb == DENY)
			return false;
		allow = true;
	}
	return allow;
}

static bool brute_broken(const struct kind *k, const struct line *v, unsigned n)
{
	for (unsigned j = 0; j < n; j++)
		for (unsigned i = 0; v[j].verb == NEVER && i < k->size; i++)
			if (k->covers(&v[j], i) && allowed(k, v, n, i))
				return true;
	return false;
}

static const char *text_of(struct arena *a, const struct kind *k, const struct line *v, unsigned n)
{
	static const char *const verbs[] = {"allow", "deny", "never allow"};
	struct buf b = buf_new(a);
	bool net = k->covers == net_covers;
	buf_printf(&b, "sbx 1\n%spolicy t {\n    targets linux\n    entry \"/z\"\n    isolate none\n",
		   net ? "proxy p = unix \"/run/p\"\n" : "");
	for (unsigned i = 0; i < n; i++) {
		buf_printf(&b, "    %s %s ", verbs[v[i].verb], k->words);
		if (k->covers == file_covers) {
			buf_printf(&b, v[i].extra ? "matching \"%s\" under \"%s\"" : "%s\"%s\"", v[i].extra ? v[i].extra : "",
				   v[i].object);
			for (unsigned h = 0; h < v[i].n_holes; h++)
				buf_printf(&b, "%s\"%s\"", h ? ", " : " except { ", v[i].holes[h]);
			buf_puts(&b, v[i].n_holes ? " }\n" : "\n");
		} else if (net)
			buf_printf(&b, "\"%s:%s\"%s\n", v[i].object, v[i].extra, v[i].verb == ALLOW ? " via p" : "");
		else
			buf_printf(&b, "%s%s\n", v[i].object, v[i].extra);
	}
	buf_puts(&b, "}\n");
	return buf_str(&b);
}

static void try_kind(const struct kind *k, unsigned runs)
{
	unsigned broken = 0, kept = 0;
	for (unsigned i = 0; i < runs; i++) {
		struct line v[MAX_LINES] = {{.n_holes = 0}};
		struct arena *a = arena_new();
		state = i * 7919 + 1;
		rnd(1);
		unsigned n = 2 + rnd(MAX_LINES - 2);
		for (unsigned j = 0; j < n; j++) {
			v[j].verb = j == 0 ? NEVER : j == 1 ? ALLOW : rnd(3) == 0 ? ALLOW : rnd(3) ? DENY : NEVER;
			k->random(&v[j], a);
		}
		const char *text = text_of(a, k, v, n);
		struct compile c = core_resolve(text);
		const struct meaning *m = meaning_new(c.arena, c.ir);
		struct diags *d = diags_new(c.arena, c.src);
		bool want = brute_broken(k, v, n);
		cr_assert_eq(never_check(c.arena, m, d), !want, "%s should be %s", text, want ? "broken" : "kept");
		want ? broken++ : kept++;
		arena_free(c.arena);
		arena_free(a);
	}
	cr_expect(broken > runs / 10 && kept > runs / 10, "%s: %u broken, %u kept", k->words, broken, kept);
}

static unsigned runs_wanted(void)
{
	const char *env = getenv("COMPOSE_RUNS");
	return env ? (unsigned)atoi(env) : 2000;
}

Test(never_brute, names_of_the_environment)
{
	try_kind(&kinds[0], runs_wanted());
}

Test(never_brute, hosts_and_ports)
{
	try_kind(&kinds[1], runs_wanted());
}

Test(never_brute, arguments_of_a_call)
{
	try_kind(&kinds[2], runs_wanted());
}

Test(never_brute, files_holes_and_patterns)
{
	try_kind(&kinds[3], runs_wanted());
}
