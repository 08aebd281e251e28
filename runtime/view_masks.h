/*
 * view_masks.h - denied patterns of the plan, on the files that are there when the program starts.
 */
#ifndef SBX_VIEW_MASKS_H
#define SBX_VIEW_MASKS_H

#include "view_items.h"

/*
 * Covers what the cover-glob lines fit, after the places of all other lines were opened and before any is copied. False after a
 * fault.
 */
bool masks_place(struct items *x);

#endif
