/*
 * runtime_plan.c - launch.conf, landlock.conf, cgroup.conf: each canonical form passes, each line
 * that is wrong is refused.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "../../runtime/calls.h"
#include "../../runtime/cgroup_conf.h"
#include "../../runtime/guarantee.h"
#include "../../runtime/landlock_conf.h"
#include "../../runtime/template.h"

#define ID       "0123456789abcdef0123456789abcdef"
#define LAUNCH   "sbx-launch 1 " ID "\npolicy p 1.0\ntarget linux\n"
#define BASE     LAUNCH "arch x86_64\nisolate none\n"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct launch launch;

static enum err launch_err(const char *text)
{
	struct fault f;
	struct conf c = {"launch.conf", "launch", text, strlen(text), &f};

	memset(&launch, 0, sizeof(launch));
	return launch_read(&c, &launch) ? ERR_COUNT : f.id;
}

Test(runtime_launch, everything)
{
	cr_assert_eq(
	    launch_err(LAUNCH "arch x86_64 aarch64\nisolate user net\n"
			      "param a path required\nparam b string default x y\n"
			      "param c string default\n"
			      "guarantee fs.read.scope required landlock:1 t.sbx:3\n"
			      "guarantee res.memory preferred cgroup:memory t.sbx:4\n"
			      "entry t.sbx:5 ${a}/bin\nexec-fd 100\n"
			      "env-allow HOME\nenv-allow LC_*\nenv-deny LC_A\nenv-deny LC_B*\nenv-set A ${b}\nenv-set B\n"
			      "rlimit nofile 100\nrlimit core 0\nrlimit-fallback as 5 res.memory\n"
			      "notify report t.sbx:6\nsession new\nend\n"),
	    ERR_COUNT);
	cr_expect(span_is(launch.notify_where, "t.sbx:6"));
	cr_expect_eq(launch.arches, 3);
	cr_expect_eq(launch.isolate, 1 | 8);
	cr_expect_eq(launch.n_params, 3);
	cr_expect(launch.params[2].fallback.at && !launch.params[2].fallback.len);
	cr_expect_eq(launch.n_guarantees, 2);
	cr_expect_eq(launch.exec_fd, 100);
	cr_expect_eq(launch.n_env, 6);
	cr_expect_eq(launch.n_rlimits, 2);
	cr_expect_eq(launch.n_fallbacks, 1);
	cr_expect(launch.new_session);
	cr_expect_str_eq(launch.id, ID);
	cr_expect(launch_has_arch(&launch, "aarch64") && !launch_has_arch(&launch, "riscv64"));
}

static enum err macos_err(const char *text)
{
	struct fault f;
	struct conf c = {"launch-macos.conf", "launch", text, strlen(text), &f};

	memset(&launch, 0, sizeof(launch));
	return launch_read_macos(&c, &launch) ? ERR_COUNT : f.id;
}

#define MACOS "sbx-launch 1 " ID "\npolicy p 1.0\ntarget macos\n"

Test(runtime_launch, macos)
{
	struct span left;
	struct need need;

	cr_assert_eq(macos_err(MACOS "param a path required\nguarantee fs.read.scope required seatbelt t.sbx:3\n"
				     "entry t.sbx:5 ${a}/bin\nneed error t.sbx:6 /a b\nneed make t.sbx:7 ${a}/c\n"
				     "env-allow HOME\nenv-set A x\nrlimit nofile 100\nwall 5 t.sbx:8\nsession new\nend\n"),
		     ERR_COUNT);
	left = launch.needs;
	cr_assert(launch_need(&left, &need));
	cr_expect(!need.make && span_is(need.where, "t.sbx:6") && span_is(need.path, "/a b"));
	cr_assert(launch_need(&left, &need));
	cr_expect(need.make && span_is(need.where, "t.sbx:7") && span_is(need.path, "${a}/c"));
	cr_expect(!launch_need(&left, &need));
	cr_expect_eq(launch.wall.value, 5);
	cr_assert_eq(macos_err(MACOS "session new\nend\n"), ERR_COUNT);
	left = launch.needs;
	cr_expect(!launch_need(&left, &need));
}

Test(runtime_launch, macos_refusals)
{
	static const char *const texts[] = {
	    MACOS "end\n",
	    LAUNCH "session new\nend\n",
	    MACOS "arch x86_64\nsession new\nend\n",
	    MACOS "need skip t.sbx:6 /a\nsession new\nend\n",
	    MACOS "need make t.sbx:6\nsession new\nend\n",
	    MACOS "need make t.sbx:6 ${b}\nsession new\nend\n",
	    MACOS "env-allow A\nneed make t.sbx:6 /a\nsession new\nend\n",
	    MACOS "mount ro /a t.sbx:1 /b\nsession new\nend\n",
	};

	for (size_t i = 0; i < COUNT(texts); i++)
		cr_expect_eq(macos_err(texts[i]), ERR_SYNTAX, "text %zu", i);
	cr_expect_eq(launch_err(MACOS "session new\nend\n"), ERR_SYNTAX, "nor is it one for Linux");
}

#define VIEWS LAUNCH "arch x86_64\nisolate user mount uts\n"

Test(runtime_launch, around)
{
	char text[PLAN_MAX_LINE + 1];
	struct span source;

	cr_assert_eq(launch_err(VIEWS "root private\nhostname box-1.x\n"
				      "param a path required\nuser 65534\ndirectory t.sbx:1 ${a}/b c\n"
				      "mount ro ${a}/data\\x20store\\$ t.sbx:2 /srv/a b\n"
				      "mount rw / t.sbx:3 /srv/c\nscratch 4096 t.sbx:4 /tmp\n"
				      "discard 8192 t.sbx:5 /work\nstdin null\nterminal inherit\n"
				      "observe all\nsession new\nend\n"),
		     ERR_COUNT);
	cr_expect(launch.private_root && launch.user_set && launch.user.value == 65534);
	cr_expect(span_is(launch.hostname, "box-1.x"));
	cr_expect(span_is(launch.directory, "${a}/b c"));
	cr_assert_eq(launch.n_places, 4);
	cr_expect(launch.places[0].kind == PLACE_MOUNT && !launch.places[0].rw);
	cr_expect(word_template(launch.places[0].source, text, &source));
	cr_expect(span_is(source, "${a}/data store\\$"));
	cr_expect(launch.places[1].rw && launch.places[2].size.value == 4096);
	cr_expect(launch.places[3].kind == PLACE_DISCARD && launch.places[3].size.value == 8192);
	cr_expect(launch.stdin_mode == STDIN_NULL && launch.terminal == TERMINAL_INHERIT &&
		  launch.observe == OBSERVE_ALL);
}

Test(runtime_launch, around_malformed)
{
	static const char *const texts[] = {
	    BASE "root private\nend\n",
	    BASE "hostname box\nend\n",
	    BASE "user 1\nend\n",
	    BASE "mount ro /a t:1 /b\nend\n",
	    BASE "scratch 4096 t:1 /b\nend\n",
	    BASE "discard 4096 t:1 /b\nend\n",
	    VIEWS "root host\nend\n",
	    VIEWS "root private\nroot private\nend\n",
	    VIEWS "user 1\nroot private\nend\n",
	    VIEWS "hostname -box\nend\n",
	    VIEWS "hostname a_b\nend\n",
	    VIEWS "hostname "
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nend\n",
	    VIEWS "user 4294967295\nend\n",
	    VIEWS "user root\nend\n",
	    VIEWS "directory t:1\nend\n",
	    VIEWS "mount rx /a t:1 /b\nend\n",
	    VIEWS "mount ro /a\\x21 t:1 /b\nend\n",
	    VIEWS "mount ro /a t:1\nend\n",
	    VIEWS "mount ro /a t:1 /b\nmount ro /c t:1 /b\nend\n",
	    VIEWS "scratch 4095 t:1 /b\nend\n",
	    VIEWS "scratch 4096 t:1 /b\ndiscard 4096 t:1 /b\nend\n",
	    VIEWS "discard t:1 /b\nend\n",
	    VIEWS "discard 4095 t:1 /b\nend\n",
	    VIEWS "stdin inherit\nend\n",
	    VIEWS "terminal none\nend\n",
	    VIEWS "observe off\nend\n",
	    VIEWS "session new\nstdin null\nend\n",
	};

	for (size_t i = 0; i < COUNT(texts); i++)
		cr_expect_eq(launch_err(texts[i]), ERR_SYNTAX, "%s", texts[i]);
}

Test(runtime_launch, least)
{
	cr_assert_eq(launch_err(BASE "end\n"), ERR_COUNT);
	cr_expect_eq(launch.exec_fd, -1);
	cr_expect_null(launch.entry.at);
}

Test(runtime_launch, malformed)
{
	static const char *const texts[] = {
	    LAUNCH "arch\nisolate none\nend\n",
	    LAUNCH "arch i386\nisolate none\nend\n",
	    BASE "notify allow t.sbx:1\nend\n",
	    BASE "notify report\nend\n",
	    BASE "session new\nnotify report t.sbx:1\nend\n",
	    LAUNCH "arch aarch64 x86_64\nisolate none\nend\n",
	    LAUNCH "arch x86_64 x86_64\nisolate none\nend\n",
	    LAUNCH "arch x86_64\nisolate\nend\n",
	    LAUNCH "arch x86_64\nisolate none user\nend\n",
	    LAUNCH "arch x86_64\nisolate net user\nend\n",
	    LAUNCH "arch x86_64\nend\n",
	    "sbx-launch 1 " ID "\npolicy p 1.0\ntarget macos\narch x86_64\nisolate none\nend\n",
	    "sbx-launch 1 " ID "\npolicy p\ntarget linux\narch x86_64\nisolate none\nend\n",
	    BASE "param A path required\nend\n",
	    BASE "param 1a path required\nend\n",
	    BASE "param a thing required\nend\n",
	    BASE "param a path optional\nend\n",
	    BASE "param a path required x\nend\n",
	    BASE "param a path default ${HOME}\nend\n",
	    BASE "param a path required\nparam a path required\nend\n",
	    BASE "guarantee a needed landlock:1 t:1\nend\n",
	    BASE "guarantee a required none t:1\nend\n",
	    BASE "guarantee a required rlimit\nend\n",
	    BASE "guarantee a required rlimit t:1 x\nend\n",
	    BASE "guarantee a required rlimit t:1\nguarantee a required rlimit t:1\nend\n",
	    BASE "entry t:1\nend\n",
	    BASE "entry t:1 ${nobody}\nend\n",
	    BASE "entry t:1 /a\nentry t:1 /a\nend\n",
	    BASE "exec-fd 100\nrlimit nofile 10\nend\n",
	    BASE "entry t:1 /a\nexec-fd 2\nrlimit nofile 1\nend\n",
	    BASE "entry t:1 /a\nexec-fd 100\nend\n",
	    BASE "entry t:1 /a\nexec-fd 100\nrlimit nofile 101\nend\n",
	    BASE "entry t:1 /a\nexec-fd 1048577\nrlimit nofile 10\nend\n",
	    BASE "env-allow *\nend\n",
	    BASE "env-deny *\nend\n",
	    BASE "env-deny A\nenv-allow B\nend\n",
	    BASE "env-deny A\nenv-deny A\nend\n",
	    BASE "env-allow A=B\nend\n",
	    BASE "env-allow A**\nend\n",
	    BASE "env-allow 1A\nend\n",
	    BASE "env-allow A\nenv-allow A\nend\n",
	    BASE "env-set A $x\nend\n",
	    BASE "env-set A x\nenv-set A y\nend\n",
	    BASE "rlimit nofiles 1\nend\n",
	    BASE "rlimit nofile -1\nend\n",
	    BASE "rlimit nofile unlimited\nend\n",
	    BASE "rlimit nofile 1\nrlimit nofile 1\nend\n",
	    BASE "rlimit nofile 9223372036854775808\nend\n",
	    BASE "rlimit-fallback as 5 res.memory\nend\n",
	    BASE "guarantee res.memory required rlimit t:1\nrlimit-fallback as 5 res.memory\nend\n",
	    BASE "session old\nend\n",
	    BASE "session new\nsession new\nend\n",
	};

	for (size_t i = 0; i < COUNT(texts); i++)
		cr_expect_eq(launch_err(texts[i]), ERR_SYNTAX, "text %zu: %s", i,
			     texts[i] + strlen(LAUNCH));
}

/* n lines "PREFIX i SUFFIX" after BASE. */
static enum err launch_many(unsigned n, const char *format)
{
	static char text[PLAN_MAX_ENV * 64];
	size_t at = (size_t)sprintf(text, "%s", BASE);

