/*
 * seatbelt_random.c - policies for macOS by chance: what decide() says and what the emitted profile says is the same, at
 * every witness point of either. And profiles with one thing changed: the comparison notices.
 *
 * SBX_LONG=N asks for N policies (make proof-long: 100,000), SBX_FROM=M for those from number M on.
 */
#include "core_help.h"
#include "random_policy.h"

#include "backends/seatbelt/sbpl_witness.h"
#include "compiler/validate.h"

static const char *place(struct gen *g)
{
	return PICK(g, "/", "/a", "/a/b", "/a/b/c", "/ab", "/a/bc", "/tmp", "/tmp/x", "/private/tmp", "/private/var/y", "/etc/hosts",
		    "${d}", "${d}/o", "${HOME}", "${HOME}/.x", "${TMPDIR}/y", "/Users", "/usr/lib", "/usr/lib/q", "/usr", "/v/${s}", "/a/${w}", "/a/b${w}/c", "${e}", "${e}/b",
		    "/a/x.pem", "/a/b/x.pem/k", "/q \\\"\\\\\\$)(;", "/System", "/dev/null", "/home/user");
}

static void add_rule(struct gen *g)
{
	const char *path = place(g);
	bool deny = roll(g, 3) == 0;

	buf_printf(&g->text, "    %s", deny ? "deny" : "allow");
	add_ops(g);
	if (roll(g, 8) == 0)
		buf_printf(&g->text, " matching \"%s\" under \"%s\"", PICK(g, "*.pem", ".env*", "**/x", "a?", "b", "*.p*", "x*", "o"), path);
	else
		buf_printf(&g->text, " \"%s\"", path);
	if (!deny && roll(g, 3) == 0)
		buf_printf(&g->text, " except \"%s%s\"", strcmp(path, "/") == 0 ? "" : path, PICK(g, "/b", "/h/i", "/.ssh"));
	buf_puts(&g->text, "\n");
}

static void add_net(struct gen *g)
{
	buf_printf(&g->text, "    %s %s\n", roll(g, 3) ? "allow" : "deny",
		   PICK(g, "connect tcp \"*:443\"", "connect tcp \"*:*\"", "connect tcp \"*:${p}\"", "listen tcp \"*:80\"",
			"connect udp \"*:53\"", "listen udp \"*:5353\"", "connect unix \"/run/s\"", "listen unix \"/tmp/s\"",
			"connect unix \"/var/run/mDNSResponder\"", "connect tcp \"localhost:9\"", "listen tcp \"localhost:8080\"",
			"connect tcp \"localhost:*\"", "net"));
}

static void add_rest(struct gen *g)
{
	buf_printf(&g->text, "    %s\n",
		   PICK(g, "allow mach \"com.x\"", "deny mach \"com.x\"", "allow mach \"com.apple.logd\"", "allow signal",
			"allow env LANG", "limit open-files 77", "allow shm read \"com.x\"", "allow shm read write \"com.x\"",
			"deny shm write \"com.x\"", "allow sem \"com.x\", \"y\"", "allow sysv shm", "allow sysv msg sem", "deny sysv sem",
			"allow iokit open \"com.x\"", "allow iokit read \"com.x\"", "allow iokit read write \"y\"",
			"deny iokit write \"y\"", "allow preference read \"com.x\", \"y\"", "allow preference read write \"com.x\"",
			"deny preference write \"com.x\"", "allow sysctl write \"y\"", "allow pty", "deny pty"));
}

