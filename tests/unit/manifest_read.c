/*
 * manifest_read.c - what is written is read back; anything else is refused with its line.
 */
#include "core_help.h"

#include "compiler/manifest.h"
#include "compiler/manifest_read.h"
#include "compiler/str.h"

static const char whole[] = "plan: 1\nid: \"0\"\nsbxc: \"0\"\npolicy: \"p\"\nversion: \"\"\nabout: \"a: \\\"b\\\"\"\nedition: 1\n"
			    "targets: [linux, macos]\nentry: \"/x\"\n"
			    "guarantees:\n- name: net.disable\n  target: linux\n  level: enforced\n  is: required\n"
			    "  mechanism: \"seccomp\"\n  at: \"p.sbx:3\"\n"
			    "caveats: []\nlimits: []\nload-time-params: []\nset: []\ninputs: []\noutputs: []\n";

static const struct manifest *read_text(struct arena *a, const char *text, const char **error)
{
	*error = NULL;
	return manifest_read(a, text, strlen(text), error);
}

Test(manifest_read, what_it_says)
{
	struct arena *a = arena_new();
	const char *error;
	const struct manifest *m = read_text(a, whole, &error);
	cr_assert(m, "%s", error);
	cr_expect_str_eq(manifest_head(m, "policy"), "p");
	cr_expect_str_eq(manifest_head(m, "about"), "a: \"b\"");
	cr_expect_str_eq(manifest_head(m, "entry"), "/x");
	cr_expect_null(manifest_head(m, "other"));
	cr_assert_eq(manifest_count(m, LIST_TARGETS), 2u);
	cr_expect_str_eq(manifest_get(m, LIST_TARGETS, 1, ""), "macos");
	cr_assert_eq(manifest_count(m, LIST_GUARANTEES), 1u);
	cr_expect_str_eq(manifest_get(m, LIST_GUARANTEES, 0, "at"), "p.sbx:3");
	cr_expect_null(manifest_get(m, LIST_GUARANTEES, 0, "note"));
	cr_expect_eq(manifest_count(m, LIST_SYSCALLS), 0u);
	arena_free(a);
}

Test(manifest_read, what_would_not_show_is_spelled_out)
{
	struct arena *a = arena_new();
	const char *error;
	const struct manifest *m = read_text(a, "plan: 1\nid: \"0\"\nsbxc: \"0\"\npolicy: \"p\\e[2J\"\nversion: \"\\u202e\"\nabout: \"\"\n"
						 "edition: 1\ntargets: []\nguarantees: []\ncaveats: []\nlimits: []\n"
						 "load-time-params: []\nset: []\ninputs: []\noutputs: []\n", &error);
	cr_assert(m, "%s", error);
	cr_expect_str_eq(manifest_head(m, "policy"), "p\\x1b[2J");
	cr_expect_str_eq(manifest_head(m, "version"), "\\xe2\\x80\\xae");
	arena_free(a);
}

/* `from` once replaced by `to`. */
static const char *changed(struct arena *a, const char *from, const char *to)
{
	const char *at = strstr(whole, from);
	cr_assert(at, "the text has no %s", from);
	return arena_printf(a, "%.*s%s%s", (int)(at - whole), whole, to, at + strlen(from));
}

Test(manifest_read, faults_are_refused_with_their_line)
{
	static const struct {
		const char *from, *to, *error;
	} cases[] = {
	    {"plan: 1", "plan: 2", "plan.yaml:1: a plan of another version `2`"},
	    {"policy: \"p\"\n", "", "plan.yaml:4: a key is missing or not in its place `policy`"},
	    {"policy:", "polcy:", "plan.yaml:4: a key is missing or not in its place `policy`"},
	    {"  target: linux\n", "", "plan.yaml:12: a key is missing or not in its place `target`"},
	    {"  at:", "  other: 1\n  at:", "plan.yaml:16: an unknown or misplaced key `other`"},
	    {"  at: \"p.sbx:3\"", "  at: \"p.sbx:3\"\n  at: \"p.sbx:4\"", "plan.yaml:17: an unknown or misplaced key `at`"},
	    {"[linux, macos]", "[\"linux\\n\", macos]", "plan.yaml:8: a name was expected"},
	    {"load-time-params: []", "load-time-params:\n- name: \"x: path\\nimport\"\n  type: path",
	     "plan.yaml:20: a name was expected"},
	    {"load-time-params: []", "load-time-params:\n- name: x\n  type: \"\"", "plan.yaml:21: a name was expected"},
	    {"guarantees:", "drops:\n- line: dro\n  at: \"p.sbx:3\"\nguarantees:",
	     "plan.yaml:11: a line that begins with `drop` was expected"},
	    {"set: []", "set: &x []", "plan.yaml:20: an anchor or a tag"},
	    {"set: []", "set: *x", "plan.yaml:20: a list was expected"},
	    {"inputs: []", "inputs: {}", "plan.yaml:21: a list was expected"},
	    {"outputs: []\n", "outputs: []\nmore: 1\n", "plan.yaml:23: an unknown or misplaced key `more`"},
	    {"outputs: []\n", "outputs: []\n---\nx: 1\n", "plan.yaml:23: a second document"},
	    {"about: \"a", "about: \"\\0a", "plan.yaml:6: a text that is too long or holds a NUL"},
	    {"level: enforced", "level: [enforced]", "plan.yaml:13: a word or text was expected"},
	};
	struct arena *a = arena_new();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *error;
		cr_expect_null(read_text(a, changed(a, cases[i].from, cases[i].to), &error), "case %zu", i);
		cr_expect_str_eq(error ? error : "", cases[i].error);
	}
	const char *error;
	cr_expect_null(read_text(a, "", &error));
	cr_expect_null(read_text(a, "a: [b", &error));
	cr_expect_not_null(error);
	arena_free(a);
}

