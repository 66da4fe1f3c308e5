/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/enrich.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "audit/clock.h"
#include "audit/process.h"
#include "bpf/abi_policy.h"

#define MAX_PROCESSES 8192
#define MAX_PROCESS_BYTES (2U << 20)
#define PROC_LOOKUPS 1000 /* in a second: a flood of strangers must not become one of opens */
#define SECOND 1000000000ULL

struct audit_enrich {
	struct audit_lookups lookups;
	struct audit_clock clock;
	struct audit_processes *processes;
	uint64_t proc_second;
	unsigned int proc_lookups;
	char rule[AUDIT_RULE_SIZE];
	char executable[BAILIFF_PATH_MAX];
	char proc[];
};

int audit_enrich_new(const struct audit_lookups *lookups, const char *proc,
		     struct audit_enrich **out)
{
	struct audit_enrich *enrich;
	size_t len;
	int r;

	if (!proc)
		proc = "/proc";
	len = strlen(proc) + 1;
	enrich = calloc(1, sizeof(*enrich) + len);
	if (!enrich)
		return -ENOMEM;
	r = audit_processes_new(MAX_PROCESSES, MAX_PROCESS_BYTES, &enrich->processes);
	if (r < 0) {
		free(enrich);
		return r;
	}
	memcpy(enrich->proc, proc, len);
	enrich->lookups = *lookups;
	*out = enrich;
	return 0;
}

static bool may_ask_proc(struct audit_enrich *enrich)
{
	uint64_t second = enrich->clock.now / SECOND;

	if (second != enrich->proc_second) {
		enrich->proc_second = second;
		enrich->proc_lookups = 0;
	}
	return enrich->proc_lookups++ < PROC_LOOKUPS;
}

/* The table may be behind: an exec event may still wait in the other ring. An exec changes
 * the name of the process too, so a name that is not the one in the table is worth a look
 * at what the process runs now. */
static struct audit_slice find_executable(struct audit_enrich *enrich,
					  const struct audit_event *event)
{
	struct audit_process_key key = { event->head.start_time, event->head.pid };
	struct audit_slice found;
	bool same_comm;
	int n;

	if (event->head.action == EVENT_PROCESS_EXEC && event->path.len) {
		/* Without memory for it the next event asks procfs. */
		(void)audit_processes_put(enrich->processes, key, event->comm, event->path);
		return event->path;
	}
	found = audit_processes_get(enrich->processes, key, event->comm, &same_comm);
	if (same_comm || !event->head.pid || !may_ask_proc(enrich))
		return found;
	n = audit_process_readlink(enrich->proc, key, enrich->executable,
				   sizeof(enrich->executable));
	if (n < 0)
		return found;
	found = (struct audit_slice){ enrich->executable, n };
	(void)audit_processes_put(enrich->processes, key, event->comm, found);
	return found;
}

/* What was found in the table does not outlive the next change of it. */
static struct audit_slice keep_executable(struct audit_enrich *enrich, struct audit_slice found)
{
	if (!found.data || found.len > sizeof(enrich->executable))
		return (struct audit_slice){ 0 };
	if (found.data != enrich->executable)
		memcpy(enrich->executable, found.data, found.len);
	return (struct audit_slice){ enrich->executable, found.len };
}

static struct audit_slice find_rule(struct audit_enrich *enrich, const struct event *head)
{
	const struct audit_lookups *lookups = &enrich->lookups;

	if (head->reason == REASON_DEFAULT)
		return audit_slice_of("default");
	if (head->rule == BAILIFF_RULE_NONE)
		return (struct audit_slice){ 0 };
	if (!lookups->rule_source ||
	    lookups->rule_source(lookups->ctx, head->policy, head->generation, head->rule,
				 enrich->rule, sizeof(enrich->rule)) < 0)
		snprintf(enrich->rule, sizeof(enrich->rule), "#%u", head->rule);
	enrich->rule[sizeof(enrich->rule) - 1] = '\0';
	return audit_slice_of(enrich->rule);
}

static void add_names(struct audit_enrich *enrich, const struct event *head,
		      struct audit_record *record)
{
	const struct audit_lookups *lookups = &enrich->lookups;
	struct audit_container container = { 0 };

	if (lookups->policy_name)
		record->policy = audit_slice_of(
			lookups->policy_name(lookups->ctx, head->policy, head->generation));
	record->rule = find_rule(enrich, head);
	if (!lookups->container ||
	    lookups->container(lookups->ctx, head->container, head->container_id, &container) < 0)
		return;
	record->container_name = audit_slice_of(container.name);
	record->container_runtime_id = audit_slice_of(container.runtime_id);
	record->container_runtime = audit_slice_of(container.runtime);
	record->container_image = audit_slice_of(container.image);
	record->pod = audit_slice_of(container.pod);
	record->pod_namespace = audit_slice_of(container.pod_namespace);
	record->pod_container = audit_slice_of(container.pod_container);
	record->cgroup = audit_slice_of(container.cgroup);
}

void audit_enrich_event(struct audit_enrich *enrich, const struct audit_event *event,
			struct audit_record *record)
{
	struct audit_process_key key = { event->head.start_time, event->head.pid };

	audit_clock_read(&enrich->clock);
	*record = (struct audit_record){
		.kind = AUDIT_EVENT,
		.time = audit_clock_realtime(&enrich->clock, event->head.time),
		.event = event,
	};
	add_names(enrich, &event->head, record);
	if (event->head.action == EVENT_CONTAINER_START && !record->cgroup.len && event->path.len)
		record->cgroup = event->path;
	record->executable = keep_executable(enrich, find_executable(enrich, event));
	if (event->head.action == EVENT_PROCESS_EXIT)
		audit_processes_remove(enrich->processes, key);
}

void audit_enrich_suppressed(struct audit_enrich *enrich, const struct audit_event *event,
			     uint64_t count, struct audit_record *record)
{
	audit_clock_read(&enrich->clock);
	*record = (struct audit_record){
		.kind = AUDIT_SUPPRESSED,
		.time = audit_clock_realtime(&enrich->clock, enrich->clock.now),
		.event = event,
		.suppressed = count,
	};
	add_names(enrich, &event->head, record);
}

void audit_enrich_lost(struct audit_enrich *enrich, const struct audit_loss *loss,
		       struct audit_record *record)
{
	audit_clock_read(&enrich->clock);
	*record = (struct audit_record){
		.kind = AUDIT_LOST,
		.time = audit_clock_realtime(&enrich->clock, enrich->clock.now),
		.loss = loss,
	};
}

struct audit_enrich *audit_enrich_free(struct audit_enrich *enrich)
{
	if (!enrich)
		return NULL;
	audit_processes_free(enrich->processes);
	free(enrich);
	return NULL;
}
