// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bailiff itself, against root in a container: whatever its policy says, a confined task
 * can't talk to the agent, signal, limit or trace it, take away pins, or fetch BPF objects by
 * number or pin, which is how it would detach programs and edit maps.
 */
#include "../operation.bpf.h"

extern volatile struct shared shared;

/* Denies and records, as the mode says. */
static __always_inline int guard_deny(bool record)
{
	struct subject s;
	struct event e;

	if (!scope_subject(&s, PHASE_CONFINED, ~0U))
		return 0;
	emit_begin(&e, &s, EVENT_PROTECT);
	verdict_complete(&s, &e, UNJUDGED, REASON_PROTECTED);
	if (record)
		emit_short(&e);
	return e.verdict == EVENT_DENIED ? -EPERM : 0;
}

SEC("lsm/unix_stream_connect")
int BPF_PROG(bailiff_guard_connect, struct sock *sock, struct sock *other, struct sock *new,
	     int ret)
{
	struct socket *socket;
	struct socket_alloc *alloc;

	if (ret || !scope_current())
		return ret;
	socket = BPF_CORE_READ(other, sk_socket);
	alloc = (void *)socket - bpf_core_field_offset(struct socket_alloc, socket);
	if (!socket || BPF_CORE_READ(alloc, vfs_inode.i_ino) != shared.control_inode)
		return 0;
	return guard_deny(true);
}

SEC("lsm/task_kill")
int BPF_PROG(bailiff_guard_kill, struct task_struct *task, void *info, int signal,
	     const struct cred *cred, int ret)
{
	if (ret || (__u32)task->tgid != shared.agent)
		return ret;
	return guard_deny(true);
}

/* A task that is at work in a container and not confined (yet) is its runtime's: what would be made
 * of it, or found in its /proc/PID (the runtime's program, descriptors), is outside. */
static __always_inline int guard_runtime(struct task_struct *task, unsigned int mode)
{
	const struct task_state *acting = scope_current(), *known = scope_task(task);
	struct task_state state;

	if (!acting || acting->phase != TASK_CONFINED || !scope_container(acting))
		return 0;
	if (known && known->phase == TASK_CONFINED)
		return 0;
	if (scope_bound(task, &state) <= 0)
		return 0;
	return guard_deny(!(mode & PTRACE_MODE_NOAUDIT));
}

SEC("lsm/ptrace_access_check")
int BPF_PROG(bailiff_guard_trace, struct task_struct *task, unsigned int mode, int ret)
{
	if (ret)
		return ret;
	return (__u32)task->tgid == shared.agent ? guard_deny(true) : guard_runtime(task, mode);
}

/* A limit of its processor time would end it, another scheduling class starve it. */
SEC("lsm/task_setrlimit")
int BPF_PROG(bailiff_guard_limit, struct task_struct *task, unsigned int resource, void *limit,
	     int ret)
{
	if (ret || (__u32)task->tgid != shared.agent)
		return ret;
	return guard_deny(true);
}

SEC("lsm/task_setscheduler")
int BPF_PROG(bailiff_guard_schedule, struct task_struct *task, int ret)
{
	if (ret || (__u32)task->tgid != shared.agent)
		return ret;
	return guard_deny(true);
}

/* The agent owns no descriptor, so that somebody else has made it the owner of one. Who has, and
 * maybe is not the task that runs now, can't be told; mostly it is. */
SEC("lsm/file_send_sigiotask")
int BPF_PROG(bailiff_guard_owner, struct task_struct *task, void *owner, int signal, int ret)
{
	if (ret || (__u32)task->tgid != shared.agent)
		return ret;
	return scope_current() ? guard_deny(true) : -EPERM;
}

SEC("lsm/bpf")
int BPF_PROG(bailiff_guard_bpf, int command, union bpf_attr *attr, unsigned int size, int ret)
{
	struct subject s;

	if (ret)
		return ret;
	if (operation_denied(&s, OPERATION_BPF))
		return operation_judge(&s, EVENT_OPERATION, OPERATION_BPF);
	if (command != BPF_OBJ_GET && command != BPF_PROG_GET_FD_BY_ID &&
	    command != BPF_MAP_GET_FD_BY_ID && command != BPF_LINK_GET_FD_BY_ID)
		return 0;
	return guard_deny(true);
}

static __always_inline int guard_pins(struct super_block *sb)
{
	return sb->s_dev == shared.pin_device ? guard_deny(true) : 0;
}

SEC("lsm/inode_unlink")
int BPF_PROG(bailiff_guard_unlink, struct inode *dir, struct dentry *dentry, int ret)
{
	return ret ? ret : guard_pins(dir->i_sb);
}

SEC("lsm/inode_rmdir")
int BPF_PROG(bailiff_guard_rmdir, struct inode *dir, struct dentry *dentry, int ret)
{
	return ret ? ret : guard_pins(dir->i_sb);
}

SEC("lsm/inode_rename")
int BPF_PROG(bailiff_guard_rename, struct inode *old_dir, struct dentry *old_dentry,
	     struct inode *new_dir, struct dentry *new_dentry, int ret)
{
	return ret ? ret : guard_pins(old_dir->i_sb);
}

/* The last umount of a bpf file system takes its pins away. */
SEC("lsm/sb_umount")
int BPF_PROG(bailiff_guard_umount, struct vfsmount *mnt, int flags, int ret)
{
	return ret ? ret : guard_pins(mnt->mnt_sb);
}

char _license[] SEC("license") = "GPL";
