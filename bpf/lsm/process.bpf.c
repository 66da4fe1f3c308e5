// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reaching for other processes: tracing, signals and what else changes another task; and user
 * namespaces. A task is outside unless it is confined in the same container.
 *
 * A process may always do to itself what is asked here; the kernel does not ask about threads
 * of one process (__ptrace_may_access() in kernel/ptrace.c). Signals of the kernel's own don't
 * come here either (check_kill_permission() in kernel/signal.c).
 */
#include "../operation.bpf.h"

#define PTRACE_MODE_ATTACH 2

extern volatile struct shared shared;

static __always_inline bool process_outside(const struct subject *s, struct task_struct *task)
{
	const struct task_state *state = scope_task(task);

	return !state || state->container_id != s->task->container_id;
}

/* The agent is protected by a rule of its own. */
static __always_inline bool process_is_agent(const struct task_struct *task)
{
	return (__u32)task->tgid == shared.agent;
}

static __always_inline int process_judge(struct subject *s, enum operation operation,
					 const struct task_struct *target)
{
	return operation_judge_target(s, EVENT_OPERATION, operation, target->tgid);
}

/* What else a signal is: a change to another task that needs no tracing. */
static __always_inline int process_change(struct task_struct *target)
{
	struct subject s;

	if (!operation_denied(&s, OPERATION_SIGNAL_OUTSIDE) || !process_outside(&s, target))
		return 0;
	return process_judge(&s, OPERATION_SIGNAL_OUTSIDE, target);
}

/* The same where guard.bpf.c has a rule for the agent. */
static __always_inline int process_change_other(struct task_struct *target)
{
	return process_is_agent(target) ? 0 : process_change(target);
}

/* To attach is denied to any process, to look only into those outside: PTRACE_MODE_READ is asked
 * for most of what is in /proc/PID. */
SEC("lsm/ptrace_access_check")
int BPF_PROG(bailiff_ptrace, struct task_struct *target, unsigned int mode, int ret)
{
	struct subject s;

	if (ret || !operation_denied(&s, OPERATION_PTRACE) || process_is_agent(target))
		return ret;
	if (!(mode & PTRACE_MODE_ATTACH) && !process_outside(&s, target))
		return 0;
	if (mode & PTRACE_MODE_NOAUDIT)
		return !s.head || s.head->mode == POLICY_MODE_ENFORCE ? -EPERM : 0;
	return process_judge(&s, OPERATION_PTRACE, target);
}

SEC("lsm/ptrace_traceme")
int BPF_PROG(bailiff_traceme, struct task_struct *parent, int ret)
{
	struct subject s;

	if (ret || !operation_denied(&s, OPERATION_PTRACE))
		return ret;
	return process_judge(&s, OPERATION_PTRACE, parent);
}

/* With `cred` it is not the acting task that sends it (kill_pid_usb_asyncio()). It is read as a
 * number: a newer verifier takes an argument for a pointer that is never NULL. */
SEC("lsm/task_kill")
int BPF_PROG(bailiff_signal, struct task_struct *target, void *info, int signal,
	     const struct cred *cred, int ret)
{
	__u64 sender = 0;

	bpf_probe_read_kernel(&sender, sizeof(sender), &cred);
	return ret || sender ? ret : process_change_other(target);
}

/* prlimit(2); task_prlimit knows only the other's credentials. */
SEC("lsm/task_setrlimit")
int BPF_PROG(bailiff_setrlimit, struct task_struct *target, unsigned int resource, void *limit,
	     int ret)
{
	return ret ? ret : process_change_other(target);
}

SEC("lsm/task_setnice")
int BPF_PROG(bailiff_setnice, struct task_struct *target, int nice, int ret)
{
	return ret ? ret : process_change(target);
}

SEC("lsm/task_setscheduler")
int BPF_PROG(bailiff_setscheduler, struct task_struct *target, int ret)
{
	return ret ? ret : process_change_other(target);
}

SEC("lsm/task_setioprio")
int BPF_PROG(bailiff_setioprio, struct task_struct *target, int ioprio, int ret)
{
	return ret ? ret : process_change(target);
}

SEC("lsm/task_movememory")
int BPF_PROG(bailiff_movememory, struct task_struct *target, int ret)
{
	return ret ? ret : process_change(target);
}

SEC("lsm/userns_create")
int BPF_PROG(bailiff_userns, const struct cred *cred, int ret)
{
	return ret ? ret : operation_check(OPERATION_USERNS);
}

char _license[] SEC("license") = "GPL";
