/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mounts of a file system in the acting task's mount namespace, for hooks that say which
 * object is meant and not by which mount it was reached.
 */
#ifndef BAILIFF_MOUNTS_BPF_H
#define BAILIFF_MOUNTS_BPF_H

#include "path.bpf.h"
#include "verdict.bpf.h"

#define MOUNTS_MAX 65536 /* of one file system, in all namespaces */

struct mount_search {
	__u64 at, head; /* list entries */
	struct policy_head *policy;
	struct scratch *scratch;
	__u32 want;
	__u16 names; /* found */
	__u16 done;  /* 1: the end of the list was reached */
};

/* Judges the name on one mount, if the object has one there. What is read here only says which
 * mount counts: the path is read once more, and then it is made sure that it is one. */
static __always_inline void mounts_judge(struct mount_search *x, __u64 mount)
{
	struct scratch *scratch = x->scratch;
	struct decision d = UNJUDGED;

	scratch->mnt = mount + bpf_core_field_offset(struct mount, mnt);
	path_walk(scratch, 0);
	if (scratch->walk.result == REASON_NO_PATH) /* it shows another part of the file system */
		return;
	x->names++;
	if (!scratch->walk.result) {
		scratch->start[0] = scratch->walk.start;
		if (scratch->walk.start == BAILIFF_PATH_MAX) {
			scratch->start[0]--;
			scratch->path[0][BAILIFF_PATH_MAX - 1] = '/';
		}
		image_run(scratch, x->policy, 0, 0);
		d = image_unpack(image_access(x->policy, scratch->state[0], x->want));
	}
	if (scratch->gravest && d.verdict <= scratch->gravity)
		return;
	scratch->gravity = d.verdict;
	scratch->gravest = scratch->mnt;
}

static long mounts_next(__u32 i, struct mount_search *x)
{
	__u64 namespace = 0, mount;

	if (bpf_probe_read_kernel(&x->at, sizeof(x->at), (void *)x->at))
		return 1;
	if (x->at == x->head) {
		x->done = 1;
		return 1;
	}
	mount = x->at - bpf_core_field_offset(struct mount, mnt_instance);
	bpf_probe_read_kernel(&namespace, sizeof(namespace),
			      (void *)(mount + bpf_core_field_offset(struct mount, mnt_ns)));
	if (namespace == x->scratch->namespace)
		mounts_judge(x, mount);
	return 0;
}

/* Looks for the names of an object on the mounts of its file system: the address of the struct
 * vfsmount on which the access is decided the gravest, as a negative number as all such are; 0
 * if the object is on none of them, a reason if that can't be told. */
SHARED __s64 mounts_search(struct policy_head *head, struct super_block *sb, struct dentry *dentry,
			   __u32 want)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct mount_search x = { .policy = head, .scratch = scratch_claim(), .want = want };
	struct path_sequences before, after;
	__s64 found = REASON_PATH_RACE;

	if (!x.scratch)
		return REASON_SCRATCH;
	x.scratch->namespace = (__u64)task->nsproxy->mnt_ns;
	x.scratch->dentry = (__u64)dentry;
	x.head = (__u64)sb + bpf_core_field_offset(struct super_block, s_mounts);
	for (int i = 0; i < PATH_ATTEMPTS && found > 0; i++) {
		before = path_sequences();
		x.at = x.head;
		x.names = x.done = 0;
		x.scratch->gravest = x.scratch->gravity = 0;
		bpf_loop(MOUNTS_MAX, mounts_next, &x, 0);
		after = path_sequences();
		/* one name can be moved meanwhile: it is read again */
		if (x.done && before.mount == after.mount && !(before.mount & 1) &&
		    (x.names == 1 || (before.rename == after.rename && !(before.rename & 1))))
			found = (__s64)x.scratch->gravest;
	}
	scratch_release(x.scratch);
	return found;
}

#endif
