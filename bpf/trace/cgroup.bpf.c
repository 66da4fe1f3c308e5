// SPDX-License-Identifier: GPL-2.0-or-later
/* The end of bound cgroups, and the tasks that are in one when it is bound. */
#include "../container.bpf.h"

/* At rmdir and not at cgroup_release: that one waits for the last page charged to it. */
SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(bailiff_cgroup_rmdir, struct cgroup *cgroup, const char *path)
{
	/* ids are told apart within one hierarchy only */
	if (!cgroup->root->hierarchy_id)
		container_cgroup_removed(BPF_CORE_READ(cgroup, kn, id));
	return 0;
}

volatile struct shared shared;
volatile __u8 task_marks[TASK_MARKS];

/* Confines each task that is inside the container. A fork meanwhile: see bailiff_fork. */
SEC("iter/task")
int sweep_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct container *container;
	struct task_state *known, state;

	/* one that has been reaped may have been freed as far as we hear of it; one that has not
	 * can't be before this program's RCU section ends */
	if (!task || !task->thread_pid)
		return 0;
	known = scope_task(task);
	if (known && known->phase == TASK_CONFINED && scope_container(known))
		return 0;
	if (scope_bound(task, &state) <= 0 || state.container != shared.sweep_container)
		return 0;
	container = scope_container(&state);
	if (!container || outside_is_runtime(task, container))
		return 0;
	outside_learn(task, container);
	container_release_task(task);
	if (!scope_confine(task, &state))
		count(COUNTER_UNJUDGED + REASON_TASK_TABLE);
	return 0;
}

char _license[] SEC("license") = "GPL";
