/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Containers that nobody asks for, but which a policy selects by the path of their cgroup. */
#ifndef BAILIFF_DISCOVER_H
#define BAILIFF_DISCOVER_H

#include "agent/engine.h"

/* Learns which cgroups the kernel bound by itself since the last time, and gives each the policy
 * that is selected by all that is known of it. Costs nothing if there are none. */
void discover_bound(struct engine *engine);

/* Looks for other names of denied files in containers that the kernel bound a moment ago, whose
 * mounts were made since; to be called each second. */
void discover_names(struct engine *engine);

/* Binds those that are there already, with all that runs in them; what is below a container is
 * its own. How many, what was in the way is logged. */
unsigned int discover_running(struct engine *engine);

#endif
