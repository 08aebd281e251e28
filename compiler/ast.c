/*
 * ast.c - prints the tree for --emit=ast: one line a node, two spaces a level, every field that was
 * filled.
 *
 * `@12-40` are the bytes of the node in its file, `256MiB=268435456` is a number as written and as
 * understood, `!` marks a word of which a fault was already reported.
 */
#include "ast.h"

#include <inttypes.h>

struct printer {
	FILE *out;
	uint32_t base;
	int depth;
};

static void begin(const struct printer *p, const char *name)
{
	fprintf(p->out, "%*s%s", p->depth * 2, "", name);
}

static void end(const struct printer *p)
{
	fputc('\n', p->out);
}

static void place(const struct printer *p, struct loc l)
{
	if (!loc_none(l))
		fprintf(p->out, " @%" PRIu32 "-%" PRIu32, l.beg - p->base, l.end - p->base);
}

/* The raw bytes; what would disturb the one-line form is shown as \xNN. */
static void bytes(const struct printer *p, const char *text, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c < 0x20 || c == 0x7f)
			fprintf(p->out, "\\x%02x", c);
		else
			fputc(c, p->out);
	}
}

static void word(const struct printer *p, const struct ast_word *w)
{
	const char *quote = w->kind == WORD_STRING ? "\"" : "";
	fprintf(p->out, " %s%s", w->kind == WORD_GROUP ? "@" : "", quote);
	bytes(p, w->text, w->len);
	fputs(quote, p->out);
	if (w->kind >= WORD_INT)
		fprintf(p->out, "=%" PRIu64, w->number);
	if (w->reported)
		fputc('!', p->out);
	if (w->because) {
		fputs(" because", p->out);
		word(p, w->because);
	}
}

static void words(const struct printer *p, const char *label, const struct ast_word *w)
{
	if (w && *label)
		fprintf(p->out, " %s", label);
	for (; w; w = w->next)
		word(p, w);
}

/* A word that stands alone: its `next` may belong to a list it came from. */
static void one(const struct printer *p, const char *label, const struct ast_word *w)
{
	if (!w)
		return;
	if (*label)
		fprintf(p->out, " %s", label);
	word(p, w);
}

static void print_cond(struct printer *p, const struct ast_cond *c)
{
	static const char *const kinds[] = {
	    [COND_AND] = "and",
	    [COND_OR] = "or",
	    [COND_NOT] = "not",
	    [COND_TEST] = "test",
	};
	static const char *const rels[] = {
	    [REL_EQ] = "==", [REL_NE] = "!=",   [REL_LT] = "<",
	    [REL_LE] = "<=", [REL_GT] = ">",    [REL_GE] = ">=",
	    [REL_IN] = "in", [REL_HAS] = "has", [REL_LACKS] = "lacks",
	};
	begin(p, kinds[c->kind]);
	place(p, c->loc);
	if (c->kind == COND_TEST) {
		one(p, "", c->arg);
		words(p, "&", c->mask);
		words(p, rels[c->rel], c->values);
	}
	end(p);
	p->depth++;
	if (c->left)
		print_cond(p, c->left);
	if (c->right)
		print_cond(p, c->right);
	p->depth--;
}

static void print_object(const struct printer *p, const struct ast_object *o)
{
	begin(p, "object");
	place(p, o->loc);
	one(p, "", o->string);
	words(p, "modifiers", o->modifiers);
	one(p, "via", o->via);
	words(p, "except", o->except);
	one(p, "because", o->because);
	end(p);
}

static void print_action(const struct printer *p, const struct ast_action *a)
{
	if (!a)
		return;
	begin(p, "with");
	place(p, a->loc);
	one(p, "", a->name);
	one(p, "", a->detail);
	end(p);
}

static void print_access(struct printer *p, const struct ast_access *a)
{
	static const char *const kinds[] = {
	    [ACCESS_OPS] = "access",
	    [ACCESS_MATCHING] = "matching",
	    [ACCESS_ENV] = "env",
	    [ACCESS_SYSCALL] = "syscall",
	};
	begin(p, kinds[a->kind]);
	place(p, a->loc);
	words(p, "", a->ops);
	one(p, "glob", a->glob);
	one(p, "under", a->under);
	words(p, "", a->names);
	end(p);
	p->depth++;
	for (const struct ast_object *o = a->objects; o; o = o->next)
		print_object(p, o);
	if (a->where)
		print_cond(p, a->where);
	print_action(p, a->action);
	p->depth--;
}

static void print_args(const struct printer *p, const struct ast_arg *a)
{
	for (; a; a = a->next) {
		begin(p, "arg");
		place(p, a->loc);
		one(p, "", a->name);
		one(p, "type", a->type);
		words(p, "choices", a->choices);
		one(p, "value", a->value);
		end(p);
	}
}

