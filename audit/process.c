/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/process.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/queue.h>

#define COMM 16

struct entry {
	LIST_ENTRY(entry) chain;
	TAILQ_ENTRY(entry) age;
	struct audit_process_key key;
	char comm[COMM];
	size_t len;
	char executable[];
};

LIST_HEAD(chain, entry);

struct audit_processes {
	size_t count, max;
	size_t bytes, max_bytes;
	TAILQ_HEAD(, entry) ages; /* least recently used first */
	size_t mask;
	struct chain chains[];
};

int audit_processes_new(size_t max, size_t max_bytes, struct audit_processes **out)
{
	struct audit_processes *processes;
	size_t chains = 1;

	while (chains < max)
		chains *= 2;
	processes = calloc(1, sizeof(*processes) + chains * sizeof(struct chain));
	if (!processes)
		return -ENOMEM;
	processes->max = max;
	processes->max_bytes = max_bytes;
	processes->mask = chains - 1;
	TAILQ_INIT(&processes->ages);
	*out = processes;
	return 0;
}

static struct chain *find_chain(struct audit_processes *processes, struct audit_process_key key)
{
	uint64_t hash = (key.start_time ^ (uint64_t)key.pid << 32) * 0x9e3779b97f4a7c15ULL;

	return &processes->chains[(hash >> 32) & processes->mask];
}

static struct entry *find(struct audit_processes *processes, struct audit_process_key key)
{
	struct entry *entry;

	LIST_FOREACH(entry, find_chain(processes, key), chain)
	if (entry->key.pid == key.pid && entry->key.start_time == key.start_time)
		return entry;
	return NULL;
}

static void drop(struct audit_processes *processes, struct entry *entry)
{
	LIST_REMOVE(entry, chain);
	TAILQ_REMOVE(&processes->ages, entry, age);
	processes->count--;
	processes->bytes -= sizeof(*entry) + entry->len;
	free(entry);
}

/* comm as the kernel keeps it: padded with NUL, compared as a whole. */
static void copy_comm(char to[COMM], struct audit_slice comm)
{
	memset(to, 0, COMM);
	if (comm.len)
		memcpy(to, comm.data, comm.len < COMM ? comm.len : COMM);
}

int audit_processes_put(struct audit_processes *processes, struct audit_process_key key,
			struct audit_slice comm, struct audit_slice executable)
{
	struct entry *entry;

	audit_processes_remove(processes, key);
	entry = malloc(sizeof(*entry) + executable.len);
	if (!entry)
		return -ENOMEM;
	entry->key = key;
	copy_comm(entry->comm, comm);
	entry->len = executable.len;
	if (executable.len)
		memcpy(entry->executable, executable.data, executable.len);
	LIST_INSERT_HEAD(find_chain(processes, key), entry, chain);
	TAILQ_INSERT_TAIL(&processes->ages, entry, age);
	processes->count++;
	processes->bytes += sizeof(*entry) + entry->len;
	while (TAILQ_FIRST(&processes->ages) != entry &&
	       (processes->count > processes->max || processes->bytes > processes->max_bytes))
		drop(processes, TAILQ_FIRST(&processes->ages));
	return 0;
}

struct audit_slice audit_processes_get(struct audit_processes *processes,
				       struct audit_process_key key, struct audit_slice comm,
				       bool *same_comm)
{
	struct entry *entry = find(processes, key);
	char now[COMM];

	*same_comm = false;
	if (!entry)
		return (struct audit_slice){ 0 };
	copy_comm(now, comm);
	*same_comm = memcmp(now, entry->comm, COMM) == 0;
	TAILQ_REMOVE(&processes->ages, entry, age);
	TAILQ_INSERT_TAIL(&processes->ages, entry, age);
	return (struct audit_slice){ entry->executable, entry->len };
}

void audit_processes_remove(struct audit_processes *processes, struct audit_process_key key)
{
	struct entry *entry = find(processes, key);

	if (entry)
		drop(processes, entry);
}

size_t audit_processes_count(const struct audit_processes *processes)
{
	return processes->count;
}

struct audit_processes *audit_processes_free(struct audit_processes *processes)
{
	if (!processes)
		return NULL;
	while (!TAILQ_EMPTY(&processes->ages))
		drop(processes, TAILQ_FIRST(&processes->ages));
	free(processes);
	return NULL;
}
