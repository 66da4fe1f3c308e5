/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The path of an object, from the root of the acting task's mount namespace, whatever the
 * task's own root is. bpf_d_path() is no help: it starts at fs->root, and 6.1 refuses it in
 * the path_* hooks.
 *
 * The walk goes from the object to the root without a lock, as prepend_path() in
 * fs/d_path.c does; it is repeated if a rename or a mount changed something meanwhile. Other
 * renames of the host move rename_lock too: if it moved, a second walk compares the dentries,
 * their sequence counts and the mounts on this very path, and only a difference counts.
 */
#ifndef BAILIFF_PATH_BPF_H
#define BAILIFF_PATH_BPF_H

#include "kernel_types.h"
#include "maps.bpf.h"
#include "namespace.bpf.h"

#define PATH_INTERNAL (-1)  /* the kernel's own work, a pipe, a process: no decision is due */
#define PATH_ANONYMOUS (-2) /* an object that never had a name: a memfd, a namespace, ... */
#define PATH_STEPS 8192	    /* components and mounts of a path; bytes run out before */
#define PATH_ATTEMPTS 4

/* Addresses of the kernel's seqlocks of these names, from /proc/kallsyms, set before loading;
 * 0: not known, each walk is then done twice. (A __ksym of type void can't be linked from
 * more than one object.) */
const volatile __u64 rename_lock_at __weak = 0;
const volatile __u64 mount_lock_at __weak = 0;

struct path_walk {
	__u64 dentry;
	__u64 mount;	/* struct mount */
	__u64 mnt_root; /* of mount */
	__u64 digest;	/* of all that was passed, with sequence counts */
	char *buffer;	/* NULL: only the digest is wanted */
	__u32 start;	/* the path is buffer[start .. BAILIFF_PATH_MAX) */
	__s32 result;	/* 0, or a reason; PATH_STEPS ran out if `done` is not set */
	__u32 done;
	__u32 leaf; /* start of the last component */
};

/* The beginning of a struct dentry or struct mount, read at once: a call for each field costs
 * more. RAW() is a field of it, at the running kernel's offset. */
#define RAW_SIZE 64
#define RAW(type, raw, struct_type, field)                                                         \
	(*(type *)((char *)(raw) + bpf_core_field_offset(struct struct_type, field)))

static __always_inline void path_mix(struct path_walk *w, __u64 value)
{
	w->digest = (w->digest ^ value) * 0x9e3779b97f4a7c15ULL;
}

static __always_inline __u64 path_mnt_root(__u64 mount)
{
	__u64 root = 0;

	bpf_probe_read_kernel(&root, sizeof(root),
			      (void *)(mount + bpf_core_field_offset(struct mount, mnt.mnt_root)));
	return root;
}

static __always_inline long path_fail(struct path_walk *w, int reason)
{
	w->result = reason;
	w->done = 1;
	return 1;
}

/* At the root of a mount: go on at the directory it is mounted on. */
static __always_inline long path_cross(struct path_walk *w)
{
	char raw[RAW_SIZE];
	__u64 parent;

	if (bpf_probe_read_kernel(raw, sizeof(raw), (void *)w->mount))
		return path_fail(w, REASON_PATH_RACE);
	parent = RAW(__u64, raw, mount, mnt_parent);
	if (!parent || parent == w->mount) {
		w->done = 1;
		return 1;
	}
	w->dentry = RAW(__u64, raw, mount, mnt_mountpoint);
	path_mix(w, w->mount ^ w->dentry);
	w->mount = parent;
	w->mnt_root = path_mnt_root(parent);
	return 0;
}

static __attribute__((unused)) long path_step(__u32 i, struct path_walk *w)
{
	char raw[RAW_SIZE];
	__u32 len, at;
	__u64 parent;

	if (w->dentry == w->mnt_root)
		return path_cross(w);
	if (bpf_probe_read_kernel(raw, sizeof(raw), (void *)w->dentry))
		return path_fail(w, REASON_PATH_RACE);
	parent = RAW(__u64, raw, dentry, d_parent);
	if (parent == w->dentry || !parent)
		return path_fail(w, REASON_NO_PATH);
	path_mix(w, w->dentry ^ RAW(__u32, raw, dentry, d_seq.seqcount.sequence));
	w->dentry = parent;
	if (!w->buffer)
		return 0;
	len = RAW(__u32, raw, dentry, d_name.len);
	if (len > 255 || len + 1 >= w->start)
		return path_fail(w, REASON_PATH_LENGTH);
	at = (w->start - len - 1) & (BAILIFF_PATH_MAX - 1);
	if (!i)
		w->leaf = at + 1;
	w->start = at;
	w->buffer[at] = '/';
	if (bpf_probe_read_kernel(w->buffer + at + 1, len & 255,
				  (void *)RAW(__u64, raw, dentry, d_name.name)))
		return path_fail(w, REASON_PATH_RACE);
	return 0;
}

static __always_inline struct path_sequences path_sequences(void)
{
	struct path_sequences s = { 1, 1 }; /* odd: changing */

	/* a seqlock_t begins with its sequence */
	if (rename_lock_at)
		bpf_probe_read_kernel(&s.rename, sizeof(s.rename), (void *)rename_lock_at);
	if (mount_lock_at)
		bpf_probe_read_kernel(&s.mount, sizeof(s.mount), (void *)mount_lock_at);
	return s;
}