static void print_tstmt(struct printer *p, const struct ast_tstmt *t)
{
	static const char *const kinds[] = {
	    [TSTMT_GIVEN] = "given",          [TSTMT_ALLOW] = "expect allow",
	    [TSTMT_DENY] = "expect deny",     [TSTMT_ENFORCED] = "expect enforced",
	    [TSTMT_CAVEAT] = "expect caveat",
	};
	begin(p, kinds[t->kind]);
	place(p, t->loc);
	one(p, "", t->name);
	one(p, "value", t->value);
	words(p, "", t->caps);
	words(p, "on", t->targets);
	end(p);
	p->depth++;
	if (t->access)
		print_access(p, t->access);
	p->depth--;
}

static void print_test(struct printer *p, const struct ast_test *t)
{
	begin(p, "test");
	place(p, t->loc);
	one(p, "", t->title);
	end(p);
	p->depth++;
	for (const struct ast_tstmt *s = t->stmts; s; s = s->next)
		print_tstmt(p, s);
	p->depth--;
}

static void print_targets(const struct printer *p, const struct ast_on *on)
{
	for (; on; on = on->next)
		one(p, on->is_arch ? "arch" : "", on->word);
}

static void print_block(struct printer *p, const struct ast_stmt *s);

static void print_stmt(struct printer *p, const struct ast_stmt *s)
{
	static const char *const kinds[] = {
	    [STMT_ABOUT] = "about",     [STMT_TARGETS] = "targets", [STMT_ENTRY] = "entry",
	    [STMT_USE] = "use",         [STMT_ALLOW] = "allow",     [STMT_DENY] = "deny",
	    [STMT_NEVER] = "never",     [STMT_DROP] = "drop",       [STMT_LIMIT] = "limit",
	    [STMT_REQUIRE] = "require", [STMT_PREFER] = "prefer",   [STMT_SET_ENV] = "set-env",
	    [STMT_DEFAULT] = "default", [STMT_ON] = "on",           [STMT_CHOICE] = "choice",   [STMT_LET] = "let",
	    [STMT_UNSAFE] = "unsafe",   [STMT_SETTING] = "setting", [STMT_TEST] = "test",
	};
	static const char *const drops[] = {
	    [DROP_ALLOW] = " allow",     [DROP_DENY] = " deny",     [DROP_LIMIT] = " limit",
	    [DROP_REQUIRE] = " require", [DROP_PREFER] = " prefer",
	};
	begin(p, kinds[s->kind]);
	place(p, s->loc);
	fprintf(p->out, " verb");
	place(p, s->verb);
	fputs(s->is_final ? " final" : "", p->out);
	fputs(s->kind == STMT_DROP ? drops[s->drop] : "", p->out);
	print_targets(p, s->on);
	one(p, "", s->name);
	one(p, "value", s->value);
	words(p, "words", s->words);
	words(p, "on", s->targets);
	one(p, "because", s->because);
	end(p);
	p->depth++;
	print_args(p, s->args);
	if (s->access)
		print_access(p, s->access);
	print_action(p, s->action);
	if (s->test)
		print_test(p, s->test);
	print_block(p, s->block);
	p->depth--;
}

static void print_block(struct printer *p, const struct ast_stmt *s)
{
	for (; s; s = s->next)
		print_stmt(p, s);
}

static void print_item(struct printer *p, const struct ast_item *i)
{
	static const char *const kinds[] = {
	    [ITEM_IMPORT] = "import", [ITEM_LET] = "let",     [ITEM_PARAM] = "param",
	    [ITEM_GROUP] = "group",   [ITEM_PROXY] = "proxy", [ITEM_PROFILE] = "profile",
	    [ITEM_POLICY] = "policy", [ITEM_TEST] = "test",
	};
	begin(p, kinds[i->kind]);
	place(p, i->loc);
	fprintf(p->out, " head");
	place(p, i->head);
	one(p, "", i->name);
	one(p, "type", i->type);
	one(p, "value", i->value);
	fputs(i->at_load ? " at-load" : "", p->out);
	one(p, "version", i->version);
	one(p, "extends", i->extends);
	one(p, "about", i->about);
	words(p, "words", i->words);
	end(p);
	p->depth++;
	print_args(p, i->args);
	if (i->test)
		print_test(p, i->test);
	print_block(p, i->block);
	p->depth--;
}

void ast_print(const struct ast_file *f, FILE *out)
{
	struct printer p = {out, f->src->base, 0};
	begin(&p, "file");
	fprintf(out, " edition %" PRIu32, f->edition);
	place(&p, f->edition_loc);
	end(&p);
	p.depth++;
	for (const struct ast_item *i = f->items; i; i = i->next)
		print_item(&p, i);
}

bool ast_has_policy(const struct ast_file *f)
{
	for (const struct ast_item *i = f->items; i; i = i->next)
		if (i->kind == ITEM_POLICY)
			return true;
	return false;
}

bool ast_is_library(const struct ast_file *f)
{
	bool some = false;
	for (const struct ast_item *i = f->items; i; i = i->next) {
		if (i->kind == ITEM_POLICY || i->kind == ITEM_TEST) /* tests apart are of a policy that is imported */
			return false;
		some |= i->kind != ITEM_IMPORT;
	}
	return some;
}
