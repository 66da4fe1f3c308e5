/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bindings that an agent was killed over. */
#ifndef BAILIFF_REPAIR_H
#define BAILIFF_REPAIR_H

#include "agent/objects.h"

/* Afterwards each container is bound, with all that is inside confined, or it is free: what was
 * half entered or half removed is removed, and a sweep that was not finished is done. 0 or a
 * negative errno. For the start of an agent, when nobody else binds. */
int repair_bindings(const struct objects *objects);

#endif
