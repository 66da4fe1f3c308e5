// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes to cgroup files. Attached on demand: the hook is in the way of every read and write of the
 * host. Opens are in file.bpf.c, CLONE_INTO_CGROUP in task.bpf.c. */
#include "cgroupfs.bpf.h"

SEC("lsm/file_permission")
int BPF_PROG(bailiff_cgroupfs_write, struct file *file, int mask, int ret)
{
	struct request request;
	struct subject s;

	if (ret || !(mask & MAY_WRITE) || !cgroupfs_is(file) ||
	    !scope_subject(&s, PHASE_CONFINED, CLASS_CGROUP))
		return ret;
	return cgroupfs_judge(&s, file, true, &request);
}

char _license[] SEC("license") = "GPL";
