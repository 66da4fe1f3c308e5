/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words that stand for the numbers of abi_event.h. Each is NULL for an unknown number. */
#ifndef BAILIFF_AUDIT_NAMES_H
#define BAILIFF_AUDIT_NAMES_H

#include "bpf/abi_event.h"

/* "exec", "open", "truncate", "create", "mkdir", "mknod", "symlink", "delete", "rmdir",
 * "rename", "link", "connect", "sendmsg", "bind", "process-start", "process-exit",
 * "container-end", "fork", "protect", "mount", "move_mount", "umount", "pivot_root",
 * "device", "sysctl". */
const char *audit_action_name(unsigned int action);

/* ECS event.category: "process", "file", "network" or "configuration". */
const char *audit_action_category(unsigned int action);

/* "allowed", "denied", "would-deny", "killed". */
const char *audit_verdict_name(unsigned int verdict);

/* "rule", "default", "protected", "denied-below", "other-name", "topology", "out-of-range",
 * "path-too-long", "no-path", "path-race", "no-policy", "no-scratch", "task-table-full",
 * "cgroup-too-deep", "no-integer". */
const char *audit_reason_name(unsigned int reason);

/* "off", "audit", "enforce". */
const char *audit_mode_name(unsigned int mode);

/* "denied", "other". */
const char *audit_ring_name(unsigned int ring);

#endif
