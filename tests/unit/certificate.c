/*
 * Certificates: one text for one proof, read back whole or refused; and the compile that asks for
 * them: a filter with one field changed gives E0901 with the call, and no certificate.
 */
#include "core_help.h"

#include "compiler/certificate.h"
#include "compiler/validate.h"

static const struct proof_part part = {
    .artifact = "seccomp-x86_64.bpf", .head = "instructions 1\n", .meaning = "foreign allow\n"};
static const struct artifact blob = {"seccomp-x86_64.bpf", "abc", 3};

Test(certificate, says_what_was_proved)
{
	struct arena *a = arena_new();
	struct certificate c;
	struct artifact f = certificate_make(a, &part, &blob);
	cr_expect_str_eq(f.name, "seccomp-x86_64.proof");
	cr_expect_str_eq(
	    f.data,
	    "sbx-proof 1\n"
	    "artifact seccomp-x86_64.bpf sha256 "
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"
	    "policy sha256 09ffe857f055d56b01983070ea448604ce42469b426127463bf029434d7c2c53\n"
	    "instructions 1\nmeaning\nforeign allow\nend\n");
	cr_expect_null(certificate_read(a, f.data, f.size, &c));
	cr_expect_str_eq(c.artifact, part.artifact);
	cr_expect_str_eq(c.head, part.head);
	cr_expect_str_eq(c.meaning, part.meaning);
	arena_free(a);
}

/* Cut after any byte, it is no certificate. */
Test(certificate, is_read_whole_or_not)
{
	struct arena *a = arena_new();
	struct certificate c;
	struct artifact f = certificate_make(a, &part, &blob);
	for (size_t n = 0; n < f.size; n++)
		cr_expect(certificate_read(a, arena_strndup(a, f.data, n), n, &c), "%zu bytes", n);
	char *nul = arena_strndup(a, f.data, f.size);
	nul[f.size - 6] = '\0';
	cr_expect(certificate_read(a, nul, f.size, &c));
	arena_free(a);
}

/* ---- the compile ---- */

static const char policy[] = CORE_HEAD "    allow read \"/srv\"\n}\n";

struct trial {
	struct compile c;
	const struct meaning *m;
	struct guarantees g;
	struct lower l;
	struct validator v;
};

static struct trial trial_new(void)
{
	struct trial t = {.c = core_resolve(policy)};
	t.m = meaning_new(t.c.arena, t.c.ir);
	t.g = guarantees_check(t.c.arena, t.c.ir, t.c.diags);
	t.l = core_lower(&t.c, t.m, &t.g);
	return t;
}

static bool prove(struct trial *t)
{
	t->v = (struct validator){.arena = t->c.arena,
				  .diags = t->c.diags,
				  .src = t->c.src,
				  .meaning = t->m,
				  .guarantees = &t->g};
	bool equal = validator_open(&t->v, t->l.artifacts, t->l.n_artifacts) &&
		     validator_prove(&t->v, t->l.artifacts, t->l.n_artifacts);
	validator_close(&t->v);
	return equal;
}

Test(certificate, one_for_each_filter)
{
	struct trial t = trial_new();
	unsigned filters = 0;
	cr_assert(prove(&t), "%s", core_messages(t.c.arena, t.c.diags, DIAG_TEXT));
	for (unsigned i = 0; i < t.l.n_artifacts; i++) {
		if (!strstr(t.l.artifacts[i].name, ".bpf"))
			continue;
		const char *name = certificate_name(t.c.arena, t.l.artifacts[i].name);
		struct artifact *f = core_artifact(t.v.certificates, t.v.n_certificates, name);
		char hex[SHA256_HEX + 1];
		sha256_hex(t.l.artifacts[i].data, t.l.artifacts[i].size, hex);
		cr_expect(strstr(f->data, hex), "%s", name);
		filters++;
	}
	cr_expect_geq(filters, 2u);
	cr_expect_eq(t.v.n_certificates, filters);
	arena_free(t.c.arena);
}

/* The value of the first return that is `errno 1` becomes `allow`. */
Test(certificate, a_wrong_filter_is_an_internal_error)
{
	static const char errno1[] = {6, 0, 0, 0, 1, 0, 5, 0},
			  allow[] = {6, 0, 0, 0, 0, 0, -1, 0x7f};
	struct trial t = trial_new();
	struct artifact *f = core_artifact(t.l.artifacts, t.l.n_artifacts, "seccomp-x86_64.bpf");
	char *bytes = arena_strndup(t.c.arena, f->data, f->size);
	size_t at = 0;
	while (at < f->size && memcmp(bytes + at, errno1, 8) != 0)
		at += 8;
	cr_assert_lt(at, f->size);
	memcpy(bytes + at, allow, 8);
	f->data = bytes;
	cr_expect_not(prove(&t));
	const char *text = core_messages(t.c.arena, t.c.diags, DIAG_TEXT);
	cr_expect_eq(diag_errors(t.c.diags), 1u, "%s", text);
	static const char *const says[] = {"E0901",
					   "seccomp-x86_64.bpf does not equal the policy",
					   "for example: syscall ",
					   "the policy says errno 1",
					   "the artifact says allow, at instruction ",
					   "no plan was written"};
	for (size_t i = 0; i < sizeof(says) / sizeof(says[0]); i++)
		cr_expect(strstr(text, says[i]), "no `%s` in: %s", says[i], text);
	cr_expect_eq(t.v.n_certificates, 0u);
	arena_free(t.c.arena);
}
