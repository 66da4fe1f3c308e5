// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a file may be appended to and not be written, a descriptor opened for appending must not
 * do more: lose O_APPEND, or change what is there. The kernel itself refuses splice, sendfile,
 * copy_file_range and clones into such a descriptor (fs/splice.c, fs/read_write.c,
 * fs/remap_range.c), and a pwrite appends (pwrite(2), BUGS). Mappings are in map.bpf.c.
 */
#include "judge.bpf.h"

#define NR_FALLOCATE 285 /* x86-64 */
#define NR_PWRITEV2 328
#define NR_IO_SUBMIT 209
#define NR_IO_URING_ENTER 426
#define NR_COMPAT_IO_SUBMIT 248
#define NR_COMPAT_FALLOCATE 324
#define NR_COMPAT_PWRITEV2 379

#define FALLOC_FL_KEEP_SIZE 1
#define RWF_NOAPPEND 0x20 /* from 6.9 on */

static __always_inline bool append_only(struct file *file)
{
	return file->f_flags & O_APPEND && file->f_mode & FMODE_WRITE;
}

static __always_inline int append_judge(struct subject *s, struct file *file, __u8 action)
{
	struct request request = { .action = action, .want = ACCESS_WRITE, .held = true };

	request.identity = identity_state(s->head, file->f_inode);
	return judge_path(s, file->f_path.mnt, file->f_path.dentry, &request);
}

SEC("lsm/file_fcntl")
int BPF_PROG(bailiff_file_fcntl, struct file *file, unsigned int command, unsigned long argument,
	     int ret)
{
	struct subject s;

	if (ret || command != F_SETFL || argument & O_APPEND)
		return ret;
	if (!scope_subject(&s, PHASE_CONFINED, CLASS_APPEND) || !append_only(file))
		return 0;
	return append_judge(&s, file, EVENT_FCNTL);
}

/* May the write that is under way change what is in the file? The system call and its registers
 * tell; what io_uring and aio do stands in memory that others can change, so they always may. */
static __always_inline bool append_changes(void)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct pt_regs *regs = (void *)bpf_task_pt_regs(task);

	if (task->flags & PF_IO_WORKER)
		return true;
	switch (BPF_CORE_READ(regs, orig_ax)) {
	case NR_FALLOCATE:
		return BPF_CORE_READ(regs, si) & ~FALLOC_FL_KEEP_SIZE & 0xffffffff;
	case NR_PWRITEV2:
		return BPF_CORE_READ(regs, r9) & RWF_NOAPPEND;
	case NR_IO_SUBMIT:
	case NR_IO_URING_ENTER:
	case NR_COMPAT_IO_SUBMIT:
	case NR_COMPAT_FALLOCATE:
	case NR_COMPAT_PWRITEV2:
		return true;
	default:
		return false;
	}
}

/* On demand: it runs at each read and write of the host. */
SEC("lsm/file_permission")
int BPF_PROG(bailiff_append_permission, struct file *file, int mask, int ret)
{
	struct subject s;

	if (ret || !(mask & MAY_WRITE) || !append_only(file))
		return ret;
	if (!scope_subject(&s, PHASE_CONFINED, CLASS_APPEND) || !append_changes())
		return 0;
	return append_judge(&s, file, EVENT_WRITE);
}

char _license[] SEC("license") = "GPL";
