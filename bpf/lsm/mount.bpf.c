// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file system topology. A rule on a path names an object only as long as the mounts stay
 * as they are: what is mounted, moved or made root elsewhere has other names. A task under
 * rules on paths can't change them, as under Landlock (Documentation/userspace-api/landlock.rst,
 * "Filesystem topology modification"). By process.deny `mount` a task can't either, nor where
 * they propagate to; what has no path at that moment is in capable.bpf.c.
 */
#include "judge.bpf.h"

static __always_inline int topology_judge(struct vfsmount *mnt, struct dentry *dentry, __u8 action,
					  bool propagation)
{
	struct request request = { .action = action, .reason = REASON_TOPOLOGY };
	struct subject s;

	if (!scope_subject(&s, PHASE_CONFINED,
			   CLASS_EXEC | CLASS_FILE | CLASS_UNIX | CLASS_PROCESS))
		return 0;
	if (s.head && s.head->operations.deny & 1ULL << OPERATION_MOUNT)
		request.reason = REQUEST_OPERATION(OPERATION_MOUNT);
	else if (s.head &&
		 (propagation || !(s.head->classes & (CLASS_EXEC | CLASS_FILE | CLASS_UNIX))))
		return 0;
	return judge_path(&s, mnt, dentry, &request);
}

/* Does mount(2) change nothing but whereto later mounts propagate? See path_mount() in
 * fs/namespace.c for which flag counts. */
static __always_inline bool topology_propagation(unsigned long flags)
{
	return !(flags & (MS_REMOUNT | MS_BIND)) &&
	       flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE);
}

SEC("lsm/sb_mount")
int BPF_PROG(bailiff_mount, const char *source, const struct path *path, const char *type,
	     unsigned long flags, void *data, int ret)
{
	if (ret)
		return ret;
	return topology_judge(path->mnt, path->dentry, EVENT_MOUNT, topology_propagation(flags));
}

SEC("lsm/move_mount")
int BPF_PROG(bailiff_move_mount, const struct path *from, const struct path *to, int ret)
{
	return ret ? ret : topology_judge(to->mnt, to->dentry, EVENT_MOVE_MOUNT, false);
}

SEC("lsm/sb_umount")
int BPF_PROG(bailiff_umount, struct vfsmount *mnt, int flags, int ret)
{
	return ret ? ret : topology_judge(mnt, mnt->mnt_root, EVENT_UMOUNT, false);
}

SEC("lsm/sb_pivotroot")
int BPF_PROG(bailiff_pivot_root, const struct path *old, const struct path *new, int ret)
{
	return ret ? ret : topology_judge(new->mnt, new->dentry, EVENT_PIVOT_ROOT, false);
}

char _license[] SEC("license") = "GPL";
