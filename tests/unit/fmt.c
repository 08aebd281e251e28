/*
 * fmt.c - the layout of policy files: the same words and comments, the same tree, and nothing left to change.
 */
#include "core_help.h"
#include "random_policy.h"

#include "compiler/ast.h"
#include "compiler/fmt.h"

/* The text without its places: `@7-24` outside of quotes. */
static void drop_places(char *text)
{
	char *to = text;
	bool quoted = false;
	for (const char *c = text; *c; c++) {
		size_t beg = *c == '@' && !quoted ? strspn(c + 1, "0123456789") : 0;
		if (beg && c[beg + 1] == '-') {
			c += beg + 1 + strspn(c + beg + 2, "0123456789");
			continue;
		}
		quoted ^= *c == '"';
		if (*c == '\\' && c[1])
			*to++ = *c++;
		*to++ = *c;
	}
	*to = '\0';
}

/* The tree as text without places; NULL when the file has faults. */
static const char *tree(struct arena *a, const char *text, size_t size, const struct src_file **file)
{
	char *out = NULL;
	size_t n;
	struct src *src = src_new(a);
	struct diags *d = diags_new(a, src);
	cr_assert_eq(src_add(src, "t.sbx", text, size, file), SRC_OK);
	const struct ast_file *ast = parse_source(a, d, *file);
	if (diag_errors(d))
		return NULL;
	FILE *f = open_memstream(&out, &n);
	ast_print(ast, f);
	fclose(f);
	char *copy = arena_strndup(a, out, n);
	free(out);
	drop_places(copy);
	return copy;
}

/* Laid out, compared with the source by their trees, and laid out again. */
static const char *laid_out(struct arena *a, const char *text)
{
	const struct src_file *file, *again;
	size_t size, size2;
	const char *before = tree(a, text, strlen(text), &file);
	cr_assert(before, "the text has faults:\n%s", text);
	const char *out = fmt_source(a, file, &size);
	cr_assert(out, "not laid out:\n%s", text);
	const char *after = tree(a, out, size, &again);
	cr_assert(after && strcmp(before, after) == 0, "another tree:\n%s\nfrom:\n%s", out, text);
	const char *twice = fmt_source(a, again, &size2);
	cr_assert(twice && size == size2 && memcmp(out, twice, size) == 0, "not at rest:\n%s\nthen:\n%s", out, twice);
	return out;
}

Test(fmt, lines)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
	    {"sbx   1", "sbx 1\n"},
	    {"# a  \n\n\nsbx 1\n\n\n\nlet x=\"y\"\n\n", "# a\n\nsbx 1\n\nlet x = \"y\"\n"},
	    {"sbx 1\nparam  d :path   at load", "sbx 1\nparam d: path at load\n"},
	    {"sbx 1\nprofile a/b( c:string=\"3\" ){\nallow read \"/x\"\n}", "sbx 1\nprofile a/b(c: string = \"3\") {\n    allow read \"/x\"\n}\n"},
	    {"sbx 1\npolicy p {\n\n   targets linux\n\n\n entry \"/x\"\n\n}", "sbx 1\npolicy p {\n    targets linux\n\n    entry \"/x\"\n}\n"},
	    {"sbx 1\npolicy p {targets linux}", "sbx 1\npolicy p { targets linux }\n"},
	    {"sbx 1\npolicy p {\ndeny syscall ioctl where cmd in( 1,2 )and not(fd==3)\n}",
	     "sbx 1\npolicy p {\n    deny syscall ioctl where cmd in (1, 2) and not (fd == 3)\n}\n"},
	    {"sbx 1\npolicy p {\ndeny syscall mmap where prot has A | B\n}", "sbx 1\npolicy p {\n    deny syscall mmap where prot has A|B\n}\n"},
	    {"sbx 1\npolicy p {\nallow read {\n\"/a\"#x\n\n# y\n\"/bcd\" # z\n}\n}",
	     "sbx 1\npolicy p {\n    allow read {\n        \"/a\"  #x\n\n        # y\n        \"/bcd\"  # z\n    }\n}\n"},
	    {"sbx 1\npolicy p {\nallow read {\n\"/a\" if-exists because \"r\"\n\"/long/one\" nofollow # c\n\"/none\"\n\"/b\" if-exists\n}\n}",
	     "sbx 1\npolicy p {\n    allow read {\n        \"/a\"        if-exists because \"r\"\n"
	     "        \"/long/one\" nofollow  # c\n        \"/none\"\n        \"/b\" if-exists\n    }\n}\n"},
	    {"sbx 1\npolicy p {\nallow env A, # a\n\n# b\nBC, # c\n D\n}",
	     "sbx 1\npolicy p {\n    allow env A,  # a\n\n        # b\n        BC,  # c\n        D\n}\n"},
	    {"sbx 1\npolicy p {\nallow read \"/é\" # a\nallow read \"/e2\" # b\n}",
	     "sbx 1\npolicy p {\n    allow read \"/é\"   # a\n    allow read \"/e2\"  # b\n}\n"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena *a = arena_new();
		cr_expect_str_eq(laid_out(a, cases[i].from), cases[i].to);
		arena_free(a);
	}
}

/* The text with other blanks, comments and empty lines where they mean nothing. */
static const char *disturbed(struct gen *g, struct arena *a, const char *text)
{
	struct buf b = buf_new(a);
	bool quoted = false;
	for (const char *c = text; *c; c++) {
		if (*c == '"')
			quoted = !quoted;
		if (*c == '\\' && c[1]) {
			buf_putc(&b, *c++);
			buf_putc(&b, *c);
		} else if (quoted) {
			buf_putc(&b, *c);
		} else if (*c == ' ') {
			buf_puts(&b, PICK(g, " ", "  ", "\t", "     "));
		} else if (*c == '\n') {
			buf_puts(&b, PICK(g, "\n", "\n", " \n", "\n\n\n", " # c\n", "#\"c\" {\n", "\n   # own\n"));
		} else if (*c == ',') {
			buf_puts(&b, PICK(g, ",", " ,", ", ", ",\n", ", # more\n", ",\n# between\n"));
		} else if (strchr("(){}=|", *c) && c[1] != '=' && (c == text || !strchr("=!<>", c[-1]))) {
			buf_printf(&b, "%s%c%s", PICK(g, "", " "), *c, PICK(g, "", " "));
		} else {
			buf_putc(&b, *c);
		}
	}
	return buf_str(&b);
}

Test(fmt, random_policies_keep_their_tree_and_come_to_rest, .timeout = 600)
{
	const char *longer = getenv("SBX_LONG");
	unsigned n = longer ? (unsigned)strtoul(longer, NULL, 10) : 2000, parsed = 0;
	for (unsigned i = 0; i < n; i++) {
		struct arena *a = arena_new();
		struct gen g = {.state = 0x7f3 + i};
		const struct src_file *file;
		const char *plain = random_policy(&g, a), *text = disturbed(&g, a, plain);
		const char *want = tree(a, plain, strlen(plain), &file);
		if (want) {
			const char *out = laid_out(a, text);
			const char *got = tree(a, out, strlen(out), &file);
			cr_assert_str_eq(got, want, "policy %u", i);
			parsed++;
		}
		arena_free(a);
	}
	cr_expect(parsed * 10 > n * 9, "only %u of %u policies parse", parsed, n);
	printf("%u policies laid out\n", parsed);
}
