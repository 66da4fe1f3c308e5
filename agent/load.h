/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading: from the object file inside this program to pinned maps, links and programs. */
#ifndef BAILIFF_LOAD_H
#define BAILIFF_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/fault.h"

struct maps;
struct objects_options;

/* Loads, attaches and pins an instance where none is; errors as in objects_open(). */
int load_instance(const struct objects_options *options, struct fault *fault);

/* Adds to an instance, whose maps are given, what programs `classes` (CLASS_*, some of
 * hook_all_on_demand()) need beyond those that are attached. -EOPNOTSUPP as in objects_open();
 * -EPROTO if there are such and options->other_build; on error those that came before the one that
 * failed stay attached. */
int load_more(const struct objects_options *options, const struct maps *maps, uint32_t classes,
	      struct fault *fault);

/* Tells this build's object file from any other. */
uint64_t load_build(void);

/* Calls `each` with the section of every program of the object file; optional: it stands for
 * another one on kernels that have both. */
int load_each_section(void (*each)(void *context, const char *section, bool optional),
		      void *context);

#endif
