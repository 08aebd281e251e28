/*
 * validate.c - the proof of every compile must be able to fail: artifacts with one thing changed
 * are E0901 with a concrete counterexample, and the untouched ones pass.
 */
#include "core_help.h"

#include <linux/filter.h>

#include "compiler/validate.h"

static const char policy[] = CORE_HEAD
    "    allow read \"/srv/data\"\n    allow read write \"/srv/out\"\n    allow connect tcp "
    "\"*:443\"\n"
    "    prefer net.connect.host, net.connect.port on linux because \"x\"\n    allow env LANG\n"
    "    set env PATH = \"/bin\"\n    limit open-files 64\n    prefer res.files on macos because "
    "\"x\"\n}\n";

struct trial {
	struct compile c;
	const struct meaning *m;
	struct guarantees g;
	struct lower l;
	struct validator v;
};

static struct trial trial_of(const char *text)
{
	struct trial p = {.c = core_resolve(text)};
	p.m = meaning_new(p.c.arena, p.c.ir);
	p.g = guarantees_check(p.c.arena, p.c.ir, p.c.diags);
	cr_assert_eq(diag_errors(p.c.diags), 0u, "%s",
		     core_messages(p.c.arena, p.c.diags, DIAG_GCC));
	p.l = core_lower(&p.c, p.m, &p.g);
	return p;
}

static struct trial trial_new(void)
{
	return trial_of(policy);
}

/* True when the artifacts pass. */
static bool prove(struct trial *p)
{
	p->v = (struct validator){.arena = p->c.arena,
				  .diags = p->c.diags,
				  .src = p->c.src,
				  .meaning = p->m,
				  .guarantees = &p->g};
	bool equal =
	    validator_open(&p->v, p->l.artifacts, p->l.n_artifacts) && validator_run(&p->v);
	validator_close(&p->v);
	return equal;
}

