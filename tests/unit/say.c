/*
 * say.c - facts in words: every rule said is spelled as it was written, and as the language reads it back.
 */
#include "core_help.h"

#include "compiler/say.h"

#define SAID_HEAD CORE_HEAD "    on linux {\n"

/* The line as the only rule of its kind, and what say_rule() makes of it. */
static const char *said(struct compile *c, const char *line, enum rule_kind kind)
{
	char text[1024];
	snprintf(text, sizeof(text), "sbx 1\nparam port: port at load\n%s    %s\n    }\n}\n",
		 strchr(SAID_HEAD, '\n') + 1, line);
	*c = core_resolve(text);
	for (unsigned i = 0; i < c->ir->n_rules; i++)
		if (c->ir->rules[i].kind == kind)
			return say_rule(c->arena, &c->ir->rules[i], UINT32_MAX);
	cr_assert_fail("no rule in %s", line);
	return NULL;
}

Test(say, rules_as_they_are_written)
{
	static const struct {
		enum rule_kind kind;
		const char *line;
	} cases[] = {
	    {RULE_PATH, "allow read write \"${HOME}/a b\" make-dir"},
	    {RULE_PATH, "allow list create \"/a\\\"b\\\\c\\${d}$e\" if-exists nofollow"},
	    {RULE_PATH, "allow read \"/home\" except \"/home/a\""},
	    {RULE_PATH, "allow read \"/home\" except { \"/home/a\", \"/home/b\" }"},
	    {RULE_PATH, "deny modify delete exec ioctl \"/\""},
	    {RULE_NET, "allow connect tcp \"*:443\""},
	    {RULE_NET, "allow listen udp \"*:*\""},
	    {RULE_NET, "allow listen tcp \"*:${port}\""},
	    {RULE_NET, "deny connect unix \"@name\""},
	    {RULE_NET, "allow net"},
	    {RULE_ENV, "allow env LANG"},
	    {RULE_ENV, "allow env \"LC_*\""},
	    {RULE_ENV, "allow env \"lower\""},
	    {RULE_SYSCALL, "deny syscall ptrace with kill"},
	    {RULE_SYSCALL, "deny syscall @debug with errno ENOSYS"},
	    {RULE_SYSCALL, "deny syscall socket where family in (AF_INET, AF_INET6)"},
	    {RULE_SYSCALL, "allow syscall ioctl where cmd == TIOCGWINSZ with log"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct compile c;
		cr_expect_str_eq(said(&c, cases[i].line, cases[i].kind), cases[i].line);
		arena_free(c.arena);
	}
}

Test(say, values_in_their_largest_unit)
{
	struct arena *a = arena_new();
	cr_expect_str_eq(say_value(a, TYPE_SIZE, 256u << 20), "256MiB");
	cr_expect_str_eq(say_value(a, TYPE_SIZE, (1u << 20) + 1), "1048577B");
	cr_expect_str_eq(say_value(a, TYPE_SIZE, 0), "0B");
	cr_expect_str_eq(say_value(a, TYPE_DURATION, 90 * 1000), "90s");
	cr_expect_str_eq(say_value(a, TYPE_DURATION, 1500), "1500ms");
	cr_expect_str_eq(say_value(a, TYPE_DURATION, 2 * 3600 * 1000), "2h");
	cr_expect_str_eq(say_value(a, TYPE_PERCENT, 150), "150%");
	cr_expect_str_eq(say_limit(a, LIMIT_PIDS, 16), "16");
	arena_free(a);
}

Test(say, control_bytes_are_shown_and_no_string_spells_them)
{
	struct arena *a = arena_new();
	cr_expect_str_eq(say_template(a, "/a\\x1bb"), "\"/a\\x1bb\"");
	cr_expect_not(say_spells("/a\\x1bb"));
	cr_expect(say_spells("/a\\\\b ${HOME} \\$"));
	cr_expect_str_eq(say_string(a, "a\nb"), "\"a\\x0ab\"");
	arena_free(a);
}

Test(say, origins_with_the_use_that_brought_them)
{
	struct compile c = core_resolve("sbx 1\nprofile x {\n    allow read \"/x\"\n}\n"
					"policy t {\n    targets linux\n    entry \"/bin/true\"\n"
					"    isolate none\n    use x\n    allow read \"/y\"\n}\n");
	cr_expect_str_eq(say_origin(c.arena, c.src, c.ir->rules[0].origin[OP_READ]), "t.sbx:3, used at t.sbx:9");
	cr_expect_str_eq(say_origin(c.arena, c.src, c.ir->rules[1].origin[OP_READ]), "t.sbx:10");
	cr_expect_str_eq(say_origin(c.arena, c.src, NULL), "");
	arena_free(c.arena);
}