	for (unsigned i = 0; i < n; i++) {
		const char *slot = strchr(format, '#');
		at += (size_t)sprintf(text + at, "%.*s%u%s", (int)(slot - format), format, i,
				      slot + 1);
	}
	strcpy(text + at, "end\n");
	return launch_err(text);
}

Test(runtime_launch, limits)
{
	cr_expect_eq(launch_many(PLAN_MAX_PARAMS, "param p# path required\n"), ERR_COUNT);
	cr_expect_eq(launch_many(PLAN_MAX_PARAMS + 1, "param p# path required\n"), ERR_SYNTAX);
	cr_expect_eq(launch_many(PLAN_MAX_GUARANTEES, "guarantee g# required rlimit t:1\n"),
		     ERR_COUNT);
	cr_expect_eq(launch_many(PLAN_MAX_GUARANTEES + 1, "guarantee g# required rlimit t:1\n"),
		     ERR_SYNTAX);
	cr_expect_eq(launch_many(PLAN_MAX_ENV, "env-allow E#\n"), ERR_COUNT);
	cr_expect_eq(launch_many(PLAN_MAX_ENV + 1, "env-allow E#\n"), ERR_SYNTAX);
	cr_expect_eq(launch_many(PLAN_MAX_ENV + 1, "env-set E# x\n"), ERR_SYNTAX);
}

