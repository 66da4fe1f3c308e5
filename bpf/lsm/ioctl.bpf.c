// SPDX-License-Identifier: GPL-2.0-or-later
/* Commands to devices and files. What has no name (a socket, a pipe) is no file of any rule. */
#include "judge.bpf.h"

/* asm-generic/ioctls.h */
#define FIONBIO 0x5421
#define FIONCLEX 0x5450
#define FIOCLEX 0x5451
#define FIOASYNC 0x5452
#define TCGETS 0x5401

/* What does nothing that fcntl(2) would not do, and the question whether a file is a terminal,
 * which isatty(3) asks of files of every kind. */
static __always_inline bool ioctl_harmless(struct file *file, __u32 command)
{
	if (command == FIOCLEX || command == FIONCLEX || command == FIONBIO || command == FIOASYNC)
		return true;
	return command == TCGETS && (file->f_inode->i_mode & S_IFMT) != S_IFCHR;
}

static __always_inline int ioctl_judge(struct file *file, __u32 command)
{
	struct request request = {
		.action = EVENT_IOCTL,
		.want = ACCESS_IOCTL,
		.held = true,
		.command = command,
	};
	struct subject s;

	if (!scope_subject(&s, PHASE_CONFINED, CLASS_IOCTL) || ioctl_harmless(file, command) ||
	    path_internal(file->f_path.mnt))
		return 0;
	request.identity = identity_state(s.head, file->f_inode);
	return judge_path(&s, file->f_path.mnt, file->f_path.dentry, &request);
}

SEC("lsm/file_ioctl")
int BPF_PROG(bailiff_file_ioctl, struct file *file, unsigned int command, unsigned long argument,
	     int ret)
{
	return ret ? ret : ioctl_judge(file, command);
}

/* Of 32-bit programs, where it is not the same hook. */
SEC("?lsm/file_ioctl_compat")
int BPF_PROG(bailiff_file_ioctl_compat, struct file *file, unsigned int command,
	     unsigned long argument, int ret)
{
	return ret ? ret : ioctl_judge(file, command);
}

/* The same by io_uring. */
SEC("?lsm/uring_cmd")
int BPF_PROG(bailiff_uring_cmd, struct io_uring_cmd *command, int ret)
{
	return ret ? ret : ioctl_judge(command->file, command->cmd_op);
}

char _license[] SEC("license") = "GPL";
