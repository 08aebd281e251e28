/*
 * view_items.h - the places that the tree of the program is made of, where they really are.
 */
#ifndef SBX_VIEW_ITEMS_H
#define SBX_VIEW_ITEMS_H

#include <sys/stat.h>

#include "run.h"

enum item_kind {
	ITEM_PIN,     /* of the host: a folder above a cover, which the program may not move (view_pins.h) */
	ITEM_BIND,    /* of the host, at its own place: a path or entry line */
	ITEM_MOUNT,   /* of the host, at another place */
	ITEM_SCRATCH, /* empty, in memory */
	ITEM_DISCARD, /* of the host, under a layer that is thrown away */
	ITEM_COVER,   /* a cover line: hidden, or of the host with less */
};

struct item {
	enum item_kind kind;
	const char *path; /* in the new tree: no symbolic link in it, "/" or without a slash at its end */
	int fd;           /* O_PATH of what is shown there; -1: nothing of the host */
	int tree;         /* mounted there: only while filled */
	bool late;        /* of the host, and opened when it is copied; by then it may be gone */
	bool filled;      /* mount points are made in it: it is closed at the end */
	bool missing;     /* a cover of a place that is not there */
	bool is_dir, is_device;
	bool pin;         /* BIND: it is one as well */
	bool rw;          /* as its own lines say; build_item() adds what comes from above */
	unsigned how;     /* COVER: enum cover */
	bool match;       /* COVER: of what a denied pattern fits */
	uint64_t size;    /* SCRATCH, DISCARD: of what is written */
	unsigned place;   /* SCRATCH: its number in launch.places */
	struct span where;
	struct span tmpl; /* of a path or cover line, to pair them */
};

/* What a path or entry line found: the rules of Landlock need not look again. */
struct opened {
	int fd; /* O_PATH; or one of the two below */
	bool is_dir;
	const char *path;
};
enum { OPENED_NOTHING = -1, /* a place that may be missing, and is */ OPENED_ELSEWHERE = -2 /* only in the new tree */ };

/* A symbolic link of the host on the way to a place. */
struct item_link {
	const char *path, *target;
};

struct items {
	struct run *run;
	struct item *v;
	unsigned n, cap;
	struct item_link *links;
	unsigned n_links, cap_links;
	const char *by; /* the first link on the last way that was walked that the program could have made, or NULL */
	struct opened *opened; /* by line: those of paths, in order */
	unsigned n_opened;
	bool layers; /* a place is discarded */
	bool proc; /* something below /proc is asked for, and /proc is a new one */
};

/* Does the path equal the root or lie below it? */
bool item_covers(const char *root, const char *path);
/*
 * Opens the place through its symbolic links, which need not be shown; real: where it is. 0 with *fd (-1: in the new /proc),
 * or errno.
 */
int items_find(struct items *x, const char *path, char real[PLAN_MAX_PATH + 1], int *fd);
/* Where its links lead; of a place that is not there, as far as it is. False when it leads through none, or cannot be followed. */
bool items_real(struct items *x, const char *path, char real[PLAN_MAX_PATH + 1]);
/* Is it a place of the new tree that the host has nothing to do with? */
bool items_elsewhere(const struct items *x, const char *path);
/* Does the line let something be written? */
bool items_write(const struct landlock_rule *rule);
/* The fault for a place of the line at `where` that cannot be opened. */
bool items_missing(struct items *x, struct span where, const char *path, int error);
/* A copy of the item at a copy of the path; st: of what is shown there, NULL: nothing of the host. False after a fault. */
bool items_add(struct items *x, struct item *item, const char *path, const struct stat *st);
/*
 * Every place of the plan, found on the host as it is now: by descriptor, through its symbolic links.
 * Sorted so that a place comes after those it lies in. False after a fault.
 */
bool items_collect(struct run *r, struct items *out);

#endif
