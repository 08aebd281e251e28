/*
 * facts.c - no line and no word of landlock.conf, launch.conf and cgroup.conf can be lost, doubled
 * or changed without a compile noticing: the model refuses the file, a fact differs, or a request
 * is answered otherwise.
 */
#include "core_help.h"

#include <ctype.h>

#include "compiler/str.h"
#include "compiler/validate.h"

struct trial {
	struct compile c;
	const struct meaning *m;
	struct guarantees g;
	struct lower l;
	struct artifact *mutant; /* the one file that is changed */
	unsigned tried, missed;
};

static struct trial trial_of(struct compile c)
{
	struct trial t = {.c = c};
	t.m = meaning_new(t.c.arena, t.c.ir);
	t.g = guarantees_check(t.c.arena, t.c.ir, t.c.diags);
	cr_assert_eq(diag_errors(t.c.diags), 0u, "%s",
		     core_messages(t.c.arena, t.c.diags, DIAG_GCC));
	t.l = core_lower(&t.c, t.m, &t.g);
	return t;
}

static struct trial trial_text(const char *text)
{
	return trial_of(core_resolve(text));
}

static struct trial trial_file(const char *path)
{
	static struct compile_options options;
	struct compile c = {.arena = arena_new(), .opt = &options};
	const struct src_file *file;
	options.path = path;
	c.src = src_new(c.arena);
	c.diags = diags_new(c.arena, c.src);
	cr_assert_eq(src_open(c.src, path, strrchr(path, '/') + 1, &file), SRC_OK, "%s", path);
	c.ir = resolve_policy(&c, parse_source(c.arena, c.diags, file));
	cr_assert(c.ir && diag_errors(c.diags) == 0, "%s",
		  core_messages(c.arena, c.diags, DIAG_GCC));
	return trial_of(c);
}

/* Opens a model and compares its facts: quick, and most mutants end here. */
static bool facts_pass(struct trial *t, struct arena *a, const char **why)
{
	struct lower what = t->l;
	what.arena = a;
	for (unsigned i = 0; backends[i]; i++) {
		if (!backends[i]->facts || !(backends[i]->targets & t->c.ir->targets))
			continue;
		void *m = backends[i]->model_open(a, t->l.artifacts, t->l.n_artifacts, why);
		if (!m || !backends[i]->facts(m, &what, a, why))
			return false;
	}
	return true;
}

static bool requests_pass(struct trial *t, struct arena *a)
{
	struct diags *d = diags_new(a, t->c.src);
	struct validator v = {
	    .arena = a, .diags = d, .src = t->c.src, .meaning = t->m, .guarantees = &t->g};
	bool equal = validator_open(&v, t->l.artifacts, t->l.n_artifacts) &&
		     validator_facts(&v) && validator_run(&v);
	if (v.scratch)
		validator_close(&v);
	return equal;
}

/* beg .. end of the file replaced; what stood there is in the message when nothing notices. */
static void try_change(struct trial *t, const struct artifact *was, size_t beg, size_t end,
		       const char *now)
{
	struct arena *a = arena_new();
	const char *why = NULL;
	size_t n = strlen(now);
	if (n != end - beg || memcmp(was->data + beg, now, n) != 0) {
		t->mutant->data = arena_printf(a, "%.*s%s%.*s", (int)beg, was->data, now,
					       (int)(was->size - end), was->data + end);
		t->mutant->size = was->size - (end - beg) + n;
		t->tried++;
		if (facts_pass(t, a, &why) && requests_pass(t, a)) {
			t->missed++;
			cr_expect(false, "%s: `%s` for `%.*s` passed, after `%.*s`", was->name, now,
				  (int)(end - beg), was->data + beg, (int)(beg > 60 ? 60 : beg),
				  was->data + (beg > 60 ? beg - 60 : 0));
		}
		*t->mutant = *was;
	}
	arena_free(a);
}

/* Every word of the files, each once. */
struct vocabulary {
	const char **v;
	unsigned n;
};

static void learn(struct arena *a, struct vocabulary *voc, const char *text)
{
	char *copy = arena_strdup(a, text), *save = NULL;
	for (char *w = strtok_r(copy, " \n", &save); w; w = strtok_r(NULL, " \n", &save)) {
		unsigned i = 0;
		while (i < voc->n && strcmp(voc->v[i], w) != 0)
			i++;
		if (i < voc->n)
			continue;
		ARENA_GROW(a, voc->v, voc->n);
		voc->v[voc->n++] = w;
	}
}

