/*
 * lock_diff.c - what other imports and profiles mean for a policy: the lines that the lock holds and those that are there
 * now, each compiled with the policy's own lines, and the two compared as `sbxc diff` compares policies.
 */
#include <string.h>

#include "diff.h"
#include "lock.h"
#include "say.h"
#include "str.h"

/* ---- the text of a policy from lines ---- */

static void put_params(struct buf *b, const struct ir *ir)
{
	for (unsigned i = 0; i < ir->n_params; i++) {
		const struct ir_param *p = &ir->params[i];
		buf_printf(b, "param %s: %s", p->name, type_name[p->type]);
		if (p->value)
			buf_printf(b, " = %s", say_default(b->arena, p->type, p->value));
		buf_puts(b, " at load\n");
	}
}

static void put_proxy(struct buf *b, const struct ir_proxy *p)
{
	if (p->op == OP_CONNECT_UNIX)
		buf_printf(b, "proxy %s = unix %s\n", p->name, say_template(b->arena, p->object));
	else if (p->port_var)
		buf_printf(b, "proxy %s = tcp \"%s:${%s}\"\n", p->name, p->object, p->port_var);
	else
		buf_printf(b, "proxy %s = tcp \"%s:%u\"\n", p->name, p->object, p->port);
}

static void put_proxies(struct buf *b, const struct ir *ir)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		bool before = false;
		for (unsigned k = 0; k < i; k++)
			before |= ir->rules[k].via == ir->rules[i].via;
		if (ir->rules[i].via && !before)
			put_proxy(b, ir->rules[i].via);
	}
}

static void put_head(struct buf *b, const struct ir *ir)
{
	buf_puts(b, "sbx 1\n");
	put_params(b, ir);
	put_proxies(b, ir);
	buf_printf(b, "policy %s {\n    targets %s\n", ir->name, say_targets(b->arena, ir->targets));
	if (ir->arches_origin) {
		buf_puts(b, "    abi ");
		for (unsigned a = 0, n = 0; a < ARCH_COUNT; a++)
			if (ir->arches & ARCH_BIT(a))
				buf_printf(b, "%s%s", n++ ? ", " : "", arch_name[a]);
		buf_putc(b, '\n');
	}
	buf_puts(b, ir->isolate ? "    isolate " : "    isolate none");
	for (unsigned i = 0, n = 0; i < ISOLATE_COUNT; i++)
		if (ir->isolate & ISOLATE_BIT(i))
			buf_printf(b, "%s%s", n++ ? ", " : "", isolate_name[i]);
	buf_putc(b, '\n');
	if (ir->syscalls_exact)
		buf_puts(b, ir->targets == TARGET_BIT(TARGET_LINUX) ? "    syscalls exact\n" : "    on linux {\n    syscalls exact\n    }\n");
}

/* A line of the lock names the systems or the machine at its end, where the language has a block for that. */
static void put_line(struct buf *b, const char *line)
{
	const char *on = NULL;
	bool want = strncmp(line, "require ", 8) == 0, prefer = strncmp(line, "prefer ", 7) == 0;
	for (const char *c = line; !want && !prefer && (c = strstr(c, " on ")); c++)
		on = c;
	if (on && strchr(on, '"'))
		on = NULL; /* inside of a string */
	if (on)
		buf_printf(b, "    on %s {\n    %.*s\n    }\n", on + strlen(" on "), (int)(on - line), line);
	else
		buf_printf(b, "    %s%s\n", line, prefer ? " because \"-\"" : "");
}

static void put_file(struct buf *b, const struct lock_file *f)
{
	for (unsigned i = 0; i < f->n_lines; i++)
		put_line(b, f->lines[i]);
}

static const char *policy_text(const struct compile *k, const struct lock_policy *p)
{
	struct buf b = buf_new(k->arena);
	struct lock_file own = lock_file_of(k, src_nth(k->src, 0));
	put_head(&b, k->ir);
	put_file(&b, &own);
	for (unsigned i = 0; i < p->n_files; i++)
		put_file(&b, &p->files[i]);
	buf_puts(&b, "}\n");
	return buf_str(&b);
}

/* ---- the comparison ---- */

static bool read_side(struct compile *side, const struct compile *k, const struct lock_policy *p, const char *name)
{
	struct compile_options *opt = ARENA_NEW(k->arena, struct compile_options);
	*opt = (struct compile_options){.path = name, .text = policy_text(k, p), .std_dir = k->opt->std_dir};
	return compile_read(side, opt) == COMPILE_OK && diag_errors(side->diags) == 0;
}

bool lock_print_access(const struct compile *k, const struct lock_policy *was, const struct lock_policy *now, FILE *out)
{
	static const char signs[] = {[DIFF_GROWS] = '+', [DIFF_SHRINKS] = '-', [DIFF_OTHER] = '~'};
	struct compile old = {0}, new = {0};
	bool good = read_side(&old, k, was, "locked") && read_side(&new, k, now, "present");
	if (good) {
		const struct diff *d = diff_policies(k->arena, &old, &new);
		fprintf(out, "  %s\n", diff_verdict(d));
		for (unsigned i = 0; i < d->n; i++) {
			const struct diff_entry *e = &d->v[i];
			fprintf(out, "    %c %s%s%s", signs[e->way], e->what, e->object ? "  " : "", e->object ? e->object : "");
			if (e->but)
				fprintf(out, ", but not %s", e->but);
			if (e->targets != k->ir->targets)
				fprintf(out, "  on %s", say_targets(k->arena, e->targets));
			fprintf(out, "%s%s\n", e->example ? "   e.g. " : "", e->example ? e->example : "");
		}
	}
	arena_free(old.arena);
	arena_free(new.arena);
	return good;
}
