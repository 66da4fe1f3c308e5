// SPDX-License-Identifier: GPL-2.0-or-later
/* Life of processes for the audit. Where the kernel has no BPF LSM these tracepoints also
 * confine, a moment later than the LSM programs would: cgroup programs then still apply. */
#include "../args.bpf.h"
#include "../container.bpf.h"
#include "../outside.bpf.h"
#include "../path.bpf.h"
#include "../verdict.bpf.h"

/* The child is complete and has not run yet. It is confined here only if task_alloc did not
 * do it: no LSM, or its container is taking in all tasks that are inside it. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(bailiff_fork, struct task_struct *parent, struct task_struct *child)
{
	struct task_state *known = scope_task(child), state;
	struct container *container;

	if (known && known->phase == TASK_CONFINED)
		return 0;
	known = scope_task(parent);
	if (known && known->phase == TASK_CONFINED) {
		if (scope_container(known))
			scope_confine(child, known);
		return 0;
	}
	if (scope_bound(child, &state) <= 0)
		return 0;
	container = scope_container(&state);
	if (container && container->sweeping && !outside_is_runtime(child, container))
		scope_confine(child, &state);
	return 0;
}

static __always_inline void process_record(struct subject *s, struct task_struct *task, __u8 action)
{
	struct scratch *scratch = scratch_claim();
	struct file *file;

	if (!scratch) {
		count(COUNTER_LOST + RING_OTHER);
		return;
	}
	emit_begin(&scratch->event, s, action);
	if (action == EVENT_PROCESS_EXEC) {
		file = task->mm->exe_file;
		scratch->mnt = (__u64)file->f_path.mnt;
		scratch->dentry = (__u64)file->f_path.dentry;
		path_read(scratch, 0);
		scratch->event.path_len = BAILIFF_PATH_MAX - scratch->start[0];
		args_given(scratch, task);
	} else {
		scratch->event.exit_code = task->exit_code;
	}
	emit(scratch);
	scratch_release(scratch);
}

static __always_inline void exec_confine(struct task_struct *task, const struct task_state *state)
{
	struct container *container = scope_container(state);

	if (!container || outside_is_runtime(task, container))
		return;
	if (scope_confine(task, state))
		outside_learn(task, container);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(bailiff_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct task_state *known = scope_task(task), state;
	struct subject s;

	if (known)
		known->loading = 0;
	else if (scope_bound(task, &state) > 0)
		exec_confine(task, &state);
	if (scope_subject(&s, PHASE_CONFINED, ~0U))
		process_record(&s, task, EVENT_PROCESS_EXEC);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(bailiff_exit, struct task_struct *task)
{
	struct subject s;

	if (!task->signal->live.counter && scope_subject(&s, PHASE_CONFINED, ~0U))
		process_record(&s, task, EVENT_PROCESS_EXIT);
	return 0;
}

/* Where task_free did it before there is nothing left to do. */
SEC("tp_btf/sched_process_free")
int BPF_PROG(bailiff_free, struct task_struct *task)
{
	container_release_task(task);
	return 0;
}

char _license[] SEC("license") = "GPL";
