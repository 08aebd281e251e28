/*
 * pack.c - a program of the build: packs the texts of the static loader (said.h), from stdin, and prints them as C.
 *
 * Which bytes are copied from where is chosen by what each choice costs, in bits. What it costs depends on how often it is
 * taken, so that is counted and the choice made again, a few times over.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unpack.h"

enum { MAX = 1 << 16, ROUNDS = 8, LONGEST = 255 };

static char room[MAX + 2], *const text = room + 1, again[MAX]; /* before the text stands a zero */
static unsigned size;

/* How text[..at] is best said: its last piece, a byte or a copy. */
static struct step {
	double bits;
	unsigned len, distance; /* 0: a byte */
	unsigned last;          /* the distance of the last copy in it */
} best[MAX + 1];

/* What decisions cost, by how often they were taken in the round before. */
static double cost[N_DECISIONS][2];
static double count[N_DECISIONS][2];

static unsigned char out[MAX];
static struct {
	uint64_t low;
	uint32_t range;
	unsigned len;
	uint16_t no[N_DECISIONS];
} coder;

static void costs_make(void)
{
	for (unsigned i = 0; i < N_DECISIONS; i++)
		for (unsigned yes = 0; yes < 2; yes++)
			cost[i][yes] =
			    -log2((count[i][yes] + .4) / (count[i][0] + count[i][1] + .8));
	memset(count, 0, sizeof(count));
}

/* ---- the same decisions, priced or coded ---- */

typedef double take(unsigned which, unsigned yes);

static double price(unsigned which, unsigned yes)
{
	return cost[which][yes];
}

static void byte_out(void)
{
	out[coder.len++] = (unsigned char)(coder.low >> 24);
	coder.low = coder.low << 8 & UINT32_MAX;
	coder.range <<= 8;
}

static double code(unsigned which, unsigned yes)
{
	uint16_t *no = &coder.no[which];
	uint32_t part = (coder.range >> CERTAIN_BITS) * *no;

	count[which][yes]++;
	coder.low += yes ? part : 0;
	if (coder.low > UINT32_MAX)
		for (unsigned i = coder.len; ++out[--i] == 0;)
			;
	coder.low &= UINT32_MAX;
	coder.range = yes ? coder.range - part : part;
	*no = (uint16_t)(yes ? *no - (*no >> FOLLOW) : *no + ((CERTAIN - *no) >> FOLLOW));
	while (coder.range < RANGE_LEAST)
		byte_out();
	return 0;
}

static double number(take *t, unsigned of, unsigned n)
{
	double bits = 0;
	int i = 31 - __builtin_clz(n);

	for (; i > 0; i--, of += 2) {
		bits += t(of, 1);
		bits += t(of + 1, n >> (i - 1) & 1);
	}
	return bits + t(of, 0);
}

static double byte(take *t, char before, char c)
{
	unsigned of = OF_BYTE + (unsigned)before / 32 * TEXT_BYTES;
	double bits = 0;

	for (int i = 6; i >= 0; i--)
		bits +=
		    t(of + (1U << (6 - i)) + ((unsigned)c >> (i + 1)), (unsigned)c >> i & 1);
	return bits;
}

/* The piece at `at` that leads to `to`, behind `from`. */
static double piece(take *t, const struct step *from, const struct step *to, const char *at)
{
	double bits = t(IS_COPY + (from->distance != 0), to->distance != 0);

	if (!to->distance)
		return bits + byte(t, at[-1], at[0]);
	if (!from->distance)
		bits += t(IS_SAME, to->distance == from->last);
	if (from->distance || to->distance != from->last)
		bits += number(t, OF_DISTANCE, to->distance);
	return bits + number(t, OF_LENGTH, to->len);
}

/* ---- the choice ---- */

static void offer(unsigned at, struct step s)
{
	struct step *to = &best[at + s.len];

	s.bits = best[at].bits + piece(price, &best[at], &s, text + at);
	if (s.bits < to->bits)
		*to = s;
}

static unsigned same_len(unsigned at, unsigned distance)
{
	unsigned len = 0;

	while (len < LONGEST && at + len < size && text[at + len] == text[at + len - distance])
		len++;
	return len;
}

/* Copies of `from` bytes or more. */
static unsigned copies_offer(unsigned at, unsigned distance, unsigned from)
{
	unsigned len = same_len(at, distance);

	for (unsigned n = from; n <= len; n++)
		offer(at, (struct step){.len = n, .distance = distance, .last = distance});
	return len;
}

static void choose(void)
{
	static unsigned before[MAX],
	    seen[TEXT_BYTES][TEXT_BYTES]; /* + 1: where the two bytes at a place stood last */

	memset(seen, 0, sizeof(seen));
	for (unsigned i = 1; i <= size; i++)
		best[i].bits = HUGE_VAL;
	for (unsigned at = 0; at < size; at++) {
		unsigned longest = 1, *last = &seen[(unsigned)text[at]][(unsigned)text[at + 1]];
		before[at] = *last;
		*last = at + 1;
		offer(at, (struct step){.len = 1, .last = best[at].last});
		if (best[at].last)
			copies_offer(at, best[at].last, 1);
		/* further away costs more: only what is longer than all that is nearer */
		for (unsigned from = before[at]; from && longest < LONGEST;
		     from = before[from - 1]) {
			unsigned len = copies_offer(at, at + 1 - from, longest + 1);
			longest = len > longest ? len : longest;
		}
	}
}

/* From its end to its beginning is how the best way is known. */
static void encode(unsigned end)
{
	const struct step *to = &best[end];
	unsigned at = end - to->len;

	if (end == 0)
		return;
	encode(at);
	piece(code, &best[at], to, text + at);
}

static void pack(void)
{
	memset(&coder, 0, sizeof(coder));
	coder.range = RANGE_LEAST;
	for (unsigned i = 0; i < N_DECISIONS; i++)
		coder.no[i] = CERTAIN / 2;
	encode(size);
	for (int i = 0; i < 4; i++)
		byte_out();
}

static void text_pack(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		costs_make();
		choose();
		pack();
	}
}

static bool all_ascii(void)
{
	for (unsigned i = 0; i < size; i++)
		if ((unsigned char)text[i] >= TEXT_BYTES)
			return false;
	return true;
}

int main(void)
{
	size = (unsigned)fread(text, 1, MAX, stdin);
	if (size == 0 || size == MAX || !all_ascii()) {
		fputs("pack: nothing, too much, or not ASCII\n", stderr);
		return 1;
	}
	text_pack();
	unpack(out + 1, again,
	       again + size); /* the first byte is there for a carry that never comes */
	if (memcmp(text, again, size)) {
		fputs("pack: it does not come back\n", stderr);
		return 1;
	}
	printf("/* %u bytes */\nconst unsigned char said_packed[] = {", size);
	for (unsigned i = 1; i < coder.len; i++)
		printf("%s%u,", i % 24 == 1 ? "\n" : "", out[i]);
	printf("\n};\n");
	return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