/* n letters in the place of the sign. */
static enum err launch_long(unsigned n, const char *format)
{
	static char text[2 * PLAN_MAX_LINE];
	const char *slot = strchr(format, '#');
	size_t at = (size_t)sprintf(text, "%.*s", (int)(slot - format), format);
	memset(text + at, 'a', n);
	strcpy(text + at + n, slot + 1);
	return launch_err(text);
}

Test(runtime_launch, sizes)
{
	static char text[(PLAN_MAX_PLACES + 2) * 32 + 512];
	static const char fallbacks[] = BASE "guarantee res.memory preferred cgroup:memory t:1\n";
	for (unsigned more = 0; more < 2; more++) {
		enum err want = more ? ERR_SYNTAX : ERR_COUNT;
		size_t at = (size_t)sprintf(text, "%s", VIEWS "root private\n");
		for (unsigned i = 0; i < PLAN_MAX_PLACES + more; i++)
			at += (size_t)sprintf(text + at, "scratch 4096 t:4 /s/%u\n", i);
		strcpy(text + at, "end\n");
		cr_expect_eq(launch_err(text), want, "places");
		cr_expect_eq(launch_long(PLAN_MAX_HOSTNAME + more, VIEWS "hostname #\nend\n"), want, "host name");
		sprintf(text, BASE "entry t:1 /a\nexec-fd %u\nrlimit nofile %u\nend\n", PLAN_MAX_EXEC_FD + more, PLAN_MAX_EXEC_FD);
		cr_expect_eq(launch_err(text), want, "exec-fd");
		at = (size_t)sprintf(text, "%s", fallbacks);
		for (unsigned i = 0; i < PLAN_MAX_FALLBACKS + more; i++)
			at += (size_t)sprintf(text + at, "rlimit-fallback as 5 res.memory\n");
		strcpy(text + at, "end\n");
		cr_expect_eq(launch_err(text), want, "fallbacks");
	}
	/* a line with its newline; what is longer is refused whatever it says */
	unsigned fixed = (unsigned)strlen("env-set A \n");
	cr_expect_eq(launch_long(PLAN_MAX_LINE - fixed, BASE "env-set A #\nend\n"), ERR_COUNT);
	cr_expect_eq(launch_long(PLAN_MAX_LINE - fixed + 2, BASE "env-set A #\nend\n"), ERR_SYNTAX);
}

