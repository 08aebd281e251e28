/*
 * main.c - options, exit codes, and the only place that prints.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../backends/backend.h"
#include "compile.h"
#include "explain.h"
#include "str.h"
#include "verify.h"

enum { EXIT_USAGE = 2, MAX_SETS = 64 };

struct cli {
	struct compile_options opt;
	struct compile_set sets[MAX_SETS];
	enum diag_format format;
	bool check, verify, explain, seccomp, quiet;
	bool valued; /* some option with a value was given */
	const char **files;
	unsigned n_files;
	struct arena *arena;
};

static const char help[] =
    "sbxc - compiles a sandbox policy into what the systems enforce\n"
    "\n"
    "  sbxc POLICY.sbx -o PLAN/       writes the plan that `sbx-run PLAN/ -- PROGRAM` loads\n"
    "  sbxc check POLICY.sbx...       proves the policies and runs their tests, writes nothing\n"
    "  sbxc verify PLAN/...           proves again, without the policy, that plans are whole and right\n"
    "  sbxc explain --seccomp POLICY.sbx|PLAN/  what each system call gets, by which line\n"
    "\n"
    "  -o DIR            the plan directory: made, or replaced as a whole\n"
    "  -O MODE           what the filter of system calls is made for: even (default: all calls alike\n"
    "                    quick), size, cached (Linux 5.11 and later: what depends on arguments quick),\n"
    "                    profile FILE (the calls of a recording quick: lines COUNT ARCH SYSCALL)\n"
    "  --set NAME=VALUE  the value of a `param` that is not `at load`; may be repeated\n"
    "  --std DIR         the library of profiles (default: found beside the program)\n"
    "  --depfile FILE    writes the inputs as a rule for make and ninja; needs -o\n"
    "  --emit=ast|ir     prints what a phase made of the policy, and stops there\n"
    "  --format text|gcc how errors are shown: with the line and its fix, or one line each\n"
    "  -q                says nothing when all is well\n"
    "  --help, --version\n"
    "\n"
    "Results go to stdout, complaints to stderr. Exit codes: 0 fine, 1 the policy is refused,\n"
    "2 wrong use or a file that cannot be read or written, 3 a test in the policy failed.\n"
    "Manual: sbxc(1), the language: sbx(5).\n";

static int usage(const char *fmt, const char *arg)
{
	fputs("sbxc: ", stderr);
	fprintf(stderr, "%s%s%s\n", fmt, arg ? ": " : "", arg ? arg : "");
	fputs("      try `sbxc --help`\n", stderr);
	return EXIT_USAGE;
}

static void print_version(void)
{
	printf("sbxc %s (edition 1; back ends:", SBX_VERSION);
	for (unsigned i = 0; backends[i]; i++)
		printf(" %s", backends[i]->name);
	printf(")\n");
}

static bool is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* policies/std beside the build folder, or share/sbx/std beside the installed bin folder. */
static const char *find_std(struct arena *a)
{
	static const char *const places[] = {"../policies/std", "../share/sbx/std"};
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n <= 0)
		return NULL;
	exe[n] = '\0';
	char *slash = strrchr(exe, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *dir = arena_printf(a, "%s/%s", exe, places[i]);
		if (is_dir(dir))
			return dir;
	}
	return NULL;
}

/* The value of `--name VALUE` or `--name=VALUE`; NULL when argv[*i] is another option or the value is missing. */
static const char *option_value(int argc, char **argv, int *i, const char *name, bool *missing)
{
	size_t n = strlen(name);
	if (strncmp(argv[*i], name, n) != 0)
		return NULL;
	if (argv[*i][n] == '=' && name[1] == '-')
		return argv[*i] + n + 1;
	if (argv[*i][n] != '\0')
		return NULL;
	if (*i + 1 >= argc) {
		*missing = true;
		return NULL;
	}
	return argv[++*i];
}

static int add_set(struct cli *c, const char *text)
{
	const char *eq = strchr(text, '=');
	if (!eq || eq == text)
		return usage("--set takes NAME=VALUE", text);
	if (!utf8_valid(text))
		return usage("--set takes UTF-8 text only", NULL);
	if (c->opt.n_sets == MAX_SETS)
		return usage("too many --set", NULL);
	const char *name = arena_strndup(c->arena, text, (size_t)(eq - text));
	for (unsigned i = 0; i < c->opt.n_sets; i++)
		if (strcmp(c->sets[i].name, name) == 0)
			return usage("--set gives a param twice", name);
	c->sets[c->opt.n_sets++] = (struct compile_set){.name = name, .value = eq + 1};
	return 0;
}