/* A list like read_file,read_dir or landlock:1+seccomp without one of its parts. */
static void drop_parts(struct trial *t, const struct artifact *f, size_t beg, size_t end)
{
	struct arena *a = arena_new();
	for (size_t i = beg; i < end; i++) {
		if (f->data[i] != ',' && f->data[i] != '+')
			continue;
		size_t next = i + 1, last = i;
		while (next < end && f->data[next] != f->data[i])
			next++;
		while (last > beg && f->data[last - 1] != f->data[i])
			last--;
		try_change(t, f, i, next, "");
		if (last == beg)
			try_change(t, f, beg, i + 1, "");
	}
	arena_free(a);
}

static void change_word(struct trial *t, const struct artifact *f, size_t beg, size_t end,
			const struct vocabulary *voc)
{
	struct arena *a = arena_new();
	const char *word = arena_strndup(a, f->data + beg, end - beg);
	size_t n = end - beg;
	uint64_t value;
	try_change(t, f, beg - 1, end, "");
	try_change(t, f, beg, end, arena_printf(a, "%s %s", word, word));
	try_change(t, f, beg, end, arena_printf(a, "%sx", word));
	try_change(t, f, beg, end, arena_printf(a, "%s/x", word));
	try_change(t, f, beg, end, arena_strndup(a, word, n - 1));
	if (parse_u64(word, n, UINT64_MAX - 1, &value))
		try_change(t, f, beg, end, arena_printf(a, "%llu", (unsigned long long)value + 1));
	drop_parts(t, f, beg, end);
	for (unsigned i = 0; i < voc->n; i++)
		try_change(t, f, beg, end, voc->v[i]);
	arena_free(a);
}

static void change_line(struct trial *t, const struct artifact *f, size_t beg, size_t end,
			const struct vocabulary *voc)
{
	const char *line = arena_strndup(t->c.arena, f->data + beg, end - beg);
	try_change(t, f, beg, end, "");
	try_change(t, f, beg, beg, line);
	for (size_t w = beg; w < end - 1;) {
		size_t stop = w + strcspn(f->data + w, " \n");
		bool id = stop - w == 32 && isxdigit((unsigned char)f->data[w]) && beg == 0;
		if (stop > w && w > 0 && !id)
			change_word(t, f, w, stop, voc);
		w = stop + 1;
	}
}

static void change_everything(struct trial *t, unsigned at_least)
{
	static const char *const names[] = {"landlock.conf", "launch.conf", "cgroup.conf",
					     "launch-macos.conf"};
	struct vocabulary voc = {NULL, 0};
	const char *why = "the requests";
	struct arena *a = arena_new();
	cr_assert(facts_pass(t, a, &why) && requests_pass(t, a), "untouched: %s", why);
	arena_free(a);
	for (unsigned i = 0; i < 4; i++)
		for (unsigned k = 0; k < t->l.n_artifacts; k++)
			if (strcmp(t->l.artifacts[k].name, names[i]) == 0)
				learn(t->c.arena, &voc,
				      arena_strndup(t->c.arena, t->l.artifacts[k].data,
						    t->l.artifacts[k].size));
	for (unsigned k = 0; k < t->l.n_artifacts; k++) {
		bool conf = false;
		for (unsigned i = 0; i < 4; i++)
			conf |= strcmp(t->l.artifacts[k].name, names[i]) == 0;
		if (!conf)
			continue;
		const struct artifact was = t->l.artifacts[k];
		t->mutant = &t->l.artifacts[k];
		for (size_t beg = 0; beg < was.size;) {
			size_t end = beg + strcspn(was.data + beg, "\n") + 1;
			change_line(t, &was, beg, end, &voc);
			beg = end;
		}
	}
	cr_expect_gt(t->tried, at_least, "%u", t->tried);
	cr_expect_eq(t->missed, 0u, "%u of %u", t->missed, t->tried);
	arena_free(t->c.arena);
}

Test(facts, one_policy_of_everything)
{
	struct trial t = trial_file("tests/golden/phases-worker.sbx");
	change_everything(&t, 10000);
}

