/*
 * view_asserts.h - asserts, as far as the world of the caller decides about them.
 */
#ifndef SBX_VIEW_ASSERTS_H
#define SBX_VIEW_ASSERTS_H

#include "view_items.h"

/*
 * Asserts are held against the rules in the new tree (grants.h). Here, while the caller's tree is to be seen: looks up the variables
 * in them, as his working directory and /etc/passwd may be gone then; and refuses a mount that shows at another name a place that
 * an assert denies. False after a fault (ERR_ASSERT, ERR_VARIABLE, ...).
 */
bool asserts_look(struct items *x);

#endif
