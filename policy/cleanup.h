/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cleanup attributes for what the policy front end owns. */
#ifndef BAILIFF_POLICY_CLEANUP_H
#define BAILIFF_POLICY_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>

#define POLICY_CLEANUP(function) __attribute__((cleanup(function)))

static inline void policy_freep(void *p)
{
	free(*(void **)p);
}

static inline void policy_fclosep(FILE **f)
{
	if (*f)
		fclose(*f);
}

/* Hands the ownership of *p over to the caller. */
#define POLICY_TAKE(p)                                                                             \
	({                                                                                         \
		__typeof__(p) taken_ = (p);                                                        \
		(p) = NULL;                                                                        \
		taken_;                                                                            \
	})

#endif