static const char *policy(struct gen *g, struct arena *a)
{
	g->text = buf_new(a);
	buf_printf(&g->text, "sbx 1\nparam d: path at load\nparam p: port at load\nparam s: string = \"w\"\nparam e: path at load\nparam w: string at load\npolicy t {\n"
			     "    targets macos\n    isolate none\n");
	if (roll(g, 3))
		buf_printf(&g->text, "    entry \"%s\"\n", PICK(g, "/bin/t", "/a/b/c", "${d}/run"));
	for (unsigned n = 1 + roll(g, 9); n > 0; n--) {
		unsigned kind = roll(g, 10);

		kind < 7 ? add_rule(g) : kind < 9 ? add_net(g) : add_rest(g);
	}
	buf_puts(&g->text,
		 "    prefer fs.read.scope, fs.read.deny, fs.write.scope, fs.write.deny, fs.write.deny-path, fs.exec.scope, "
		 "fs.exec.deny, fs.ioctl.scope, proc.no_exec, net.disable, net.outbound, net.connect.port, net.listen.port, "
		 "net.udp, unix.path, unix.abstract, signal.scope, ipc.restrict, tty.no_inject, res.files because \"t\"\n}\n");
	return buf_str(&g->text);
}


/* 0: refused; 1: proved. */
static unsigned check(const char *text, unsigned i)
{
	struct compile_options opt = {.path = "t.sbx", .text = text};
	struct compile k;
	bool proved = compile_read(&k, &opt) == COMPILE_OK && compile_judge(&k) == COMPILE_OK && !diag_errors(k.diags) &&
		      compile_lower(&k) == COMPILE_OK;

	if (proved) {
		proved = compile_prove(&k) == COMPILE_OK;
		cr_assert(!diag_seen(k.diags, DIAG_INTERNAL, k.ir->loc) && proved, "policy %u differs from its profile:\n%s", i, text);
	}
	arena_free(k.arena);
	return proved;
}

