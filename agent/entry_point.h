/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the policy of a container lets it start at all. */
#ifndef BAILIFF_ENTRY_POINT_H
#define BAILIFF_ENTRY_POINT_H

#include "agent/engine.h"

/* 0; -EPERM with a fault that names policy and rule if the policy with that number would deny to
 * execute the file of that path, and *rule is the deciding one. What can't be told is left to the
 * kernel. */
int entry_point_check(const struct engine *engine, uint32_t policy, const char *path,
		      uint16_t *rule, struct fault *fault);

#endif
