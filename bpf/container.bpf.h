/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of tasks and of containers: a container's number is free again once its cgroup is
 * removed and no confined task is left, wherever that task went. */
#ifndef BAILIFF_CONTAINER_BPF_H
#define BAILIFF_CONTAINER_BPF_H

#include "emit.bpf.h"
#include "outside.bpf.h"

extern volatile struct shared shared;

struct container_search {
	__u32 first, end;
	__u32 found; /* CONTAINER_NONE: none */
};

/* Takes one that no container and no task uses. */
static __attribute__((unused)) long container_try(__u32 i, struct container_search *search)
{
	__u32 number = search->first + i;
	struct container *container;
	__u64 *tasks_inside;

	if (number >= search->end)
		number -= search->end;
	container = bpf_map_lookup_elem(&containers, &number);
	tasks_inside = bpf_map_lookup_elem(&container_tasks, &number);
	if (!container || !tasks_inside || *tasks_inside || container->state != CONTAINER_FREE ||
	    __sync_val_compare_and_swap(&container->state, CONTAINER_FREE, CONTAINER_BINDING) !=
		    CONTAINER_FREE)
		return 0;
	search->found = number;
	return 1;
}

static __always_inline bool container_by_root(void)
{
	return !BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), cred, euid.val);
}

/* Round and round, so that a number that was just freed stays remembered for a while. Users who
 * are not root get the first half of the numbers: they can't keep root from binding. */
static __always_inline __u32 container_take(bool by_root)
{
	struct container_search search = { .found = CONTAINER_NONE };
	__u32 next = shared.next_container, max = shared.max_containers;

	search.end = by_root ? max : max / 2;
	search.first = next < search.end ? next : 0;
	bpf_loop(search.end, container_try, &search, 0);
	if (search.found != CONTAINER_NONE)
		shared.next_container = search.found + 1;
	return search.found;
}

static __always_inline void container_write(struct container *container,
					    const struct binding *binding,
					    const struct outside *outside)
{
	container->policy = binding->policy;
	container->origin = binding->origin;
	container->same_root = binding->same_root;
	container->every_exec = 0;
	container->outside = *outside;
	container->runtime = outside->root != 0;
}

/* Binds a cgroup that is not bound. 0 with binding->number; -ENOSPC, -EEXIST, -ENOMEM. */
static __always_inline int container_bind(struct binding *binding, const struct outside *outside)
{
	__u64 id = binding->cgroup_id;
	__u32 number = container_take(container_by_root());
	struct container *container = bpf_map_lookup_elem(&containers, &number);
	__u32 *before = bpf_map_lookup_elem(&cgroups, &id);
	int error;

	if (!container)
		return -ENOSPC;
	container_write(container, binding, outside);
	container->sweeping = binding->sweeping;
	container->bound_at = bpf_ktime_get_boot_ns();
	container->name[0] = 0;
	container->cgroup_id = id;
	/* for which there was no room once there may be now */
	error = bpf_map_update_elem(&cgroups, &id, &number,
				    before && *before == CONTAINER_NONE ? BPF_ANY : BPF_NOEXIST);
	if (error) {
		container->cgroup_id = 0;
		__sync_lock_test_and_set(&container->state, CONTAINER_FREE);
		return error;
	}
	binding->number = number;
	__sync_lock_test_and_set(&container->state, CONTAINER_BOUND);
	return 0;
}

/* Begins the record of a container's start; who acts is the one that made it. */
static __always_inline void container_record_start(struct event *e, const struct binding *binding)
{
	struct task_state state = {
		.container_id = binding->cgroup_id,
		.container = binding->number,
	};
	struct subject s = { .task = &state };
	__u32 number = binding->number;

	s.container = bpf_map_lookup_elem(&containers, &number);
	if (!s.container)
		return;
	s.head = scope_policy(s.container);
	emit_begin(e, &s, EVENT_CONTAINER_START);
}

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
