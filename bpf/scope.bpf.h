/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who acts: is the task confined, by which container, under which policy. */
#ifndef BAILIFF_SCOPE_BPF_H
#define BAILIFF_SCOPE_BPF_H

#include "kernel_types.h"
#include "maps.bpf.h"

/* The acting task, its container and its policy. `head` is NULL where the policy is not in
 * the directory: nothing can be judged then. */
struct subject {
	struct task_state *task;
	struct container *container;
	struct policy_head *head;
};

static __always_inline void count(__u32 counter)
{
	__u64 *value = bpf_map_lookup_elem(&counters, &counter);

	if (value)
		__sync_fetch_and_add(value, 1); /* two programs of one CPU may interleave */
}

/* Addresses of tasks that were ever entered into `tasks`, by their hash: for all others a look
 * here is enough. A mark stays, so that none can be missing. */
extern volatile __u8 task_marks[TASK_MARKS];

static __always_inline volatile __u8 *scope_mark(__u64 key)
{
	return &task_marks[key * 0x9e3779b97f4a7c15ULL >> (64 - TASK_MARK_BITS)];
}

static __always_inline struct task_state *scope_find(__u64 key)
{
	return *scope_mark(key) ? bpf_map_lookup_elem(&tasks, &key) : NULL;
}

/* An int, as map operations return it: up to 6.3 what is above its 32 bits is not the sign. */
static __always_inline int scope_enter(__u64 key, const struct task_state *state, __u64 flags)
{
	*scope_mark(key) = 1;
	return bpf_map_update_elem(&tasks, &key, state, flags);
}

/* The address as a number: the verifier lets no pointer be hashed. */
static __always_inline __u64 scope_key(struct task_struct *task)
{
	__u64 key = 0;

	bpf_probe_read_kernel(&key, sizeof(key), &task);
	return key;
}

static __always_inline struct task_state *scope_task(struct task_struct *task)
{
	return scope_find(scope_key(task));
}

static __always_inline struct task_state *scope_current(void)
{
	return scope_find(bpf_get_current_task());
}

/* The container that a task's entry refers to, NULL if it was unbound since. */
static __always_inline struct container *scope_container(const struct task_state *task)
{
	__u32 number = task->container;
	struct container *container = bpf_map_lookup_elem(&containers, &number);

	if (!container || container->cgroup_id != task->container_id)
		return NULL;
	return container;
}

static __always_inline struct policy_head *scope_policy(const struct container *container)
{
	__u32 zero = 0, policy = container->policy;
	struct policy_head *head;
	void *directory = bpf_map_lookup_elem(&directories, &zero);

	if (!directory)
		return NULL;
	head = bpf_map_lookup_elem(directory, &policy);
	return head && head->in_use ? head : NULL;
}

/* Fills `s` with the acting task if it is in `phases` (a mask of 1 << enum task_phase) and
 * its policy judges one of `classes`, or can't be found. False: let it pass. */
static __always_inline bool scope_subject(struct subject *s, __u32 phases, __u32 classes)
{
	s->task = scope_current();
	if (!s->task || !(phases & (1 << s->task->phase)))
		return false;
	s->container = scope_container(s->task);
	if (!s->container)
		return false;
	s->head = scope_policy(s->container);
	if (!s->head)
		return true;
	return s->head->mode != POLICY_MODE_OFF && (s->head->classes & classes);
}

#define PHASE_CONFINED (1 << TASK_CONFINED)
#define PHASE_ANY (1 << TASK_CONFINED | 1 << TASK_PENDING)

static __always_inline __u64 scope_cgroup_id(struct task_struct *task)
{
	return BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
}

struct ancestor_walk {
	__u64 cgroup; /* address of the struct cgroup to look at next */
	__u64 cgroup_id;
	__u32 container;
	__u32 found;
};

static __attribute__((unused)) long scope_ancestor(__u32 i, struct ancestor_walk *walk)
{
	struct cgroup *cgroup = (void *)walk->cgroup;
	struct cgroup_subsys_state *parent;
	__u64 id = BPF_CORE_READ(cgroup, kn, id);
	__u32 *number = bpf_map_lookup_elem(&cgroups, &id);

	if (number) {
		walk->container = *number;
		walk->cgroup_id = id;
		walk->found = 1;
		return 1;
	}
	parent = BPF_CORE_READ(cgroup, self.parent);
	walk->cgroup = parent ? (__u64)BPF_CORE_READ(parent, cgroup) : 0;
	return !walk->cgroup;
}

#define NEAR_ANCESTORS 12

/* The same for a cgroup and the first of those above it, by pointers that the verifier knows: a
 * tenth of what bpf_loop() and the reads by address cost. What there is above them is left in
 * walk->cgroup. */
static __always_inline void scope_near(struct cgroup *cgroup, struct ancestor_walk *walk)
{
	struct cgroup_subsys_state *parent;
	__u32 *number;

	for (int i = 0; i < NEAR_ANCESTORS; i++) {
		walk->cgroup_id = cgroup->kn->id;
		number = bpf_map_lookup_elem(&cgroups, &walk->cgroup_id);
		if (number) {
			walk->container = *number;
			walk->found = 1;
			return;
		}
		parent = cgroup->self.parent;
		if (!parent)
			return;
		cgroup = parent->cgroup;
	}
	bpf_probe_read_kernel(&walk->cgroup, sizeof(walk->cgroup), &cgroup);
}

/* The container of the nearest bound cgroup at or above that of `task`: 1 with *state filled
 * but for its phase, 0 if there is none, -REASON_DEPTH if the hierarchy is too deep to tell.
 * A child cgroup needs no entry of its own: it is bound from the moment it exists. */
SHARED int scope_bound(struct task_struct *task, struct task_state *state)
{
	struct ancestor_walk walk = {};

	scope_near(task->cgroups->dfl_cgrp, &walk);
	if (walk.cgroup)
		bpf_loop(BAILIFF_MAX_CGROUP_DEPTH - NEAR_ANCESTORS, scope_ancestor, &walk, 0);
	if (!walk.found)
		return walk.cgroup ? -REASON_DEPTH : 0;
	*state = (struct task_state){
		.container_id = walk.cgroup_id,
		.container = walk.container,
	};
	return 1;
}

/* Adds to the number of confined tasks of a container and gives what it was before. */
static __always_inline __u64 scope_count_task(__u32 container, __s64 change)
{
	__u64 *inside = bpf_map_lookup_elem(&container_tasks, &container);

	return inside ? __sync_fetch_and_add(inside, change) : 0;
}

/* Confines `task` in the container that `from` names, unless it is confined already; of two
 * callers one does it and counts it. False: the task table is full. */
static __always_inline bool scope_confine(struct task_struct *task, const struct task_state *from)
{
	__u64 key = scope_key(task);
	struct task_state state = {
		.container_id = from->container_id,
		.container = from->container,
		.phase = TASK_CONFINED,
	};
	int error;

	error = scope_enter(key, &state, BPF_NOEXIST);
	if (!error)
		scope_count_task(state.container, 1);
	return !error || error == -EEXIST;
}

#endif
