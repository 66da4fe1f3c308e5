/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that a policy denies under one name and that have others. User space finds them
 * (agent/identity.h) and opens each once as a marking task; what is noted here is the inode
 * that the kernel opened, and on overlayfs the one below it too.
 */
#ifndef BAILIFF_IDENTITY_BPF_H
#define BAILIFF_IDENTITY_BPF_H

#include "image.bpf.h"
#include "scope.bpf.h"

extern volatile struct shared shared;

static __always_inline void identity_key(struct identity *key, struct inode *inode, __u32 slot)
{
	*key = (struct identity){
		.inode = inode->i_ino,
		.device = inode->i_sb->s_dev,
		.generation = inode->i_generation,
		.slot = slot,
	};
}

/* Notes the file that a marking task opens. Of several denied names the first counts. -ENOSPC: the
 * map is full; -EAGAIN: the kernel had no memory at hand just now (bpf_mem_alloc() never waits). */
static __always_inline int identity_mark(const struct task_state *task, struct inode *inode)
{
	__u32 state = task->marking;
	struct identity key;
	int error; /* as in scope_enter() */

	if ((inode->i_mode & S_IFMT) != S_IFREG)
		return 0;
	identity_key(&key, inode, task->container);
	error = bpf_map_update_elem(&identities, &key, &state, BPF_NOEXIST);
	if (error && error != -EEXIST)
		return error == -E2BIG ? -ENOSPC : -EAGAIN;
	shared.identities = 1;
	return 0;
}

/* The automaton's state after the other name of a file, under which something is denied; 0 if
 * there is none. */
static __always_inline __u32 identity_state(const struct policy_head *head, struct inode *inode)
{
	struct identity key;
	__u32 *state;

	if (!shared.identities || !head || !inode)
		return 0;
	identity_key(&key, inode, head->slot);
	state = bpf_map_lookup_elem(&identities, &key);
	return state ? *state : 0;
}

#endif
