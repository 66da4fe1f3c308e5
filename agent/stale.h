/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The private instances of `bailiff run`: each is pinned at PIN_BASE/bailiff-run-PID, so that
 * its command stays confined even if `bailiff run` is killed. */
#ifndef BAILIFF_STALE_H
#define BAILIFF_STALE_H

#include <limits.h>

#include "agent/fault.h"

#define STALE_PIN_BASE "/sys/fs/bpf"

/* Writes the pin directory of the instance of this process. */
void stale_own_pin_dir(char path[PATH_MAX]);

/* Removes instances whose `bailiff run` is gone and that confine nothing any more. */
void stale_clean(void);

/* Removes all of them, whatever they confine; the first error. */
int stale_unload_all(struct fault *fault);

#endif
