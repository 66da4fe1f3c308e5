// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Signals by way of a descriptor: the kernel sends SIGIO, or what F_SETSIG says, SIGKILL included,
 * to the descriptor's owner, and SIGURG for a socket. It asks no task_kill then, and it may do so
 * while any task runs (send_sigio() in fs/fcntl.c). So it is judged who makes whom the owner:
 * process.deny `signal_outside` leaves a task itself.
 */
#include "../operation.bpf.h"

#define F_SETOWN 8
#define F_SETOWN_EX 15
#define FIOSETOWN 0x8901
#define SIOCSPGRP 0x8902

struct upid {
	int nr;
} __attribute__((preserve_access_index));

struct pid {
	unsigned int level;
	struct upid numbers[1];
} __attribute__((preserve_access_index));

/* The number of the acting process in its own namespace, as find_vpid() has it. */
static __always_inline int owner_self(void)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct pid *pid = BPF_CORE_READ(task, group_leader, thread_pid);
	__u64 number = (__u64)pid + bpf_core_field_offset(struct pid, numbers) +
		       (__u64)BPF_CORE_READ(pid, level) * bpf_core_type_size(struct upid) +
		       bpf_core_field_offset(struct upid, nr);
	int self = 0;

	bpf_probe_read_kernel(&self, sizeof(self), (void *)number);
	return self;
}

SEC("lsm/file_fcntl")
int BPF_PROG(bailiff_owner_fcntl, struct file *file, unsigned int command, unsigned long argument,
	     int ret)
{
	if (ret || (command != F_SETOWN && command != F_SETOWN_EX))
		return ret;
	/* what F_SETOWN_EX means stands in memory that can be changed before the kernel reads it */
	if (command == F_SETOWN && (!(int)argument || (int)argument == owner_self()))
		return 0;
	return operation_check(OPERATION_SIGNAL_OUTSIDE);
}

/* Of sockets alone (sock_ioctl() in net/socket.c); the number stands in memory here, too. */
static __always_inline int owner_ioctl(struct file *file, unsigned int command)
{
	if ((command != FIOSETOWN && command != SIOCSPGRP) ||
	    file->f_inode->i_sb->s_magic != SOCKFS_MAGIC)
		return 0;
	return operation_check(OPERATION_SIGNAL_OUTSIDE);
}

SEC("lsm/file_ioctl")
int BPF_PROG(bailiff_owner_ioctl, struct file *file, unsigned int command, unsigned long argument,
	     int ret)
{
	return ret ? ret : owner_ioctl(file, command);
}

/* Of 32-bit programs, where it is not the same hook. */
SEC("?lsm/file_ioctl_compat")
int BPF_PROG(bailiff_owner_ioctl_compat, struct file *file, unsigned int command,
	     unsigned long argument, int ret)
{
	return ret ? ret : owner_ioctl(file, command);
}

char _license[] SEC("license") = "GPL";
