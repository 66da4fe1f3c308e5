/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this kernel can do, found by its BTF and by loading programs of two instructions. */
#ifndef BAILIFF_PROBE_H
#define BAILIFF_PROBE_H

#include <stdbool.h>

#include "agent/fault.h"

struct btf;

/* All zero is one that was not opened. */
struct probe {
	struct btf *kernel; /* NULL: the kernel has no BTF */
	char lsm[256];	    /* active security modules, "" if not known */
	char lsm_error[128];
};

void probe_open(struct probe *probe);
void probe_close(struct probe *probe);

/* Whether the kernel's BTF has the hook of a section ("lsm/file_truncate"); true for those
 * that need none. */
bool probe_exists(const struct probe *probe, const char *section);

/* How many arguments a function of the kernel has, by its BTF; 0 if it is not known. */
unsigned int probe_arguments(const char *function);

/* Whether a program of that section would work here: 0; -EOPNOTSUPP if the kernel lacks it,
 * -EPERM and others if it refuses. The fault says why, without the name of the hook. */
int probe_section(const struct probe *probe, const char *section, struct fault *fault);

#endif