static unsigned number(const char *name, unsigned otherwise)
{
	const char *text = getenv(name);

	return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

Test(seatbelt_random, policies_equal_their_profiles, .timeout = 7200)
{
	unsigned n = number("SBX_LONG", 600), from = number("SBX_FROM", 0), proved = 0;

	for (unsigned i = from; i < from + n; i++) {
		struct arena *a = arena_new();
		struct gen g = {.state = 0x5b91 + 7919 * (uint64_t)i};

		proved += check(policy(&g, a), i);
		arena_free(a);
	}
	cr_expect(proved * 4 > n, "only %u of %u policies reach the proof", proved, n);
	printf("%u of %u policies for macOS proved, the others refused\n", proved, n);
}

/* ---- changed profiles ---- */

static const struct artifact *profile_in(const struct compile *k)
{
	unsigned i = 0;

	while (i < k->lower.n_artifacts && strcmp(k->lower.artifacts[i].name, "seatbelt.sb") != 0)
		i++;
	cr_assert_lt(i, k->lower.n_artifacts);
	return &k->lower.artifacts[i];
}


static const char fixed[] = "sbx 1\npolicy t {\n    targets macos\n    isolate none\n    entry \"/bin/t\"\n"
			    "    allow read list \"/data\" except \"/data/secret\"\n    allow read \"/data/secret/open\"\n"
			    "    allow read write \"/w\"\n    deny write \"/w/ro\"\n    allow connect tcp \"*:443\"\n"
			    "    allow connect unix \"/run/s\"\n    allow mach \"com.x\"\n    allow shm read write \"m\"\n    allow iokit open \"D\"\n"
			    "    allow iokit read \"P\"\n    allow preference read \"com.p\"\n    allow pty\n    allow exec \"/opt/x\"\n}\n";

/* Does a profile with this text pass as that of the policy? */
static bool passes_for(struct compile *k, const char *text)
{
	unsigned n = k->lower.n_artifacts;
	struct artifact *v = ARENA_ARRAY(k->arena, n, struct artifact);
	struct diags *diags = diags_new(k->arena, k->src);
	struct validator val = {
	    .arena = k->arena, .diags = diags, .src = k->src, .meaning = k->meaning, .guarantees = &k->guarantees};
	bool same;

	memcpy(v, k->lower.artifacts, n * sizeof(*v));
	v[profile_in(k) - k->lower.artifacts] = (struct artifact){"seatbelt.sb", text, strlen(text)};
	same = validator_open(&val, v, n) && validator_run(&val);
	if (val.scratch)
		validator_close(&val);
	return same;
}

static const char *replaced(struct arena *a, const char *text, const char *old, const char *now)
{
	const char *at = strstr(text, old);

	cr_assert(at, "the profile holds no `%s`:\n%s", old, text);
	return arena_printf(a, "%.*s%s%s", (int)(at - text), text, now, at + strlen(old));
}

Test(seatbelt_random, a_changed_profile_is_noticed)
{
	struct compile_options opt = {.path = "t.sbx", .text = fixed};
	struct compile k;
	const char *text;
	static const char *const changes[][2] = {
	    {"(subpath \"/data\")", "(subpath \"/datb\")"},
	    {"(require-not (subpath \"/data/secret\"))", "(require-not (subpath \"/data/secreu\"))"},
	    {"(subpath \"/data/secret/open\")", "(subpath \"/data/secret/opem\")"},
	    {"\"/w/ro\"", "\"/w/rp\""},	      {"*:443", "*:444"},
	    {"*:443", "*:*"},		      {"\"/run/s\"", "\"/run\""},
	    {"\"com.x\"", "\"com.y\""},
	    {"ipc-posix-shm-read-data (ipc-posix-name \"m\")", "ipc-posix-shm-read-data (ipc-posix-name \"n\")"},
	    {"ipc-posix-shm-write-data (ipc-posix-name \"m\")", "ipc-posix-shm-write-data (ipc-posix-name-prefix \"n\")"},
	    {"(allow iokit-open (iokit-user-client-class \"D\"))", "(allow iokit-open)"},
	    {"(iokit-property \"P\")", "(iokit-property \"P\") (iokit-property \"Q\")"},
	    {"user-preference-read (preference-domain \"com.p\")", "user-preference-read user-preference-write (preference-domain \"com.p\")"},
	    {"(allow pseudo-tty)", "(allow pseudo-tty) (allow ipc-sysv-sem)"},	      {"(deny default)", "(allow default)"},
	    {"(subpath \"/opt/x\")", "(subpath \"/opt\")"},	      {"(subpath \"/w\")", "(subpath \"/\")"},
	};

	cr_assert_eq(compile_read(&k, &opt), COMPILE_OK);
	cr_assert_eq(compile_judge(&k), COMPILE_OK);
	cr_assert_eq(compile_prove(&k), COMPILE_OK);
	text = arena_strndup(k.arena, profile_in(&k)->data, profile_in(&k)->size);
	cr_expect(passes_for(&k, text));
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++)
		cr_expect(!passes_for(&k, replaced(k.arena, text, changes[i][0], changes[i][1])), "%s for %s", changes[i][1],
			  changes[i][0]);
	/* A rule more, a rule that beats another from elsewhere. */
	cr_expect(!passes_for(&k, arena_printf(k.arena, "%s(allow file-read-data (literal \"/data/secret/y\"))\n", text)));
	cr_expect(!passes_for(&k, arena_printf(k.arena, "%s(deny file-write-data (literal \"/w/x\"))\n", text)));
	cr_expect(!passes_for(&k, arena_printf(k.arena, "%s(allow file-read-data (regex \"^/data/secret/.*[.]key$\"))\n", text)));
	cr_expect(!passes_for(&k, arena_printf(k.arena, "%s(allow mach-lookup (global-name-prefix \"com.z\"))\n", text)));
	arena_free(k.arena);
}

/* ---- the index ---- */

/* Section 3 of docs/sbpl.md, read from the page: through all rules, with none of the evaluator's shortcuts. */
static bool walk(const struct sbpl_profile *p, const struct sbpl_query *q)
{
	unsigned n;
	const struct sbpl_rule *rules = sbpl_rules(p, &n);

	for (enum sbpl_op op = q->op;; op = sbpl_ops[op].parent) {
		const struct sbpl_rule *last = NULL, *bare = NULL;

		for (unsigned i = 0; i < n; i++) {
			const struct sbpl_filter *f = rules[i].filter;
			size_t len = f && f->text ? strlen(f->text) : 0;
			bool hit = false;

			if (rules[i].op != op)
				continue;
			if (!f)
				bare = &rules[i];
			else if (f->id == FILTER_LITERAL)
				hit = strcmp(f->text, q->path) == 0;
			else if (f->id == FILTER_SUBPATH)
				hit = len == 1 || (strncmp(f->text, q->path, len) == 0 && (q->path[len] == '/' || !q->path[len]));
			else if (f->id == FILTER_PREFIX)
				hit = strncmp(f->text, q->path, len) == 0;
			else if (f->id == FILTER_REGEX)
				hit = sbpl_regex_match(f->regex, q->path);
			last = hit ? &rules[i] : last;
		}
		if (last || bare)
			return last ? last->allow : bare->allow;
		if (sbpl_ops[op].own != OWN_INHERIT || op == SBPL_DEFAULT)
			return sbpl_ops[op].own == OWN_ALLOW;
	}
}