/* Replaces the first OLD in the artifact. */
static void change(struct trial *p, const char *name, const char *old, const char *new)
{
	struct artifact *f = core_artifact(p->l.artifacts, p->l.n_artifacts, name);
	const char *text = arena_strndup(p->c.arena, f->data, f->size), *at = strstr(text, old);
	cr_assert_not_null(at, "`%s` is not in %s:\n%s", old, name, text);
	f->data =
	    arena_printf(p->c.arena, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
	f->size = strlen(f->data);
}

/* One message, E0901, that says what differs. */
static void expect_internal(struct trial *p, const char *example)
{
	const char *text = core_messages(p->c.arena, p->c.diags, DIAG_TEXT);
	cr_expect_eq(diag_errors(p->c.diags), 1u, "%s", text);
	cr_expect_not_null(strstr(text, "E0901"), "%s", text);
	cr_expect_not_null(strstr(text, example), "no `%s` in: %s", example, text);
}

static void expect_caught(const char *name, const char *old, const char *new, const char *example)
{
	struct trial p = trial_new();
	change(&p, name, old, new);
	cr_expect_not(prove(&p), "%s: `%s` for `%s` passed", name, new, old);
	expect_internal(&p, example);
	arena_free(p.c.arena);
}

Test(validate, untouched_artifacts_pass)
{
	struct trial p = trial_new();
	cr_expect(prove(&p), "%s", core_messages(p.c.arena, p.c.diags, DIAG_TEXT));
	cr_expect_gt(p.v.n_asked, 1000ul);
	arena_free(p.c.arena);
}

Test(validate, a_wider_path)
{
	expect_caught("landlock.conf", " /srv/data\n", " /srv\n", "/srv");
}

Test(validate, another_path)
{
	expect_caught("landlock.conf", " /srv/data\n", " /srv/dat\n",
		      "for example: read /srv/data");
}

Test(validate, a_right_too_few)
{
	expect_caught("landlock.conf", ",truncate", "", "half an operation");
}

Test(validate, a_right_that_is_not_handled)
{
	expect_caught("landlock.conf", " make_dir", "", "");
}

Test(validate, another_port)
{
	expect_caught("landlock.conf", " 443 ", " 442 ", ":44");
}

Test(validate, a_variable_too_many)
{
	expect_caught("launch.conf", "env-allow LANG\n", "env-allow LANG\nenv-allow LD_PRELOAD\n",
		      "env ");
}

Test(validate, a_missing_variable)
{
	expect_caught("launch.conf", "env-allow LANG\n", "", "env LANG");
}

Test(validate, a_wider_seatbelt_rule)
{
	expect_caught("seatbelt.sb", "\"/srv/data\"", "\"/srv\"", "/srv");
}

Test(validate, artifacts_that_cannot_be_read)
{
	expect_caught("landlock.conf", "end\n", "", "cannot be read back");
	expect_caught("launch.conf", "sbx-launch 1", "sbx-launch 2", "cannot be read back");
	expect_caught("seatbelt.sb", "(version 1)", "(version 1", "");
}

/*
 * A preferred guarantee excuses what the mechanism cannot say and nothing else: every artifact passes as it was made, with a
 * difference that is excused, and none with a rule of the excused kind that gives more.
 */
#define ONLY(target) "sbx 1\npolicy t {\n    targets " target "\n    entry \"/bin/true\"\n"
#define HOLE(isolate, prefer)                                                                      \
	ONLY("linux") isolate "    allow read write exec ioctl \"/srv\" except \"/srv/keys\"\n"         \
		      "    prefer " prefer " on linux because \"x\"\n}\n"
#define DENIALS "fs.read.deny, fs.write.deny-path, fs.exec.deny, fs.ioctl.scope"
#define OPENED                                                                                     \
	ONLY("linux") "    isolate none\n    default syscall with allow\n    prefer fs.read.scope, fs.write.deny, fs.ioctl.scope, "\
		      "proc.no_exec, net.disable, ipc.restrict, tty.no_inject on linux because \"x\"\n"   \
		      "    deny syscall ptrace, process_vm_readv, process_vm_writev, pidfd_getfd\n}\n"
#define COVERED                                                                                    \
	ONLY("linux") "    isolate all\n    root host\n    allow read write \"/srv\"\n    deny read write \"/srv/shut\"\n"  \
		      "    deny read \"/srv/blind\"\n    prefer fs.read.deny on linux because \"x\"\n}\n"
#define PATTERN                                                                                    \
	ONLY("linux") "    isolate none\n    allow read \"/srv\"\n    deny read matching \"*.pem\" under \"/\"\n"           \
		      "    deny read write matching \"*.key\" under \"/srv\"\n    prefer fs.glob.live on linux because \"x\"\n}\n"
#define SOCKETS                                                                                    \
	ONLY("linux") "    isolate none\n    allow listen tcp \"*:8080\"\n    allow connect unix \"/run/s\"\n"   \
		      "    prefer net.listen.port, unix.abstract, unix.path on linux because \"x\"\n}\n"
#define AGAIN ONLY("macos") "    prefer proc.no_exec on macos because \"x\"\n}\n"
#define MOVES                                                                                      \
	ONLY("macos") "    allow read write \"/srv\"\n    deny read \"/srv/keys\"\n    allow exec \"/opt\" except \"/opt/x\"\n" \
		      "    prefer fs.read.deny, fs.read.scope, fs.write.deny-path, fs.exec.deny on macos because \"x\"\n}\n"
#define PROXIED                                                                                    \
	"sbx 1\nproxy e = unix \"/run/e\"\npolicy t {\n    targets linux\n    entry \"/bin/true\"\n    isolate none\n" \
	"    allow connect tcp \"a.example.org:443\" via e\n}\n"
#define PATH_LINE(rights, path) "path error follow " rights " t.sbx:1 " path "\nend\n"

static const struct widened {
	const char *policy;
	bool excuses; /* the artifact as it is differs from the policy */
	const char *name, *old, *new, *example;
} widened[] = {
    {HOLE("    isolate none\n", DENIALS), true, "landlock.conf", " /srv\n", " /\n", "read /"},
    {OPENED, true, "landlock.conf", "\nend\n", "\n" PATH_LINE("execute,read_file", "/bin"), "/bin"},
    {OPENED, true, "landlock.conf", "\nend\n", "\n" PATH_LINE("ioctl_dev", "/bin"), "ioctl /bin"},
    {OPENED, true, "landlock.conf", "\nend\n", "\n" PATH_LINE("write_file,truncate", "/bin"), "modify /bin"},
    {OPENED, true, "landlock.conf", " connect_tcp", "", "connect tcp"},
    {OPENED, true, "landlock.conf", "abstract_unix_socket ", "", "connect unix @"},
    {COVERED, true, "landlock.conf", "cover hide t.sbx:8 /srv/shut\n", "", "/srv/shut"},
    {PATTERN, true, "landlock.conf", "\nend\n", "\n" PATH_LINE("read_file", "/x.pem"), "read /x.pem"},
    {PATTERN, true, "landlock.conf", "\nend\n", "\n" PATH_LINE("write_file,truncate", "/srv/x.key"), "modify /srv/x.key"},
    {SOCKETS, true, "landlock.conf", "abstract_unix_socket ", "", "connect unix @"},
    {SOCKETS, true, "landlock.conf", " /run/s\n", " /run\n", "connect unix /run"},
    {SOCKETS, true, "landlock.conf", "\nend\n", "\nport bind_tcp 8090 t.sbx:6\nend\n", "listen tcp"},
    {PROXIED, false, "egress.yaml", "\"443\"", "\"443-444\"", "connect tcp a.example.org:444"},
    {AGAIN, false, "seatbelt.sb", "(subpath \"/bin/true\")", "(subpath \"/bin\")", "/bin"},
    {AGAIN, false, "seatbelt.sb", "process-fork)", "process-fork)\n(allow process-exec* (subpath \"/opt\"))", "exec /opt"},
    {MOVES, false, "seatbelt.sb", "(deny default)", "(deny default)\n(allow file-write* (subpath \"/opt\"))", "/opt"},
    {MOVES, false, "seatbelt.sb", "(deny default)", "(deny default)\n(allow file-read* (subpath \"/opt/y\"))", "/opt/y"},
};

Test(validate, an_excuse_covers_nothing_else)
{
	for (size_t i = 0; i < sizeof(widened) / sizeof(widened[0]); i++) {
		const struct widened *w = &widened[i];
		struct trial p = trial_of(w->policy);
		cr_expect(prove(&p), "%s", core_messages(p.c.arena, p.c.diags, DIAG_TEXT));
		cr_expect(!w->excuses || p.v.n_covered, "nothing was to be excused: %s", w->policy);
		arena_free(p.c.arena);
		p = trial_of(w->policy);
		change(&p, w->name, w->old, w->new);
		cr_expect_not(prove(&p), "%s: `%s` for `%s` passed", w->name, w->new, w->old);
		expect_internal(&p, w->example);
		arena_free(p.c.arena);
	}
}

/* The same of a test that gives values: what a mount keeps is not excused by what beside it is only preferred. */
Test(validate, an_excuse_covers_nothing_else_with_values)
{
	static const struct ir_binding given = {"d", "/home/u"};
	static const struct {
		const char *place, *cover;
		bool excused;
	} rows[] = {
	    {"/srv/shut", "cover hide t.sbx:9 /srv/shut\n", false},
	    {"/home/u/shut/x", "cover hide t.sbx:11 ${d}/shut\n", false},
	    {"/srv/blind/x", NULL, true},
	    {"/home/u/blind", NULL, true},
	};
	static const char text[] =
	    "sbx 1\nparam d: path at load\npolicy t {\n    targets linux\n    entry \"/bin/true\"\n"
	    "    isolate all\n    root host\n    allow read write \"/srv\", \"${d}\"\n    deny read write \"/srv/shut\"\n"
	    "    deny read \"/srv/blind\"\n    deny read write \"${d}/shut\"\n    deny read \"${d}/blind\"\n"
	    "    prefer fs.read.deny on linux because \"x\"\n}\n";
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct request r = {.target = TARGET_LINUX, .op = OP_READ, .object = rows[i].place, .given = &given, .n_given = 1};
		for (int without = 0; without < (rows[i].cover ? 2 : 1); without++) {
			struct trial p = trial_of(text);
			if (without)
				change(&p, "landlock.conf", rows[i].cover, "");
			p.v = (struct validator){.arena = p.c.arena, .diags = p.c.diags, .src = p.c.src, .meaning = p.m, .guarantees = &p.g};
			cr_assert(validator_open(&p.v, p.l.artifacts, p.l.n_artifacts));
			cr_expect_eq(validator_ask(&p.v, &r), !without, "%s, %d", r.object, without);
			cr_expect_eq(p.v.n_covered, rows[i].excused, "%s, %d", r.object, without);
			validator_close(&p.v);
			arena_free(p.c.arena);
		}
	}
}

