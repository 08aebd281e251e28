/*
 * egress.c - egress.yaml: read strictly, followed exactly; a file with one thing changed is found by the proof.
 */
#include "core_help.h"

#include "backends/egress/egress.h"
#include "compiler/validate.h"

static const char policy[] =
    "sbx 1\nproxy out = unix \"/run/out.sock\"\nproxy web = tcp \"127.0.0.1:3128\"\n"
    "policy p {\n    targets linux, macos\n    entry \"/bin/true\"\n    isolate none\n"
    "    allow connect tcp \"a.example:443\" via out\n"
    "    allow connect tcp \"*.b.example:80\", \"c.example:*\" via web because \"a reason\"\n"
    "    deny connect tcp \"x.b.example:80\"\n"
    "    prefer proc.no_exec on macos because \"x\"\n    prefer res.files on macos because \"x\"\n}\n";

struct trial {
	struct compile c;
	const struct meaning *m;
	struct guarantees g;
	struct lower l;
	struct validator v;
};

static struct trial trial_new(void)
{
	struct trial p = {.c = core_resolve(policy)};
	p.m = meaning_new(p.c.arena, p.c.ir);
	p.g = guarantees_check(p.c.arena, p.c.ir, p.c.diags);
	cr_assert_eq(diag_errors(p.c.diags), 0u, "%s", core_messages(p.c.arena, p.c.diags, DIAG_GCC));
	p.l = core_lower(&p.c, p.m, &p.g);
	return p;
}

static bool prove(struct trial *p)
{
	p->v = (struct validator){
	    .arena = p->c.arena, .diags = p->c.diags, .src = p->c.src, .meaning = p->m, .guarantees = &p->g};
	bool equal = validator_open(&p->v, p->l.artifacts, p->l.n_artifacts) && validator_facts(&p->v) &&
		     validator_run(&p->v);
	validator_close(&p->v);
	return equal;
}

static const char *file_text(struct trial *p)
{
	const struct artifact *f = core_artifact(p->l.artifacts, p->l.n_artifacts, EGRESS_FILE);
	return arena_strndup(p->c.arena, f->data, f->size);
}

