/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process.deny `cgroup_escape`: no cgroup file is opened for writing or written but below the
 * container's own cgroup, and none of cgroup v1, where a container has no place.
 */
#ifndef BAILIFF_CGROUPFS_BPF_H
#define BAILIFF_CGROUPFS_BPF_H

#include "judge.bpf.h"

struct cgroup_walk {
	__u64 dentry; /* address of the directory to look at next */
	__u64 cgroup_id;
	__u32 inside;
	__u32 pad;
};

static __attribute__((unused)) long cgroupfs_ancestor(__u32 i, struct cgroup_walk *walk)
{
	struct dentry *dentry = (void *)walk->dentry, *parent;

	/* on 64 bits a cgroup's inode number is its id (kernfs_ino()) */
	if (BPF_CORE_READ(dentry, d_inode, i_ino) == walk->cgroup_id) {
		walk->inside = 1;
		return 1;
	}
	parent = BPF_CORE_READ(dentry, d_parent);
	if (parent == dentry)
		return 1;
	walk->dentry = (__u64)parent;
	return 0;
}

static __always_inline bool cgroupfs_inside(const struct subject *s, struct dentry *dentry)
{
	struct cgroup_walk walk = {
		.dentry = (__u64)BPF_CORE_READ(dentry, d_parent),
		.cgroup_id = s->task->container_id,
	};

	bpf_loop(BAILIFF_MAX_CGROUP_DEPTH, cgroupfs_ancestor, &walk, 0);
	return walk.inside;
}

static __always_inline bool cgroupfs_is(struct file *file)
{
	unsigned long magic = file->f_inode->i_sb->s_magic;

	return magic == CGROUP2_SUPER_MAGIC || magic == CGROUP_SUPER_MAGIC;
}

/* In a dry run what is written after an open that would have been denied is no news. `request` is
 * room for one. */
static __always_inline int cgroupfs_judge(struct subject *s, struct file *file, bool opened,
					  struct request *request)
{
	if (file->f_inode->i_sb->s_magic == CGROUP2_SUPER_MAGIC &&
	    cgroupfs_inside(s, file->f_path.dentry))
		return 0;
	if (opened && s->task->cgroup_file == (__u64)file && s->head &&
	    s->head->mode == POLICY_MODE_AUDIT)
		return 0;
	s->task->cgroup_file = opened ? 0 : (__u64)file;
	*request = (struct request){
		.action = EVENT_OPERATION + OPERATION_CGROUP_ESCAPE,
		.reason = REQUEST_OPERATION(OPERATION_CGROUP_ESCAPE),
	};
	return judge_path(s, file->f_path.mnt, file->f_path.dentry, request);
}

#endif
