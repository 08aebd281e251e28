/*
 * landlock_model.c - the reader of landlock.conf refuses what is malformed, and what it says equals
 * S1.
 */
#include "lower_ir.h"

#define HEAD "sbx-landlock 1 " TEST_PLAN_ID "\n"
#define FS                                                                                         \
	"handle-fs execute write_file read_file read_dir remove_dir remove_file make_dir "         \
	"make_reg make_sock "                                                                      \
	"make_fifo make_sym refer truncate ioctl_dev resolve_unix\n"
#define NET "handle-net bind_tcp connect_tcp bind_udp connect_send_udp\n"

static void *open_conf(struct arena *a, const char *text)
{
	const char *error = NULL;
	void *m = open_text(a, &landlock_backend, "landlock.conf", text, &error);
	cr_assert((m == NULL) == (error != NULL));
	return m;
}

static bool stops(const void *m, enum op op, const char *object, unsigned port)
{
	struct arena *scratch = arena_new();
	struct request r = {
	    .target = TARGET_LINUX, .op = op, .object = object, .port = (uint16_t)port};
	bool s = landlock_backend.model_decide(m, scratch, &r).stops;
	arena_free(scratch);
	return s;
}

Test(landlock_model, malformed_files_are_refused)
{
	static const char *const bad[] = {
	    "",
	    "sbx-landlock 1 " TEST_PLAN_ID,
	    HEAD,
	    HEAD "end\n",
	    HEAD FS,
	    HEAD FS "end",
	    HEAD FS "end \n",
	    HEAD FS "end\n\n",
	    HEAD FS "end\nend\n",
	    HEAD FS FS "end\n",
	    HEAD NET FS "end\n",
	    HEAD FS "\nend\n",
	    HEAD "handle-fs\nend\n",
	    HEAD "handle-fs read_file execute\nend\n",
	    HEAD "handle-fs execute execute\nend\n",
	    HEAD "handle-fs  execute\nend\n",
	    HEAD "handle-fs fly\nend\n",
	    HEAD FS "scope\nend\n",
	    HEAD FS "scope signal abstract_unix_socket\nend\n",
	    HEAD FS "path error follow read_file p:1\nend\n",
	    HEAD FS "path error follow read_file p:1 \nend\n",
	    HEAD FS "path error follow read_file,read_file p:1 /x\nend\n",
	    HEAD FS "path error follow read_file, p:1 /x\nend\n",
	    HEAD FS "path error follow read_dir,read_file p:1 /x\nend\n",
	    HEAD FS "path maybe follow read_file p:1 /x\nend\n",
	    HEAD FS "path error link read_file p:1 /x\nend\n",
	    HEAD FS "path error follow read_file p:1 x\nend\n",
	    HEAD FS "path error follow read_file p:1 /x/../y\nend\n",
	    HEAD FS "path error follow read_file p:1 /x$y\nend\n",
	    HEAD FS "path error follow read_file p:1 /x${y\nend\n",
	    HEAD FS "path error follow read_file p:1 /x\\q\nend\n",
	    HEAD FS "path error follow read_file p:1 /x\\x41\nend\n",
	    HEAD FS "path error follow read_file p:1 /x\\x1F\nend\n",
	    HEAD FS "path error follow write_file p:1 /x\nend\n",
	    HEAD FS "path error follow make_dir,refer p:1 /x\nend\n",
	    HEAD FS "path error follow refer p:1 /x\nend\n",
	    HEAD FS "path error follow make_sock p:1 /x\nend\n",
	    HEAD "handle-fs read_file make_char\npath error follow make_char p:1 /x\nend\n",
	    HEAD "handle-fs read_file\npath error follow read_dir p:1 /x\nend\n",
	    HEAD FS "entry read_file p:1 /x\nend\n",
	    HEAD FS "entry execute,read_file p:1 /x\nentry execute,read_file p:1 /x\nend\n",
	    HEAD FS "port connect_tcp 443 p:1\nend\n",
	    HEAD FS NET "port connect_tcp 65536 p:1\nend\n",
	    HEAD FS NET "port connect_tcp 0443 p:1\nend\n",
	    HEAD FS NET "port connect_tcp 443\nend\n",
	    HEAD FS NET "port connect_tcp 443 p:1 x\nend\n",
	    HEAD FS NET "port connect_tcp ${p}1 p:1\nend\n",
	    HEAD FS NET "port connect_tcp 443 p:1\nport bind_tcp 443 p:1\nend\n",
	    HEAD FS "assert read_file p:1\nend\n",
	    HEAD FS "assert-outside read_file p:1 0 /x\nend\n",
	    HEAD FS "assert-outside read_file p:1 1 /x\nend\n",
	    HEAD FS "assert-outside read_file p:1 /x/y /x\nend\n",
	    HEAD FS "assert-outside read_file p:1 1 /x\\q /x\nend\n",
	    HEAD FS "assert-outside read_file p:1 1 /x/y /x\nassert read_file p:1 /z\nend\n",
	    HEAD FS "assert read_file p:1 /x\npath error follow read_file p:1 /y\nend\n",
	    HEAD FS "rule\nend\n",
	    "sbx-landlock 2 " TEST_PLAN_ID "\n" FS "end\n",
	    "sbx-launch 1 " TEST_PLAN_ID "\n" FS "end\n",
	    "sbx-landlock 1 0123456789ABCDEF0123456789abcdef\n" FS "end\n",
	    "sbx-landlock 1 0123\n" FS "end\n",
	};
	struct arena *a = arena_new();
	cr_assert_not_null(open_conf(a, HEAD FS NET
				     "scope signal\nentry execute,read_file p:1 /e\n"
				     "path error follow read_file p:1 /x y\\x1f\\\\\\$${HOME}\n"
				     "port connect_tcp 443 p:1\nport bind_tcp ${p} p:1\n"
				     "assert read_file p:1 /z\n"
				     "assert-outside read_file p:1 2 ${HOME}/z /z/a\\x20b /z\nend\n"));
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_null(open_conf(a, bad[i]), "accepted: %s", bad[i]);
	arena_free(a);
}

