/*
 * bdd.h - what conditions mean, exactly: decision diagrams over the bits of words.
 *
 * Bit b of the word at place p of the order is level 32 * p + 31 - b, so a path reads word after
 * word, each from its highest bit. Diagrams are reduced and shared: equal functions are equal ids.
 * Ends are false and true for conditions, else values of the caller.
 */
#ifndef SBX_SECCOMP_BDD_H
#define SBX_SECCOMP_BDD_H

#include <stdbool.h>
#include <stdint.h>

#include "../../compiler/arena.h"

enum {
	BDD_FALSE,
	BDD_TRUE,
	BDD_ANY,                /* nobody asks: whatever is best */
	BDD_NO_LEVEL = 1 << 20, /* of an end */
};

struct bdd;

struct bdd *bdd_new(struct arena *a);
unsigned bdd_level(const struct bdd *b, unsigned f);
unsigned bdd_low(const struct bdd *b, unsigned f);  /* the bit is 0 */
unsigned bdd_high(const struct bdd *b, unsigned f); /* the bit is 1 */
unsigned bdd_count(const struct bdd *b);            /* ids below this were given */

/* An end with a value, and the value of such an end. */
unsigned bdd_end(struct bdd *b, uint32_t value);
uint32_t bdd_end_value(const struct bdd *b, unsigned end);

/*
 * Has the diagram outgrown what is bearable (conditions can be made of which every diagram is)?
 * Then all answers since are wrong.
 */
bool bdd_full(const struct bdd *b);
/* From now on it has: what is made of it takes too long. */
void bdd_give_up(struct bdd *b);

/* f ? g : h; f has the ends true and false only. */
unsigned bdd_ite(struct bdd *b, unsigned f, unsigned g, unsigned h);

/*
 * (word & mask) == value (no bit of it outside the mask), and word > value, of the word at a place
 * of the order.
 */
unsigned bdd_equal(struct bdd *b, unsigned place, uint32_t mask, uint32_t value);
unsigned bdd_above(struct bdd *b, unsigned place, uint32_t value);

#endif