static int set_emit(struct cli *c, const char *what)
{
	c->opt.emit_to = stdout;
	if (strcmp(what, "ast") == 0)
		c->opt.emit = EMIT_AST;
	else if (strcmp(what, "ir") == 0)
		c->opt.emit = EMIT_IR;
	else
		return usage("--emit takes ast or ir", what);
	return 0;
}

static int set_format(struct cli *c, const char *what)
{
	if (strcmp(what, "gcc") == 0)
		c->format = DIAG_GCC;
	else if (strcmp(what, "text") == 0)
		c->format = DIAG_TEXT;
	else
		return usage("--format takes text or gcc", what);
	return 0;
}

/* -O MODE, and the file after `-O profile`. The last one counts. */
static int set_optimize(struct cli *c, const char *mode, int argc, char **argv, int *i)
{
	static const char *const modes[] = {
	    [OPTIMIZE_EVEN] = "even",
	    [OPTIMIZE_SIZE] = "size",
	    [OPTIMIZE_PROFILE] = "profile",
	    [OPTIMIZE_CACHED] = "cached",
	};
	unsigned m = 0;
	while (m < sizeof(modes) / sizeof(modes[0]) && strcmp(mode, modes[m]))
		m++;
	if (m == sizeof(modes) / sizeof(modes[0]))
		return usage("-O takes even, size, cached or profile FILE", mode);
	c->opt.optimize = (enum optimize)m;
	if (m != OPTIMIZE_CACHED) /* which weighs a recording too */
		c->opt.recording = NULL;
	if (m != OPTIMIZE_PROFILE)
		return 0;
	if (*i + 1 >= argc)
		return usage("-O profile takes a recording: COUNT ARCH SYSCALL lines", NULL);
	c->opt.recording = argv[++*i];
	return 0;
}

/* One option with a value; -1 when argv[*i] is none of them. */
static int value_option(struct cli *c, int argc, char **argv, int *i)
{
	bool missing = false;
	const char *v, *at = argv[*i];
	if ((v = option_value(argc, argv, i, "-o", &missing)))
		return c->opt.out_dir = v, 0;
	if ((v = option_value(argc, argv, i, "-O", &missing)))
		return set_optimize(c, v, argc, argv, i);
	if ((v = option_value(argc, argv, i, "--set", &missing)))
		return add_set(c, v);
	if ((v = option_value(argc, argv, i, "--std", &missing)))
		return c->opt.std_dir = v, 0;
	if ((v = option_value(argc, argv, i, "--depfile", &missing)))
		return c->opt.depfile = v, 0;
	if ((v = option_value(argc, argv, i, "--emit", &missing)))
		return set_emit(c, v);
	if ((v = option_value(argc, argv, i, "--format", &missing)))
		return set_format(c, v);
	return missing ? usage("a value is missing after", at) : -1;
}

/* -2: go on; otherwise the exit code. */
static int parse_options(struct cli *c, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int r = value_option(c, argc, argv, &i);
		if (r > 0)
			return r;
		c->valued |= r == 0;
		if (r == 0)
			continue;
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			fputs(help, stdout);
			return 0;
		}
		if (strcmp(argv[i], "--version") == 0) {
			print_version();
			return 0;
		}
		if (strcmp(argv[i], "-q") == 0)
			c->quiet = true;
		else if (c->explain && strcmp(argv[i], "--seccomp") == 0)
			c->seccomp = true;
		else if (argv[i][0] == '-' && argv[i][1])
			return usage("unknown option", argv[i]);
		else if (c->n_files == 0 && !c->check && !c->verify && !c->explain && strcmp(argv[i], "explain") == 0)
			c->explain = true;
		else if (c->n_files == 0 && !c->check && !c->verify && !c->explain && strcmp(argv[i], "check") == 0)
			c->check = true;
		else if (c->n_files == 0 && !c->check && !c->verify && !c->explain && strcmp(argv[i], "verify") == 0)
			c->verify = true;
		else
			c->files[c->n_files++] = argv[i];
	}
	return -2;
}

static int check_verify(const struct cli *c)
{
	if (c->n_files == 0)
		return usage("no plan was named", NULL);
	if (c->valued)
		return usage("verify takes plans, and of all options only -q", NULL);
	return -2;
}

static int check_explain(struct cli *c)
{
	const struct compile_options *o = &c->opt;
	if (c->n_files != 1)
		return usage("explain takes one policy or one plan", NULL);
	if (!c->seccomp)
		return usage("explain takes --seccomp; to explain the rest is not supported yet", NULL);
	if (o->out_dir || o->depfile || o->emit != EMIT_NONE)
		return usage("explain writes nothing: leave out -o, --depfile and --emit", NULL);
	if (o->std_dir && !is_dir(o->std_dir))
		return usage("--std names no directory", o->std_dir);
	c->opt.emit = EMIT_SECCOMP;
	c->opt.emit_to = stdout;
	return -2;
}