static struct sock_filter *filter_of(struct trial *p, unsigned *n)
{
	struct artifact *f = core_artifact(p->l.artifacts, p->l.n_artifacts, "seccomp-x86_64.bpf");
	struct sock_filter *copy =
	    ARENA_ARRAY(p->c.arena, f->size / sizeof(*copy), struct sock_filter);
	memcpy(copy, f->data, f->size);
	*n = (unsigned)(f->size / sizeof(*copy));
	f->data = (const char *)copy;
	return copy;
}

/* Over all calls: a boundary may move where an earlier test has taken its number out. */
static bool same_for_all_calls(struct trial *p)
{
	p->v = (struct validator){.arena = p->c.arena,
				  .diags = p->c.diags,
				  .src = p->c.src,
				  .meaning = p->m,
				  .guarantees = &p->g};
	bool same = validator_open(&p->v, p->l.artifacts, p->l.n_artifacts) &&
		    validator_prove(&p->v, p->l.artifacts, p->l.n_artifacts);
	validator_close(&p->v);
	return same;
}

/* The witnesses find every change that the proof over all calls finds; false when there is none. */
static bool caught_bpf(unsigned at, struct sock_filter now)
{
	struct trial p = trial_new(), q = trial_new();
	unsigned n;
	struct sock_filter *f = filter_of(&p, &n), *g = filter_of(&q, &n);
	struct sock_filter was = f[at];
	f[at] = g[at] = now;
	bool same = same_for_all_calls(&q), passed = prove(&p);
	cr_expect_eq(passed, same, "instruction %u: code %u, constant %x for %x: %s", at, was.code,
		     now.k, was.k, passed ? "passed" : "did not pass");
	if (!passed)
		expect_internal(&p, "");
	arena_free(p.c.arena);
	arena_free(q.c.arena);
	return !same;
}