Test(landlock_model, every_cut_is_refused)
{
	const char *text =
	    HEAD FS "path error follow read_file p:1 /x\nassert read_file p:1 /z\nend\n";
	struct arena *a = arena_new();
	cr_expect_not_null(open_conf(a, text));
	for (size_t n = 0; n < strlen(text); n++)
		cr_expect_null(open_conf(a, arena_strndup(a, text, n)), "cut at %zu", n);
	arena_free(a);
}

Test(landlock_model, rights_are_united_up_the_path)
{
	struct arena *a = arena_new();
	const void *m = open_conf(a, HEAD FS "path error follow read_file p:1 /a\n"
					     "path error follow execute p:1 /a/b\n"
					     "path error follow read_dir p:1 /\nend\n");
	cr_assert_not_null(m);
	cr_expect_not(stops(m, OP_READ, "/a/b/c", 0));
	cr_expect_not(stops(m, OP_EXEC, "/a/b/c", 0));
	cr_expect(stops(m, OP_EXEC, "/a/c", 0));
	cr_expect(stops(m, OP_READ, "/ab", 0));
	cr_expect(stops(m, OP_READ, "/", 0));
	cr_expect_not(stops(m, OP_LIST, "/", 0));
	cr_expect_not(stops(m, OP_LIST, "/q/r", 0));
	cr_expect(stops(m, OP_MODIFY, "/a", 0));
	arena_free(a);
}

Test(landlock_model, what_is_not_handled_is_not_stopped)
{
	struct arena *a = arena_new();
	const void *m = open_conf(a, HEAD "handle-fs read_file\nhandle-net connect_tcp\nend\n");
	cr_assert_not_null(m);
	cr_expect(stops(m, OP_READ, "/x", 0));
	cr_expect_not(stops(m, OP_LIST, "/x", 0));
	cr_expect(stops(m, OP_CONNECT_TCP, "*", 1));
	cr_expect_not(stops(m, OP_LISTEN_TCP, "*", 1));
	cr_expect_not(stops(m, OP_CONNECT_UNIX, "/x", 0));
	cr_expect_not(stops(m, OP_CONNECT_UNIX, "@x", 0));
	cr_expect_not(stops(m, OP_ENV, "X", 0));
	arena_free(a);
}

Test(landlock_model, ports_and_sockets)
{
	struct arena *a = arena_new();
	const void *m =
	    open_conf(a, HEAD FS NET "scope abstract_unix_socket signal\n"
				     "path error follow resolve_unix p:1 /run/s\n"
				     "port connect_tcp 443 p:1\nport bind_udp 0 p:1\nend\n");
	cr_assert_not_null(m);
	cr_expect_not(stops(m, OP_CONNECT_TCP, "10.0.0.1", 443));
	cr_expect(stops(m, OP_CONNECT_TCP, "10.0.0.1", 442));
	cr_expect(stops(m, OP_LISTEN_TCP, "*", 443));
	cr_expect(stops(m, OP_LISTEN_UDP, "*", 0));
	cr_expect_not(stops(m, OP_CONNECT_UNIX, "/run/s", 0));
	cr_expect(stops(m, OP_CONNECT_UNIX, "/run/t", 0));
	cr_expect(stops(m, OP_LISTEN_UNIX, "/run/s", 0));
	cr_expect(stops(m, OP_CONNECT_UNIX, "@s", 0));
	cr_expect(stops(m, OP_NET, "*", 0));
	arena_free(a);
}