/* The text with the nth OLD replaced. */
static const char *changed(struct trial *p, const char *old, const char *new, unsigned nth)
{
	const char *text = file_text(p), *at = strstr(text, old);
	while (at && nth--)
		at = strstr(at + 1, old);
	cr_assert_not_null(at, "`%s` is not in\n%s", old, text);
	return arena_printf(p->c.arena, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

static void replace(struct trial *p, const char *text)
{
	struct artifact *f = core_artifact(p->l.artifacts, p->l.n_artifacts, EGRESS_FILE);
	f->data = text;
	f->size = strlen(text);
}

static void expect_caught(const char *old, const char *new, unsigned nth)
{
	struct trial p = trial_new();
	replace(&p, changed(&p, old, new, nth));
	cr_expect_not(prove(&p), "`%s` for `%s` passed", new, old);
	const char *text = core_messages(p.c.arena, p.c.diags, DIAG_TEXT);
	cr_expect_not_null(strstr(text, "E0901"), "%s", text);
	arena_free(p.c.arena);
}

Test(egress, untouched_artifacts_pass)
{
	struct trial p = trial_new();
	cr_expect(prove(&p), "%s", core_messages(p.c.arena, p.c.diags, DIAG_TEXT));
	arena_free(p.c.arena);
}

Test(egress, every_fact_of_the_file_counts)
{
	expect_caught("a.example", "a.exampl", 0);
	expect_caught("\"*.b.example\"", "\"*.example\"", 0);
	expect_caught("\"*.b.example\"", "\"*\"", 0);
	expect_caught("ports: \"443\"", "ports: \"442-443\"", 0);
	expect_caught("ports: \"*\"", "ports: \"1-65535\"", 0);
	expect_caught("- deny: ", "- allow: ", 0);
	expect_caught("unix: \"/run/out.sock\"", "unix: \"/run/other.sock\"", 0);
	expect_caught("tcp: \"localhost:3128\"", "tcp: \"localhost:3129\"", 0);
	expect_caught("proxy: \"web\"", "proxy: \"wed\"", 0);
	expect_caught("target: macos", "target: linux", 0);
	expect_caught("policy: \"p\"", "policy: \"q\"", 0);
	expect_caught("because: \"a reason\"", "because: \"another\"", 0);
	expect_caught("at: \"t.sbx:2\"", "at: \"t.sbx:1\"", 0);
}

/* The decisions alone, without the facts, must find what gives more or less than the policy. */
Test(egress, the_models_decisions_count)
{
	static const char *const rows[][2] = {
	    {"a.example", "aa.example"}, {"\"*.b.example\"", "\"*.example\""}, {"ports: \"443\"", "ports: \"444\""},
	    {"- deny: ", "- allow: "},   {"/run/out.sock", "/run/no.sock"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct trial p = trial_new();
		replace(&p, changed(&p, rows[i][0], rows[i][1], 0));
		p.v = (struct validator){
		    .arena = p.c.arena, .diags = p.c.diags, .src = p.c.src, .meaning = p.m, .guarantees = &p.g};
		cr_assert(validator_open(&p.v, p.l.artifacts, p.l.n_artifacts));
		cr_expect_not(validator_run(&p.v), "`%s` for `%s` passed", rows[i][1], rows[i][0]);
		validator_close(&p.v);
		arena_free(p.c.arena);
	}
}

static void expect_refused(struct trial *p, const char *text, size_t size)
{
	const char *error = NULL;
	cr_expect_null(egress_read(p->c.arena, text, size, &error), "read:\n%.*s", (int)size, text);
	cr_expect_not_null(error);
}

Test(egress, what_is_no_such_file_is_refused)
{
	static const char *const rows[][2] = {
	    {"egress: 1", "egress: 2"},
	    {"egress: 1", "egress: \"1\""},
	    {"policy: \"p\"", "policy: p"},
	    {"policy: \"p\"", "policy: 'p'"},
	    {"policy: \"p\"", "policy: !!str \"p\""},
	    {"policy: \"p\"", "policy: &x \"p\""},
	    {"policy: \"p\"\n", "policy: \"p\"\nmore: \"x\"\n"},
	    {"policy: \"p\"\n", ""},
	    {"proxies:\n", "proxies: &x\n"},
	    {"ports: \"443\"", "ports: \"443-442\""},
	    {"ports: \"443\"", "ports: \"65536\""},
	    {"ports: \"443\"", "ports: \"0x1bb\""},
	    {"ports: \"443\"", "ports: \"443-443\""},
	    {"ports: \"443\"", "ports: \"\""},
	    {"- allow: ", "- permit: "},
	    {"- allow: \"a.example\"", "- \"a.example\""},
	    {"tcp: \"localhost:3128\"", "tcp: \"localhost\""},
	    {"  rules:\n", "  more: \"x\"\n  rules:\n"},
	};
	struct trial p = trial_new();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = changed(&p, rows[i][0], rows[i][1], 0);
		expect_refused(&p, text, strlen(text));
	}
	const char *text = file_text(&p), *two = arena_printf(p.c.arena, "%s---\n%s", text, text);
	expect_refused(&p, two, strlen(two));
	expect_refused(&p, "", 0);
	arena_free(p.c.arena);
}

/* A file cut anywhere is refused, or says no more than the whole one. */
Test(egress, a_file_that_is_cut)
{
	struct trial p = trial_new();
	const char *text = file_text(&p), *error = NULL;
	const struct egress_file *whole = egress_read(p.c.arena, text, strlen(text), &error);
	cr_assert_not_null(whole, "%s", error);
	for (size_t n = 0; n < strlen(text); n++) {
		const struct egress_file *f = egress_read(p.c.arena, text, n, &error);
		cr_expect(!f || f->n_proxies <= whole->n_proxies);
	}
	arena_free(p.c.arena);
}
