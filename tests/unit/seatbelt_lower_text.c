/*
 * seatbelt_lower_text.c - the text of a profile: every byte of a path, the links of the root, refusals at their place.
 */
#include "seatbelt_ir.h"

/* ---- text ---- */

static const char *literal(struct arena *a, const char *bytes, size_t n)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '\\' || c == '$')
			buf_printf(&b, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(&b, "\\x%02x", c);
		else
			buf_putc(&b, (char)c);
	}
	return buf_str(&b);
}

Test(seatbelt_lower_text, every_byte)
{
	for (int c = 1; c < 256; c++) {
		struct test_policy *p = policy_new();
		char path[] = {'/', 'w', '/', (char)c, 'x', '\0'},
		     other[] = {'/', 'w', '/', 'x', '\0'};
		bool control = c < 0x20 || c == 0x7f;
		const char *text, *error = NULL;
		void *m;

		if (c == '/') {
			arena_free(p->arena);
			continue;
		}
		policy_rule(p, RULE_PATH, false, OP_BIT(OP_READ), literal(p->arena, path, 5));
		text = policy_profile(p);
		cr_expect_eq(text == NULL, control, "byte %d", c);
		cr_expect_eq(diag_errors(p->diags) > 0, control, "byte %d", c);
		m = text ? model_of(p->arena, text, &error) : NULL;
		cr_expect(control || m, "byte %d: %s", c, error ? error : "");
		if (m) {
			cr_expect(passes(m, OP_READ, path), "byte %d", c);
			cr_expect(!passes(m, OP_READ, other), "byte %d", c);
		}
		arena_free(p->arena);
	}
}

Test(seatbelt_lower_text, no_way_out_of_the_quotes)
{
	static const char *const paths[] = {"/w\")(allow default)(deny default \"",
					    "/w\\",
					    "/w\\\")",
					    "/w;x",
					    "/w' (b)",
					    "/w\\\\\"",
					    "/w #t"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct test_policy *p = policy_new();
		const char *error = NULL;
		void *m;

		policy_rule(p, RULE_PATH, false, OP_BIT(OP_READ),
			    literal(p->arena, paths[i], strlen(paths[i])));
		m = model_of(p->arena, policy_profile(p), &error);
		cr_assert(m, "%s: %s", paths[i], error);
		cr_expect(passes(m, OP_READ, paths[i]), "%s", paths[i]);
		cr_expect(!passes(m, OP_READ, "/w"), "%s", paths[i]);
		cr_expect(!passes(m, OP_READ, "/etc/passwd"), "%s", paths[i]);
		arena_free(p->arena);
	}
}

Test(seatbelt_lower_text, path_length_at_the_limits)
{
	static const int lengths[] = {899, 900, 901, 1023, 1024};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct test_policy *p = policy_new();
		const char *path = arena_printf(p->arena, "/%0*d", lengths[i] - 1, 7),
			   *error = NULL;
		void *m;

		policy_rule(p, RULE_PATH, false, OP_BIT(OP_READ), path);
		cr_expect_eq(policy_profile(p) != NULL, lengths[i] <= 1023, "%d", lengths[i]);
		m = p->lower.n_artifacts ? model_of(p->arena, p->lower.artifacts[0].data, &error)
					 : NULL;
		cr_expect_eq(m != NULL, lengths[i] <= 1023, "%d: %s", lengths[i],
			     error ? error : "");
		cr_expect(!m || passes(m, OP_READ, path));
		arena_free(p->arena);
	}
}

Test(seatbelt_lower_text, links_of_the_root)
{
	static const struct {
		const char *rule, *yes, *no;
	} rows[] = {
	    {"/tmp", "/private/tmp/x", "/private/tmpx"},
	    {"/tmp/a", "/tmp/a", "/tmp/b"},
	    {"/private/var/a", "/var/a/x", "/var/b"},
	    {"/etc/hosts", "/private/etc/hosts", "/etc/host"},
	    {"/tmpx", "/tmpx", "/private/tmpx"},
	    {"/home/ann", "/home/ann/x", "/home/bob"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct test_policy *p = policy_new();
		const char *error = NULL;
		void *m;

		policy_rule(p, RULE_PATH, false, OP_BIT(OP_READ), rows[i].rule);
		m = model_of(p->arena, policy_profile(p), &error);
		cr_assert(m, "%s", error);
		cr_expect(passes(m, OP_READ, rows[i].yes), "%s", rows[i].rule);
		cr_expect(!passes(m, OP_READ, rows[i].no), "%s", rows[i].rule);
		arena_free(p->arena);
	}
}

/* ---- refusals ---- */

static void refused(enum rule_kind kind, enum op op, const char *object, uint16_t lo, uint16_t hi,
		    enum diag_id id)
{
	struct test_policy *p = policy_new();
	struct ir_rule *r = policy_rule(p, kind, false, OP_BIT(op), object);

	r->port_lo = lo;
	r->port_hi = hi;
	cr_expect_null(policy_profile(p), "%s", object);
	cr_expect(diag_seen(p->diags, id, p->origin.loc), "%s", object);
	arena_free(p->arena);
}

Test(seatbelt_lower_text, refusals)
{
	refused(RULE_NET, OP_CONNECT_TCP, "example.org", 443, 443, DIAG_HOST_NAME);
	refused(RULE_NET, OP_CONNECT_TCP, "10.0.0.1", 443, 443, DIAG_HOST_NAME);
	refused(RULE_NET, OP_CONNECT_TCP, "127.0.0.1", 443, 443, DIAG_HOST_NAME);
	refused(RULE_NET, OP_CONNECT_TCP, "*", 0, 0, DIAG_NO_EXPRESSION);
	refused(RULE_NET, OP_LISTEN_TCP, "*", 1, 1025, DIAG_NO_EXPRESSION);
	refused(RULE_NET, OP_CONNECT_UNIX, "@abstract", 0, 65535, DIAG_NO_EXPRESSION);
	refused(RULE_SYSCALL, OP_SYSCALL, "ptrace", 0, 65535, DIAG_NO_EXPRESSION);
	refused(RULE_PATH, OP_READ, "/t${x}/y", 0, 65535, DIAG_NO_EXPRESSION);
	refused(RULE_PATH, OP_READ, "/${x}", 0, 65535, DIAG_NO_EXPRESSION);
}

Test(seatbelt_lower_text, another_target_is_left_alone)
{
	struct test_policy *p = policy_new();
	struct ir_rule *r = policy_rule(p, RULE_NET, false, OP_BIT(OP_CONNECT_TCP), "example.org");

	r->targets = TARGET_BIT(TARGET_LINUX);
	cr_expect_not_null(policy_profile(p));
	p->ir.targets = TARGET_BIT(TARGET_LINUX);
	p->lower.n_artifacts = 0;
	cr_expect(seatbelt_lower(&p->lower));
	cr_expect_eq(p->lower.n_artifacts, 0);
	arena_free(p->arena);
}