/* *out lives until the next call. */
static enum err landlock_err(const char *text, struct landlock *out)
{
	static struct pool pool;
	static struct param param = {.name = {"port", 4}, .type = VALUE_PORT, .value = "80"};
	static const struct vars vars = {.params = &param, .n_params = 1};
	char id[PLAN_ID_LEN + 1] = "";
	struct fault f;
	struct conf c = {"landlock.conf", "landlock", text, strlen(text), &f};

	pool_close(&pool);
	pool_open(&pool, 1);
	return landlock_read(&c, &vars, id, &pool, out) ? ERR_COUNT : f.id;
}

#define LANDLOCK "sbx-landlock 1 " ID "\nhandle-fs execute read_file\n"
#define NET      LANDLOCK "handle-net bind_tcp\n"

Test(runtime_landlock, everything)
{
	struct landlock l;

	cr_assert_eq(
	    landlock_err(LANDLOCK
			 "handle-net bind_tcp connect_tcp\nscope abstract_unix_socket "
			 "signal\nentry execute,read_file t:1 /a b\n"
			 "path error follow execute t:2 ${HOME}/x\n"
			 "path skip nofollow read_file t:2 /\npath make follow read_file t:2 /m\n"
			 "port bind_tcp,connect_tcp ${port} t:3\nport bind_tcp 0 t:3\n"
			 "assert read_file t:4 /secret\ncover hide t:5 /x y\n"
			 "cover ro,noexec t:6 ${HOME}\ncover-glob hide t:7 *.pem /s\nend\n",
			 &l),
	    ERR_COUNT);
	cr_expect_eq(l.fs, 1 | 4);
	cr_expect_eq(l.net, 3);
	cr_expect_eq(l.scope, 3);
	cr_expect_eq(l.n_paths, 3);
	cr_expect_eq(l.n_ports, 2);
	cr_expect_eq(l.n_asserts, 1);
	cr_expect_eq(l.n_masks, 1);
}

