// SPDX-License-Identifier: GPL-2.0-or-later
/* Opening and truncating. Reads and writes through a descriptor are not judged again. */
#include "../operation.bpf.h"
#include "cgroupfs.bpf.h"

/* The access that an open asks for; O_APPEND without O_TRUNC is append only. */
static __always_inline __u32 open_access(__u32 flags, __u32 mode)
{
	__u32 want = mode & FMODE_READ ? ACCESS_READ : 0;

	if (flags & O_TRUNC)
		want |= ACCESS_WRITE;
	else if (mode & FMODE_WRITE)
		want |= flags & O_APPEND ? ACCESS_APPEND : ACCESS_WRITE;
	return want;
}

/* Not confined: no decision is due. */
static __always_inline int open_mark(const struct subject *s, struct file *file)
{
	if (!s->task || s->task->phase != TASK_MARKING)
		return 0;
	return identity_mark(s->task, file->f_inode);
}

/* Do rules on files say anything? Without a policy nothing can be opened. */
static __always_inline bool open_judged(const struct policy_head *head)
{
	return !head || head->classes & CLASS_FILE;
}

/* The memory of a process as a file: what is written through it may be executable, and need not
 * be writable (mem_rw() in fs/proc/base.c). */
static __always_inline bool open_memory(const struct subject *s, struct file *file, __u32 mode)
{
	char name[4] = {};

	if (!(mode & FMODE_WRITE) || !s->head || !(s->head->classes & CLASS_WX_MEMORY) ||
	    file->f_inode->i_sb->s_magic != PROC_SUPER_MAGIC)
		return false;
	bpf_probe_read_kernel(name, sizeof(name), file->f_path.dentry->d_name.name);
	return !bpf_strncmp(name, sizeof(name), "mem");
}

/* Is it, in a dry run, a part of what would have been denied before? */
static __always_inline bool open_skipped(struct subject *s, __u32 type, __u32 mode)
{
	__u8 skip = s->task->skip_open;
	bool device = (type & S_IFMT) == S_IFCHR || (type & S_IFMT) == S_IFBLK;

	if (!s->head || s->head->mode == POLICY_MODE_ENFORCE)
		return false;
	if (!(skip == SKIP_CREATED && mode & FMODE_CREATED) && !(skip == SKIP_DEVICE && device))
		return false;
	s->task->skip_open = SKIP_NOTHING;
	return true;
}

/* The lower file of a program that is denied under another name: the layer above may not know
 * that it has one. */
static __always_inline int open_execute(struct subject *s, struct file *file,
					struct request *request)
{
	request->action = EVENT_EXEC;
	request->want = ACCESS_EXEC;
	return judge_path(s, file->f_path.mnt, file->f_path.dentry, request);
}

static __always_inline int open_judge(struct subject *s, struct file *file, struct request *request)
{
	__u32 flags = file->f_flags, mode = file->f_mode;
	struct dentry *dentry = file->f_path.dentry;
	int denied;

	if (open_memory(s, file, mode))
		return operation_judge(s, EVENT_OPERATION, OPERATION_WX_MEMORY);
	request->identity = identity_state(s->head, file->f_inode);
	/* a program is judged when it is executed; overlayfs opens its lower file a second
	 * time, on 6.1 under the path of the overlay */
	request->execute = flags & FMODE_EXEC;
	request->lower = (mode & FMODE_NOACCOUNT) != 0;
	if (s->task->identified && !request->lower && !path_internal(file->f_path.mnt))
		s->task->identified = 0;
	if (!request->identity && (request->execute || request->lower || !open_judged(s->head)))
		return 0;
	if (request->execute)
		return open_execute(s, file, request);
	if (s->task->skip_open && open_skipped(s, file->f_inode->i_mode, mode))
		return 0;
	request->want = open_access(flags, mode);
	if (flags & O_TMPFILE)
		request->want |= ACCESS_CREATE;
	else if (path_unlinked(dentry))
		request->reason = REASON_NO_PATH;
	denied = judge_path(s, file->f_path.mnt, dentry, request);
	s->task->truncating = flags & O_TRUNC && !denied ? (__u64)&file->f_path : 0;
	return denied;
}

SEC("lsm/file_open")
int BPF_PROG(bailiff_file_open, struct file *file, int ret)
{
	struct request request = { .action = EVENT_OPEN };
	struct subject s;

	if (ret)
		return ret;
	if (!scope_subject(&s, PHASE_CONFINED,
			   CLASS_EXEC | CLASS_FILE | CLASS_WX_MEMORY | CLASS_CGROUP))
		return open_mark(&s, file);
	ret = open_judge(&s, file, &request);
	if (ret || !s.head || !(s.head->classes & CLASS_CGROUP) || !(file->f_mode & FMODE_WRITE) ||
	    !cgroupfs_is(file))
		return ret;
	return cgroupfs_judge(&s, file, false, &request);
}

/* A descriptor that another process opened, maybe outside, is judged like an open. What was
 * opened as O_PATH is judged when something is done with it. */
SEC("lsm/file_receive")
int BPF_PROG(bailiff_file_receive, struct file *file, int ret)
{
	struct request request = { .action = EVENT_RECEIVE, .held = true };
	struct subject s;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_FILE))
		return ret;
	request.want = open_access(file->f_flags & ~O_TRUNC, file->f_mode);
	if (!request.want)
		return 0;
	if (s.task->skip_open && open_skipped(&s, file->f_inode->i_mode, file->f_mode))
		return 0;
	request.identity = identity_state(s.head, file->f_inode);
	return judge_path(&s, file->f_path.mnt, file->f_path.dentry, &request);
}

/* The truncation that O_TRUNC does was recorded with the open; it comes with the path that is
 * inside the struct file. It is judged again: the struct may have become another file's. */
static __always_inline int truncate_judge(const struct path *path)
{
	struct request request = {
		.action = EVENT_TRUNCATE,
		.want = ACCESS_WRITE,
		.held = true, /* truncate(2) reaches what has no name only through a descriptor */
	};
	struct subject s;

	if (!scope_subject(&s, PHASE_CONFINED, CLASS_FILE))
		return 0;
	request.again = s.task->truncating == (__u64)path;
	request.identity = identity_state(s.head, path->dentry->d_inode);
	s.task->truncating = 0;
	return judge_path(&s, path->mnt, path->dentry, &request);
}

SEC("lsm/path_truncate")
int BPF_PROG(bailiff_path_truncate, const struct path *path, int ret)
{
	return ret ? ret : truncate_judge(path);
}

/* ftruncate, from 6.2 on; before it was path_truncate. */
SEC("?lsm/file_truncate")
int BPF_PROG(bailiff_file_truncate, struct file *file, int ret)
{
	return ret ? ret : truncate_judge(&file->f_path);
}

char _license[] SEC("license") = "GPL";
