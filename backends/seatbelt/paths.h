/*
 * paths.h - the lines of a policy about paths on their way into the profile: paths.c collects them, lower_paths.c writes
 * them, lower_moves.c what keeps names from being changed around them.
 */
#ifndef SBX_SEATBELT_PATHS_H
#define SBX_SEATBELT_PATHS_H

#include "seatbelt.h"

/* Single operations of macOS, in the order of the profile. file-read-data is two: by the kind of what is read. */
enum atom {
#define ATOM(id, name, allow_any, allow_all, deny_any, deny_all) ATOM_##id,
#include "atoms.def"
	ATOM_COUNT
};
#define ATOM_BIT(a) (1u << (a))

/* One line of the policy on one place. */
struct path_line {
	const struct ir_rule *rule;
	const char *root; /* template of the place in the kernel's spelling */
	const char *shortest; /* of a pattern: the shortest name that fits; else NULL */
	const char *note; /* what the line is, where its text does not say it; or NULL */
	struct loc at;
	uint32_t all;   /* atoms that it means */
	uint32_t gives; /* of an allow: those that no deny takes whole */
	uint32_t atoms; /* those that no other line means already */
	unsigned number;
};

/* Atoms of some lines together: all that they mean, those that hold for a whole place, what is left of allows. */
struct path_sum {
	uint32_t all, plain, gives;
};

struct path_lines {
	struct path_line *v; /* in the order of the policy's files and lines */
	unsigned n;
	struct path_place *places; /* sorted by root: path_places.c */
	unsigned n_places;
	struct path_sum sum; /* of all */
	uint32_t open_all;   /* atoms of lines whose place depends on values of the start */
};

struct paths {
	struct path_lines allows, denies;
};

/* The atoms that a line allows, or denies, on all of the place. */
uint32_t paths_settled(struct arena *a, const struct paths *p, const char *root);
/* Does the line, a pattern, cover all of the place, by their words? */
bool paths_pattern_takes(struct arena *a, const struct path_line *pattern, const char *place);
/* Everything that the policy says of paths, without what has no effect. */
void paths_collect(struct emit *e, struct paths *p);
/* What is allowed; with the folders above it. Then what is denied. */
void paths_emit_allows(struct emit *e, const struct paths *p);
void paths_emit_denies(struct emit *e, const struct paths *p);
/* lower_moves.c: the folders above closed places keep their names. */
void paths_emit_moves(struct emit *e, const struct paths *p);

/* path_places.c: puts lines in the order of the policy's files and lines, and finds them by place; for those below. */
void paths_sort(struct arena *a, struct path_lines *l);
/* Does a line name a place below this one, textually? */
bool paths_below(const struct path_lines *l, const char *root);
/*
 * The lines at a place or above it, textually, the nearest first, until `look` says false; then it is false too. Of patterns
 * only those that may fit a name on the way, or (unless it is NULL) this name in the place.
 */
typedef bool paths_look_fn(void *ctx, const struct path_line *line);
bool paths_above(const struct path_lines *l, const char *root, const char *name, paths_look_fn *look, void *ctx);
/* Makes the sums, of what the lines say now; those at a place and above it, and those below it. */
void paths_sum(struct path_lines *l);
struct path_sum paths_sum_above(const struct path_lines *l, const char *root);
struct path_sum paths_sum_below(const struct path_lines *l, const char *root);

/* Can the hole take anything from the place? Beside it it cannot, whatever the values. */
bool paths_hole_matters(struct arena *a, const char *root, const char *hole);
/* Does a hole of the line take the folder? Where a variable decides it, it does. */
bool paths_hole(struct arena *a, const struct path_line *line, const char *folder);
/* Does one take a folder above the value of the variable? */
bool paths_hole_above(struct arena *a, const struct path_line *line, const char *variable);

/* cover.c: may the place lie in the wide one, with some values of the start? Both as templates. */
bool tmpl_may_cover(const char *wide, const char *place);

/* base.c: the atoms that the base opens on all of the place; on some part of it, or above it. */
uint32_t base_opens(const struct ir *ir, const char *root);
uint32_t base_meets(const struct ir *ir, const char *root);
/* Is it open, without any line, that the folder is there? */
bool base_shows(const struct ir *ir, const char *folder);

#endif
