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
#include "lock.h"
#include "manifest.h"
#include "mounts.h"
#include "name_map.h"
#include "never.h"
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
	case SRC_NOT_THERE:
		return "the revision has no such file";
	case SRC_OUTSIDE:
		return "it lies outside of the revision";
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
		c->failure = arena_printf(c->arena, "%s: the file's name is not UTF-8: plans carry it, so give it another",
					  c->opt->path);
		return false;
	}
	const char *text = c->opt->text;
	enum src_error e = text ? src_add(c->src, c->opt->path, text, strlen(text), out)
				: src_open(c->src, c->opt->path, slash ? slash + 1 : c->opt->path, out);
	if (e == SRC_OK)
		return true;
	c->failure = arena_printf(c->arena, "cannot read %s: %s", src_spelled(c->src, c->opt->path), open_failure(e));
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

static bool lower_all(struct compile *c, const struct src_file *recording)
{
	bool ok = true;
	c->lower = (struct lower){
	    .arena = c->arena,
	    .ir = c->ir,
	    .meaning = c->meaning,
	    .diags = c->diags,
	    .src = c->src,
	    .plan_id = MANIFEST_NO_ID,
	    .guarantees = c->guarantees.v,
	    .n_guarantees = c->guarantees.n,
	    .optimize = c->opt->optimize,
	    .recording = recording,
	};
	for (unsigned i = 0; backends[i]; i++)
		if (c->ir->targets & backends[i]->targets)
			ok &= backends[i]->lower(&c->lower);
	return ok && diag_errors(c->diags) == 0;
}

/* The artifacts, proved equal to the policy, and its own tests. The certificates join the artifacts. */
static enum compile_result prove(struct compile *c)
{
	struct lower *l = &c->lower;
	struct validator v = {.arena = c->arena,
			      .diags = c->diags,
			      .src = c->src,
			      .meaning = c->meaning,
			      .guarantees = &c->guarantees};
	bool equal = validator_open(&v, l->artifacts, l->n_artifacts) && validator_facts(&v) &&
		     validator_prove(&v, l->artifacts, l->n_artifacts) && validator_run(&v);
	if (equal) {
		never_check_artifacts(&v);
		c->n_expect = c->opt->entry ? 0 : expect_run(&v, c->opt->observer);
	}
	for (unsigned i = 0; i < v.n_certificates; i++)
		lower_add(l, v.certificates[i].name, v.certificates[i].data, v.certificates[i].size);
	validator_close(&v);
	if (!equal || v.failed)
		return COMPILE_REFUSED;
	return diag_errors(c->diags) ? COMPILE_TEST : COMPILE_OK;
}

static void count_caveats(struct compile *c)
{
	for (unsigned i = 0; i < c->guarantees.n; i++)
		c->n_caveats += guarantee_is_caveat(&c->guarantees.v[i]);
}

/* NULL: it cannot be read. */
static const struct ast_file *parse_main(struct compile *c, const struct compile_options *opt)
{
	const struct src_file *file;
	*c = (struct compile){.arena = arena_new(), .opt = opt};
	c->src = src_new(c->arena);
	if (opt->reader)
		src_read_with(c->src, opt->reader);
	c->diags = diags_new(c->arena, c->src);
	return open_main(c, &file) ? parse_source(c->arena, c->diags, file) : NULL;
}

bool compile_is_extended(const struct compile_options *opt, const char *name)
{
	return opt->extended && name_map_get(opt->extended, name, strlen(name)) >= 0;
}

enum compile_result compile_parse(struct compile *c, const struct compile_options *opt)
{
	if (!parse_main(c, opt))
		return COMPILE_IO;
	return diag_errors(c->diags) ? COMPILE_REFUSED : COMPILE_OK;
}

enum compile_result compile_read(struct compile *c, const struct compile_options *opt)
{
	const struct ast_file *ast = parse_main(c, opt);
	if (!ast)
		return COMPILE_IO;
	if (opt->emit == EMIT_AST) {
		ast_print(ast, opt->emit_to);
		return diag_errors(c->diags) ? COMPILE_REFUSED : COMPILE_OK;
	}
	c->library = opt->libraries && ast_is_library(ast);
	c->ir = c->library ? resolve_library(c, ast) : resolve_policy(c, ast);
	if (opt->emit == EMIT_IR && c->ir)
		ir_print(c->ir, c->src, opt->emit_to);
	if (opt->locked && c->ir && ast_has_policy(ast)) /* tests apart make no plan */
		lock_check(c);
	if (diag_errors(c->diags) || !c->ir)
		return COMPILE_REFUSED;
	c->meaning = meaning_new(c->arena, c->ir);
	return COMPILE_OK;
}

/* Its faults do not keep the back ends from naming theirs, so errors are counted by compile_prove(). */
enum compile_result compile_judge(struct compile *c)
{
	lint_policy(c->arena, c->meaning, c->src, c->diags);
	if (c->library) {
		diags_check_silences(c->diags, src_nth(c->src, 0));
		return COMPILE_OK;
	}
	check_entry(c->arena, c->meaning, c->diags);
	lint_syscalls(c->arena, c->meaning, c->diags);
	mounts_check_denied(c->ir, c->diags);
	bool kept = never_check(c->arena, c->meaning, c->diags);
	if (!mounts_check_never(c->ir, c->diags) || !kept)
		return COMPILE_TEST;
	c->guarantees = guarantees_check(c->arena, c->ir, c->diags);
	if (!compile_is_extended(c->opt, c->ir->name)) /* a base prefers for those that extend it */
		lint_wants(c->ir, &c->guarantees, c->diags);
	diags_check_silences(c->diags, src_nth(c->src, 0));
	count_caveats(c);
	return never_check_kept(c->ir, &c->guarantees, c->diags) ? COMPILE_OK : COMPILE_TEST;
}

enum compile_result compile_lower(struct compile *c)
{
	const struct src_file *recording;
	if (!open_recording(c, &recording))
		return COMPILE_IO;
	if (!lower_all(c, recording))
		return COMPILE_REFUSED;
	c->id = manifest_stamp(c->arena, c->lower.artifacts, c->lower.n_artifacts);
	return COMPILE_OK;
}

enum compile_result compile_prove(struct compile *c)
{
	enum compile_result result = c->id ? COMPILE_OK : compile_lower(c);
	if (result == COMPILE_OK)
		result = prove(c);
	if (result == COMPILE_OK && c->opt->emit == EMIT_SECCOMP)
		explain_artifacts(c->lower.artifacts, c->lower.n_artifacts, c->opt->emit_to);
	return result;
}

enum compile_result compile_write(struct compile *c)
{
	size_t size;
	struct lower *l = &c->lower;
	const char *yaml =
	    manifest_yaml(c, c->meaning, &c->guarantees, c->id, l->artifacts, l->n_artifacts, &size);
	if (!yaml) {
		c->failure = "cannot write plan.yaml: a value is no UTF-8";
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

enum compile_result compile_policy(struct compile *c, const struct compile_options *opt)
{
	enum compile_result r = compile_read(c, opt);
	if (r == COMPILE_OK && (opt->emit == EMIT_AST || opt->emit == EMIT_IR))
		return r;
	if (r == COMPILE_OK)
		r = compile_judge(c);
	if (r == COMPILE_OK)
		r = compile_prove(c);
	return r == COMPILE_OK && opt->out_dir ? compile_write(c) : r;
}
