/*
 * view_asserts.h - asserts, as far as the world of the caller decides about them.
 */
#ifndef SBX_VIEW_ASSERTS_H
#define SBX_VIEW_ASSERTS_H

#include "view_items.h"

/*
 * Asserts are held against the rules in the new tree (grants.h). Here, while the caller's tree is to be seen: looks up the variables
 * in them, as his working directory and /etc/passwd may be gone then; keeps where the denied places really are, as the links on the
 * way may be gone too; and refuses a mount that shows such a place at another name. False after a fault (ERR_ASSERT, ERR_VARIABLE, ...).
 */
bool asserts_look(struct items *x);

#endif
