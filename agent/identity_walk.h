/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk through one mount namespace, in the process that has entered it. */
#ifndef BAILIFF_IDENTITY_WALK_H
#define BAILIFF_IDENTITY_WALK_H

#include "policy/image.h"

/* Walks from the root and enters each regular file that is denied and has several links, or is
 * shown by another mount where it is not denied. `self`: as for mounts_read().
 * Places that can't be opened are passed over; file systems that have no such files, and FUSE,
 * whose server may never answer, are not entered. -ENOSPC if there are too many. */
int identity_walk(int mark_program, const struct policy_image *image, int self);

#endif
