/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which tasks in the cgroup of a container are still those of its runtime. They come from
 * outside with the runtime's root directory, mount, and change their root before they execute
 * what the container is for: so does an `exec` into it. Programs that the runtime executes inside
 * the cgroup before that (runc's own binary, createContainer hooks) have the runtime's root.
 */
#ifndef BAILIFF_OUTSIDE_BPF_H
#define BAILIFF_OUTSIDE_BPF_H

#include "namespace.bpf.h"
#include "scope.bpf.h"

static __always_inline void outside_fill(struct outside *to, struct inode *root,
					 struct mnt_namespace *namespace)
{
	*to = (struct outside){
		.root = (__u64)root,
		.inode = BPF_CORE_READ(root, i_ino),
		.device = BPF_CORE_READ(root, i_sb, s_dev),
		.generation = BPF_CORE_READ(root, i_generation),
		.namespace = namespace_number(namespace),
	};
}

static __always_inline void outside_of_task(struct outside *to, struct task_struct *task)
{
	outside_fill(to, BPF_CORE_READ(task, fs, root.dentry, d_inode),
		     BPF_CORE_READ(task, nsproxy, mnt_ns));
}

static __always_inline bool outside_same_root(const struct outside *a, const struct outside *b)
{
	return a->root == b->root && a->inode == b->inode && a->device == b->device &&
	       a->generation == b->generation;
}

/* Is what `task` executes a step of the container's runtime? */
static __always_inline bool outside_is_runtime(struct task_struct *task,
					       const struct container *container)
{
	struct outside now;

	if (!container->runtime || container->every_exec)
		return false;
	outside_of_task(&now, task);
	return outside_same_root(&now, &container->outside) &&
	       (!container->same_root || now.namespace == container->outside.namespace);
}

/* A task of the container is confined in the runtime's mount namespace: those that an `exec` puts
 * beside it will have nothing that tells them from the runtime. */
static __always_inline void outside_learn(struct task_struct *task, struct container *container)
{
	if (container->runtime && !container->every_exec &&
	    namespace_number(BPF_CORE_READ(task, nsproxy, mnt_ns)) == container->outside.namespace)
		container->every_exec = 1;
}

#endif
