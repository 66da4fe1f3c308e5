/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which class of decisions a BPF program belongs to, told by the section it is in. */
#ifndef BAILIFF_HOOKS_H
#define BAILIFF_HOOKS_H

#include <stdint.h>

#include "agent/fault.h"

enum hook_class {
	HOOK_TRACKING, /* who is confined; never optional */
	HOOK_EXEC,
	HOOK_FILE,
	HOOK_NETWORK,
	HOOK_CAPABILITY,
	HOOK_PROCESS,
	HOOK_DEVICE,
	HOOK_SYSCTL,
	HOOK_CLASSES,
};

/* "lsm/file_open", "cgroup/connect4", "tp_btf/sched_process_fork", ... */
enum hook_class hook_class(const char *section);

/* "tracking", "exec", "file", "network", "capability", "process", "device", "sysctl". */
const char *hook_class_name(enum hook_class class);

/* The CLASS_* for which a program is loaded and attached on demand: while no policy has had one of
 * them, nobody pays for it. 0: it is always there. */
uint32_t hook_on_demand(const char *program);
uint32_t hook_all_on_demand(void);

/* Parses "exec,file" into 1 << HOOK_EXEC | 1 << HOOK_FILE; -EINVAL with a fault that names
 * what may stand there. */
int hook_classes_parse(const char *list, uint32_t *classes, struct fault *fault);

#endif
