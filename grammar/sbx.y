/*
 * sbx.y - the grammar of edition 1: tokens to tree.
 *
 * No meaning is decided here and nothing is freed here. feed.c prepares the tokens: newlines inside
 * parentheses, after a comma, after `{` and after another newline are gone, every `{` has its `}`,
 * the last line has its newline. Recovery is at the newline and at `}`; each such rule says
 * yyerrok, or the next fault would stay unsaid.
 */
%require "3.8"
%define api.pure full
%define api.prefix {sbx}
%define api.token.prefix {T_}
%define api.location.type {struct loc}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%param {struct parse *p}

%code {
#include "grammar.h"
}
%code top {
#include <string.h>

#include "grammar.h"
#define YYLLOC_DEFAULT(cur, rhs, n)                                                                \
	((cur) = (n) ? (struct loc){YYRHSLOC(rhs, 1).beg, YYRHSLOC(rhs, n).end}                    \
		     : (struct loc){YYRHSLOC(rhs, 0).end, YYRHSLOC(rhs, 0).end})
}
%code {
/* WHOLE and FIRST are the caller's @$ and @1: bison sees them in an action, not in a macro. */
#define ITEM(k, whole, ...)                                                                        \
	NODE_NEW(p, ast_item, .kind = ITEM_##k, .loc = (whole), .head = (whole), __VA_ARGS__)
#define STMT(k, whole, first, ...)                                                                 \
	NODE_NEW(p, ast_stmt, .kind = (k), .loc = (whole), .verb = (first), __VA_ARGS__)
#define ACCESS(k, whole, ...)                                                                      \
	NODE_NEW(p, ast_access, .kind = ACCESS_##k, .loc = (whole), __VA_ARGS__)
#define TSTMT(k, whole, ...)                                                                       \
	NODE_NEW(p, ast_tstmt, .kind = TSTMT_##k, .loc = (whole), __VA_ARGS__)

/* The place of the first WORD of a node. */
static struct loc node_first(struct loc whole, const char *word)
{
	return (struct loc){whole.beg, whole.beg + (uint32_t)strlen(word)};
}

static int sbxlex(SBXSTYPE *value, struct loc *loc, struct parse *p);
static void sbxerror(const struct loc *loc, struct parse *p, const char *text);
}

%union {
	struct ast_word *word;
	struct word_list words;
	struct ast_object *object;
	struct object_list objects;
	struct ast_arg *arg;
	struct arg_list args;
	struct ast_on *on;
	struct on_list ons;
	struct ast_cond *cond;
	struct ast_action *action;
	struct ast_access *access;
	struct ast_stmt *stmt;
	struct stmt_list stmts;
	struct ast_tstmt *tstmt;
	struct tstmt_list tstmts;
	struct ast_test *test;
	struct ast_item *item;
	enum ast_rel rel;
	enum ast_stmt_kind kind;
}

/* The order of keywords.def. */
%token <word> SBX "sbx" IMPORT "import" LET "let" PARAM "param" GROUP "group" PROXY "proxy"
%token <word> PROFILE "profile" POLICY "policy" TEST "test" VERSION "version" EXTENDS "extends"
%token <word> ABOUT "about" AT "at" LOAD "load" TARGETS "targets" ENTRY "entry" USE "use"
%token <word> FINAL "final" ALLOW "allow" DENY "deny" NEVER "never" DROP "drop" LIMIT "limit"
%token <word> REQUIRE "require" PREFER "prefer" SET "set" DEFAULT "default" UNKNOWN "unknown"
%token <word> ON "on" ARCH "arch" UNSAFE "unsafe" ENV "env" SYSCALL "syscall"
%token <word> MATCHING "matching" UNDER "under" WHERE "where" WITH "with" BECAUSE "because"
%token <word> VIA "via" EXCEPT "except" AND "and" OR "or" NOT "not" IN "in" HAS "has"
%token <word> LACKS "lacks" GIVEN "given" EXPECT "expect" ENFORCED "enforced" CAVEAT "caveat"

%token END 0 "the end of the file"
%token NL "the end of the line"
%token <word> NAME "a name" QNAME "a name like `std/python`" CAP "a guarantee like `res.memory`"
%token <word> CONST "a name in capitals" GROUPNAME "a group like `@io`" STRING "a string"
%token <word> INT "a number" SIZE "a size" DURATION "a time" PERCENT "a percentage"
%token <word> OTHER "an unknown kind of block"
%token <word> BADWORD "a word"
%token EQ "`==`" NE "`!=`" LE "`<=`" GE "`>=`" LT "`<`" GT "`>`"
%token LBRACE "`{`" RBRACE "`}`" LPAREN "`(`" RPAREN "`)`" COMMA "`,`" COLON "`:`"
%token ASSIGN "`=`" PIPE "`|`" AMP "`&`"

%type <item> item
%type <word> word kw qname value value_opt about_opt version_opt extends_opt because cap sysitem
%type <word> envkey given val detail any
%type <words> names caps on_opt sysitems envkeys vals alts any_opt any_list ops exlist exlines
%type <words> exline strings choices
%type <args> params param_list args arg_list
%type <arg> param arg
%type <ons> ontargets
%type <on> ontarget
%type <stmts> block lines
%type <stmt> stmt rule drop
%type <kind> effect demand
%type <access> access
%type <object> object
%type <objects> objects list entries entry
%type <cond> where cond conj atom
%type <rel> rel bits
%type <action> action action_opt
%type <test> test
%type <tstmts> tblock tlines
%type <tstmt> tstmt

%%

file:
  header items			{ p->ast->items = p->items.first; }
;

header:
  %empty
| "sbx" INT NL			{ p->ast->edition = (uint32_t)$2->number;
				  p->ast->edition_loc = (struct loc){@1.beg, @2.end}; }
| "sbx" error NL		{ yyerrok; }
;

items:
  %empty
| items item NL			{ LIST_ADD(p->items, $2); }
| items item error NL		{ yyerrok; LIST_ADD(p->items, $2); }
| items error NL		{ yyerrok; }
;

item:
  "import" STRING		{ $$ = ITEM(IMPORT, @$, .value = $2); }
| "let" word ASSIGN value	{ $$ = ITEM(LET, @$, .name = $2, .value = $4); }
| "param" word COLON NAME value_opt about_opt
				{ $$ = ITEM(PARAM, @$, .name = $2, .type = $4, .value = $5,
					    .about = $6); }
| "param" word COLON NAME value_opt "at" "load" about_opt
				{ $$ = ITEM(PARAM, @$, .name = $2, .type = $4, .value = $5,
					    .at_load = true, .about = $8); }
| "group" GROUPNAME ASSIGN sysitems
				{ $$ = ITEM(GROUP, @$, .name = $2, .words = $4.first); }
| "proxy" word ASSIGN NAME STRING
				{ $$ = ITEM(PROXY, @$, .name = $2, .type = $4, .value = $5); }
| "profile" qname params block	{ $$ = ITEM(PROFILE, @$, .name = $2, .args = $3.first,
					    .block = $4.first);
				  $$->head = (struct loc){@1.beg, @3.end}; }
| "policy" qname version_opt extends_opt block
				{ $$ = ITEM(POLICY, @$, .name = $2, .version = $3,
					    .extends = $4, .block = $5.first);
				  $$->head = (struct loc){@1.beg, @4.end}; }
| "profile" error block		{ yyerrok; $$ = node_headless(p, ITEM_PROFILE, @1, @$, $3); }
| "policy" error block		{ yyerrok; $$ = node_headless(p, ITEM_POLICY, @1, @$, $3); }
| OTHER any_opt block		{ $$ = NULL; }
| OTHER error block		{ yyerrok; $$ = NULL; }
| test				{ $$ = $1 ? ITEM(TEST, @$, .test = $1) : NULL; }
;

value_opt:
  %empty			{ $$ = NULL; }
| ASSIGN value			{ $$ = $2; }
;
about_opt:
  %empty			{ $$ = NULL; }
| "about" STRING		{ $$ = $2; }
;
version_opt:
  %empty			{ $$ = NULL; }
| "version" STRING		{ $$ = $2; }
;
extends_opt:
  %empty			{ $$ = NULL; }
| "extends" qname		{ $$ = $2; }
;
params:
  %empty			{ $$ = (struct arg_list){0}; }
| LPAREN param_list RPAREN	{ $$ = $2; }
;
param_list:
  param				{ $$ = (struct arg_list){$1, $1}; }
| param_list COMMA param	{ $$ = $1; LIST_ADD($$, $3); }
;
param:
  word COLON NAME value_opt	{ $$ = NODE_NEW(p, ast_arg, .loc = @$, .name = $1, .type = $3,
						.value = $4); }
| word COLON choices value_opt	{ $$ = NODE_NEW(p, ast_arg, .loc = @$, .name = $1,
						.choices = $3.first, .value = $4); }
;
/* One would be no choice. */
choices:
  STRING PIPE STRING		{ $$ = (struct word_list){$1, $1}; LIST_ADD($$, $3); }
| choices PIPE STRING		{ $$ = $1; LIST_ADD($$, $3); }
;

/* ---- statements ---- */

block:
  LBRACE lines RBRACE		{ $$ = $2; }
| LBRACE lines stmt RBRACE	{ $$ = $2; LIST_ADD($$, $3); }
| LBRACE lines stmt error RBRACE
				{ yyerrok; $$ = $2; LIST_ADD($$, $3); }
| LBRACE lines error RBRACE	{ yyerrok; $$ = $2; }
;
lines:
  %empty			{ $$ = (struct stmt_list){0}; }
| lines stmt NL			{ $$ = $1; LIST_ADD($$, $2); }
| lines stmt error NL		{ yyerrok; $$ = $1; LIST_ADD($$, $2); }
| lines error NL		{ yyerrok; $$ = $1; }
;

stmt:
  rule
| rule because			{ $$ = $1; $$->because = $2; }
| "about" STRING		{ $$ = STMT(STMT_ABOUT, @$, @1, .value = $2); }
| "targets" names		{ $$ = STMT(STMT_TARGETS, @$, @1, .words = $2.first); }
| "entry" STRING		{ $$ = STMT(STMT_ENTRY, @$, @1, .value = $2); }
| "use" qname args		{ $$ = STMT(STMT_USE, @$, @1, .name = $2, .args = $3.first); }
| "set" "env" envkey ASSIGN STRING
				{ $$ = STMT(STMT_SET_ENV, @$, @1, .name = $3, .value = $5); }
| "default" "syscall" action	{ $$ = STMT(STMT_DEFAULT, @$, @1, .name = $1, .action = $3); }
| "unknown" "syscall" action	{ $$ = STMT(STMT_DEFAULT, @$, @1, .name = $1, .action = $3); }
| "on" ontargets block		{ $$ = STMT(STMT_ON, @$, @1, .on = $2.first,
					    .block = $3.first); }
| "on" word EQ STRING block	{ $$ = STMT(STMT_CHOICE, @$, @1, .name = $2, .value = $4,
					    .block = $5.first); }
| "on" error block		{ yyerrok; $$ = NULL; }
| "let" word ASSIGN value	{ $$ = STMT(STMT_LET, @$, @1, .name = $2, .value = $4); }
| test				{ $$ = $1 ? STMT(STMT_TEST, @$, node_first(@1, "test"),
						  .test = $1) : NULL; }
;

/* What may end in a reason. */
rule:
  effect access			{ $$ = STMT($1, @$, @1, .access = $2); }
| "final" effect access		{ $$ = STMT($2, @$, @1, .access = $3, .is_final = true); }
| "never" "allow" access	{ $$ = STMT(STMT_NEVER, @$, @1, .access = $3); }
| "drop" drop			{ $$ = $2; $$->loc = @$; $$->verb = @1; }
| "limit" NAME value		{ $$ = STMT(STMT_LIMIT, @$, @1, .name = $2, .value = $3); }
| demand caps on_opt		{ $$ = STMT($1, @$, @1, .words = $2.first,
					    .targets = $3.first); }
| "unsafe" NAME STRING		{ $$ = STMT(STMT_UNSAFE, @$, @1, .name = $2, .value = $3); }
| "default" NAME any_opt	{ $2->next = $3.first;
				  $$ = STMT(STMT_SETTING, @$, @1, .name = $1, .words = $2); }
| NAME any_opt			{ $$ = STMT(STMT_SETTING, @$, @1, .name = $1,
					    .words = $2.first); }
;
drop:
  effect access			{ $$ = STMT(STMT_DROP, @$, @1, .access = $2,
					    .drop = $1 == STMT_DENY ? DROP_DENY : DROP_ALLOW); }
| "limit" NAME			{ $$ = STMT(STMT_DROP, @$, @1, .name = $2, .drop = DROP_LIMIT); }
| demand caps			{ $$ = STMT(STMT_DROP, @$, @1, .words = $2.first,
					    .drop = $1 == STMT_PREFER ? DROP_PREFER
								      : DROP_REQUIRE); }
;
effect:
  "allow"			{ $$ = STMT_ALLOW; }
| "deny"			{ $$ = STMT_DENY; }
;
demand:
  "require"			{ $$ = STMT_REQUIRE; }
| "prefer"			{ $$ = STMT_PREFER; }
;
because:
  "because" STRING		{ $$ = $2; }
;
args:
  %empty			{ $$ = (struct arg_list){0}; }
| LPAREN arg_list RPAREN	{ $$ = $2; }
;
arg_list:
  arg				{ $$ = (struct arg_list){$1, $1}; }
| arg_list COMMA arg		{ $$ = $1; LIST_ADD($$, $3); }
;
arg:
  word COLON value		{ $$ = NODE_NEW(p, ast_arg, .loc = @$, .name = $1, .value = $3); }
;
ontargets:
  ontarget			{ $$ = (struct on_list){$1, $1}; }
| ontargets COMMA ontarget	{ $$ = $1; LIST_ADD($$, $3); }
;
ontarget:
  NAME				{ $$ = NODE_NEW(p, ast_on, .word = $1); }
| "arch" NAME			{ $$ = NODE_NEW(p, ast_on, .word = $2, .is_arch = true); }
;

/* ---- access ---- */

access:
  ops				{ $$ = ACCESS(OPS, @$, .ops = $1.first); }
| ops objects			{ $$ = ACCESS(OPS, @$, .ops = $1.first, .objects = $2.first); }
| ops list			{ $$ = ACCESS(OPS, @$, .ops = $1.first, .objects = $2.first); }
| ops "matching" STRING "under" STRING
				{ $$ = ACCESS(MATCHING, @$, .ops = $1.first, .glob = $3,
					      .under = $5); }
| "env" envkeys			{ $$ = ACCESS(ENV, @$, .names = $2.first); }
| "syscall" sysitems where action_opt
				{ $$ = ACCESS(SYSCALL, @$, .names = $2.first, .where = $3,
					      .action = $4); }
;
ops:
  NAME				{ $$ = (struct word_list){$1, $1}; }
| ops NAME			{ $$ = $1; LIST_ADD($$, $2); }
;
objects:
  object			{ $$ = (struct object_list){$1, $1}; }
| objects COMMA { node_comma(p, @2); } object
				{ $$ = $1; $$.last->more = true; LIST_ADD($$, $4); }
;
object:
  STRING			{ $$ = node_object(p, $1); }
| object NAME			{ $$ = $1; node_modifier(p, $$, $2); }
| object "via" word		{ $$ = $1; node_via(p, $$, @2, $3); }
| object "except" STRING	{ $$ = $1; node_except(p, $$, (struct word_list){$3, $3}, @$);
				  p->hole = $3; }
| object "except" exlist	{ $$ = $1; node_except(p, $$, $3, @$); }
;
list:
  LBRACE entries RBRACE		{ $$ = $2; }
| LBRACE entries entry RBRACE	{ $$ = node_join($2, $3); }
| LBRACE entries error RBRACE	{ yyerrok; $$ = $2; }
;
entries:
  %empty			{ $$ = (struct object_list){0}; }
| entries entry NL		{ $$ = node_join($1, $2); }
| entries error NL		{ yyerrok; $$ = $1; }
;
entry:
  objects
| objects because		{ $$ = $1; node_because($$, $2); }
;
exlist:
  LBRACE exlines RBRACE		{ $$ = $2; }
| LBRACE exlines exline RBRACE	{ $$ = $2; LIST_JOIN($$, $3); }
| LBRACE exlines error RBRACE	{ yyerrok; $$ = $2; }
;
exlines:
  %empty			{ $$ = (struct word_list){0}; }
| exlines exline NL		{ $$ = $1; LIST_JOIN($$, $2); }
| exlines error NL		{ yyerrok; $$ = $1; }
;
exline:
  strings
| strings because		{ $$ = $1;
				  for (struct ast_word *w = $1.first; w; w = w->next)
					w->because = $2; }
;
strings:
  STRING			{ $$ = (struct word_list){$1, $1}; }
| strings COMMA STRING		{ $$ = $1; LIST_ADD($$, $3); }
;
sysitems:
  sysitem			{ $$ = (struct word_list){$1, $1}; }
| sysitems COMMA sysitem	{ $$ = $1; LIST_ADD($$, $3); }
;
sysitem:
  NAME
| GROUPNAME
;
envkeys:
  envkey			{ $$ = (struct word_list){$1, $1}; }
| envkeys COMMA envkey		{ $$ = $1; LIST_ADD($$, $3); }
;
/*
 * Names of environment variables that are not all capitals (http_proxy, "LC_*") are written as
 * strings.
 */
envkey:
  CONST
| STRING
;
action_opt:
  %empty			{ $$ = NULL; }
| action
;
action:
  "with" NAME detail		{ $$ = NODE_NEW(p, ast_action, .loc = {@1.beg, ($3 ? @3 : @2).end},
						.name = $2, .detail = $3); }
| "with" "allow"		{ $$ = NODE_NEW(p, ast_action, .loc = @$, .name = $2); }
;
detail:
  %empty			{ $$ = NULL; }
| CONST
;

/* ---- conditions ---- */

where:
  %empty			{ $$ = NULL; }
| "where" cond			{ $$ = $2; p->tests = 0; }
;
cond:
  conj
| cond "or" conj		{ $$ = node_both(p, COND_OR, $1, $3); }
;
conj:
  atom
| conj "and" atom		{ $$ = node_both(p, COND_AND, $1, $3); }
;
atom:
  word rel alts			{ $$ = node_test(p, @$, $1, $2, $3.first, NULL); }
| word bits alts		{ $$ = node_test(p, @$, $1, $2, $3.first, NULL); }
| word "in" LPAREN vals RPAREN	{ $$ = node_test(p, @$, $1, REL_IN, $4.first, NULL); }
| word AMP alts EQ alts	{ $$ = node_test(p, @$, $1, REL_EQ, $5.first, $3.first); }
| "not" LPAREN cond RPAREN	{ $$ = $3 ? NODE_NEW(p, ast_cond, .kind = COND_NOT, .loc = @$,
						     .left = $3) : NULL; }
| LPAREN cond RPAREN		{ $$ = $2; }
;
rel:
  EQ				{ $$ = REL_EQ; }
| NE				{ $$ = REL_NE; }
| LT				{ $$ = REL_LT; }
| LE				{ $$ = REL_LE; }
| GT				{ $$ = REL_GT; }
| GE				{ $$ = REL_GE; }
;
bits:
  "has"				{ $$ = REL_HAS; }
| "lacks"			{ $$ = REL_LACKS; }
;
alts:
  val				{ $$ = (struct word_list){$1, $1}; }
| alts PIPE val			{ $$ = $1; LIST_ADD($$, $3); }
;
vals:
  val				{ $$ = (struct word_list){$1, $1}; }
| vals COMMA val		{ $$ = $1; LIST_ADD($$, $3); }
;
val:
  INT
| CONST
;

/* ---- tests ---- */

test:
  "test" STRING tblock		{ $$ = NODE_NEW(p, ast_test, .loc = @$, .title = $2,
						.stmts = $3.first); }
| "test" error tblock		{ yyerrok; $$ = NULL; }
;
tblock:
  LBRACE tlines RBRACE		{ $$ = $2; }
| LBRACE tlines tstmt RBRACE	{ $$ = $2; LIST_ADD($$, $3); }
| LBRACE tlines error RBRACE	{ yyerrok; $$ = $2; }
;
tlines:
  %empty			{ $$ = (struct tstmt_list){0}; }
| tlines tstmt NL		{ $$ = $1; LIST_ADD($$, $2); }
| tlines error NL		{ yyerrok; $$ = $1; }
;
tstmt:
  "given" given ASSIGN value	{ $$ = TSTMT(GIVEN, @$, .name = $2, .value = $4); }
| "expect" "allow" access on_opt
				{ $$ = TSTMT(ALLOW, @$, .access = $3, .targets = $4.first); }
| "expect" "deny" access on_opt	{ $$ = TSTMT(DENY, @$, .access = $3, .targets = $4.first); }
| "expect" "enforced" caps on_opt
				{ $$ = TSTMT(ENFORCED, @$, .caps = $3.first,
					     .targets = $4.first); }
| "expect" "caveat" caps on_opt	{ $$ = TSTMT(CAVEAT, @$, .caps = $3.first,
					     .targets = $4.first); }
;
given:
  word
| CONST
;

/* ---- words ---- */

caps:
  cap				{ $$ = (struct word_list){$1, $1}; }
| caps COMMA cap		{ $$ = $1; LIST_ADD($$, $3); }
;
cap:
  CAP
| NAME
;
on_opt:
  %empty			{ $$ = (struct word_list){0}; }
| "on" names			{ $$ = $2; }
;
names:
  NAME				{ $$ = (struct word_list){$1, $1}; }
| names COMMA NAME		{ $$ = $1; LIST_ADD($$, $3); }
;
qname:
  word
| QNAME
;
value:
  STRING
| INT
| SIZE
| DURATION
| PERCENT
| NAME
;
any_opt:
  %empty			{ $$ = (struct word_list){0}; }
| any_list
;
any_list:
  any				{ $$ = (struct word_list){$1, $1}; }
| any_list any			{ $$ = $1; LIST_ADD($$, $2); }
| any_list COMMA any		{ $$ = $1; LIST_ADD($$, $3); }
;
any:
  word
| QNAME
| CAP
| CONST
| GROUPNAME
| STRING
| INT
| SIZE
| DURATION
| PERCENT
;
/* Keywords are names wherever no statement could begin and no clause could follow. */
word:
  NAME
| kw
;
kw:
  "sbx" | "import" | "let" | "param" | "group" | "proxy" | "profile" | "policy" | "test"
| "version" | "extends" | "about" | "at" | "load" | "targets" | "entry" | "use" | "final"
| "allow" | "deny" | "never" | "drop" | "limit" | "require" | "prefer" | "set" | "default"
| "unknown" | "on" | "arch" | "unsafe" | "env" | "syscall" | "matching" | "under" | "where"
| "with" | "via" | "except" | "and" | "or" | "in" | "has" | "lacks" | "given" | "expect"
| "enforced" | "caveat"
;

%%

static int sbxlex(SBXSTYPE *value, struct loc *loc, struct parse *p)
{
	struct token t = feed_next(p);
	*loc = t.loc;
	value->word = t.word;
	return t.kind;
}

/* Only for what yyreport_syntax_error does not get: the parser's stack has an end. */
static void sbxerror(const struct loc *loc, struct parse *p, const char *text)
{
	(void)text;
	if (!p->deep_seen)
		parse_fault(p, DIAG_TOO_DEEP, *loc, "the policy is nested too deep here");
	p->deep_seen = true;
}

static bool is_keyword(yysymbol_kind_t kind)
{
	return kind >= YYSYMBOL_SBX && kind <= YYSYMBOL_CAVEAT;
}

static int yyreport_syntax_error(const yypcontext_t *ctx, struct parse *p)
{
	enum { MAX = 100 };
	yysymbol_kind_t kinds[MAX];
	struct expected e = {0};
	if (!feed_refused(p, &p->prev))
		return 0;
	int n = yypcontext_expected_tokens(ctx, kinds, MAX);
	for (int i = 0; i < n; i++) {
		if (is_keyword(kinds[i]))
			e.keywords[e.n_keywords++] = yysymbol_name(kinds[i]);
		else
			e.phrases[e.n_phrases++] = yysymbol_name(kinds[i]);
	}
	report_unexpected(p, &p->prev, &e);
	return 0;
}
