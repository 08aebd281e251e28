/*
 * view_pins.h - the folders above a covered place stay where they are.
 *
 * A cover lies on a folder or file, not on a path. Who may rename a folder above it could make another one at the path, and what is
 * written there would be found by whoever trusts the path; or bring the folder to a name that the next start does not cover. A
 * mount point can neither be renamed nor removed (EBUSY), by any path: so each folder above a cover that the program could rename
 * becomes one, of itself. Where a layer is thrown away, so is what is renamed in it.
 */
#ifndef SBX_VIEW_PINS_H
#define SBX_VIEW_PINS_H

#include "view_items.h"

/*
 * Adds an ITEM_PIN for each folder above a cover that lies in a place of the host which may be written; the view decides whether it
 * has to be mounted. (A symbolic link cannot be pinned: one on the way to a cover that the program may replace is a fault when it is
 * found, ERR_COVER_LINK.) Before the items are sorted; false after a fault.
 */
bool pins_add(struct items *x);

#endif
