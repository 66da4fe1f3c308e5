// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that are mapped: to be executed, by mmap or by a later mprotect, and to be written where
 * they may only be appended to. The kernel maps a program and its interpreter through the same
 * hook; the program was judged when it was executed, by `x`.
 */
#include "../operation.bpf.h"
#include "judge.bpf.h"

/* The address of an argument that may be NULL: from 6.8 on the verifier takes arguments of hooks
 * to be none and removes a comparison. */
static __always_inline __u64 map_address(struct file *file)
{
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), &file);
	return address;
}

/* Is it the kernel that maps the program of the execve under way (load_elf_binary())? */
static __always_inline bool map_of_program(const struct subject *s, struct file *file)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();

	return s->task->loading && (__u64)task->mm->exe_file == (__u64)file;
}

/* Memory that a file stands for inside the kernel alone: shared anonymous, of System V, of huge
 * pages (mm/shmem.c, ipc/shm.c, fs/hugetlbfs/inode.c). A memfd is a file of the process. */
static __always_inline bool map_of_memory(struct file *file)
{
	struct dentry *dentry = file->f_path.dentry;
	char name[8] = {};

	if (!path_internal(file->f_path.mnt))
		return false;
	bpf_probe_read_kernel(name, sizeof(name), dentry->d_name.name);
	return !bpf_strncmp(name, 8, "dev/zero") || !bpf_strncmp(name, 4, "SYSV") ||
	       !bpf_strncmp(name, 8, "anon_hug");
}

/* From 6.5 on a file on overlayfs is mapped as the one below it, which remembers the path under
 * which it was opened (backing_file_mmap(), backing_file_user_path()); only the kernel makes files
 * that are not accounted. */
static __always_inline int map_judge_backing(struct subject *s, struct file *file,
					     const struct request *request)
{
	__u64 at = (__u64)file + bpf_core_field_offset(struct backing_file, user_path);
	__u64 mnt = 0, dentry = 0;

	bpf_probe_read_kernel(&mnt, sizeof(mnt),
			      (void *)(at + bpf_core_field_offset(struct path, mnt)));
	bpf_probe_read_kernel(&dentry, sizeof(dentry),
			      (void *)(at + bpf_core_field_offset(struct path, dentry)));
	return judge_path_at(s, mnt, dentry, request);
}

static __always_inline int map_judge_path(struct subject *s, struct file *file,
					  struct request *request)
{
	request->identity = identity_state(s->head, file->f_inode);
	if (bpf_core_type_exists(struct backing_file) && file->f_mode & FMODE_NOACCOUNT)
		return map_judge_backing(s, file, request);
	return judge_path(s, file->f_path.mnt, file->f_path.dentry, request);
}

/* A mapping that is made, or changed: what is new about it. `address`: of the file; 0: none. */
struct map_change {
	struct file *file;
	__u64 address;
	bool execute, share;
	__u8 action;
};

/* What the hook judges: executable, under rules on execution alone only where something is
 * denied; shared and writable of what was opened for appending, which can be written anywhere
 * then. What never had a name has no denials. */
static __always_inline int map_judge(struct subject *s, const struct map_change *change)
{
	struct request request = { .action = change->action };
	__u32 classes = s->head ? s->head->classes : CLASS_MAP | CLASS_FILE;
	struct file *file = change->file;

	if (change->execute && classes & CLASS_MAP && !map_of_program(s, file))
		request.want = ACCESS_MAP;
	if (change->share && classes & CLASS_APPEND && file->f_flags & O_APPEND &&
	    file->f_mode & FMODE_WRITE)
		request.want |= ACCESS_WRITE;
	if (!request.want)
		return 0;
	if (request.want & ACCESS_MAP && path_unlinked(file->f_path.dentry))
		request.reason = REASON_NO_PATH;
	request.held = !(request.want & ACCESS_MAP && classes & CLASS_FILE) || map_of_memory(file);
	return map_judge_path(s, file, &request);
}

static __always_inline bool map_judges_wx(const struct subject *s)
{
	return !s->head || s->head->classes & CLASS_WX_MEMORY;
}

/* Executable memory that no file stands for, or one that a process can write: a memfd is on a
 * mount of the kernel's too. */
static __always_inline bool map_of_nothing(struct file *file, __u64 address)
{
	return !address || file->f_path.mnt->mnt_sb->s_flags & SB_KERNMOUNT ||
	       file->f_inode->i_writecount.counter > 0;
}

SEC("lsm/mmap_file")
int BPF_PROG(bailiff_mmap_file, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags, int ret)
{
	struct map_change change = {
		.file = file,
		.execute = prot & PROT_EXEC,
		.share = prot & PROT_WRITE && flags & MAP_SHARED,
		.action = EVENT_MMAP,
	};
	struct subject s;

	if (ret || !(change.execute || change.share))
		return ret;
	if (!scope_subject(&s, PHASE_CONFINED, CLASS_MAP | CLASS_APPEND | CLASS_WX_MEMORY))
		return 0;
	change.address = map_address(file);
	if (change.execute && map_judges_wx(&s) &&
	    (prot & PROT_WRITE || map_of_nothing(file, change.address)))
		return operation_judge(&s, EVENT_OPERATION, OPERATION_WX_MEMORY);
	return change.address ? map_judge(&s, &change) : 0;
}

/* Was what becomes executable written before, or can it still be? */
static __always_inline bool map_was_written(struct vm_area_struct *vma, struct file *file,
					    __u64 address, unsigned long flags)
{
	return map_of_nothing(file, address) || vma->anon_vma ||
	       (flags & VM_SHARED && file->f_mode & FMODE_WRITE);
}

SEC("lsm/file_mprotect")
int BPF_PROG(bailiff_file_mprotect, struct vm_area_struct *vma, unsigned long reqprot,
	     unsigned long prot, int ret)
{
	unsigned long flags = vma->vm_flags;
	struct map_change change = {
		.file = vma->vm_file,
		.execute = prot & PROT_EXEC && !(flags & VM_EXEC),
		.share = prot & PROT_WRITE && flags & VM_SHARED && !(flags & VM_WRITE),
		.action = EVENT_MPROTECT,
	};
	bool both = prot & PROT_EXEC && prot & PROT_WRITE && !(flags & VM_EXEC && flags & VM_WRITE);
	struct subject s;

	if (ret || !(change.execute || change.share || both))
		return ret;
	if (!scope_subject(&s, PHASE_CONFINED, CLASS_MAP | CLASS_APPEND | CLASS_WX_MEMORY))
		return 0;
	change.address = map_address(change.file);
	if (map_judges_wx(&s) &&
	    (both || (change.execute && map_was_written(vma, change.file, change.address, flags))))
		return operation_judge(&s, EVENT_OPERATION, OPERATION_WX_MEMORY);
	return change.address && (change.execute || change.share) ? map_judge(&s, &change) : 0;
}

char _license[] SEC("license") = "GPL";