/* Walks from scratch->dentry on scratch->mnt to the root and leaves in scratch->walk what it
 * found: the path in path[which] from `start` on, or with 2 for `which` the digest alone. */
MODULAR int path_walk(struct scratch *scratch, __u32 which)
{
	struct path_walk w = {};

	if (!scratch)
		return 0;
	/* which the verifier shall not know: before 6.7 it follows a step of bpf_loop() once */
	WRITE_ONCE(scratch->walk.start, BAILIFF_PATH_MAX);
	w.start = READ_ONCE(scratch->walk.start);
	if (which < 2)
		w.buffer = which ? scratch->path[1] : scratch->path[0];
	w.dentry = scratch->dentry;
	w.mount = scratch->mnt - bpf_core_field_offset(struct mount, mnt);
	w.mnt_root = path_mnt_root(w.mount);
	bpf_loop(PATH_STEPS, path_step, &w, 0);
	path_mix(&w, w.mount);
	scratch->walk = (struct path_found){
		.digest = w.digest,
		.mount = w.mount,
		.start = w.start,
		.result = w.done ? w.result : REASON_PATH_RACE,
		.leaf = w.leaf,
	};
	return 0;
}

/* One attempt: was the path the same from the beginning to the end of the walk? */
MODULAR int path_attempt(struct scratch *scratch, __u32 which)
{
	struct path_sequences before = path_sequences(), after;
	struct path_found found;

	if (!scratch)
		return 0;
	path_walk(scratch, which & 1);
	after = path_sequences();
	if (before.rename == after.rename && before.mount == after.mount &&
	    !((before.rename | before.mount) & 1)) {
		scratch->walk.sequences = before;
		scratch->walk.steady = 1;
		return 1;
	}
	found = scratch->walk;
	path_walk(scratch, 2);
	if (scratch->walk.digest != found.digest)
		return 0;
	scratch->walk = found;
	return 1;
}

/* What a mount outside the task's namespace means. Mounts that the kernel made for itself
 * have no namespace: on those of overlayfs it works for an operation that was judged on the
 * overlay; a pipe is no file of any path, and neither is a pidfd, which from 6.9 on is opened
 * (pidfs_alloc_file() in fs/pidfs.c). */
static __always_inline int path_foreign(struct mount *mount, __u64 namespace)
{
	struct super_block *sb = BPF_CORE_READ(mount, mnt.mnt_sb);
	unsigned long magic;

	if (namespace != MNT_NS_INTERNAL)
		return REASON_NO_PATH;
	if (!(BPF_CORE_READ(sb, s_flags) & SB_KERNMOUNT))
		return PATH_INTERNAL;
	magic = BPF_CORE_READ(sb, s_magic);
	return magic == PIPEFS_MAGIC || magic == PID_FS_MAGIC ? PATH_INTERNAL : PATH_ANONYMOUS;
}

/* Reads the path of scratch->dentry on scratch->mnt into path[which], from start[which] on.
 * 0, PATH_INTERNAL, PATH_ANONYMOUS, or the reason why there is none. */
MODULAR int path_read(struct scratch *scratch, __u32 which)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct mount *top;
	__u64 namespace;
	int steady = 0;

	if (!scratch)
		return REASON_SCRATCH;
	which &= 1;
	scratch->start[which] = BAILIFF_PATH_MAX;
	for (int i = 0; i < PATH_ATTEMPTS && !steady; i++)
		steady = path_attempt(scratch, which);
	top = (void *)scratch->walk.mount;
	namespace = (__u64)BPF_CORE_READ(top, mnt_ns);
	if (namespace != (__u64)BPF_CORE_READ(task, nsproxy, mnt_ns))
		return path_foreign(top, namespace);
	if (!steady)
		return REASON_PATH_RACE;
	if (scratch->walk.result)
		return scratch->walk.result;
	scratch->start[which] = scratch->walk.start;
	if (scratch->walk.start == BAILIFF_PATH_MAX) { /* the root itself */
		scratch->start[which]--;
		scratch->path[which][BAILIFF_PATH_MAX - 1] = '/';
	}
	return 0;
}

/* Is it a mount that the kernel made for itself? */
static __always_inline bool path_internal(struct vfsmount *mnt)
{
	struct mount *mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);

	return (__u64)BPF_CORE_READ(mount, mnt_ns) == MNT_NS_INTERNAL;
}

/* Is the mount in no mount namespace: one of the kernel's own, not attached yet, or no more? See
 * is_anon_ns() in fs/mount.h. */
static __always_inline bool path_detached(struct vfsmount *mnt)
{
	struct mount *mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
	struct mnt_namespace *namespace = BPF_CORE_READ(mount, mnt_ns);

	if (!namespace || (__u64) namespace == MNT_NS_INTERNAL)
		return true;
	return !namespace_number(namespace);
}

/* Has the name that led to `dentry` been removed? Not for a root, which never had one. */
static __always_inline bool path_unlinked(struct dentry *dentry)
{
	return !dentry->d_hash.pprev && dentry->d_parent != dentry;
}

#endif