Test(landlock_model, load_time_values_come_from_the_request_and_from_launch_conf)
{
	struct arena *a = arena_new();
	const char *error = NULL;
	const char *conf =
	    HEAD FS NET "path error follow read_file p:1 ${work}/in\n"
			"port connect_tcp ${port} p:1\nassert read_file p:1 /secret\nend\n";
	const char *launch = "sbx-launch 1 " TEST_PLAN_ID "\nparam port port default 8080\n"
			     "param work path default /w\nend\n";
	struct artifact v[] = {{"launch.conf", launch, strlen(launch)},
			       {"landlock.conf", conf, strlen(conf)}};
	const void *m = landlock_backend.model_open(a, v, 2, &error);
	cr_assert_not_null(m, "%s", error);
	cr_expect_not(stops(m, OP_READ, "/w/in/x", 0));
	cr_expect(stops(m, OP_READ, "/other/in", 0));
	cr_expect_not(stops(m, OP_CONNECT_TCP, "*", 8080));
	cr_expect(stops(m, OP_CONNECT_TCP, "*", 8081));
	struct ir_binding given[] = {{"work", "/other"}, {"port", "8081"}};
	struct request r = {.target = TARGET_LINUX,
			    .op = OP_READ,
			    .object = "/other/in",
			    .given = given,
			    .n_given = 2};
	cr_expect_not(landlock_backend.model_decide(m, a, &r).stops);
	r.object = "/w/in";
	cr_expect(landlock_backend.model_decide(m, a, &r).stops);
	r = (struct request){
	    .op = OP_CONNECT_TCP, .object = "*", .port = 8081, .given = given, .n_given = 2};
	cr_expect_not(landlock_backend.model_decide(m, a, &r).stops);
	/* The loader refuses a value under which the assert fails. */
	given[0].value = "/secret";
	r = (struct request){.op = OP_READ, .object = "/secret/in", .given = given, .n_given = 2};
	cr_expect(landlock_backend.model_decide(m, a, &r).stops);
	arena_free(a);
}

static void count_request(void *ctx, const struct request *r)
{
	unsigned *n = ctx;
	cr_expect_eq(r->target, TARGET_LINUX);
	++*n;
}

Test(landlock_model, witnesses_lie_beside_the_ports)
{
	struct arena *a = arena_new();
	struct ir ir = {0};
	unsigned n = 0;
	const void *m =
	    open_conf(a, HEAD FS NET "port connect_tcp 443 p:1\nport connect_tcp 65535 p:1\nend\n");
	landlock_backend.witness(m, &ir, count_request, &n);
	cr_expect_eq(n, 4 * (3 + 2));
	arena_free(a);
}

/* ---- S1 by brute force ---- */

static const char *const places[] = {"/",     "/a",     "/a/b",  "/a/b/c", "/a/b/c/d",
				     "/a/bb", "/ab",    "/ab/c", "/a/c",   "/c",
				     "/c/a",  "/c/a/b", "/d",    "/a/b/e"};
enum { N_PLACES = sizeof(places) / sizeof(places[0]) };

static unsigned roll(uint64_t *seed, unsigned n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((*seed >> 33) % n);
}

static bool below(const char *root, const char *path)
{
	size_t n = strlen(root);
	return n == 1 || (strncmp(root, path, n) == 0 && (!path[n] || path[n] == '/'));
}

static bool oracle(const struct ir *ir, enum op op, const char *path)
{
	bool allow = false;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (!(r->ops & OP_BIT(op)) || !below(r->object, path))
			continue;
		if (r->deny)
			return false;
		bool hole = false;
		for (unsigned h = 0; h < r->n_holes; h++)
			hole |= below(r->holes[h].path, path);
		allow |= !hole;
	}
	return allow;
}

/* Is something allowed and a place below it not? That is what Landlock cannot do. */
static bool needs_carve(const struct ir *ir)
{
	for (unsigned op = OP_READ; op <= OP_IOCTL; op++)
		for (unsigned i = 0; i < N_PLACES; i++)
			for (unsigned k = 0; oracle(ir, (enum op)op, places[i]) && k < N_PLACES;
			     k++)
				if (below(places[i], places[k]) &&
				    !oracle(ir, (enum op)op, places[k]))
					return true;
	return false;
}

static void add_random_rule(struct policy *p, uint64_t *seed)
{
	uint32_t ops = 0;
	for (unsigned n = 1 + roll(seed, 3); n; n--)
		ops |= OP_BIT(roll(seed, OP_IOCTL + 1));
	bool deny = roll(seed, 4) == 0;
	if (!deny && (ops & OPS(EXEC)))
		ops |= OPS(READ);
	struct ir_rule *r = add_rule(p, deny, RULE_PATH, ops, places[roll(seed, N_PLACES)]);
	const char *hole = places[roll(seed, N_PLACES)];
	if (!deny && roll(seed, 4) == 0 && below(r->object, hole) && strcmp(r->object, hole) != 0)
		add_hole(p, r, hole);
}

