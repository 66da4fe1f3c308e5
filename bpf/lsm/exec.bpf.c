// SPDX-License-Identifier: GPL-2.0-or-later
/* Execution: judged on the file that the kernel opened; a script and each interpreter in
 * turn. An execve inside a bound cgroup confines a task that came from outside; its entry
 * point is judged already. */
#include "../container.bpf.h"
#include "judge.bpf.h"

/* An unconfined task that may become confined: pending from here to the point of no return. */
SEC("lsm/bprm_creds_for_exec")
int BPF_PROG(bailiff_creds_for_exec, struct linux_binprm *bprm, int ret)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	__u64 key = scope_key(task);
	struct task_state *known = scope_current(), state;
	int bound;

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
	state.phase = TASK_PENDING;
	if (bound > 0 && !scope_enter(key, &state, BPF_ANY))
		return 0;
	count(COUNTER_UNJUDGED + (bound > 0 ? REASON_TASK_TABLE : REASON_DEPTH));
	return -EPERM;
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

	if (ret || !scope_subject(&s, PHASE_ANY, CLASS_EXEC))
		return ret;
	if (s.task->skip_exec && s.head && s.head->mode != POLICY_MODE_ENFORCE)
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

	if (state && state->phase == TASK_PENDING) {
		state->phase = TASK_CONFINED;
		scope_count_task(state->container, 1);
	}
	return 0;
}

char _license[] SEC("license") = "GPL";