static int check_options(struct cli *c)
{
	if (c->explain)
		return check_explain(c);
	if (c->verify)
		return check_verify(c);
	if (c->n_files == 0)
		return usage("no policy file was named", NULL);
	if (c->check && c->opt.out_dir)
		return usage("check writes nothing: leave out -o, or leave out check", NULL);
	if (!c->check && c->n_files > 1)
		return usage("one policy at a time, or `sbxc check FILE...`; not expected", c->files[1]);
	if (!c->check && !c->opt.out_dir && c->opt.emit == EMIT_NONE)
		return usage("say where the plan goes: -o DIR, or write `sbxc check FILE`", NULL);
	if (c->opt.out_dir && !c->opt.out_dir[0])
		return usage("-o names no directory", NULL);
	if (c->opt.depfile && !c->opt.out_dir)
		return usage("--depfile needs -o", NULL);
	if (c->opt.std_dir && !is_dir(c->opt.std_dir))
		return usage("--std names no directory", c->opt.std_dir);
	return -2;
}

static void print_success(const struct cli *c, const struct compile *k)
{
	const char *s1 = k->n_expect == 1 ? "" : "s", *s2 = k->n_caveats == 1 ? "" : "s";
	if (c->quiet || c->opt.emit != EMIT_NONE)
		return;
	if (c->check)
		printf("%s: ok, %u expectation%s passed, %u caveat%s\n", c->opt.path, k->n_expect, s1, k->n_caveats, s2);
	else
		printf("%s: %u files%s, %u expectation%s passed, %u caveat%s%s\n", c->opt.out_dir, k->n_files,
		       k->unchanged ? ", unchanged" : "", k->n_expect, s1, k->n_caveats, s2,
		       k->n_caveats ? " (plan.yaml lists them)" : "");
}

static enum compile_result run_one(struct cli *c, const char *path)
{
	struct compile k;
	bool colour = isatty(STDERR_FILENO) && !getenv("NO_COLOR") && getenv("TERM") && strcmp(getenv("TERM"), "dumb") != 0;
	c->opt.path = path;
	enum compile_result result = compile_policy(&k, &c->opt);
	diags_print(k.diags, stderr, c->format, colour);
	if (result == COMPILE_IO)
		fprintf(stderr, "sbxc: %s\n", k.failure);
	else if (result == COMPILE_OK)
		print_success(c, &k);
	arena_free(k.arena);
	return result;
}

static int verify_one(struct cli *c, const char *dir)
{
	struct arena *a = arena_new();
	struct buf done = buf_new(a);
	const char *failure;
	enum verify_result result = verify_plan(a, dir, &done, &failure);
	if (!c->quiet)
		fputs(buf_str(&done), stdout);
	if (result != VERIFY_OK)
		fprintf(stderr, "sbxc: %s: %s\n", dir, failure);
	else if (!c->quiet)
		printf("%s: verified\n", dir);
	arena_free(a);
	return (int)result;
}

static int explain_one(struct cli *c, const char *path)
{
	struct arena *a = arena_new();
	const char *failure = NULL;
	if (!is_dir(path)) {
		arena_free(a);
		return (int)run_one(c, path);
	}
	int result = explain_plan(a, path, stdout, &failure);
	if (result)
		fprintf(stderr, "sbxc: %s: %s\n", path, failure);
	arena_free(a);
	return result;
}

int main(int argc, char **argv)
{
	struct cli c = {.arena = arena_new()};
	signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is an error like a full disk */
	c.files = ARENA_ARRAY(c.arena, (size_t)argc, const char *);
	c.opt.sets = c.sets;
	int code = parse_options(&c, argc, argv);
	if (code == -2)
		code = check_options(&c);
	if (code == -2) {
		if (!c.opt.std_dir)
			c.opt.std_dir = find_std(c.arena);
		code = 0;
		for (unsigned i = 0; i < c.n_files; i++) {
			int one = c.verify    ? verify_one(&c, c.files[i])
				  : c.explain ? explain_one(&c, c.files[i])
					      : (int)run_one(&c, c.files[i]);
			code = one > code ? one : code;
		}
	}
	arena_free(c.arena);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "sbxc: cannot write the result: %s\n", strerror(errno));
		return EXIT_USAGE;
	}
	return code;
}
