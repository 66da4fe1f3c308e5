// SPDX-License-Identifier: GPL-2.0-or-later
/* Confinement is inherited at fork, by threads and io_uring workers too, and ends with the
 * task alone. */
#include "../container.bpf.h"
#include "judge.bpf.h"

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
	if (!s.container || scope_confine(child, s.task))
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
