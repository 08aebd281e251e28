/*
 * manifest.c - SHA256SUMS against known digests, and the plan id: stamped into each .conf, moved
 * by every byte.
 */
#include "core_help.h"

#include <yaml.h>

#include "compiler/manifest.h"

#define ZERO "00000000000000000000000000000000"

Test(manifest, sums_are_sorted_and_right)
{
	/* the digests of FIPS 180: "abc" and the empty text */
	const struct artifact v[] = {{"b", "abc", 3}, {"a", "", 0}};
	struct arena *a = arena_new();
	size_t size;
	const char *text = manifest_sums(a, v, 2, &size);
	cr_expect_str_eq(text,
			 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n"
			 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n");
	cr_expect_eq(size, strlen(text));
	arena_free(a);
}

static const char *stamp(struct arena *a, const char *conf, const char *bpf, struct artifact *v)
{
	v[0] = (struct artifact){"launch.conf", conf, strlen(conf)};
	v[1] = (struct artifact){"seccomp-x86_64.bpf", bpf, strlen(bpf)};
	return manifest_stamp(a, v, 2);
}

Test(manifest, the_id_is_in_the_first_line_and_moves_with_every_byte)
{
	struct arena *a = arena_new();
	struct artifact v[2], w[2];
	const char *id = stamp(a, "sbx-launch 1 " ZERO "\nx\nend\n", "f", v);
	cr_assert_eq(strlen(id), 32u);
	cr_expect_str_eq(arena_strndup(a, v[0].data, v[0].size),
			 arena_printf(a, "sbx-launch 1 %s\nx\nend\n", id));
	cr_expect_str_eq(v[1].data, "f", "only .conf files carry it");
	cr_expect_str_eq(stamp(a, "sbx-launch 1 " ZERO "\nx\nend\n", "f", w), id);
	cr_expect_str_neq(stamp(a, "sbx-launch 1 " ZERO "\ny\nend\n", "f", w), id);
	cr_expect_str_neq(stamp(a, "sbx-launch 1 " ZERO "\nx\nend\n", "g", w), id);
	arena_free(a);
}

/* Any text of a policy gives YAML that a YAML parser reads. */
static void expect_yaml(const char *text, size_t size)
{
	yaml_parser_t parser;
	yaml_event_t e;
	bool end = false;
	cr_assert(yaml_parser_initialize(&parser));
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
	while (!end) {
		cr_assert(yaml_parser_parse(&parser, &e), "no YAML:\n%s", text);
		end = e.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&parser);
}

Test(manifest, yaml_of_hostile_text)
{
	struct compile c = core_resolve(
	    "sbx 1\npolicy t version \"1: {\" {\n    targets linux\n    isolate none\n"
	    "    entry \"/bin/true\"\n    about \"a: [b] # c \\\" 'd' %TAG - ? & *\"\n"
	    "    allow read \"/x\" because \"- {no: [yes\"\n"
	    "    prefer res.pids on linux because \"key: | >\"\n    limit pids 3\n}\n");
	const struct meaning *m = meaning_new(c.arena, c.ir);
	struct guarantees g = guarantees_check(c.arena, c.ir, c.diags);
	struct lower l = core_lower(&c, m, &g);
	size_t size;
	const char *yaml = manifest_yaml(&c, m, &g, ZERO, l.artifacts, l.n_artifacts, &size);
	cr_assert_not_null(yaml);
	expect_yaml(yaml, size);
	cr_expect_not_null(strstr(yaml, "key: | >"),
			   "the reason of a prefer travels with the plan");
	arena_free(c.arena);
}