/* A path that begins as the one before it is not read word by word: all of its words are its own nonetheless. */
Test(runtime_landlock, paths_that_begin_alike)
{
	static const struct {
		const char *head;
		enum missing missing;
		bool nofollow;
		uint64_t rights;
	} lines[] = {
	    {"skip follow read_file", MISSING_SKIP, false, 4},
	    {"skip follow read_file", MISSING_SKIP, false, 4},
	    {"skip follow execute,read_file", MISSING_SKIP, false, 5},
	    {"skip follow execute", MISSING_SKIP, false, 1},
	    {"skip nofollow execute", MISSING_SKIP, true, 1},
	    {"skip nofollow execute", MISSING_SKIP, true, 1},
	    {"error nofollow execute", MISSING_ERROR, true, 1},
	    {"make follow execute,read_file", MISSING_MAKE, false, 5},
	    {"make follow execute,read_file", MISSING_MAKE, false, 5},
	};
	enum { LINES = sizeof(lines) / sizeof(lines[0]) };
	char text[2048], place[16];
	struct landlock l;
	size_t n = (size_t)sprintf(text, "%s", LANDLOCK);

	for (unsigned i = 0; i < LINES; i++)
		n += (size_t)sprintf(text + n, "path %s t:%u /a%u\n", lines[i].head, i, i);
	sprintf(text + n, "end\n");
	cr_assert_eq(landlock_err(text, &l), ERR_COUNT);
	cr_assert_eq(l.n_paths, LINES);
	for (unsigned i = 0; i < LINES; i++) {
		const struct landlock_rule *r = &l.rules[i];
		sprintf(place, "/a%u", i);
		cr_expect(r->missing == lines[i].missing && r->nofollow == lines[i].nofollow && r->rights == lines[i].rights, "line %u", i);
		cr_expect(span_is(r->place, place) && r->where.at[2] == place[2], "line %u", i);
	}
}

static bool count_path(void *ctx, const struct landlock_rule *r)
{
	unsigned *n = ctx;

	return r->kind == RULE_PATH && r->rights == 4 && span_is(r->place, "/a") && ++*n;
}

/* Rules are kept in a room that grows. */
Test(runtime_landlock, many)
{
	enum { MANY_RULES = 5000 };
	static char text[MANY_RULES * 64];
	unsigned seen = 0;
	const struct landlock_visitor visitor = {.path = count_path, .ctx = &seen};
	struct landlock l;
	size_t n = (size_t)sprintf(text, "%s", LANDLOCK);

	for (unsigned i = 0; i < MANY_RULES; i++)
		n += (size_t)sprintf(text + n, "path skip follow read_file t:1 /a\n");
	sprintf(text + n, "assert read_file t:2 /b\nend\n");
	cr_assert_eq(landlock_err(text, &l), ERR_COUNT);
	cr_expect_eq(l.n_rules, MANY_RULES + 1);
	cr_expect(landlock_visit(&l, &visitor));
	cr_expect_eq(seen, MANY_RULES);
}

