/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mounts of one mount namespace: under which other paths an object is reached. */
#ifndef BAILIFF_MOUNTS_H
#define BAILIFF_MOUNTS_H

#include <stdint.h>

struct libmnt_table; /* of libmount */

/* Reads the mounts of the calling thread's mount namespace, from the directory `self` of procfs
 * (/proc/thread-self), which may have been opened in another one. Returns 0 with a table that
 * belongs to the caller, or a negative errno. */
int mounts_read(int self, struct libmnt_table **ret);

/* NULL is fine. */
void mounts_freep(struct libmnt_table **mounts);

/* Calls `visit` with each other path of the object at `path`, which lies on the mount `id`
 * (STATX_MNT_ID): where a mount shows the same part of the same file system. Some may be hidden
 * by mounts above them. Ends with the first result that is not 0, and returns that; 0; or a
 * negative errno. */
int mounts_others(struct libmnt_table *mounts, uint64_t id, const char *path,
		  int (*visit)(void *context, const char *other), void *context);

#endif
