/*
 * sbpl_regex.c - the regular expressions of profiles: ^ $ . * + ? {n,m} [] [^] () | and \ before a sign, and \d \s \w.
 *
 * Thompson's construction and a simulation of all states at once, so no pattern makes a text slow. Anything else (back
 * references, lookaround, [:classes:]) is an error: what macOS does with it is not known.
 */
#include <string.h>

#include "../../compiler/str.h"
#include "sbpl.h"

enum { MAX_NODES = 8192, MAX_NESTING = 64, MAX_REPEAT = 255 };

typedef uint32_t byte_set[8];

/* A state. Of a SPLIT both ways, of all others `next`. */
struct node {
	enum { NODE_BYTE, NODE_SET, NODE_BEGIN, NODE_END, NODE_SPLIT, NODE_MATCH } kind;
	unsigned char byte;
	uint32_t set; /* index */
	uint32_t next, other;
};

struct sbpl_regex {
	struct node *nodes;
	uint32_t n_nodes, start;
	byte_set *sets;
	uint32_t n_sets;
	bool anchored; /* every match begins where the text does */
	const char *head;
	const char *const *pieces;
	unsigned n_pieces;
};

/* A piece of the automaton while it is built: where it begins, and the ends that are not joined yet. */
struct piece {
	uint32_t start;
	uint32_t end; /* the node whose `next` is open: every piece ends in one */
};

struct parser {
	struct arena *arena;
	const char *p;
	struct sbpl_regex *re;
	unsigned nesting;
	const char *error;
};

static struct piece alternatives(struct parser *p);

static struct piece bad(struct parser *p, const char *what)
{
	if (!p->error)
		p->error = what;
	return (struct piece){0, 0};
}

static uint32_t node(struct parser *p, struct node n)
{
	struct sbpl_regex *re = p->re;

	if (re->n_nodes >= MAX_NODES) {
		bad(p, "a pattern that is too long");
		return 0;
	}
	ARENA_GROW(p->arena, re->nodes, re->n_nodes);
	re->nodes[re->n_nodes] = n;
	return re->n_nodes++;
}

/* A split whose ways are the same is a node that does nothing. */
static uint32_t join(struct parser *p)
{
	return node(p, (struct node){.kind = NODE_SPLIT});
}

static void link_to(struct parser *p, uint32_t from, uint32_t to)
{
	struct node *n = &p->re->nodes[from];

	n->next = to;
	if (n->kind == NODE_SPLIT && !n->other)
		n->other = to;
}

static struct piece one(struct parser *p, struct node n)
{
	uint32_t i = node(p, n);

	return (struct piece){i, i};
}

static void set_add(uint32_t *set, unsigned lo, unsigned hi)
{
	for (unsigned c = lo; c <= hi; c++)
		set[c / 32] |= 1u << c % 32;
}

static bool set_has(const uint32_t *set, unsigned char c)
{
	return set[c / 32] >> c % 32 & 1;
}

static void set_not(uint32_t *set)
{
	for (int i = 0; i < 8; i++)
		set[i] = ~set[i];
}

static struct piece set_piece(struct parser *p, const uint32_t *set)
{
	struct sbpl_regex *re = p->re;

	ARENA_GROW(p->arena, re->sets, re->n_sets);
	memcpy(re->sets[re->n_sets], set, sizeof(byte_set));
	return one(p, (struct node){.kind = NODE_SET, .set = re->n_sets++});
}