Test(runtime_landlock, malformed)
{
	static const char *const texts[] = {
	    "sbx-landlock 1 " ID "\nend\n",
	    "sbx-landlock 1 " ID "\nhandle-fs\nend\n",
	    "sbx-landlock 1 " ID "\nhandle-fs read_file execute\nend\n",
	    "sbx-landlock 1 " ID "\nhandle-fs execute execute\nend\n",
	    "sbx-landlock 1 " ID "\nhandle-fs everything\nend\n",
	    LANDLOCK "path error follow write_file t:1 /a\nend\n",
	    LANDLOCK "path error follow read_file,execute t:1 /a\nend\n",
	    LANDLOCK "path error follow execute, t:1 /a\nend\n",
	    LANDLOCK "path error follow ,execute t:1 /a\nend\n",
	    LANDLOCK "path error execute t:1 /a\nend\n",
	    LANDLOCK "path fail follow execute t:1 /a\nend\n",
	    LANDLOCK "path error follow execute t:1\nend\n",
	    LANDLOCK "path error follow execute t:1 ${nobody}\nend\n",
	    LANDLOCK "path error follow execute t:1 /a\\q\nend\n",
	    LANDLOCK "path error follow execute t:1 /a\npath error follow execute\nend\n",
	    LANDLOCK "path error follow execute t:1 /a\npath error follow execute \nend\n",
	    LANDLOCK "path error follow execute t:1 /a\npath error follow execute t:1\nend\n",
	    LANDLOCK "path error follow execute t:1 /a\npath error follow execute  t:1 /a\nend\n",
	    LANDLOCK "path error follow execute t:1 /a\npath error follow execute,write_file t:1 /a\nend\n",
	    LANDLOCK "entry execute t:1 /a\nentry execute t:1 /a\nend\n",
	    LANDLOCK "scope everything\nend\n",
	    LANDLOCK "port bind_tcp 80 t:1\nend\n",
	    NET "port bind_tcp 65536 t:1\nend\n",
	    NET "port bind_tcp ${nobody} t:1\nend\n",
	    NET "port bind_tcp ${} t:1\nend\n",
	    NET "port bind_tcp ${ t:1\nend\n",
	    NET "port bind_tcp 80\nend\n",
	    NET "port connect_tcp 80 t:1\nend\n",
	    NET "port bind_tcp 80 t:1 x\nend\n",
	    NET "port bind_tcp 80 t:1\npath error follow execute t:1 /a\nend\n",
	    LANDLOCK "assert write_file t:1 /a\nend\n",
	    LANDLOCK "assert-outside execute t:1 0 /a\nend\n",
	    LANDLOCK "assert-outside execute t:1 2 /a/b /a\nend\n",
	    LANDLOCK "assert-outside execute t:1 /a/b /a\nend\n",
	    LANDLOCK "assert-outside execute t:1 1 ${nobody}/b /a\nend\n",
	    LANDLOCK "assert-outside execute t:1 1 /a/b\nend\n",
	    LANDLOCK "cover t:1 /a\nend\n",
	    LANDLOCK "cover hidden t:1 /a\nend\n",
	    LANDLOCK "cover ro t:1\nend\n",
	    LANDLOCK "cover noexec,ro t:1 /a\nend\n",
	    LANDLOCK "cover-glob rw t:1 *.x /a\nend\n",
	    LANDLOCK "cover-glob hide t:1 a/b /a\nend\n",
	    LANDLOCK "cover-glob hide t:1 * /a\nend\n",
	    LANDLOCK "cover-glob hide t:1 *.x\nend\n",
	    LANDLOCK "cover-glob hide t:1 *.x ${nobody}\nend\n",
	    LANDLOCK "cover-glob hide t:1 *.x /a\ncover hide t:1 /a\nend\n",
	    LANDLOCK "cover ro t:1 /a\nassert execute t:1 /a\nend\n",
	};
	struct landlock l;

	for (size_t i = 0; i < COUNT(texts); i++)
		cr_expect_eq(landlock_err(texts[i], &l), ERR_SYNTAX, "text %zu: %s", i, texts[i]);
}

Test(runtime_landlock, rights_by_abi)
{
	/* the unions that the kernel's documentation gives */
	static const uint64_t fs[] = {0,      0x1fff, 0x3fff, 0x7fff, 0x7fff,
				      0xffff, 0xffff, 0xffff, 0xffff, 0x1ffff};
	struct text t;
	char buf[64];

	for (unsigned abi = 0; abi < COUNT(fs); abi++)
		cr_expect_eq(fs_rights_of_abi(abi), fs[abi], "ABI %u", abi);
	cr_expect_eq(net_rights_of_abi(3), 0);
	cr_expect_eq(net_rights_of_abi(4), 3);
	cr_expect_eq(net_rights_of_abi(10), 15);
	cr_expect_eq(scopes_of_abi(5), 0);
	cr_expect_eq(scopes_of_abi(6), 3);
	cr_expect_eq(fs_rights_of_files(), 1 | 2 | 4 | 1 << 14 | 1 << 15 | 1 << 16);
	t = text_over(buf, sizeof(buf));
	fs_rights_text(1 | 8, &t);
	cr_expect_str_eq(buf, "execute,read_dir");
}

