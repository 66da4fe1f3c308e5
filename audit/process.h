/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which program a process runs: learnt from its exec events, bounded, least used first out. */
#ifndef BAILIFF_AUDIT_PROCESS_H
#define BAILIFF_AUDIT_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/text.h"

struct audit_processes;

/* A process: its number may be used again, its start time (CLOCK_BOOTTIME, ns) not. */
struct audit_process_key {
	uint64_t start_time;
	uint32_t pid;
};

/* A table of at most max entries (1 to 2^20) that take at most about max_bytes. 0 or
 * -ENOMEM. */
int audit_processes_new(size_t max, size_t max_bytes, struct audit_processes **out);

/* Notes that the process runs executable, under the name comm (at most 16 bytes count); both
 * are copied. 0 or -ENOMEM, the entry then being gone. */
int audit_processes_put(struct audit_processes *processes, struct audit_process_key key,
			struct audit_slice comm, struct audit_slice executable);

/* Its executable, until the next call, or a slice with data NULL. *same_comm: it still had
 * the name comm when it was put. */
struct audit_slice audit_processes_get(struct audit_processes *processes,
				       struct audit_process_key key, struct audit_slice comm,
				       bool *same_comm);

/* Forgets it, if it is known. */
void audit_processes_remove(struct audit_processes *processes, struct audit_process_key key);

/* How many are known. */
size_t audit_processes_count(const struct audit_processes *processes);

/* Takes NULL; returns NULL. */
struct audit_processes *audit_processes_free(struct audit_processes *processes);

/* Reads the executable of a live process from proc ("/proc") into buf, without NUL. Its
 * length; -ESRCH if there is no such process with that start time, or another errno. */
int audit_process_readlink(const char *proc, struct audit_process_key key, char *buf, size_t size);

#endif
