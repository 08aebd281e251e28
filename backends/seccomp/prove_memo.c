/*
 * prove_memo.c - a set of questions, compared byte by byte.
 */
#include "prove_memo.h"

#include <linux/filter.h>
#include <string.h>

enum { N_BUCKETS = 1024 };

struct entry {
	const struct entry *next;
	size_t size;
	const char *bytes;
};

struct memo {
	struct arena *arena;
	const uint16_t
	    *loads; /* of each instruction: the words that can still be loaded from there */
	const struct entry *buckets[N_BUCKETS];
	bool used;
	struct buf key;
};

static bool is_plain(const struct bpf_prog *p)
{
	for (unsigned pc = 0; pc < p->n; pc++) {
		uint16_t code = p->v[pc].code;
		if (BPF_CLASS(code) == BPF_LDX || BPF_CLASS(code) == BPF_ST ||
		    BPF_CLASS(code) == BPF_STX || BPF_CLASS(code) == BPF_MISC)
			return false;
	}
	return true;
}

static uint16_t loads_at(const struct bpf_prog *p, const uint16_t *loads, unsigned pc)
{
	const struct bpf_insn *i = &p->v[pc];
	if (BPF_CLASS(i->code) == BPF_RET)
		return 0;
	if (i->code == (BPF_JMP | BPF_JA))
		return loads[pc + 1 + i->k];
	if (BPF_CLASS(i->code) == BPF_JMP)
		return loads[pc + 1 + i->jt] | loads[pc + 1 + i->jf];
	if (i->code == (BPF_LD | BPF_W | BPF_ABS))
		return (uint16_t)(loads[pc + 1] | 1u << (i->k / 4));
	return loads[pc + 1];
}

struct memo *memo_new(struct arena *a, const struct bpf_prog *p)
{
	if (!is_plain(p))
		return NULL;
	struct memo *m = ARENA_NEW(a, struct memo);
	uint16_t *loads = ARENA_ARRAY(a, p->n, uint16_t);
	for (unsigned pc = p->n; pc-- > 0;)
		loads[pc] = loads_at(p, loads, pc);
	m->arena = a;
	m->loads = loads;
	m->key = buf_new(a);
	return m;
}

void memo_clear(struct memo *m)
{
	if (m->used)
		memset(m->buckets, 0, sizeof(m->buckets));
	m->used = false;
}

static void key_add(struct memo *m, uint32_t v)
{
	buf_add(&m->key, &v, sizeof(v));
}

static void key_word(struct memo *m, const struct wordset *w)
{
	const uint32_t plain[] = {w->lo, w->hi, w->mask, w->value};
	uint32_t n = 0;
	buf_add(&m->key, plain, sizeof(plain));
	for (const struct wordset_not *i = w->nots; i; i = i->next, n++) {
		key_add(m, i->mask);
		key_add(m, i->value);
	}
	key_add(m, n);
}

static uint32_t hash(const char *bytes, size_t n)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint8_t)bytes[i]) * 16777619u;
	return h ^ h >> 15;
}

bool memo_asked(struct memo *m, unsigned pc, const struct rest *r, const uint32_t *values,
		const struct wordset words[PROVE_WORDS])
{
	uint32_t live = r->words | m->loads[pc];
	m->key.len = 0;
	key_add(m, pc);
	key_add(m, live);
	key_add(m,
		r->n); /* each part of the key says where it ends: no two questions have one key */
	buf_add(&m->key, values, r->n * sizeof(values[0]));
	for (unsigned i = 0; i < PROVE_WORDS; i++)
		if (live & 1u << i)
			key_word(m, &words[i]);
	const struct entry **b = &m->buckets[hash(m->key.data, m->key.len) % N_BUCKETS];
	for (const struct entry *e = *b; e; e = e->next)
		if (e->size == m->key.len && memcmp(e->bytes, m->key.data, e->size) == 0)
			return true;
	m->used = true;
	struct entry *e = ARENA_NEW(m->arena, struct entry);
	*e = (struct entry){*b, m->key.len, arena_strndup(m->arena, m->key.data, m->key.len)};
	*b = e;
	return false;
}
