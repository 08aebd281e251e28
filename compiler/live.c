/*
 * live.c - tries expectations under the real loader, each beside the same attempt without it.
 */
#include "live.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../runtime/plan.h"
#include "../runtime/sha256.h"
#include "ask.h"
#include "interrupt.h"
#include "say.h"
#include "str.h"
#include "syscalls.h"
#include "template.h"
#include "validate.h"

enum { MAX_WORDS = 256, PATIENCE = 20 /* seconds for one attempt */ };

struct trying {
	struct live *l;
	const char *dir; /* of this run: plan/ and a tree for the test */
	const char *digest; /* of that plan: it lies where a policy may well let its program write */
	const struct ir_test *test;
	const struct ir_test_expect *e;
	struct ir_binding bound[PLAN_MAX_PARAMS + 1]; /* the values of the test (and CWD), paths moved into the tree */
	unsigned n_bound;
	const char *cwd;
	enum arch arch;
};

/* ---- running the probe ---- */

struct answer_of {
	enum { TRY_NUMBER, TRY_KILLED, TRY_REFUSED, TRY_NOTHING } kind;
	int number;	  /* 0 or the errno */
	const char *text; /* REFUSED: what the loader said */
};

struct words {
	const char *v[MAX_WORDS + 1];
	unsigned n;
};

static void word(struct words *w, const char *text)
{
	assert(w->n < MAX_WORDS); /* two for each value, and a few of the probe's own */
	w->v[w->n++] = text;
}

static void child(const struct trying *t, const struct words *w, const char *env, int out)
{
	const char *envp[] = {"PATH=/usr/bin:/bin", env, NULL};
	int null = open("/dev/null", O_RDONLY);
	alarm(PATIENCE);
	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 || chdir(t->cwd) != 0)
		_exit(126);
	execve(w->v[0], (char *const *)(uintptr_t)w->v, (char *const *)(uintptr_t)envp);
	_exit(127);
}

static struct answer_of understand(struct trying *t, int status, const char *text)
{
	struct arena *a = t->l->arena;
	const char *line = strrchr(text, '\n') ? text : "";
	while (strchr(line, '\n') && strchr(line, '\n')[1]) /* the last line; the loader may have said things before */
		line = strchr(line, '\n') + 1;
	if (WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) > 128))
		return (struct answer_of){.kind = TRY_KILLED};
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && line[0] >= '0' && line[0] <= '9')
		return (struct answer_of){.kind = TRY_NUMBER, .number = atoi(line)};
	const char *error = strstr(text, "error[");
	error = error ? error : text;
	return (struct answer_of){.kind = TRY_REFUSED, .text = arena_strndup(a, error, strcspn(error, "\n"))};
}

