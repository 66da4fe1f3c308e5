/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many calls that wait, at the same time. */
#ifndef BAILIFF_PARALLEL_H
#define BAILIFF_PARALLEL_H

#include <stdint.h>

#define PARALLEL_THREADS 16

/* Calls work(context, i) for each i below count, in any order and from several threads; all
 * calls have ended when it returns. 0, or the first error of them. */
int parallel_run(uint32_t count, int (*work)(void *context, uint32_t index), void *context);

#endif