Test(seatbelt_random, the_index_finds_what_a_walk_finds)
{
	static const enum sbpl_op asked[] = {SBPL_FILE_READ_DATA, SBPL_FILE_READ_METADATA, SBPL_FILE_WRITE_DATA,
					     SBPL_FILE_WRITE_SETUGID, SBPL_FILE_MAP_EXECUTABLE, SBPL_PROCESS_EXEC};
	unsigned long allowed = 0, n = 0;

	for (unsigned i = 0; i < 1500; i++) {
		struct arena *a = arena_new();
		struct gen g = {.state = 77 + 7919 * (uint64_t)i, .text = buf_new(a)};
		const char *error = NULL;
		const struct sexp *forms;
		const struct sbpl_profile *p;

		buf_printf(&g.text, "(version 1)(%s default)", PICK(&g, "deny", "allow"));
		for (unsigned k = roll(&g, 12); k > 0; k--) {
			buf_printf(&g.text, "(%s %s", PICK(&g, "allow", "deny"),
				   PICK(&g, "file*", "file-read*", "file-read-data", "file-write*", "file-write-data", "process-exec*",
					"file-map-executable", "file-write-setugid", "default"));
			if (roll(&g, 6))
				buf_printf(&g.text, " (%s)",
					   PICK(&g, "literal \"/a\"", "subpath \"/a\"", "subpath \"/\"", "literal \"/\"",
						"subpath \"/a/b\"", "prefix \"/a/b\"", "prefix \"/ab\"", "prefix \"/\"",
						"regex \"^/a/b/.*c$\"", "regex \"c$\"", "regex \"^/a(/|$)\"", "regex \"^/a|/b\"",
						"regex \"^/a(/|/.*/)[^/]*c($|/)\"", "regex \"b.*c\"", "regex \"[ab]c\"", "regex \"(b|x)c\"",
						"regex \"/b/c\"", "regex \"/bc?$\"",
						"literal \"/a/b/c\" \"/ab\"", "require-any (literal \"/ab\") (subpath \"/a/b/c\")"));
			buf_puts(&g.text, ")");
		}
		forms = sbpl_read(a, "t.sb", g.text.data, g.text.len, &error);
		p = forms ? sbpl_eval(a, forms, &(struct sbpl_how_to){.n_given = 0}, &error) : NULL;
		cr_assert(p, "%s: %s", buf_str(&g.text), error);
		for (unsigned k = 0; k < 60; k++, n++) {
			struct sbpl_query q = {.op = asked[roll(&g, 6)],
					       .path = PICK(&g, "/", "/a", "/ab", "/a/b", "/a/bc", "/a/b/c", "/a/b/c/d", "/b", "/a/b/xc", "/x/c")};
			bool allow = walk(p, &q);

			allowed += allow;
			cr_expect_eq(sbpl_decide(p, &q).allow, allow, "%s %s in %s", sbpl_ops[q.op].name, q.path, buf_str(&g.text));
		}
		arena_free(a);
	}
	cr_expect(allowed > n / 4 && allowed < n * 3 / 4, "%lu of %lu", allowed, n);
}