Test(manifest_read, depth_is_bounded)
{
	struct arena *a = arena_new();
	struct buf b = buf_new(a);
	const char *error;
	buf_puts(&b, "plan: ");
	for (unsigned i = 0; i < 100000; i++)
		buf_putc(&b, '[');
	cr_expect_null(read_text(a, buf_str(&b), &error));
	arena_free(a);
}

Test(manifest_read, what_is_written_is_read)
{
	struct compile c = core_resolve("sbx 1\nparam d: path = \"/a b\" at load about \"say \\\"it\\\": # no\"\n"
					"policy t {\n    targets linux\n    entry \"${d}\"\n    isolate none\n"
					"    limit pids 3 because \"- one\"\n    require res.pids\n}\n");
	struct guarantees g = guarantees_check(c.arena, c.ir, c.diags);
	const struct artifact v[] = {{"launch.conf", "x", 1}};
	size_t size;
	const char *error, *text = manifest_yaml(&c, meaning_new(c.arena, c.ir), &g, "0123", v, 1, &size);
	const struct manifest *m = manifest_read(c.arena, text, size, &error);
	cr_assert(m, "%s", error);
	cr_expect_eq(manifest_count(m, LIST_GUARANTEES), g.n);
	cr_expect_str_eq(manifest_get(m, LIST_PARAMS, 0, "default"), "/a b");
	cr_expect_str_eq(manifest_get(m, LIST_PARAMS, 0, "about"), "say \"it\": # no");
	cr_expect_str_eq(manifest_get(m, LIST_LIMITS, 0, "because"), "- one");
	cr_expect_str_eq(manifest_get(m, LIST_OUTPUTS, 0, "name"), "launch.conf");
	arena_free(c.arena);
}

/* Plans of this compiler come nowhere near; whoever wrote another is told, and no memory is taken for it. */
Test(manifest_read, a_text_has_65536_bytes)
{
	struct arena *a = arena_new();
	const char *error;
	for (unsigned n = 65536; n <= 65537; n++) {
		struct buf b = buf_new(a);
		for (unsigned i = 0; i < n; i++)
			buf_putc(&b, 'x');
		const char *text = arena_printf(a, "about: \"%s\"", buf_str(&b));
		const struct manifest *m = read_text(a, changed(a, "about: \"a: \\\"b\\\"\"", text), &error);
		cr_expect_eq(m != NULL, n == 65536, "%u: %s", n, error);
		cr_expect(m || strstr(error, "a text that is too long"), "%s", error);
	}
	arena_free(a);
}

Test(manifest_read, a_list_has_65536_entries)
{
	struct arena *a = arena_new();
	const char *error;
	for (unsigned n = 65536; n <= 65537; n++) {
		struct buf b = buf_new(a);
		buf_puts(&b, "targets: [");
		for (unsigned i = 0; i < n; i++)
			buf_puts(&b, i ? ",x" : "x");
		buf_puts(&b, "]");
		const struct manifest *m = read_text(a, changed(a, "targets: [linux, macos]", buf_str(&b)), &error);
		cr_expect_eq(m != NULL, n == 65536, "%u: %s", n, error);
		cr_expect(m ? manifest_count(m, LIST_TARGETS) == n : strstr(error, "too many entries") != NULL, "%s", error);
	}
	arena_free(a);
}
