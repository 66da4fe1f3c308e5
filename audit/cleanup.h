/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a variable owns is given back when it goes out of scope. For .c files only. */
#ifndef BAILIFF_AUDIT_CLEANUP_H
#define BAILIFF_AUDIT_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

#define AUDIT_CLEANUP(function) __attribute__((cleanup(function)))

/* For any pointer that malloc() gave. */
static inline void audit_cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

/* For a descriptor, -1 being none. */
static inline void audit_cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#endif
