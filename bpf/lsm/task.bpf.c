// SPDX-License-Identifier: GPL-2.0-or-later
/* Confinement is inherited at fork, by threads and io_uring workers too, and ends with the
 * task alone. */
#include "../container.bpf.h"
#include "../operation.bpf.h"
#include "judge.bpf.h"

/* The namespaces and the cgroup that a new task is to be born into. In a dry run a new user
 * namespace was judged just before (create_user_ns() comes first in copy_process()), and nothing
 * after it would have been. */
static __always_inline int task_born_elsewhere(struct subject *s, __u64 flags)
{
	__u64 deny = s->head->operations.deny;

	if (flags & CLONE_NEWUSER && deny & 1ULL << OPERATION_USERNS)
		return 0;
	if (flags & CLONE_NAMESPACES && deny & 1ULL << OPERATION_SETNS)
		return operation_judge(s, EVENT_OPERATION, OPERATION_SETNS);
	if (flags & CLONE_INTO_CGROUP && deny & 1ULL << OPERATION_CGROUP_ESCAPE)
		return operation_judge(s, EVENT_OPERATION, OPERATION_CGROUP_ESCAPE);
	return 0;
}

SEC("lsm/task_alloc")
int BPF_PROG(bailiff_task_alloc, struct task_struct *child, unsigned long clone_flags, int ret)
{
	struct subject s;

	if (ret)
		return ret;
	s.task = scope_current();
	if (!s.task || s.task->phase != TASK_CONFINED)
		return 0;
	s.container = scope_container(s.task);
	if (!s.container)
		return 0;
	if (clone_flags & (CLONE_NAMESPACES | CLONE_INTO_CGROUP)) {
		s.head = scope_policy(s.container);
		if (s.head && s.head->mode != POLICY_MODE_OFF &&
		    task_born_elsewhere(&s, clone_flags))
			return -EPERM;
	}
	if (scope_confine(child, s.task))
		return 0;
	s.head = scope_policy(s.container);
	if (s.head && s.head->mode == POLICY_MODE_OFF)
		return 0;
	return judge_nothing(&s, EVENT_FORK, REASON_TASK_TABLE) ? -EAGAIN : 0;
}

SEC("lsm/task_free")
int BPF_PROG(bailiff_task_free, struct task_struct *task)
{
	container_release_task(task);
	return 0;
}

char _license[] SEC("license") = "GPL";