/* \d, \s, \w and their opposites; false: another letter. */
static bool class_add(uint32_t *set, char letter)
{
	byte_set one_class = {0};

	switch (letter | 0x20) {
	case 'd':
		set_add(one_class, '0', '9');
		break;
	case 's':
		set_add(one_class, '\t', '\r');
		set_add(one_class, ' ', ' ');
		break;
	case 'w':
		set_add(one_class, '0', '9');
		set_add(one_class, 'a', 'z');
		set_add(one_class, 'A', 'Z');
		set_add(one_class, '_', '_');
		break;
	default:
		return false;
	}
	if (letter < 'a')
		set_not(one_class);
	for (int i = 0; i < 8; i++)
		set[i] |= one_class[i];
	return true;
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Behind a backslash: a class into the set (*byte is -1), or one byte. */
static void escape(struct parser *p, uint32_t *set, int *byte)
{
	char c = *p->p;

	*byte = -1;
	if (!c)
		bad(p, "a pattern that ends in a backslash");
	else if (!is_alnum(c))
		*byte = (unsigned char)c;
	else if (!class_add(set, c))
		bad(p, "a pattern with an escape that is no escaped sign");
	if (c)
		p->p++;
}

/* One member of [...], or the low end of a range; -1 after a class. */
static int member(struct parser *p, uint32_t *set)
{
	int byte = (unsigned char)*p->p;

	if (p->p[0] == '[' && p->p[1] == ':')
		bad(p, "a pattern with a class by name");
	if (*p->p == '\0') {
		bad(p, "a pattern whose [ is not closed");
		return -1;
	}
	p->p++;
	if (byte == '\\')
		escape(p, set, &byte);
	return byte;
}

static struct piece bracket(struct parser *p)
{
	byte_set set = {0};
	bool negated = *p->p == '^', first = true;

	p->p += negated;
	for (; !p->error && (first || *p->p != ']'); first = false) {
		int lo = member(p, set), hi = lo;

		if (lo >= 0 && p->p[0] == '-' && p->p[1] && p->p[1] != ']') {
			p->p++;
			hi = member(p, set);
		}
		if (lo > hi)
			bad(p, "a pattern with a range that runs backwards");
		if (lo >= 0 && hi >= lo)
			set_add(set, (unsigned)lo, (unsigned)hi);
	}
	if (p->error)
		return bad(p, p->error);
	p->p++;
	if (negated)
		set_not(set);
	return set_piece(p, set);
}

static struct piece group(struct parser *p)
{
	struct piece in;

	if (*p->p == '?')
		return bad(p, "a pattern with (?");
	if (++p->nesting > MAX_NESTING)
		return bad(p, "a pattern that is nested too deep");
	in = alternatives(p);
	p->nesting--;
	if (*p->p != ')')
		return bad(p, "a pattern whose ( is not closed");
	p->p++;
	return in;
}

static struct piece atom(struct parser *p)
{
	byte_set set = {0};
	int byte;
	char c = *p->p++;

	switch (c) {
	case '(':
		return group(p);
	case '[':
		return bracket(p);
	case '.':
		set_add(set, 1, 255);
		return set_piece(p, set);
	case '^':
		return one(p, (struct node){.kind = NODE_BEGIN});
	case '$':
		return one(p, (struct node){.kind = NODE_END});
	case '*':
	case '+':
	case '?':
	case '{':
		return bad(p, "a pattern that repeats nothing");
	case '\\':
		escape(p, set, &byte);
		if (byte < 0)
			return p->error ? bad(p, p->error) : set_piece(p, set);
		return one(p, (struct node){.kind = NODE_BYTE, .byte = (unsigned char)byte});
	default:
		return one(p, (struct node){.kind = NODE_BYTE, .byte = (unsigned char)c});
	}
}

/* X*, X+ and X? of a piece. */
static struct piece repeated(struct parser *p, struct piece x, bool none, bool many)
{
	uint32_t split = node(p, (struct node){.kind = NODE_SPLIT, .next = x.start}), end = join(p);

	if (p->error)
		return x;
	p->re->nodes[split].other = end;
	link_to(p, x.end, many ? split : end);
	return (struct piece){none ? split : x.start, end};
}

static struct piece sequence_of(struct parser *p, struct piece a, struct piece b)
{
	if (!p->error)
		link_to(p, a.end, b.start);
	return (struct piece){a.start, b.end};
}

static bool count(struct parser *p, unsigned *out)
{
	if (*p->p < '0' || *p->p > '9')
		return false;
	for (*out = 0; *p->p >= '0' && *p->p <= '9' && *out <= MAX_REPEAT; p->p++)
		*out = *out * 10 + (unsigned)(*p->p - '0');
	return *out <= MAX_REPEAT;
}

/* {n}, {n,}, {n,m} behind p->p; the atom is read again from `text` for each copy. */
static struct piece counted(struct parser *p, struct piece x, const char *text)
{
	unsigned lo, hi;
	bool open = false;
	struct piece all;
	const char *behind;

	if (!count(p, &lo))
		return bad(p, "a pattern with a { that is no count up to 255");
	hi = lo;
	if (*p->p == ',') {
		p->p++;
		open = *p->p == '}';
		if (!open && !count(p, &hi))
			return bad(p, "a pattern with a { that is no count up to 255");
	}
	if (*p->p != '}' || hi < lo || (hi == 0 && !open))
		return bad(p, "a pattern with a { that is no count up to 255");
	behind = p->p + 1;
	all = lo == 0 ? repeated(p, x, true, open) : x;
	for (unsigned i = 1; i < (open && lo > 0 ? lo + 1 : hi) && !p->error; i++) {
		p->p = text;
		x = atom(p);
		if (!p->error && i >= lo)
			x = repeated(p, x, true, open);
		all = sequence_of(p, all, x);
	}
	p->p = behind;
	return all;
}

static struct piece quantified(struct parser *p)
{
	const char *text = p->p;
	struct piece x = atom(p);
	bool anchor = !p->error && (p->re->nodes[x.start].kind == NODE_BEGIN || p->re->nodes[x.start].kind == NODE_END) &&
		      x.start == x.end;

	while (!p->error && *p->p && strchr("*+?{", *p->p)) {
		char c = *p->p++;

		if (anchor)
			return bad(p, "a pattern that repeats ^ or $");
		if (c == '{')
			return counted(p, x, text);
		x = repeated(p, x, c != '+', c != '?');
	}
	return x;
}

static struct piece sequence(struct parser *p)
{
	uint32_t begin = join(p);
	struct piece all = {begin, begin};

	while (!p->error && *p->p && *p->p != '|' && *p->p != ')')
		all = sequence_of(p, all, quantified(p));
	return all;
}

static struct piece alternatives(struct parser *p)
{
	struct piece all = sequence(p);

	while (!p->error && *p->p == '|') {
		struct piece other;
		uint32_t split, end;

		p->p++;
		other = sequence(p);
		split = node(p, (struct node){.kind = NODE_SPLIT, .next = all.start, .other = other.start});
		end = join(p);
		if (p->error)
			break;
		link_to(p, all.end, end);
		link_to(p, other.end, end);
		all = (struct piece){split, end};
	}
	return all;
}

const struct sbpl_regex *sbpl_regex_new(struct arena *a, const char *pattern, const char **error)
{
	struct parser p = {.arena = a, .p = pattern, .re = ARENA_NEW(a, struct sbpl_regex)};
	struct piece all;

	node(&p, (struct node){.kind = NODE_MATCH}); /* number 0, which an unset `next` would be */
	all = alternatives(&p);
	if (!p.error && *p.p == ')')
		bad(&p, "a pattern whose ) opens nothing");
	*error = p.error;
	if (p.error)
		return NULL;
	link_to(&p, all.end, 0);
	p.re->start = all.start;
	p.re->anchored = sbpl_pattern_anchored(pattern);
	p.re->head = sbpl_pattern_head(a, pattern);
	p.re->pieces = sbpl_pattern_pieces(a, pattern, &p.re->n_pieces);
	return p.re;
}

const char *sbpl_regex_head(const struct sbpl_regex *re)
{
	return re->head;
}

const char *const *sbpl_regex_pieces(const struct sbpl_regex *re, unsigned *n)
{
	*n = re->n_pieces;
	return re->pieces;
}

/* The states that are alive, each once: `dense` in the order they came, `seen` by number. */
struct states {
	uint32_t n;
	uint32_t v[MAX_NODES];
	uint32_t stack[2 * MAX_NODES + 2];
	uint64_t seen[MAX_NODES / 64];
};

static void states_clear(struct states *s, uint32_t n_nodes)
{
	s->n = 0;
	memset(s->seen, 0, (n_nodes / 64 + 1 < MAX_NODES / 64 ? n_nodes / 64 + 1 : MAX_NODES / 64) * sizeof(s->seen[0]));
}

/* Adds what is reached from `i` without reading a byte; true when that is the end of the expression. */
static bool states_add(const struct sbpl_regex *re, struct states *s, uint32_t i, bool begin, bool end)
{
	uint32_t depth = 0;
	bool match = false;

	s->stack[depth++] = i;
	while (depth > 0) {
		const struct node *n;

		i = s->stack[--depth];
		n = &re->nodes[i];
		if (s->seen[i / 64] >> i % 64 & 1)
			continue;
		s->seen[i / 64] |= (uint64_t)1 << i % 64;
		match |= n->kind == NODE_MATCH;
		if (n->kind == NODE_SPLIT)
			s->stack[depth++] = n->other;
		if (n->kind == NODE_SPLIT || (n->kind == NODE_BEGIN && begin) || (n->kind == NODE_END && end))
			s->stack[depth++] = n->next;
		else if (n->kind == NODE_BYTE || n->kind == NODE_SET)
			s->v[s->n++] = i;
	}
	return match;
}

static bool node_takes(const struct sbpl_regex *re, const struct node *n, unsigned char c)
{
	return n->kind == NODE_BYTE ? n->byte == c : set_has(re->sets[n->set], c);
}

bool sbpl_regex_match(const struct sbpl_regex *re, const char *text)
{
	struct states pair[2], *now = &pair[0], *next = &pair[1];
	size_t head = strlen(re->head);

	if (strncmp(re->head, text, head) != 0)
		return false;
	states_clear(now, re->n_nodes);
	for (const char *p = text;; p++) {
		struct states *swap = now;

		/* The expression may begin at each place. */
		if ((p == text || !re->anchored) && states_add(re, now, re->start, p == text, !*p))
			return true;
		if (!*p || (now->n == 0 && re->anchored))
			return false;
		states_clear(next, re->n_nodes);
		for (uint32_t i = 0; i < now->n; i++)
			if (node_takes(re, &re->nodes[now->v[i]], (unsigned char)*p) &&
			    states_add(re, next, re->nodes[now->v[i]].next, false, !p[1]))
				return true;
		now = next;
		next = swap;
	}
}

/* ---- an example ---- */

static unsigned char pick(const struct sbpl_regex *re, const struct node *n)
{
	static const char liked[] = "axb0_-A.z";

	if (n->kind == NODE_BYTE)
		return n->byte;
	for (const char *c = liked; *c; c++)
		if (set_has(re->sets[n->set], (unsigned char)*c))
			return (unsigned char)*c;
	for (unsigned c = 33; c < 127 + 128; c++)
		if (set_has(re->sets[n->set], (unsigned char)(c == 127 ? 32 : c)))
			return (unsigned char)(c == 127 ? 32 : c);
	return 0;
}

/* Breadth first over the nodes: the first byte of each way is remembered with where it came from. */
const char *sbpl_regex_example(struct arena *a, const struct sbpl_regex *re)
{
	struct step {
		uint32_t node;
		int32_t from;
		unsigned char byte;
	} *steps = ARENA_ARRAY(a, 2 * (size_t)re->n_nodes + 2, struct step);
	bool *seen = ARENA_ARRAY(a, re->n_nodes, bool);
	char *text, *to;
	int32_t n = 0, at = -1;

	steps[n++] = (struct step){re->start, -1, 0};
	for (int32_t i = 0; i < n && at < 0; i++) {
		const struct node *x = &re->nodes[steps[i].node];
		unsigned char byte = x->kind == NODE_BYTE || x->kind == NODE_SET ? pick(re, x) : 0;

		if (seen[steps[i].node])
			continue;
		seen[steps[i].node] = true;
		if (x->kind == NODE_MATCH) {
			at = i;
		} else if (x->kind != NODE_SET || byte) {
			steps[n++] = (struct step){x->next, i, byte};
			if (x->kind == NODE_SPLIT)
				steps[n++] = (struct step){x->other, i, 0};
		}
	}
	if (at < 0)
		return NULL;
	text = arena_alloc(a, (size_t)n + 1);
	to = text + n;
	for (; at >= 0; at = steps[at].from)
		if (steps[at].byte)
			*--to = (char)steps[at].byte;
	return sbpl_regex_match(re, to) ? to : NULL;
}
