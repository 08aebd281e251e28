/*
 * build.c - the nodes of the tree, and the few faults that only show while it is built.
 */
#include <string.h>

#include "grammar.h"

void *node_copy(struct parse *p, const void *node, size_t size)
{
	return memcpy(arena_alloc(p->arena, size), node, size);
}

struct ast_cond *node_both(struct parse *p, enum ast_cond_kind kind, struct ast_cond *left,
			   struct ast_cond *right)
{
	if (!left || !right)
		return left ? left : right;
	return NODE_NEW(p, ast_cond, .kind = kind, .loc = loc_join(left->loc, right->loc),
			.left = left, .right = right);
}

struct ast_cond *node_test(struct parse *p, struct loc loc, struct ast_word *arg, enum ast_rel rel,
			   struct ast_word *values, struct ast_word *mask)
{
	if (++p->tests > PARSE_MAX_TESTS) {
		if (p->tests == PARSE_MAX_TESTS + 1)
			diag_help(parse_fault(p, DIAG_TOO_DEEP, loc, "a condition has more than %d comparisons", PARSE_MAX_TESTS),
				  "compare with ranges, `<` and `>`, in place of single values");
		return NULL;
	}
	return NODE_NEW(p, ast_cond, .kind = COND_TEST, .loc = loc, .arg = arg, .rel = rel,
			.values = values, .mask = mask);
}

struct ast_object *node_object(struct parse *p, struct ast_word *string)
{
	p->modifiers = p->except = (struct word_list){0};
	p->hole = NULL;
	return NODE_NEW(p, ast_object, .loc = string->loc, .string = string);
}

void node_modifier(struct parse *p, struct ast_object *o, struct ast_word *name)
{
	LIST_ADD(p->modifiers, name);
	o->modifiers = p->modifiers.first;
	o->loc.end = name->loc.end;
}

void node_except(struct parse *p, struct ast_object *o, struct word_list holes, struct loc whole)
{
	LIST_JOIN(p->except, holes);
	o->except = p->except.first;
	o->loc = whole;
}

void node_via(struct parse *p, struct ast_object *o, struct loc loc, struct ast_word *name)
{
	if (!o->via) {
		o->via = name;
		o->loc.end = name->loc.end;
		return;
	}
	struct diag_rec *r = parse_fault(p, DIAG_UNEXPECTED, loc, "one object has two `via`");
	diag_second(r, o->via->loc, "the first");
	diag_help(r, "keep one of them");
}

struct object_list node_join(struct object_list a, struct object_list b)
{
	LIST_JOIN(a, b);
	return a;
}

void node_because(struct object_list objects, struct ast_word *because)
{
	for (struct ast_object *o = objects.first; o; o = o->next)
		o->because = because;
}

void node_comma(struct parse *p, struct loc comma)
{
	if (!p->hole)
		return;
	struct diag_rec *r =
	    parse_fault(p, DIAG_UNEXPECTED, comma,
			"what follows could be an exception or an object of its own");
	diag_second(r, p->hole->loc, "an exception");
	diag_help(r, "for more exceptions write `except { ... }`, one a line");
	diag_help(r, "for more objects give each its own line");
}

struct ast_item *node_headless(struct parse *p, enum ast_item_kind kind, struct loc head,
			       struct loc whole, struct stmt_list block)
{
	if (!p->head_name)
		return NULL;
	return NODE_NEW(p, ast_item, .kind = kind, .loc = whole, .head = head, .name = p->head_name,
			.block = block.first);
}