/* A number may come from a param, if nothing that the param can hold is out of the bounds of the line. */
Test(runtime_launch, numbers_at_the_start)
{
#define COUNTED BASE "param n count default 20\nparam t duration required\n"
	static const char *const bad[] = {
	    COUNTED "rlimit nofile ${n}\nsession new\nend\n", /* no range */
	    COUNTED "range n 2 1 t:1\nsession new\nend\n",
	    COUNTED "range m 1 2 t:1\nsession new\nend\n",
	    COUNTED "range n 1 2 t:1\nrange n 1 2 t:1\nsession new\nend\n",
	    COUNTED "range n 1 9 t:1\nrlimit cpu ${n}\nsession new\nend\n", /* no time */
	    COUNTED "range n 1 9 t:1\nrlimit nofile ${m}\nsession new\nend\n",
	    COUNTED "range n 1 9 t:1\nrlimit nofile ${n\nsession new\nend\n",
	    COUNTED "range t 0 9 t:1\nwall ${t} t:1\nsession new\nend\n",
	    COUNTED "range n 3 9 t:1\nentry t:1 /x\nexec-fd 8\nrlimit nofile ${n}\nsession new\nend\n",
	};
	struct vars v = {.params = launch.params};
	const struct assignment good = {span_of("t"), "1500ms"}, high = {span_of("t"), "3s"};
	struct fault f;

	for (size_t i = 0; i < COUNT(bad); i++)
		cr_expect_eq(launch_err(bad[i]), ERR_SYNTAX, "%s", bad[i]);
	cr_assert_eq(launch_err(COUNTED "range n 3 20 t:1\nrange t 1 2000 t:2\nentry t:1 /x\nexec-fd 20\n"
					"rlimit nofile ${n}\nrlimit cpu ${t}\nwall ${t} t:2\nsession new\nend\n"),
		     ERR_COUNT);
	v.n_params = launch.n_params;
	v.pool = &(struct pool){.at = NULL};
	launch.params[0].value = "20"; /* no default is looked at: no pool is needed */
	launch.params[0].number = 20;
	cr_assert(params_set(&v, &good, 1, &f));
	cr_expect_eq(rlimit_value(&launch.rlimits[0], &v), 20);
	cr_expect_eq(rlimit_value(&launch.rlimits[1], &v), 2); /* a started second counts whole */
	cr_expect_eq(amount_get(&v, &launch.wall), 1500);
	launch.params[1].value = NULL;
	cr_expect(!params_set(&v, &high, 1, &f));
	cr_expect_eq(f.id, ERR_SET_VALUE);
}

static struct vars two_params(struct param p[2])
{
	p[0] = (struct param){.name = span_of("n"), .type = VALUE_COUNT, .number = 7, .bounded = true, .least = 1, .most = 9};
	p[1] = (struct param){.name = span_of("s"), .type = VALUE_PERCENT, .number = 50, .bounded = true, .least = 1, .most = 200};
	return (struct vars){.params = p, .n_params = 2};
}

static enum err cgroup_err(const char *lines)
{
	char id[PLAN_ID_LEN + 1] = "", text[512];
	struct fault f;
	struct conf c = {"cgroup.conf", "cgroup", text, 0, &f};
	struct cgroup_conf out;

	c.size = (size_t)snprintf(text, sizeof(text), "sbx-cgroup 1 %s\n%s", ID, lines);
	struct param params[2];
	struct vars v = two_params(params);
	return cgroup_read(&c, &v, id, &out) ? ERR_COUNT : f.id;
}

Test(runtime_cgroup, settings)
{
	static const char *const bad[] = {
	    "memory.max\nend\n",
	    "memory.max 1K\nend\n",
	    "memory.max 9223372036854775808\nend\n",
	    "memory.max 1 2\nend\n",
	    "memory.max 1\nmemory.max 1\nend\n",
	    "memory.oom.group 2\nend\n",
	    "cpu.max 999 100000\nend\n",
	    "cpu.max 50000\nend\n",
	    "cpu.max 50000 100000 7\nend\n",
	    "cpu.max 50000 1000001\nend\n",
	    "cpu.weight 0\nend\n",
	    "pids.max 4194305\nend\n",
	    "cgroup.procs 1\nend\n",
	    "../memory.max 1\nend\n",
	    "memory.max 1\n",
	    "memory.max ${n}\nend\n", /* a count is no size */
	    "pids.max ${m}\nend\n",
	    "pids.max ${n\nend\n",
	    "memory.oom.group ${n}\nend\n",
	    "cpu.max ${s} 50000\nend\n", /* a share of another period */
	};
	struct param params[2];
	struct vars v = two_params(params);
	char text[64];
	struct text t = text_over(text, sizeof(text));
	const struct cgroup_setting share = {.file = "cpu.max", .value = span_of("${s} 100000")};

	cr_expect_eq(cgroup_err("memory.swap.max 0\nmemory.max 268435456\nmemory.oom.group 1\n"
				"cpu.max 50000 100000\npids.max 64\nend\n"),
		     ERR_COUNT);
	cr_expect_eq(cgroup_err("cpu.max max 100000\npids.max max\nend\n"), ERR_COUNT);
	cr_expect_eq(cgroup_err("cpu.max ${s} 100000\npids.max ${n}\nend\n"), ERR_COUNT);
	cgroup_value(&share, &v, &t);
	cr_expect_str_eq(text, "50000 100000"); /* half of one CPU */
	for (size_t i = 0; i < COUNT(bad); i++)
		cr_expect_eq(cgroup_err(bad[i]), ERR_SYNTAX, "%s", bad[i]);
}