static struct answer_of run(struct trying *t, const struct words *w, const char *env)
{
	struct buf b = buf_new(t->l->arena);
	char part[4096];
	int pipefd[2], status = 0;
	ssize_t n;
	if (interrupt_came() || pipe2(pipefd, O_CLOEXEC) != 0)
		return (struct answer_of){.kind = TRY_NOTHING};
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		child(t, w, env, pipefd[1]);
	interrupt_child(pid);
	close(pipefd[1]);
	while (pid > 0 && ((n = read(pipefd[0], part, sizeof(part))) > 0 || (n < 0 && errno == EINTR)))
		if (n > 0)
			buf_add(&b, part, (size_t)n);
	close(pipefd[0]);
	pid_t ended = pid;
	while (pid > 0 && (ended = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
		;
	interrupt_child(0);
	if (pid < 0 || ended < 0)
		return (struct answer_of){.kind = TRY_NOTHING};
	return understand(t, status, buf_str(&b));
}

static struct answer_of run_free(struct trying *t, const struct words *probe, const char *env)
{
	return run(t, probe, env);
}

static struct answer_of run_confined(struct trying *t, const struct words *probe, const char *env)
{
	struct words w = {.n = 0};
	word(&w, t->l->loader);
	word(&w, "--digest");
	word(&w, t->digest);
	for (unsigned i = 0; i < t->n_bound; i++)
		if (!template_is_builtin(t->bound[i].name, strlen(t->bound[i].name))) {
			word(&w, "--set");
			word(&w, arena_printf(t->l->arena, "%s=%s", t->bound[i].name, t->bound[i].value));
		}
	word(&w, arena_printf(t->l->arena, "%s/plan", t->dir));
	word(&w, "--");
	for (unsigned i = 0; i < probe->n; i++)
		word(&w, probe->v[i]);
	return run(t, &w, env);
}

/* ---- the tree ---- */

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st;
	(void)flag;
	(void)at;
	return remove(path);
}

static void remove_tree(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool make_parents(struct arena *a, const char *path)
{
	char *copy = arena_strdup(a, path);
	for (char *slash = copy + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		if (mkdir(copy, 0700) != 0 && errno != EEXIST)
			return false;
	}
	return true;
}

/* What must be there for the operation to make sense: a file, a directory, or nothing. */
static bool prepare(struct arena *a, const char *path, enum op op)
{
	struct stat st;
	if (!make_parents(a, path))
		return false;
	bool dir = lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
	if (dir && (op == OP_READ || op == OP_LIST))
		return true;
	if (dir && rmdir(path) != 0) /* it was made to be listed, or it holds what others asked about */
		return false;
	unlink(path);
	if (op == OP_CREATE)
		return true;
	if (op == OP_LIST)
		return mkdir(path, 0700) == 0;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
	bool ok = fd >= 0 && write(fd, "#!/bin/true\n", 12) == 12;
	return fd >= 0 && close(fd) == 0 && ok;
}

/* The place in the tree that stands for a path of the test; NULL: it is a place of the host. */
static const char *moved(const struct trying *t, const char *path)
{
	for (unsigned i = 0; i < t->test->n_given; i++) {
		const struct ir_binding *g = &t->test->given[i];
		if (g->value[0] == '/' && path_covers(g->value, path))
			for (unsigned k = 0; k < t->n_bound; k++)
				if (strcmp(t->bound[k].name, g->name) == 0 && strcmp(t->bound[k].value, g->value) != 0)
					return arena_printf(t->l->arena, "%s%s", t->bound[k].value, path + strlen(g->value));
	}
	return NULL;
}

/* ---- one attempt ---- */

static void tell(struct trying *t, enum op op, enum live_result result, const char *why)
{
	if (interrupt_came())
		return;
	const struct live_seen s = {.test = t->test, .expect = t->e, .op = op, .result = result, .why = why};
	t->l->seen(t->l->ctx, &s);
}

static const char *answer_text(struct arena *a, const struct answer_of *x)
{
	if (x->kind == TRY_KILLED)
		return "the process was killed";
	if (x->kind == TRY_NOTHING)
		return "the probe could not be started";
	if (x->kind == TRY_REFUSED)
		return x->text;
	const char *name = strerrorname_np(x->number);
	return x->number == 0 ? "it worked" : name ? name : arena_printf(a, "errno %d", x->number);
}

/* A guarantee behind the request that this host may lack. */
static const char *preferred(const struct trying *t, enum op op)
{
	unsigned n;
	const enum cap *caps = validator_caps(op, &n);
	for (unsigned i = 0; i < n; i++) {
		const struct guarantee *g = guarantee_find(&t->l->k->guarantees, TARGET_LINUX, caps[i]);
		if (g && (g->preferred || g->answer.level != LEVEL_ENFORCED))
			return cap_name[g->cap];
	}
	return NULL;
}

/* Files, ports and names: without the sandbox it works; a system call there fails on its arguments, and not on rights. */
static bool control_is_good(const struct answer_of *x, bool call)
{
	if (x->kind != TRY_NUMBER)
		return false;
	return call ? x->number != EPERM && x->number != EACCES && x->number != ENOSYS : x->number == 0;
}

static void judge(struct trying *t, enum op op, const struct answer_of *free, const struct answer_of *held)
{
	struct arena *a = t->l->arena;
	bool call = op == OP_SYSCALL, want = t->e->kind == EXPECT_ALLOW;
	if (!control_is_good(free, call)) {
		tell(t, op, LIVE_NOT_TRIED, arena_printf(a, "without the sandbox it fails too: %s", answer_text(a, free)));
		return;
	}
	if (held->kind == TRY_REFUSED || held->kind == TRY_NOTHING) {
		tell(t, op, LIVE_NOT_TRIED, answer_text(a, held));
		return;
	}
	bool passed = held->kind == TRY_NUMBER && held->number == free->number;
	const char *weak = preferred(t, op);
	if (passed == want)
		tell(t, op, LIVE_HELD, answer_text(a, held));
	else if (passed && weak)
		tell(t, op, LIVE_NOT_TRIED, arena_printf(a, "it worked, and `%s` is only preferred", weak));
	else
		tell(t, op, LIVE_FAILED, answer_text(a, held));
}

static void try_path(struct trying *t, const struct outcome *o)
{
	static const char *const verbs[] = {[OP_READ] = "read",	    [OP_LIST] = "list",	    [OP_MODIFY] = "modify",
					    [OP_CREATE] = "create", [OP_DELETE] = "delete", [OP_EXEC] = "exec"};
	const struct request *r = &o->request;
	const char *here = moved(t, r->object), *path = here ? here : r->object;
	struct words w = {.n = 0};
	struct stat st;
	bool plain = stat(path, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
	bool reads = r->op == OP_READ || r->op == OP_LIST;
	bool of_entry = o->decision.by && o->decision.by == t->l->k->ir->entry_origin;
	if (r->op == OP_IOCTL || of_entry)
		return tell(t, r->op, LIVE_NOT_TRIED, r->op == OP_IOCTL ? "devices are left alone" : "the probe is the entry here");
	if (!here && !(reads && plain) && !(r->op == OP_EXEC && strcmp(r->object, "/bin/sh") == 0))
		return tell(t, r->op, LIVE_NOT_TRIED, reads ? "no file or directory is there" : "it would change something of the host");
	if (r->op == OP_LIST && !here && !S_ISDIR(st.st_mode))
		return tell(t, r->op, LIVE_NOT_TRIED, "it is no directory");
	word(&w, t->l->probe);
	word(&w, verbs[r->op]);
	word(&w, path);
	if (here && !prepare(t->l->arena, here, r->op))
		return tell(t, r->op, LIVE_NOT_TRIED, "the tree of the test has no place for it");
	const struct answer_of free = run_free(t, &w, NULL);
	if (here && !prepare(t->l->arena, here, r->op))
		return tell(t, r->op, LIVE_NOT_TRIED, "the tree of the test has no place for it");
	const struct answer_of held = run_confined(t, &w, NULL);
	judge(t, r->op, &free, &held);
}

static int loopback_listener(uint16_t port)
{
	const struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, 16) == 0)
		return fd;
	close(fd);
	return -1;
}

static void try_port(struct trying *t, const struct outcome *o)
{
	const struct request *r = &o->request;
	const char *verb = r->op == OP_CONNECT_TCP   ? "connect"
			   : r->op == OP_LISTEN_TCP  ? "listen"
			   : r->op == OP_CONNECT_UDP ? "send"
						     : "bind";
	const struct ir_rule *rule = NULL;
	for (unsigned i = 0; o->decision.by && i < t->l->k->ir->n_rules; i++)
		if (t->l->k->ir->rules[i].kind == RULE_RELAY)
			rule = &t->l->k->ir->rules[i];
	if (rule || r->port == 0)
		return tell(t, r->op, LIVE_NOT_TRIED, rule ? "it goes through a proxy" : "port 0 is no port");
	int listener = r->op == OP_CONNECT_TCP ? loopback_listener(r->port) : -1;
	if (r->op == OP_CONNECT_TCP && listener < 0)
		return tell(t, r->op, LIVE_NOT_TRIED, "the port cannot be had on the loopback here");
	struct words w = {.n = 0};
	word(&w, t->l->probe);
	word(&w, verb);
	word(&w, arena_printf(t->l->arena, "%u", r->port));
	const struct answer_of free = run_free(t, &w, NULL), held = run_confined(t, &w, NULL);
	if (listener >= 0)
		close(listener);
	judge(t, r->op, &free, &held);
}

static void try_env(struct trying *t, const struct outcome *o)
{
	struct words w = {.n = 0};
	const char *env = arena_printf(t->l->arena, "%s=probe", o->request.object);
	word(&w, t->l->probe);
	word(&w, "env");
	word(&w, o->request.object);
	const struct answer_of free = run_free(t, &w, env), held = run_confined(t, &w, env);
	judge(t, OP_ENV, &free, &held);
}

/* Calls that do nothing with these arguments but fail on them. */
static const struct {
	const char *name;
	unsigned long args[3];
} harmless[] = {
    {"ptrace", {0xffff, 0, 0}},	   {"io_uring_setup", {0, 0, 0}},   {"bpf", {0xffff, 0, 0}},
    {"keyctl", {0xffff, 0, 0}},	   {"mount", {0, 0, 0}},	    {"unshare", {0xffffffff, 0, 0}},
    {"perf_event_open", {0, 0, 0}}, {"userfaultfd", {0xffff, 0, 0}}, {"add_key", {0, 0, 0}},
    {"request_key", {0, 0, 0}},	   {"memfd_create", {0, 0, 0}},	    {"init_module", {0, 0, 0}},
    {"delete_module", {0, 0, 0}},
};

static bool harmless_args(const struct trying *t, const struct outcome *o, const char *name, unsigned long args[3])
{
	if (strcmp(name, "socket") == 0) {
		for (unsigned i = 0; i < 3; i++)
			args[i] = (unsigned long)o->request.args[i];
		args[1] = args[1] ? args[1] : SOCK_STREAM;
		struct request real = o->request;
		real.args[1] = args[1];
		return decide(t->l->k->meaning, &real).allow == o->decision.allow;
	}
	for (size_t i = 0; !t->e->cond && i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (strcmp(harmless[i].name, name) == 0) {
			memcpy(args, harmless[i].args, sizeof(harmless[i].args));
			return true;
		}
	return false;
}

static void try_call(struct trying *t, const struct outcome *o)
{
	const struct syscall_desc *call = syscall_by_nr(o->request.arch, o->request.nr);
	unsigned long args[3];
	struct words w = {.n = 0};
	if (o->request.arch != t->arch)
		return;
	if (!call || !harmless_args(t, o, call->name, args))
		return tell(t, OP_SYSCALL, LIVE_NOT_TRIED, "this call is not made for a test");
	word(&w, t->l->probe);
	word(&w, "syscall");
	word(&w, arena_printf(t->l->arena, "%u", o->request.nr));
	for (unsigned i = 0; i < 3; i++)
		word(&w, arena_printf(t->l->arena, "%lu", args[i]));
	const struct answer_of free = run_free(t, &w, NULL), held = run_confined(t, &w, NULL);
	judge(t, OP_SYSCALL, &free, &held);
}

static void try_outcome(struct trying *t, const struct outcome *o)
{
	switch (t->e->what) {
	case RULE_PATH:
		return try_path(t, o);
	case RULE_ENV:
		return try_env(t, o);
	case RULE_SYSCALL:
		return try_call(t, o);
	case RULE_NET:
		if (o->request.op == OP_CONNECT_TCP || o->request.op == OP_LISTEN_TCP || o->request.op == OP_CONNECT_UDP ||
		    o->request.op == OP_LISTEN_UDP)
			return try_port(t, o);
		break;
	case RULE_MACOS:
	case RULE_SIGNAL:
	case RULE_RELAY:
	case RULE_GLOB:
		break;
	}
	tell(t, o->request.op, LIVE_NOT_TRIED, "there is no attempt for this kind");
}

/* ---- tests ---- */

/* The values of the test; paths become directories of their own in the tree. NULL, or why the test cannot run. */
static const char *bind_values(struct trying *t)
{
	const struct ir *ir = t->l->k->ir;
	struct arena *a = t->l->arena;
	t->n_bound = 0;
	for (unsigned i = 0; i < t->test->n_given; i++) {
		const struct ir_binding *g = &t->test->given[i];
		bool cwd = strcmp(g->name, "CWD") == 0;
		if (template_is_builtin(g->name, strlen(g->name)) && !cwd)
			return arena_printf(a, "%s is what the host says it is", g->name);
		const char *place = g->value[0] == '/' ? arena_printf(a, "%s/tree/%s", t->dir, g->name) : NULL;
		if (place && (!make_parents(a, arena_printf(a, "%s/", place))))
			return "a directory of the test cannot be made";
		if (t->n_bound == sizeof(t->bound) / sizeof(t->bound[0]))
			return "more values are given than a plan has";
		t->bound[t->n_bound++] = (struct ir_binding){g->name, place ? place : g->value};
		t->cwd = cwd && place ? place : t->cwd;
	}
	for (unsigned i = 0; i < ir->n_params; i++)
		if (!ir->params[i].value && ask_missing_value(a, ir, arena_printf(a, "${%s}", ir->params[i].name), t->test->given,
							      t->test->n_given))
			return arena_printf(a, "the test gives no value for `%s`", ir->params[i].name);
	return NULL;
}

static void try_test(struct trying *t)
{
	struct asker *k = asker_new(t->l->arena, t->l->k->meaning);
	t->cwd = t->dir;
	const char *why = bind_values(t);
	for (unsigned i = 0; i < t->test->n_expect; i++) {
		t->e = &t->test->expect[i];
		if ((t->e->kind != EXPECT_ALLOW && t->e->kind != EXPECT_DENY) || !(t->e->targets & TARGET_BIT(TARGET_LINUX)))
			continue;
		struct outcomes all = ask(k, t->e, t->test->given, t->test->n_given, TARGET_LINUX);
		for (unsigned o = 0; o < all.n; o++)
			why ? tell(t, all.v[o].request.op, LIVE_NOT_TRIED, why) : try_outcome(t, &all.v[o]);
	}
	remove_tree(arena_printf(t->l->arena, "%s/tree", t->dir));
}

/* Of what was written last, its sums. */
static const char *digest_of(struct arena *a, const struct lower *plan)
{
	const struct artifact *sums = &plan->artifacts[plan->n_artifacts - 1];
	char hex[SHA256_HEX + 1];
	sha256_hex(sums->data, sums->size, hex);
	return arena_printf(a, "sha256:%s", hex);
}

static const char *compile_plan(struct live *l, const char *dir, const char **digest)
{
	struct compile_options opt = *l->k->opt;
	struct compile k;
	opt.entry = l->probe;
	opt.out_dir = arena_printf(l->arena, "%s/plan", dir);
	opt.depfile = NULL;
	opt.observer = NULL;
	const char *why = NULL;
	if (compile_policy(&k, &opt) != COMPILE_OK)
		why = arena_printf(l->arena, "it does not compile with %s as its entry: %s", l->probe, k.failure ? k.failure : diags_first(l->arena, k.diags));
	else
		*digest = digest_of(l->arena, &k.lower);
	arena_free(k.arena);
	return why;
}

static bool machine(enum arch *out)
{
	struct utsname u;
	for (unsigned a = 0; uname(&u) == 0 && a < ARCH_COUNT; a++)
		if (strcmp(arch_name[a], u.machine) == 0)
			return *out = (enum arch)a, true;
	return false;
}

const char *live_run(struct live *l)
{
	char dir[] = "/tmp/sbx-test-XXXXXX";
	struct trying t = {.l = l, .dir = dir};
	if (!(l->k->ir->targets & TARGET_BIT(TARGET_LINUX)) || !machine(&t.arch))
		return "the policy is not for this system";
	if (access(l->loader, X_OK) != 0 || access(l->probe, X_OK) != 0)
		return arena_printf(l->arena, "%s and %s are not both there", l->loader, l->probe);
	interrupt_hold();
	if (!mkdtemp(dir)) {
		int saved = errno;
		interrupt_release();
		return arena_printf(l->arena, "no directory can be made in /tmp: %s", strerror(saved));
	}
	const char *failure = compile_plan(l, dir, &t.digest);
	for (unsigned i = 0; !failure && !interrupt_came() && i < l->k->ir->n_tests; i++) {
		t.test = &l->k->ir->tests[i];
		try_test(&t);
	}
	remove_tree(dir);
	interrupt_release();
	return failure;
}
