// SPDX-License-Identifier: GPL-2.0-or-later
/* Names that are made and removed. */
#include "judge.bpf.h"

static __always_inline int name_judge(const struct path *dir, struct dentry *dentry, __u8 action,
				      __u32 want)
{
	struct request request = { .action = action, .want = want };
	struct subject s;

	if (!scope_subject(&s, PHASE_CONFINED, CLASS_FILE))
		return 0;
	return judge_path(&s, dir->mnt, dentry, &request);
}

/* open(O_CREAT), mknod, and bind of a unix socket. In audit mode what follows a creation that
 * would be denied is not judged, the open or the look at the device: enforcing, it would not have
 * happened. */
SEC("lsm/path_mknod")
int BPF_PROG(bailiff_path_mknod, const struct path *dir, struct dentry *dentry, unsigned short mode,
	     unsigned int dev, int ret)
{
	struct request request = { .want = ACCESS_CREATE };
	__u32 type = mode & S_IFMT, classes = CLASS_FILE;
	struct subject s;

	if (type == S_IFSOCK)
		classes |= CLASS_UNIX;
	if (ret || !scope_subject(&s, PHASE_CONFINED, classes))
		return ret;
	request.action = type == S_IFREG || !type ? EVENT_CREATE : EVENT_MKNOD;
	s.task->skip_open = SKIP_NOTHING;
	request.skip_open = request.action == EVENT_CREATE ? SKIP_CREATED : SKIP_MKNOD;
	if (type == S_IFSOCK && s.head && s.head->classes & CLASS_UNIX) {
		request.action = EVENT_BIND;
		request.family = AF_UNIX;
		request.want |= NAME_UNIX_BIND;
		request.skip_open = SKIP_NOTHING;
	}
	return judge_path(&s, dir->mnt, dentry, &request);
}

SEC("lsm/path_mkdir")
int BPF_PROG(bailiff_path_mkdir, const struct path *dir, struct dentry *dentry, unsigned short mode,
	     int ret)
{
	return ret ? ret : name_judge(dir, dentry, EVENT_MKDIR, ACCESS_CREATE);
}

SEC("lsm/path_symlink")
int BPF_PROG(bailiff_path_symlink, const struct path *dir, struct dentry *dentry,
	     const char *target, int ret)
{
	struct request request = {
		.action = EVENT_SYMLINK,
		.want = ACCESS_CREATE,
		.target = target,
	};
	struct subject s;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_FILE))
		return ret;
	return judge_path(&s, dir->mnt, dentry, &request);
}

SEC("lsm/path_unlink")
int BPF_PROG(bailiff_path_unlink, const struct path *dir, struct dentry *dentry, int ret)
{
	return ret ? ret : name_judge(dir, dentry, EVENT_DELETE, ACCESS_DELETE);
}

SEC("lsm/path_rmdir")
int BPF_PROG(bailiff_path_rmdir, const struct path *dir, struct dentry *dentry, int ret)
{
	return ret ? ret : name_judge(dir, dentry, EVENT_RMDIR, ACCESS_DELETE);
}

/* Under rules on execution alone making and removing names is free, but not to take a program out
 * of a denial. */
static __always_inline int name_pair_judge(struct subject *s, struct vfsmount *mnt,
					   struct dentry *old_dentry, struct dentry *new_dentry,
					   struct name_pair *pair)
{
	if (s->head && !(s->head->classes & CLASS_FILE))
		pair->want[0] = pair->want[1] = 0;
	return judge_pair(s, mnt, old_dentry, new_dentry, pair);
}

/* The link must be allowed on the existing name, the creation on the new one, and what is
 * denied under the existing name must be denied under the new one too. */
SEC("lsm/path_link")
int BPF_PROG(bailiff_path_link, struct dentry *old_dentry, const struct path *new_dir,
	     struct dentry *new_dentry, int ret)
{
	struct name_pair pair = {
		.action = EVENT_LINK,
		.want = { ACCESS_LINK, ACCESS_CREATE },
		.keeps = { true, false },
	};
	struct subject s;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_EXEC | CLASS_FILE | CLASS_UNIX))
		return ret;
	pair.identity = identity_state(s.head, old_dentry->d_inode);
	return name_pair_judge(&s, new_dir->mnt, old_dentry, new_dentry, &pair);
}

/* A replaced target is deleted. Of two names that are exchanged each is deleted and made; where a
 * whiteout is left behind it is made under the old name. */
SEC("lsm/path_rename")
int BPF_PROG(bailiff_path_rename, const struct path *old_dir, struct dentry *old_dentry,
	     const struct path *new_dir, struct dentry *new_dentry, unsigned int flags, int ret)
{
	struct name_pair pair = {
		.action = EVENT_RENAME,
		.want = { ACCESS_DELETE, ACCESS_CREATE },
		.keeps = { true, false },
	};
	struct subject s;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_EXEC | CLASS_FILE | CLASS_UNIX))
		return ret;
	pair.directory[0] = (old_dentry->d_inode->i_mode & S_IFMT) == S_IFDIR;
	if (new_dentry->d_inode)
		pair.want[1] |= ACCESS_DELETE;
	if (flags & (RENAME_EXCHANGE | RENAME_WHITEOUT))
		pair.want[0] |= ACCESS_CREATE;
	if (flags & RENAME_EXCHANGE) {
		pair.keeps[1] = true;
		pair.directory[1] = (new_dentry->d_inode->i_mode & S_IFMT) == S_IFDIR;
	}
	/* both names are on one mount, else the kernel has refused before */
	return name_pair_judge(&s, new_dir->mnt, old_dentry, new_dentry, &pair);
}

char _license[] SEC("license") = "GPL";
