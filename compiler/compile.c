/*
 * compile.c - the pipeline, one call a phase.
 */
#include "compile.h"

#include <errno.h>
#include <string.h>

#include "../backends/backend.h"
#include "../grammar/parse.h"
#include "ast.h"
#include "check.h"
#include "depfile.h"
#include "expect.h"
#include "explain.h"
#include "guarantee.h"
#include "lint.h"
#include "manifest.h"
#include "plan_write.h"
#include "resolve.h"
#include "str.h"
#include "validate.h"

static const char *open_failure(enum src_error e)
{
	switch (e) {
	case SRC_ERRNO:
		return strerror(errno);
	case SRC_NOT_REGULAR:
		return "it is not a regular file";
	case SRC_TOO_MANY:
		return "too many files";
	case SRC_OK:
	case SRC_TOO_BIG:
		break;
	}
	return "it is larger than 16 MiB";
}

static bool open_main(struct compile *c, const struct src_file **out)
{
	const char *slash = strrchr(c->opt->path, '/');
	if (!utf8_valid(slash ? slash + 1 : c->opt->path)) {
		c->failure = "the file's name is not UTF-8: plans carry it, so give it another";
		return false;
	}
	enum src_error e = src_open(c->src, c->opt->path, slash ? slash + 1 : c->opt->path, out);
	if (e == SRC_OK)
		return true;
	c->failure = arena_printf(c->arena, "cannot read %s: %s", c->opt->path, open_failure(e));
	return false;
}

/* The recording that -O names. It is an input like the policy: messages point into it, plans name it. */
static bool open_recording(struct compile *c, const struct src_file **out)
{
	const char *path = c->opt->recording;
	*out = NULL;
	if (!path)
		return true;
	const char *slash = strrchr(path, '/');
	enum src_error e = src_open(c->src, path, slash ? slash + 1 : path, out);
	if (e != SRC_OK)
		c->failure = arena_printf(c->arena, "cannot read %s: %s", path, open_failure(e));
	return e == SRC_OK;
}

static bool lower_all(struct compile *c, const struct meaning *m, const struct guarantees *g,
		      const struct src_file *recording, struct lower *l)
{
	bool ok = true;
	*l = (struct lower){
	    .arena = c->arena,
	    .ir = c->ir,
	    .meaning = m,
	    .diags = c->diags,
	    .src = c->src,
	    .plan_id = MANIFEST_NO_ID,
	    .guarantees = g->v,
	    .n_guarantees = g->n,
	    .optimize = c->opt->optimize,
	    .recording = recording,
	};
	for (unsigned i = 0; backends[i]; i++)
		if (c->ir->targets & TARGET_BIT(backends[i]->target))
			ok &= backends[i]->lower(l);
	return ok && diag_errors(c->diags) == 0;
}

/* The artifacts, proved equal to the policy, and its own tests. The certificates join the artifacts. */
static enum compile_result prove(struct compile *c, const struct meaning *m, const struct guarantees *g,
				 struct lower *l)
{
	struct validator v = {
	    .arena = c->arena, .diags = c->diags, .src = c->src, .meaning = m, .guarantees = g};
	bool equal = validator_open(&v, l->artifacts, l->n_artifacts) && validator_facts(&v) &&
		     validator_prove(&v, l->artifacts, l->n_artifacts) && validator_run(&v);
	if (equal)
		c->n_expect = expect_run(&v);
	for (unsigned i = 0; i < v.n_certificates; i++)
		lower_add(l, v.certificates[i].name, v.certificates[i].data, v.certificates[i].size);
	validator_close(&v);
	if (!equal || v.failed)
		return COMPILE_REFUSED;
	return diag_errors(c->diags) ? COMPILE_TEST : COMPILE_OK;
}

static enum compile_result write_plan(struct compile *c, const struct meaning *m, const struct guarantees *g,
				      struct lower *l, const char *id)
{
	size_t size;
	const char *yaml = manifest_yaml(c, m, g, id, l->artifacts, l->n_artifacts, &size);
	if (!yaml) {
		c->failure = "cannot write plan.yaml: out of memory";
		return COMPILE_IO;
	}
	lower_add(l, "plan.yaml", yaml, size);
	const char *sums = manifest_sums(c->arena, l->artifacts, l->n_artifacts, &size);
	lower_add(l, "SHA256SUMS", sums, size);
	c->n_files = l->n_artifacts;
	c->failure = plan_write(c->arena, c->opt->out_dir, l->artifacts, l->n_artifacts, &c->unchanged);
	if (!c->failure && c->opt->depfile)
		c->failure = depfile_write(c);
	return c->failure ? COMPILE_IO : COMPILE_OK;
}

static void count_caveats(struct compile *c, const struct guarantees *g)
{
	for (unsigned i = 0; i < g->n; i++)
		c->n_caveats += guarantee_is_caveat(&g->v[i]);
}

/* From the IR on: everything that needs a policy without faults so far. */
static enum compile_result back_half(struct compile *c)
{
	struct lower l;
	const struct src_file *recording;
	if (!open_recording(c, &recording))
		return COMPILE_IO;
	const struct meaning *m = meaning_new(c->arena, c->ir);
	check_entry(c->arena, m, c->diags);
	lint_policy(c->arena, c->ir, c->diags);
	lint_syscalls(c->arena, m, c->diags);
	struct guarantees g = guarantees_check(c->arena, c->ir, c->diags);
	if (!lower_all(c, m, &g, recording, &l))
		return COMPILE_REFUSED;
	count_caveats(c, &g);
	const char *id = manifest_stamp(c->arena, l.artifacts, l.n_artifacts);
	enum compile_result result = prove(c, m, &g, &l);
	if (result == COMPILE_OK && c->opt->emit == EMIT_SECCOMP)
		explain_artifacts(l.artifacts, l.n_artifacts, c->opt->emit_to);
	if (result != COMPILE_OK || !c->opt->out_dir)
		return result;
	return write_plan(c, m, &g, &l, id);
}

enum compile_result compile_policy(struct compile *c, const struct compile_options *opt)
{
	const struct src_file *file;
	*c = (struct compile){.arena = arena_new(), .opt = opt};
	c->src = src_new(c->arena);
	c->diags = diags_new(c->arena, c->src);
	if (!open_main(c, &file))
		return COMPILE_IO;
	const struct ast_file *ast = parse_source(c->arena, c->diags, file);
	if (opt->emit == EMIT_AST) {
		ast_print(ast, opt->emit_to);
		return diag_errors(c->diags) ? COMPILE_REFUSED : COMPILE_OK;
	}
	c->ir = resolve_policy(c, ast);
	if (opt->emit == EMIT_IR && c->ir)
		ir_print(c->ir, c->src, opt->emit_to);
	if (diag_errors(c->diags) || !c->ir)
		return COMPILE_REFUSED;
	return opt->emit == EMIT_IR ? COMPILE_OK : back_half(c);
}