static enum err weigh(const char *line, struct host host)
{
	char text[512];
	struct fault f;

	snprintf(text, sizeof(text), "%s%send\n", BASE, line);
	cr_assert_eq(launch_err(text), ERR_COUNT);
	return guarantees_check(&launch, &host, &f) ? ERR_COUNT : f.id;
}

Test(runtime_guarantee, hosts)
{
	const struct host full = {.landlock = 7, .seccomp = true};
	const struct host bare = {.landlock_error = 38, .seccomp = true};
	const struct host blind = {.landlock = 7, .seccomp_error = 38};

	cr_expect_eq(weigh("", full), ERR_COUNT);
	cr_expect_eq(weigh("", bare), ERR_GUARANTEE);
	cr_expect_eq(weigh("", blind), ERR_GUARANTEE);
	cr_expect_eq(weigh("guarantee a required landlock:7 t:1\n", full), ERR_COUNT);
	cr_expect_eq(weigh("guarantee a required landlock:8 t:1\n", full), ERR_GUARANTEE);
	cr_expect_eq(weigh("guarantee a preferred landlock:8 t:1\n", full), ERR_COUNT);
	cr_expect_eq(weigh("guarantee a preferred landlock:1 t:1\n", bare), ERR_COUNT);
	cr_expect_eq(weigh("guarantee a preferred seccomp t:1\n", blind), ERR_COUNT);
	cr_expect_eq(weigh("guarantee a required seccomp+landlock:8 t:1\n", full), ERR_GUARANTEE);
	cr_expect_eq(weigh("guarantee a required seccomp+ t:1\n", full), ERR_COUNT);
	cr_expect_eq(weigh("guarantee a required +seccomp t:1\n", full), ERR_GUARANTEE);
	cr_expect_eq(weigh("guarantee a required landlock:0 t:1\n", full), ERR_GUARANTEE);
	cr_expect_eq(weigh("guarantee a required landlock: t:1\n", full), ERR_GUARANTEE);
	cr_expect_eq(weigh("guarantee a required cgroup: t:1\n", full), ERR_GUARANTEE);
}

static enum err calls_err(const char *text)
{
	char whole[4096], id[PLAN_ID_LEN + 1] = "";
	struct fault f;
	struct conf c = {"seccomp-x86_64.calls", "calls", whole, 0, &f};

	c.size = (size_t)snprintf(whole, sizeof(whole), "sbx-calls 1 " ID "\n%s", text);
	return calls_read(&c, id) ? ERR_COUNT : f.id;
}

Test(runtime_calls, lines)
{
	static const char *const bad[] = {
	    "refused 1 2\nend\n",
	    "refused 1 x name\nend\n",
	    "refused 4294967296 2 name\nend\n",
	    "refused 1 4294967296 name\nend\n",
	    "refused 1 2 \nend\n",
	    "denied 1 2 name\nend\n",
	    "refused 1 2 name\n",
	};

	cr_expect_eq(calls_err("end\n"), ERR_COUNT);
	cr_expect_eq(calls_err("used 1 2 a (2), allowed by t.sbx:1\nrefused 4294967295 4294967295 b\nend\n"), ERR_COUNT);
	for (size_t i = 0; i < COUNT(bad); i++)
		cr_expect_eq(calls_err(bad[i]), ERR_SYNTAX, "%s", bad[i]);
}

Test(runtime_calls, found)
{
	static const char text[] = "sbx-calls 1 " ID "\nused 1 2 a\nrefused 1 2 b c\nrefused 3 2 d\nrefused 1 4 e\nend\n";
	const struct span file = {text, sizeof(text) - 1};

	cr_expect(span_is(calls_find(file, false, 1, 2), "a"));
	cr_expect(span_is(calls_find(file, true, 1, 2), "b c"));
	cr_expect(span_is(calls_find(file, true, 3, 2), "d"));
	cr_expect(span_is(calls_find(file, true, 1, 4), "e"));
	cr_expect_eq(calls_find(file, false, 3, 2).len, 0);
	cr_expect_eq(calls_find((struct span){0}, true, 1, 2).len, 0);
}
