/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of tasks and of containers: a container's number is free again once its cgroup is
 * removed and no confined task is left, wherever that task went. */
#ifndef BAILIFF_CONTAINER_BPF_H
#define BAILIFF_CONTAINER_BPF_H

#include "emit.bpf.h"

static __always_inline void container_record_end(__u32 number, const struct container *container)
{
	struct policy_head *head = scope_policy(container);
	struct event e = {
		.version = EVENT_VERSION,
		.action = EVENT_CONTAINER_END,
		.verdict = EVENT_ALLOWED,
		.time = bpf_ktime_get_boot_ns(),
		.container = number,
		.container_id = container->cgroup_id,
		.policy = container->policy,
		.rule = BAILIFF_RULE_NONE,
	};

	if (head) {
		e.generation = head->generation;
		e.mode = head->mode;
	}
	emit_short(&e);
}

/* Once: of two callers that meet here one does it. */
static __always_inline void container_end(__u32 number, struct container *container)
{
	if (__sync_val_compare_and_swap(&container->state, CONTAINER_ENDED, CONTAINER_FREEING) !=
	    CONTAINER_ENDED)
		return;
	container_record_end(number, container);
	container->cgroup_id = 0;
	__sync_lock_test_and_set(&container->state, CONTAINER_FREE);
}

/* The task is gone for good. */
static __always_inline void container_release_task(struct task_struct *task)
{
	__u64 key = scope_key(task);
	struct task_state *state = scope_find(key);
	struct container *container;
	__u32 number;
	__u8 phase;

	if (!state)
		return;
	number = state->container;
	phase = state->phase;
	if (bpf_map_delete_elem(&tasks, &key) || phase != TASK_CONFINED)
		return;
	if (scope_count_task(number, -1) != 1)
		return;
	container = bpf_map_lookup_elem(&containers, &number);
	if (container)
		container_end(number, container);
}

/* The cgroup is removed: nothing can enter it any more. */
static __always_inline void container_cgroup_removed(__u64 cgroup_id)
{
	__u32 *found = bpf_map_lookup_elem(&cgroups, &cgroup_id), number;
	struct container *container;

	if (!found)
		return;
	number = *found;
	bpf_map_delete_elem(&cgroups, &cgroup_id);
	container = bpf_map_lookup_elem(&containers, &number);
	if (!container || container->cgroup_id != cgroup_id)
		return;
	__sync_lock_test_and_set(&container->state, CONTAINER_ENDED);
	if (!scope_count_task(number, 0))
		container_end(number, container);
}

#endif