Test(validate, every_flipped_action_and_number_of_a_filter)
{
	struct trial p = trial_new();
	unsigned n, returns = 0, jumps = 0, changed = 0;
	struct sock_filter *f = filter_of(&p, &n);
	for (unsigned i = 0; i < n; i++) {
		struct sock_filter now = f[i];
		if (BPF_CLASS(now.code) == BPF_RET) {
			now.k = now.k == 0x7fff0000u ? 0x00050001u : 0x7fff0000u;
			returns++;
		} else if (BPF_CLASS(now.code) == BPF_JMP && BPF_OP(now.code) != BPF_JA) {
			now.k += 1;
			jumps++;
		} else {
			continue;
		}
		changed += caught_bpf(i, now);
	}
	cr_expect_geq(changed * 10, (returns + jumps) * 8, "%u of %u", changed, returns + jumps);
	cr_expect(returns >= 3 && jumps >= 20, "%u returns, %u jumps", returns, jumps);
	arena_free(p.c.arena);
}

Test(validate, requests_in_words)
{
	struct arena *a = arena_new();
	struct request net = {.op = OP_CONNECT_TCP, .object = "192.0.2.1", .port = 80};
	struct request path = {.op = OP_READ, .object = "/x"};
	struct request call = {.op = OP_SYSCALL, .arch = ARCH_X86_64, .nr = 101, .args = {16}};
	cr_expect_str_eq(request_text(a, &net), "connect tcp 192.0.2.1:80");
	cr_expect_str_eq(request_text(a, &path), "read /x");
	cr_expect_not_null(strstr(request_text(a, &call), "ptrace"));
	arena_free(a);
}
