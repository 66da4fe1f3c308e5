/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose credentials does the task act with? override_creds() gives it others for a while, in
 * task_struct.cred alone. overlayfs takes those of who mounted it for what it does on its layers
 * (ovl_override_creds() in fs/overlayfs/util.c), after it has asked with the task's own.
 */
#ifndef BAILIFF_CREDS_BPF_H
#define BAILIFF_CREDS_BPF_H

#include "kernel_types.h"

/* Does the kernel act for itself, as overlayfs does? Not if the credentials may be some that a
 * process has or had:
 * - access(2) makes a copy that no other task may see (access_override_creds() in fs/open.c);
 * - a core dump is written with a copy (vfs_coredump() or do_coredump() in fs/coredump.c);
 * - io_uring takes those that were registered, but also those that a task had when a request
 *   was put off, for which there is no hook (io_prep_async_work()). A task keeps what belongs
 *   to its rings until it executes another program; their threads have a flag. */
static __always_inline bool creds_inner(void)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	const struct cred *cred = BPF_CORE_READ(task, cred);

	if (cred == BPF_CORE_READ(task, real_cred))
		return false;
	if (BPF_CORE_READ(task, flags) & (PF_IO_WORKER | PF_DUMPCORE))
		return false;
	if (!bpf_core_field_exists(cred->non_rcu) || BPF_CORE_READ(cred, non_rcu) == 1)
		return false;
	if (!bpf_core_field_exists(task->io_uring))
		return !bpf_core_type_exists(struct io_uring_task);
	return !BPF_CORE_READ(task, io_uring);
}

#endif
