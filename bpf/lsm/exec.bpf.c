// SPDX-License-Identifier: GPL-2.0-or-later
/* Execution: judged on the file that the kernel opened; a script and each interpreter in
 * turn. An execve inside a bound cgroup confines a task that came from outside; its entry
 * point is judged already. */
#include "../container.bpf.h"
#include "../operation.bpf.h"
#include "../outside.bpf.h"
#include "judge.bpf.h"

/* An unconfined task that may become confined: pending from here to the point of no return. */
SEC("lsm/bprm_creds_for_exec")
int BPF_PROG(bailiff_creds_for_exec, struct linux_binprm *bprm, int ret)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	__u64 key = scope_key(task);
	struct task_state *known = scope_current(), state;
	struct container *container;
	int bound, reason = REASON_DEPTH;

	if (ret)
		return ret;
	if (known && known->phase == TASK_CONFINED && scope_container(known)) {
		known->skip_exec = 0;
		return 0;
	}
	container_release_task(task);
	bound = scope_bound(task, &state);
	if (!bound)
		return 0;
	if (bound > 0) {
		container = scope_container(&state);
		if (container && outside_is_runtime(task, container))
			return 0;
		state.phase = TASK_PENDING;
		if (state.container != CONTAINER_NONE && !scope_enter(key, &state, BPF_ANY))
			return 0;
		reason = state.container == CONTAINER_NONE ? REASON_CONTAINERS : REASON_TASK_TABLE;
	}
	count(COUNTER_UNJUDGED + reason);
	return -EPERM;
}

/* What is executed without a name in the container: a memfd, whatever else is on a mount of the
 * kernel's own or on none that is attached; a file whose name was removed, or that never had
 * one. OPERATIONS: neither. */
static __always_inline __u32 exec_nameless(struct file *file)
{
	if (path_detached(file->f_path.mnt))
		return OPERATION_MEMFD_EXEC;
	return path_unlinked(file->f_path.dentry) ? OPERATION_DELETED_EXEC : OPERATIONS;
}

/* 0 or -EPERM. In audit mode rules on programs are not asked after that. */
SHARED int exec_judge_nameless(struct subject *s, struct file *file, __u32 operation)
{
	struct scratch *scratch = scratch_claim();
	struct decision d;
	int ret;

	if (!scratch)
		return judge_nothing(s, EVENT_OPERATION + operation, REASON_SCRATCH);
	scratch->mnt = (__u64)file->f_path.mnt;
	scratch->dentry = (__u64)file->f_path.dentry;
	path_read(scratch, 0);
	d = image_unpack(image_number(s->head, EVENT_OPERATION, operation));
	emit_begin(&scratch->event, s, EVENT_OPERATION + operation);
	scratch->event.path_len = BAILIFF_PATH_MAX - scratch->start[0];
	args_requested(scratch);
	if (verdict_complete(s, &scratch->event, d, 0))
		emit(scratch);
	ret = operation_result(&scratch->event);
	s->task->skip_exec = scratch->event.verdict == EVENT_WOULD_DENY;
	scratch_release(scratch);
	return ret;
}

/* In audit mode the interpreter of a script that would be denied is not judged: enforcing, it
 * would not have been executed. */
SEC("lsm/bprm_check_security")
int BPF_PROG(bailiff_check_security, struct linux_binprm *bprm, int ret)
{
	struct request request = {
		.action = EVENT_EXEC,
		.want = ACCESS_EXEC,
		.args = true,
		.skip_exec = true,
	};
	struct dentry *dentry = bprm->file->f_path.dentry;
	struct subject s;
	__u32 operation;

	if (ret || !scope_subject(&s, PHASE_ANY, CLASS_EXEC | CLASS_PROCESS))
		return ret;
	if (s.task->skip_exec && s.head && s.head->mode != POLICY_MODE_ENFORCE)
		return 0;
	operation = exec_nameless(bprm->file);
	if (operation_in(s.head, operation))
		return exec_judge_nameless(&s, bprm->file, operation);
	if (s.head && !(s.head->classes & CLASS_EXEC))
		return 0;
	if (path_unlinked(dentry))
		request.reason = REASON_NO_PATH;
	request.identity = identity_state(s.head, dentry->d_inode);
	return judge_path(&s, bprm->file->f_path.mnt, dentry, &request);
}

SEC("lsm/bprm_committed_creds")
int BPF_PROG(bailiff_committed_creds, struct linux_binprm *bprm)
{
	struct task_state *state = scope_current();
	struct container *container;

	if (!state)
		return 0;
	if (state->phase == TASK_PENDING) {
		state->phase = TASK_CONFINED;
		scope_count_task(state->container, 1);
		container = scope_container(state);
		if (container)
			outside_learn((void *)bpf_get_current_task_btf(), container);
	}
	state->loading = 1;
	return 0;
}

char _license[] SEC("license") = "GPL";