/* What the other one does not have: holes, sockets, datagrams, no entry, private views, defaults. */
Test(facts, another_policy)
{
	struct trial t = trial_text(
	    "sbx 1\nparam shelf: path = \"/srv/shelf\" at load\n"
	    "param many: count = 3 at load\n"
	    "policy t {\n    targets linux\n    isolate user, pid, ipc\n"
	    "    allow read exec \"/opt/tools\"\n"
	    "    allow read \"${shelf}/books\" except \"${shelf}/books/closed\"\n"
	    "    allow read write \"/srv/a b/${many}\" if-exists\n"
	    "    allow ioctl \"/dev/null\"\n"
	    "    deny read write \"/srv/secret\"\n    deny exec \"/srv/tools\"\n"
	    "    allow connect unix \"/run/some/socket\"\n"
	    "    allow connect udp \"*:53\"\n    allow listen tcp \"*:8000\", \"*:8001\"\n"
	    "    allow env TERM\n    set env EMPTY = \"\"\n    set env SHELF = \"${shelf}\"\n"
	    "    limit cpu-weight 20\n    limit swap 1MiB\n    limit file-size 1GiB\n"
	    "    limit stack 8MiB\n    limit address-space 4GiB\n    limit locked-memory 0B\n"
	    "    limit processes 100\n    limit wall 90s\n    limit output 3MiB\n"
	    "    limit io-read 10MiB\n    limit io-write 11MiB\n"
	    "    prefer net.listen.port, unix.abstract, unix.path, net.udp, fs.read.deny, "
	    "ns.isolate, res.swap on linux because \"tests\"\n"
	    "    prefer fs.hide on linux because \"tests\"\n}\n");
	change_everything(&t, 10000);
}

Test(facts, all_of_the_network)
{
	struct trial t = trial_text("sbx 1\npolicy t version \"a b\" {\n    targets linux\n"
				    "    isolate none\n    entry \"/bin/server\"\n"
				    "    allow read write \"/srv\"\n    allow net\n"
				    "    limit memory 1GiB\n    limit cpu 50%\n}\n");
	change_everything(&t, 5000);
}

Test(facts, what_the_program_finds_around_it)
{
	struct trial t = trial_file("tests/golden/surroundings.sbx");
	change_everything(&t, 10000);
}

Test(facts, what_the_program_finds_around_it_on_macos)
{
	struct trial t = trial_text("sbx 1\nparam work: path at load\npolicy t {\n    targets macos\n"
				    "    allow read exec \"/usr/bin\"\n    allow read \"${work}\" make-dir\n"
				    "    stdin null\n    directory \"${work}/in here\"\n    allow env TERM\n"
				    "    set env A = \"b\"\n    limit cpu-time 3s\n    limit wall 5s\n"
				    "    prefer res.wall because \"a test\"\n}\n");
	change_everything(&t, 1000);
}

/* That exec.wx is kept is held against the bytes of the filters: those of a policy that does not ask for it fail. */
Test(facts, no_filter_that_lets_written_memory_run)
{
	static const char head[] = "sbx 1\npolicy t {\n    targets linux\n    abi x86_64, i386, x32, aarch64, arm, riscv64\n"
				   "    entry \"/bin/true\"\n    isolate none\n";
	struct arena *a = arena_new();
	struct trial with = trial_text(arena_printf(a, "%s    require exec.wx\n}\n", head));
	struct trial without = trial_text(arena_printf(a, "%s}\n", head));
	const char *why = NULL;
	cr_expect(facts_pass(&with, a, &why), "%s", why);
	cr_expect(facts_pass(&without, a, &why), "%s", why);
	struct lower what = with.l;
	const struct backend *seccomp = NULL;
	for (unsigned i = 0; backends[i]; i++)
		seccomp = strcmp(backends[i]->name, "seccomp") == 0 ? backends[i] : seccomp;
	void *m = seccomp->model_open(a, without.l.artifacts, without.l.n_artifacts, &why);
	cr_assert(m && !seccomp->facts(m, &what, a, &why));
	cr_expect(strstr(why, "exec.wx: the filter lets mmap through"), "%s", why);
	arena_free(with.c.arena);
	arena_free(without.c.arena);
	arena_free(a);
}