/* More rules than the index names at once: all are tried then, and the newest counts. */
Test(seatbelt_random, very_many_rules_for_one_path)
{
	struct arena *a = arena_new();
	struct buf b = buf_new(a);
	struct sbpl_query q = {.op = SBPL_FILE_READ_DATA, .path = "/a/b"};
	const char *error = NULL;

	buf_puts(&b, "(version 1)(deny default)(deny file-read-data (regex \"/a/b$\"))");
	for (unsigned i = 1; i <= 1000; i++)
		buf_puts(&b, "(allow file-read-data (regex \"/a/[^/]*$\"))");
	for (unsigned k = 0; k < 2; k++) {
		const struct sexp *forms = sbpl_read(a, "t.sb", b.data, b.len, &error);
		const struct sbpl_profile *p = forms ? sbpl_eval(a, forms, &(struct sbpl_how_to){.n_given = 0}, &error) : NULL;

		cr_assert(p, "%s", error);
		cr_expect_eq(sbpl_decide(p, &q).allow, k == 0);
		cr_expect_eq(sbpl_decide(p, &q).by - p->rules, (k ? 1001 : 1000) + 3, "behind two of the system's own and the default");
		buf_puts(&b, "(deny file-read-data (regex \"a/b$\"))");
	}
	arena_free(a);
}

/* The same parts in one combination and in groups that are too small for an index of their own. */
Test(seatbelt_random, many_parts_say_what_few_say)
{
	unsigned long yes = 0, n = 0;

	for (unsigned i = 0; i < 1500; i++) {
		struct arena *a = arena_new();
		struct gen g = {.state = 5 + 7919 * (uint64_t)i};
		struct buf text[2] = {buf_new(a), buf_new(a)};
		const struct sbpl_profile *p[2];
		const char *how = PICK(&g, "require-all", "require-any");
		bool all = how[8] == 'a' && how[9] == 'l';

		for (unsigned k = 0, parts = 17 + roll(&g, 20); k < parts; k++) {
			const char *place = PICK(&g, "subpath \"/a/b\"", "literal \"/a/b/c\"", "subpath \"/ab\"", "literal \"/\"", "subpath \"/b\"",
						 "literal \"/a\"", "subpath \"/a/b/c\"", "subpath \"/x\"");
			const char *other = PICK(&g, "regex \"c\"", "prefix \"/a\"", "vnode-type DIRECTORY");
			bool odd = roll(&g, 25) == 0;
			const char *part = arena_printf(a, all != odd ? "(require-not (%s))" : "(%s)", roll(&g, 20) ? place : other);

			buf_printf(&text[0], " %s", part);
			buf_printf(&text[1], "%s %s", k % 8 ? "" : k ? arena_printf(a, ") (%s", how) : arena_printf(a, " (%s", how), part);
		}
		for (int k = 0; k < 2; k++) {
			const char *error = NULL, *whole = arena_printf(a, "(version 1)(deny default)(allow file-read-data (%s%s%s))", how,
									buf_str(&text[k]), k ? ")" : "");
			const struct sexp *forms = sbpl_read(a, "t.sb", whole, strlen(whole), &error);

			p[k] = forms ? sbpl_eval(a, forms, &(struct sbpl_how_to){.n_given = 0}, &error) : NULL;
			cr_assert(p[k], "%s: %s", whole, error);
		}
		for (unsigned k = 0; k < 20; k++, n++) {
			struct sbpl_query q = {.op = SBPL_FILE_READ_DATA, .vnode = PICK(&g, "DIRECTORY", "REGULAR-FILE", NULL),
					       .path = PICK(&g, "/", "/a", "/ab", "/a/b", "/a/bc", "/a/b/c", "/a/b/c/d", "/b", "/x/c", "/y", NULL)};
			struct sbpl_verdict one = sbpl_decide(p[0], &q), few = sbpl_decide(p[1], &q);

			cr_expect(one.allow == few.allow && !one.unless == !few.unless, "%s in (%s%s)", q.path ? q.path : "", how, buf_str(&text[0]));
			yes += one.allow;
		}
		arena_free(a);
	}
	cr_expect(yes > n / 10 && yes < n * 9 / 10, "%lu of %lu", yes, n);
}

