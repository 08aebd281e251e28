/*
 * view_kept.h - is the tree of the program still as it was made?
 *
 * A cover lies on a file of the host, not on its name. The program cannot move what is covered (view_pins.h), but whoever shares
 * the folder outside can: when an editor or git puts a new file in the place of the old one, the kernel takes the mount away in
 * every namespace, and the new file is open to the program (fs/namespace.c, __detach_mounts()); when the old one is renamed, its
 * cover goes along. No mechanism binds a mount to a name. So the supervisor watches the mounts of the program's tree, and ends
 * the run when one of them is not where it was. What the program did in between it has done: docs/assurance.md says so.
 *
 * A denied place that is not there has nothing to cover; once it is made outside it is open, so it is looked for as well.
 *
 * The kernel says at once that a mount is gone: the table of mounts, open, has POLLPRI then. That one has moved is only seen in the
 * table, and so is read once a second.
 */
#ifndef SBX_VIEW_KEPT_H
#define SBX_VIEW_KEPT_H

#include "run.h"

enum { VIEW_KEPT_MS = 1000 };

struct view_kept {
	int mailbox; /* the table comes through it; -1: none, or it came */
	int reserve; /* keeps a number free for it */
	int table;   /* mountinfo of the program's tree; -1: not here yet */
	struct table_text {
		char *at; /* mapped */
		size_t len, cap;
	} made, now, missing; /* the last: paths of denied places that are not there, each with its NUL */
	uint64_t looked_us;
	struct span lost; /* the place, as the table writes it; empty: none */
};

/* Does something lie over what the host may change? */
bool view_kept_wanted(const struct run *r);

/*
 * In the child; false after a fault. The table is that of the tree it has when it opens the file, so /proc of the host is held open
 * before the tree is made, and the file is opened after it.
 */
bool view_kept_begin(struct run *r, int *proc);
/* In between: a denied place of the host that is not there, where the program makes none, but somebody outside may. */
bool view_kept_missing(struct run *r, const char *path);
bool view_kept_send(struct run *r, int proc);

/* In the supervisor. The mailbox, or -1; before the child is made, while that can still be refused. */
void view_kept_reserve(struct view_kept *k, int mailbox);
/* What the mailbox holds is taken. False: nobody can tell what becomes of the tree. */
bool view_kept_take(struct view_kept *k);
/* Is it time to read the table again? */
bool view_kept_due(const struct view_kept *k);
/* False: a mount is gone or has moved, or a denied place is there now: `lost` says where; empty when that cannot be told. */
bool view_kept_look(struct view_kept *k);

#endif
