/*
 * report_origin.c - the last part of the report: what it was made from and what was made, with hashes.
 */
#include <stdlib.h>
#include <string.h>

#include "../runtime/sha256.h"
#include "report_priv.h"

static const char *const sum_heads[] = {"File", "SHA-256", NULL};

static void put_sum(struct report *r, const char *name, const void *data, size_t size)
{
	char hex[SHA256_HEX + 1];
	sha256_hex(data, size, hex);
	html_open(r->h, "tr");
	report_code_cell(r, "File", name);
	report_code_cell(r, "SHA-256", arena_strdup(r->a, hex));
	html_close(r->h);
}

/* One hash for all files of the library, over their names and hashes. */
static const char *library_digest(struct report *r, const struct src_file *const *v, size_t n)
{
	struct buf b = buf_new(r->a);
	char hex[SHA256_HEX + 1];
	for (size_t i = 0; i < n; i++) {
		if (!v[i]->is_std)
			continue;
		sha256_hex(v[i]->text, v[i]->size, hex);
		buf_printf(&b, "%s  %s\n", hex, v[i]->name);
	}
	if (!b.len)
		return NULL;
	sha256_hex(b.data, b.len, hex);
	return arena_strdup(r->a, hex);
}

static void put_inputs(struct report *r)
{
	const struct src_file *const *v = r->files;
	size_t n = r->n_files;
	html_leaf(r->h, "h3", "Inputs");
	report_table(r, NULL, sum_heads);
	for (size_t i = 0; i < n; i++)
		put_sum(r, v[i]->name, v[i]->text, v[i]->size);
	report_table_end(r);
	const char *digest = library_digest(r, v, n);
	if (digest) {
		html_open(r->h, "p");
		html_text(r->h, "Library files together: ");
		html_leaf(r->h, "code", digest);
		html_close(r->h);
	}
}

static void put_outputs(struct report *r)
{
	html_leaf(r->h, "h3", "Outputs");
	report_table(r, NULL, sum_heads);
	for (unsigned i = 0; i < r->k->lower.n_artifacts; i++)
		put_sum(r, r->k->lower.artifacts[i].name, r->k->lower.artifacts[i].data, r->k->lower.artifacts[i].size);
	report_table_end(r);
}

static void put_params(struct report *r)
{
	static const char *const heads[] = {"Name", "Type", "Without a value", "About", NULL};
	if (!r->ir->n_params)
		return;
	html_leaf(r->h, "h3", "Given when the program starts");
	report_table(r, NULL, heads);
	for (unsigned i = 0; i < r->ir->n_params; i++) {
		const struct ir_param *p = &r->ir->params[i];
		html_open(r->h, "tr");
		report_code_cell(r, "Name", p->name);
		report_text_cell(r, "Type", type_name[p->type]);
		report_text_cell(r, "Without", p->value ? p->value : "does not start");
		report_text_cell(r, "About", p->about);
		html_close(r->h);
	}
	report_table_end(r);
}

static void put_sets(struct report *r)
{
	if (!r->k->opt->n_sets)
		return;
	html_leaf(r->h, "h3", "Given when this was made");
	html_open(r->h, "ul class=\"plain\"");
	for (unsigned i = 0; i < r->k->opt->n_sets; i++) {
		html_open(r->h, "li");
		html_leaf(r->h, "code", arena_printf(r->a, "%s = %s", r->k->opt->sets[i].name, r->k->opt->sets[i].value));
		html_close(r->h);
	}
	html_close(r->h);
}

static void put_bases(struct report *r)
{
	static const char *const heads[] = {"Taken from what it extends", "Line and reason", NULL};
	if (!r->ir->n_bases)
		return;
	html_leaf(r->h, "h3", "Extends");
	html_open(r->h, "ul class=\"plain\"");
	for (unsigned i = 0; i < r->ir->n_bases; i++) {
		const struct ir_base *b = &r->ir->bases[i];
		html_open(r->h, "li");
		html_leaf(r->h, "code", arena_printf(r->a, "%s%s%s", b->name, b->version[0] ? " " : "", b->version));
		html_text(r->h, ", ");
		report_place(r, b->loc);
		html_close(r->h);
	}
	html_close(r->h);
	if (!r->ir->n_drops)
		return;
	report_table(r, NULL, heads);
	for (unsigned i = 0; i < r->ir->n_drops; i++) {
		html_open(r->h, "tr");
		report_code_cell(r, "Taken", r->ir->drops[i].text);
		report_line_cell(r, r->ir->drops[i].origin);
		html_close(r->h);
	}
	report_table_end(r);
}

void report_origin(struct report *r)
{
	report_section(r, "origin", "Where it comes from");
	html_open(r->h, "p");
	html_text(r->h, arena_printf(r->a, "Made by sbxc %s from edition %u; plan ", SBX_VERSION, r->ir->edition));
	html_leaf(r->h, "code", r->k->id);
	html_text(r->h, ".");
	html_close(r->h);
	put_bases(r);
	put_params(r);
	put_sets(r);
	put_inputs(r);
	put_outputs(r);
	report_source(r);
	html_close(r->h);
}