static bool unreadable_program(const struct ir *ir)
{
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (!ir->rules[i].deny && (ir->rules[i].ops & OPS(EXEC)) &&
		    oracle(ir, OP_EXEC, ir->rules[i].object) &&
		    !oracle(ir, OP_READ, ir->rules[i].object))
			return true;
	return false;
}

static void compare(const struct policy *p, const void *m, uint64_t seed)
{
	for (unsigned op = OP_READ; op <= OP_IOCTL; op++)
		for (unsigned i = 0; i < N_PLACES; i++)
			cr_assert_eq(oracle(&p->ir, (enum op)op, places[i]),
				     !stops(m, (enum op)op, places[i], 0), "seed %llu: %s %s",
				     (unsigned long long)seed, op_name[op], places[i]);
}

Test(landlock_model, random_policies_equal_s1)
{
	uint64_t seed = 20240607;
	unsigned equal = 0, carved = 0;
	for (unsigned n = 0; n < 3000; n++) {
		uint64_t start = seed;
		struct policy p = policy_new();
		for (unsigned k = 1 + roll(&seed, 9); k; k--)
			add_random_rule(&p, &seed);
		bool ok = lower_with(&p, &landlock_backend);
		bool cannot = needs_carve(&p.ir), unreadable = unreadable_program(&p.ir);
		cr_assert(ok == !(cannot || unreadable),
			  "seed %llu: lowered %d, carve %d, unreadable %d",
			  (unsigned long long)start, ok, cannot, unreadable);
		carved += cannot;
		if (ok) {
			const char *error = NULL;
			const void *m = landlock_backend.model_open(p.arena, p.artifacts,
								    p.n_artifacts, &error);
			cr_assert_not_null(m, "%s", error);
			compare(&p, m, start);
			equal++;
		}
		policy_free(&p);
	}
	cr_expect_gt(equal, 500, "%u", equal);
	cr_expect_gt(carved, 500, "%u", carved);
}

/* Leaves out the line that starts at `beg`. */
static const char *without_line(struct arena *a, const char *text, const char *beg)
{
	const char *end = strchr(beg, '\n') + 1;
	return arena_printf(a, "%.*s%s", (int)(beg - text), text, end);
}

Test(landlock_model, a_lost_line_is_noticed)
{
	struct policy p = policy_new();
	unsigned noticed = 0, lines = 0;
	allow_path(&p, READ_OPS, "/a");
	allow_path(&p, WRITE_OPS, "/ab");
	allow_path(&p, OPS(IOCTL), "/c");
	allow_path(&p, OPS(READ) | OPS(EXEC), "/d");
	cr_assert(lower_with(&p, &landlock_backend));
	const char *text = artifact_text(&p, "landlock.conf");
	for (const char *at = text; *at; at = strchr(at, '\n') + 1, lines++) {
		const char *error = NULL;
		const char *cut = without_line(p.arena, text, at);
		const void *m = open_text(p.arena, &landlock_backend, "landlock.conf", cut, &error);
		bool differs = !m;
		for (unsigned op = OP_READ; m && op <= OP_CONNECT_UNIX; op++)
			for (unsigned i = 0; i < N_PLACES; i++)
				differs |=
				    (op <= OP_IOCTL && oracle(&p.ir, (enum op)op, places[i])) ==
				    stops(m, (enum op)op, op <= OP_IOCTL ? places[i] : "@x", 0);
		noticed += differs;
	}
	cr_expect_eq(noticed, lines);
	policy_free(&p);
}

Test(landlock_model, many_lines_are_asked_quickly)
{
	struct policy p = policy_new();
	const char *error = NULL;
	for (unsigned i = 0; i < 3900; i++)
		allow_path(&p, READ_OPS, arena_printf(p.arena, "/d%u/e%u/f%u", i % 7, i % 31, i));
	cr_assert(lower_with(&p, &landlock_backend));
	const void *m = landlock_backend.model_open(p.arena, p.artifacts, p.n_artifacts, &error);
	cr_assert_not_null(m, "%s", error);
	for (unsigned i = 0; i < 200000; i++) {
		char path[64];
		snprintf(path, sizeof(path), "/d%u/e%u/f%u/x", i % 7, i % 31, i % 3900);
		struct request r = {.target = TARGET_LINUX, .op = OP_READ, .object = path};
		bool given = i % 3900 % 7 == i % 7 && i % 3900 % 31 == i % 31;
		cr_assert_eq(given, !landlock_backend.model_decide(m, p.arena, &r).stops);
	}
	policy_free(&p);
}