/* Each end there, without a port of its own, or not said. */
static struct sbpl_address some_end(struct gen *g)
{
	static const enum sbpl_proto protos[] = {PROTO_TCP, PROTO_UDP, PROTO_IP};
	unsigned kind = roll(g, 5);

	return (struct sbpl_address){.set = kind > 0, .unbound = kind == 1, .localhost = (enum sbpl_tri)roll(g, 3),
				     .proto = protos[roll(g, 3)], .port = (uint16_t)(1 + roll(g, 3))};
}

/* (require-not (require-not FILTER)) is the filter, and nothing that rules are found by. */
Test(seatbelt_random, ports_are_found_where_a_walk_finds_them)
{
	static const enum sbpl_op asked[] = {SBPL_NETWORK_OUTBOUND, SBPL_NETWORK_BIND, SBPL_NETWORK_INBOUND, SBPL_FILE_READ_DATA};
	unsigned long allowed = 0, unsure = 0, n = 0, found = 0, walked = 0;

	for (unsigned i = 0; i < 1500; i++) {
		struct arena *a = arena_new();
		struct gen g = {.state = 99 + 7919 * (uint64_t)i};
		const struct sbpl_profile *p[2];
		struct buf text[2] = {buf_new(a), buf_new(a)};

		for (unsigned k = 0, rules = 1 + roll(&g, 12); k < rules; k++) {
			const char *verb = PICK(&g, "allow", "deny");
			const char *op = PICK(&g, "network*", "network-outbound", "network-bind", "network-inbound", "default");
			const char *filter = PICK(
			    &g, "(remote tcp \"*:1\")", "(remote udp \"*:2\")", "(remote ip \"localhost:3\")", "(remote tcp \"*:*\")",
			    "(local tcp \"*:1\")", "(local ip \"*:2\")", "(local udp \"localhost:*\")", "(remote unix-socket)",
			    "(require-not (remote tcp \"*:1\"))", "(require-all (local ip \"*:3\") (remote tcp \"*:2\"))",
			    "(require-all (remote tcp \"*:2\") (require-not (local tcp \"*:1\")))",
			    "(remote unix-socket (subpath \"/s\"))", "(require-all (remote unix-socket) (subpath \"/s\"))");

			buf_printf(&text[0], "(%s %s %s)", verb, op, filter);
			buf_printf(&text[1], "(%s %s (require-not (require-not %s)))", verb, op, filter);
		}
		for (int k = 0; k < 2; k++) {
			const char *error = NULL, *all = arena_printf(a, "(version 1)(deny default)%s", buf_str(&text[k]));
			const struct sexp *forms = sbpl_read(a, "t.sb", all, strlen(all), &error);

			p[k] = forms ? sbpl_eval(a, forms, &(struct sbpl_how_to){.n_given = 0}, &error) : NULL;
			cr_assert(p[k], "%s: %s", all, error);
		}
		for (unsigned k = 0; k < 60; k++, n++) {
			struct sbpl_query q = {.op = asked[roll(&g, 4)], .remote = some_end(&g), .local = some_end(&g)};

			if (!q.remote.set && !q.local.set)
				*(roll(&g, 2) ? &q.path : &q.name) = PICK(&g, "/s/a", "/t", NULL);
			struct sbpl_verdict one = sbpl_decide(p[0], &q), all = sbpl_decide(p[1], &q);

			cr_expect(one.allow == all.allow && !one.by == !all.by && (!one.by || one.by - p[0]->rules == all.by - p[1]->rules) &&
				      !one.unless == !all.unless && (!one.unless || one.unless - p[0]->rules == all.unless - p[1]->rules),
				  "question %lu in %s", n, buf_str(&text[0]));
			allowed += one.allow;
			unsure += one.unless != NULL;
			found += one.looked;
			walked += all.looked;
		}
		arena_free(a);
	}
	cr_expect(allowed > n / 10 && unsure > n / 50 && found < walked / 10 * 9, "%lu allowed, %lu unsure of %lu; %lu, %lu", allowed, unsure, n, found, walked);
}
