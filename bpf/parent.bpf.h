/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The short way to a decision: most paths that a task asks for lie in a directory that it, or
 * another task under the same policy, has just used. The automaton's state after the path of
 * that directory is kept with its inode, and only the last component is read and run.
 *
 * A directory has one name, so that its path on a mount changes by a rename alone; which path
 * the mount is on changes by mounts alone. Both move a sequence count of the kernel's, and
 * then the state is found anew. What the state says is the same as what a walk would have
 * found at the moment when the counts are read.
 */
#ifndef BAILIFF_PARENT_BPF_H
#define BAILIFF_PARENT_BPF_H

#include "image.bpf.h"
#include "path.bpf.h"

#define LEAF_MAX 64    /* bytes of a name on the stack; longer ones go the long way */
#define LEAF_INLINE 32 /* bytes of a name that stands in the dentry itself, at least */

struct leaf_name {
	__u64 len;
	char bytes[LEAF_MAX];
};

/* Copies a name. Most stand in the dentry itself and are read without a call. */
static __always_inline bool parent_read_name(struct leaf_name *name, struct dentry *dentry,
					     __u32 len)
{
	__u64 at = bpf_core_field_offset(struct dentry, d_iname);
	const void *bytes = dentry->d_name.name, *inside = dentry;
	__u64 *to = (__u64 *)name->bytes;

	name->len = len;
	if (bpf_core_field_exists(dentry->d_iname) && bytes == inside + at) {
		/* or the compiler would take `bytes`, a plain number, and fold the offset in */
		barrier_var(inside);
		barrier_var(at);
		inside += at;
#pragma unroll
		for (int i = 0; i < LEAF_INLINE / 8; i++)
			to[i] = ((const volatile __u64 *)inside)[i];
		return len <= LEAF_INLINE;
	}
	return !bpf_probe_read_kernel(name->bytes, len, bytes);
}

static __always_inline __u64 parent_mix(__u64 digest, __u64 value)
{
	return (digest ^ value) * 0x9e3779b97f4a7c15ULL;
}

static __always_inline __u64 parent_check(const struct parent_state *p)
{
	__u64 digest = parent_mix(p->policy, p->mount);

	digest = parent_mix(digest, p->namespace);
	digest = parent_mix(digest, (__u64)p->sequences.rename << 32 | p->sequences.mount);
	return parent_mix(digest, p->state);
}

/* Runs the last component from `state` on. */
MODULAR int parent_run(struct policy_head *head, const struct leaf_name *name, __u32 state)
{
	void *image = image_of(head);

	if (!head || !name || !image)
		return 0;
	for (__u32 i = 0; i < LEAF_MAX && i < name->len && state && !(state & DFA_TRAP); i++)
		state = match_step(image, head->dfa_off, state,
				   head->byte_class[(__u8)name->bytes[i]]);
	return state;
}

/* The automaton's state after the path of `dentry` on `mnt`, or -1 where it takes a walk to
 * tell. */
SHARED __s64 parent_find(struct policy_head *head, struct vfsmount *mnt, struct dentry *dentry)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	__u32 sequence = *(volatile __u32 *)&dentry->d_seq.seqcount.sequence;
	struct path_sequences now;
	struct parent_state *kept, p;
	struct leaf_name name;
	__u32 len, state;

	if (dentry == mnt->mnt_root)
		return -1;
	kept = bpf_inode_storage_get(&parents, dentry->d_parent->d_inode, 0, 0);
	if (!kept)
		return -1;
	p = *kept;
	if (p.check != parent_check(&p) || p.policy != head->digest || p.mount != (__u64)mnt ||
	    p.namespace != (__u64)task->nsproxy->mnt_ns)
		return -1;
	len = dentry->d_name.len;
	if (len > LEAF_MAX)
		return -1;
	if (!parent_read_name(&name, dentry, len))
		return -1;
	state = parent_run(head, &name, p.state);
	now = path_sequences();
	if (now.rename != p.sequences.rename || now.mount != p.sequences.mount ||
	    *(volatile __u32 *)&dentry->d_seq.seqcount.sequence != sequence)
		return -1;
	return state;
}

/* Keeps the state that a walk from `dentry` and a run have left in the scratch. If the dentry
 * was moved since, the counts have moved too and what is kept is never used. */
SHARED void parent_keep(const struct policy_head *head, struct scratch *scratch,
			struct dentry *dentry)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct parent_state *kept, p;

	if (!scratch->walk.steady || !scratch->walk.leaf)
		return;
	kept = bpf_inode_storage_get(&parents, dentry->d_parent->d_inode, 0,
				     BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!kept)
		return;
	scratch->namespace = (__u64)task->nsproxy->mnt_ns;
	p.policy = head->digest;
	p.mount = scratch->mnt;
	p.namespace = scratch->namespace;
	p.sequences = scratch->walk.sequences;
	p.state = scratch->parent;
	p.check = parent_check(&p);
	*kept = p;
}

#endif
