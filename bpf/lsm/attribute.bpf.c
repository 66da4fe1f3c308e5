// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attributes of files. chmod and chown come with a path. For times and extended attributes there
 * are hooks on inodes alone: they say which file, and not by which of the container's mounts
 * it was reached. It is judged under its name on each of them, and the gravest decision counts.
 */
#include "../creds.bpf.h"
#include "../mounts.bpf.h"
#include "judge.bpf.h"

/* Does inode_setattr have an argument before the dentry (from 6.9 on)? Set before loading. */
const volatile __u32 setattr_idmap __weak = 0;

/* What overlayfs does on its layers was judged on the overlay. `name`: of the attribute; NULL */
SHARED int attribute_judge(struct dentry *dentry, __u8 action, const char *name)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct super_block *sb = dentry->d_inode->i_sb;
	struct request request = { .action = action, .want = ACCESS_SETATTR, .target = name };
	struct subject s;
	__s64 mnt;

	if (!scope_subject(&s, PHASE_CONFINED, CLASS_SETATTR) || creds_inner())
		return 0;
	if (!s.head)
		return judge_nothing(&s, action, REASON_NO_POLICY);
	mnt = mounts_search(s.head, sb, dentry, request.want);
	if (mnt > 0)
		return judge_nothing(&s, action, (int)mnt);
	if (mnt) {
		request.identity = identity_state(s.head, dentry->d_inode);
		return judge_path_at(&s, (__u64)mnt, (__u64)dentry, &request);
	}
	/* a socket, a memfd: reached by a descriptor; or a layer of an overlay, by io_uring */
	if (sb->s_flags & SB_KERNMOUNT || task->cred != task->real_cred)
		return 0;
	return judge_nothing(&s, action, REASON_NO_PATH);
}

static __always_inline int attribute_path(const struct path *path, __u8 action)
{
	struct request request = { .action = action, .want = ACCESS_SETATTR, .held = true };
	struct subject s;

	if (!scope_subject(&s, PHASE_CONFINED, CLASS_SETATTR))
		return 0;
	request.identity = identity_state(s.head, path->dentry->d_inode);
	return judge_path(&s, path->mnt, path->dentry, &request);
}

SEC("lsm/path_chmod")
int BPF_PROG(bailiff_path_chmod, const struct path *path, unsigned short mode, int ret)
{
	return ret ? ret : attribute_path(path, EVENT_CHMOD);
}

SEC("lsm/path_chown")
int BPF_PROG(bailiff_path_chown, const struct path *path, unsigned int uid, unsigned int gid,
	     int ret)
{
	return ret ? ret : attribute_path(path, EVENT_CHOWN);
}

/* Of all that comes here only utimes has no hook of its own: chmod, chown and truncate are told
 * by what they change, the clearing of set-user-ID bits by changing neither time
 * (notify_change() and its callers). */
static __always_inline int attribute_set(struct dentry *dentry, struct iattr *attr, int ret)
{
	__u32 valid = attr->ia_valid;

	if (ret || !(valid & (ATTR_ATIME | ATTR_MTIME)) ||
	    valid & (ATTR_SIZE | ATTR_MODE | ATTR_UID | ATTR_GID))
		return ret;
	return attribute_judge(dentry, EVENT_UTIMES, NULL);
}

/* The barriers keep the compiler from reading arguments before it is known which there are. */
SEC("lsm/inode_setattr")
int bailiff_inode_setattr(unsigned long long *ctx)
{
	struct dentry *dentry;

	if (setattr_idmap) {
		dentry = (void *)ctx[1];
		barrier_var(dentry);
		return attribute_set(dentry, (void *)ctx[2], (int)ctx[3]);
	}
	dentry = (void *)ctx[0];
	barrier_var(dentry);
	return attribute_set(dentry, (void *)ctx[1], (int)ctx[2]);
}

SEC("lsm/inode_setxattr")
int BPF_PROG(bailiff_inode_setxattr, void *idmap, struct dentry *dentry, const char *name,
	     const void *value, unsigned long size, int flags, int ret)
{
	return ret ? ret : attribute_judge(dentry, EVENT_SETXATTR, name);
}

SEC("lsm/inode_removexattr")
int BPF_PROG(bailiff_inode_removexattr, void *idmap, struct dentry *dentry, const char *name,
	     int ret)
{
	return ret ? ret : attribute_judge(dentry, EVENT_REMOVEXATTR, name);
}

/* Access control lists, which were extended attributes before 6.2. */
SEC("?lsm/inode_set_acl")
int BPF_PROG(bailiff_inode_set_acl, void *idmap, struct dentry *dentry, const char *name, void *acl,
	     int ret)
{
	return ret ? ret : attribute_judge(dentry, EVENT_SETXATTR, name);
}

SEC("?lsm/inode_remove_acl")
int BPF_PROG(bailiff_inode_remove_acl, void *idmap, struct dentry *dentry, const char *name,
	     int ret)
{
	return ret ? ret : attribute_judge(dentry, EVENT_REMOVEXATTR, name);
}

char _license[] SEC("license") = "GPL";
