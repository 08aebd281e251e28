/*
 * namespaces.h - the namespaces that `isolate` asks for.
 *
 * Who makes them: in the supervised shape clone3() with namespaces_flags(), in place unshare() with
 * the same flags (then there is no pid namespace among them; a pid namespace always means a second
 * process). What runs next, in the child and before every step of apply.h, is apply_namespaces() and
 * then apply_view(). With a pid namespace the caller of both is its process 1, and the program is
 * forked from it afterwards.
 *
 * - The process is not dumpable (start.c), so the files of its /proc/self belong to root; it is, while
 *   the maps are written.
 * - CLONE_NEWCGROUP is not among the flags: a cgroup namespace has its root where its maker is, and
 *   a child of CLONE_INTO_CGROUP is in its cgroup only afterwards. apply_namespaces() makes it.
 * - With a mount namespace the Landlock rules are made after apply_view(), with the places of the new
 *   tree; without one they have been made with those of the caller.
 */
#ifndef SBX_NAMESPACES_H
#define SBX_NAMESPACES_H

#include "run.h"

/* Is the view (ISOLATE_*) made at this start? A plan may only prefer what the host does not give. */
bool namespaces_wanted(const struct run *r, unsigned view);
/* Does the host make the namespaces of this plan? Tries it with a process that ends at once. */
bool namespaces_possible(const struct run *r);
/* CLONE_NEW* for clone3() or unshare(); 0: none. */
unsigned namespaces_flags(const struct run *r);
/* The kernel would not make them: a fault that says what on this host stands against it. */
bool namespaces_refused(struct run *r, int error);
/* Fills in the new namespaces: maps, loopback, host name, cgroup namespace. */
bool apply_namespaces(struct run *r);

#endif
