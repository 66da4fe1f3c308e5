/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's structs, as far as they are read here. Offsets come from the running kernel's
 * BTF (CO-RE), so that the order and the fields left out do not matter.
 */
#ifndef BAILIFF_KERNEL_TYPES_H
#define BAILIFF_KERNEL_TYPES_H

#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)

#define READ_ONCE(x) (*(volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile __typeof__(x) *)&(x) = (value))

/* A function of a header that not every object needs. */
#define SHARED static __noinline __attribute__((unused))

/* A function that the verifier takes by itself, once for each program and not once for each
 * way that leads to it. Its pointers are checked for NULL; the linker keeps one of all. */
#define MODULAR __weak __noinline

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct list_head {
	struct list_head *next, *prev;
};

struct super_block {
	struct list_head s_mounts;
	unsigned long s_flags;
	unsigned long s_magic;
	__u32 s_dev;
};

typedef struct {
	int counter;
} atomic_t;

struct inode {
	atomic_t i_writecount; /* below 0: it can't be written */
	unsigned short i_mode;
	struct super_block *i_sb;
	unsigned long i_ino;
	__u32 i_generation;
};

struct qstr {
	union {
		struct {
			__u32 hash;
			__u32 len;
		};
		__u64 hash_len;
	};
	const unsigned char *name;
};

struct hlist_bl_node {
	struct hlist_bl_node *next, **pprev;
};

struct seqcount {
	unsigned int sequence;
};

typedef struct seqcount seqcount_t;

struct seqcount_spinlock {
	seqcount_t seqcount;
};

typedef struct seqcount_spinlock seqcount_spinlock_t;

struct dentry {
	seqcount_spinlock_t d_seq;
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	unsigned char d_iname[32]; /* or more */
};

struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
};

struct ns_common {
	__u64 ns_id; /* since 6.18 */
};

/* Its number, which no other ever had; 0: of mounts that are attached nowhere. */
struct mnt_namespace {
	__u64 seq; /* before 6.18 */
	struct ns_common ns;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct mnt_namespace *mnt_ns;
	struct list_head mnt_instance; /* among all mounts of its super block */
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	void *private_data;
	unsigned int f_flags;
	unsigned int f_mode;
};

/* From 6.5 on: what a file on overlayfs is mapped as. */
struct backing_file {
	struct file file;
	struct path user_path;
};

struct vm_area_struct {
	unsigned long vm_flags;
	struct anon_vma *anon_vma;
	struct file *vm_file;
};

struct iattr {
	unsigned int ia_valid;
};

struct io_uring_cmd {
	struct file *file;
	__u32 cmd_op;
};

struct kernfs_node {
	__u64 id;
};

struct cgroup_root {
	int hierarchy_id; /* 0: of version 2 (cgroup_init() makes it first) */
};

struct cgroup;

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct signal_struct {
	atomic_t live;
	int group_exit_code;
};

struct mm_struct {
	unsigned long arg_start, arg_end;
	struct file *exe_file;
};

struct fs_struct {
	struct path root;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

typedef struct {
	__u32 val;
} kuid_t;

typedef struct {
	__u32 val;
} kgid_t;

struct capabilities {
	__u64 bits; /* read as a whole only: 6.1 has two words here */
};

struct cred {
	struct capabilities cap_effective;
	kuid_t euid;
	kgid_t egid;
	int non_rcu;
};

struct thread_info {
	__u32 status;
};

struct io_uring_task {
	struct xarray *last; /* only whether there is such a type is asked */
};

struct task_struct {
	struct thread_info thread_info;
	unsigned int flags;
	int exit_code;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	__u64 start_boottime;
	const struct cred *real_cred;
	const struct cred *cred;
	char comm[16];
	struct mm_struct *mm;
	struct fs_struct *fs;
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	struct css_set *cgroups;
	struct io_uring_task *io_uring;
};

struct linux_binprm {
	struct file *file;
};

struct in6_addr {
	__u8 bytes[16]; /* read as a whole only: the kernel has a union here */
};

struct sock_common {
	__u32 skc_daddr;
	__u32 skc_rcv_saddr;
	__u16 skc_dport; /* network order */
	__u16 skc_num;
	unsigned short skc_family;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
	struct socket *sk_socket;
	__u8 sk_userlocks : 4;
	__u16 sk_type;
	__u16 sk_protocol;
};

struct request_sock {
	struct sock_common __req_common;
};

struct tcp_request_sock {
	__u32 rcv_isn;
};

struct sockaddr_un {
	unsigned short sun_family;
	char sun_path[108];
};

struct unix_address {
	int len; /* of name */
	struct sockaddr_un name[];
};

struct unix_sock {
	struct unix_address *addr;
	struct path path;
	struct sock *peer;
};

struct socket {
	struct sock *sk;
};

struct socket_alloc {
	struct socket socket;
	struct inode vfs_inode;
};

struct msghdr {
	void *msg_name;
	unsigned int msg_flags;
};

struct seq_file;
struct user_namespace;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct pt_regs {
	unsigned long r9, bx, cx, dx, si, di, orig_ax, ip;
};

#pragma clang attribute pop

#define EPERM 1
#define ENOENT 2
#define EBADF 9
#define EAGAIN 11
#define E2BIG 7
#define ENOSPC 28
#define EACCES 13
#define EEXIST 17

#define TS_COMPAT 2 /* of thread_info.status, arch/x86/include/asm/thread_info.h */

/* include/uapi/linux/sched.h */
#define CLONE_NEWTIME 0x80ULL
#define CLONE_NEWNS 0x20000ULL
#define CLONE_NEWCGROUP 0x2000000ULL
#define CLONE_NEWUTS 0x4000000ULL
#define CLONE_NEWIPC 0x8000000ULL
#define CLONE_NEWUSER 0x10000000ULL
#define CLONE_NEWPID 0x20000000ULL
#define CLONE_NEWNET 0x40000000ULL
#define CLONE_INTO_CGROUP 0x200000000ULL
/* but for user namespaces */
#define CLONE_NAMESPACES                                                                           \
	(CLONE_NEWTIME | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |             \
	 CLONE_NEWPID | CLONE_NEWNET)

#define CAP_DAC_OVERRIDE 1
#define CAP_DAC_READ_SEARCH 2
#define CAP_SYS_ADMIN 21
#define CAP_SETFCAP 31
#define CAP_PERFMON 38
#define CAP_BPF 39
#define CAP_CHECKPOINT_RESTORE 40
#define CAP_OPT_NOAUDIT 2 /* include/linux/security.h */

#define S_IFMT 00170000
#define S_IFREG 0100000
#define S_IFSOCK 0140000
#define S_IFDIR 0040000
#define S_IFCHR 0020000
#define S_IFBLK 0060000

#define O_TRUNC 01000
#define O_APPEND 02000
#define O_TMPFILE 020000000 /* without O_DIRECTORY, which it implies */

/* include/linux/fs.h; the same values from 6.1 on */
#define FMODE_READ 0x1
#define FMODE_WRITE 0x2
#define FMODE_EXEC 0x20
#define FMODE_CREATED 0x100000
#define FMODE_NOACCOUNT 0x20000000 /* of overlayfs: the lower file */
#define SB_KERNMOUNT (1UL << 22)
#define RENAME_EXCHANGE 2
#define RENAME_WHITEOUT 4
#define ATTR_MODE (1 << 0) /* include/linux/fs.h */
#define ATTR_UID (1 << 1)
#define ATTR_GID (1 << 2)
#define ATTR_SIZE (1 << 3)
#define ATTR_ATIME (1 << 4)
#define ATTR_MTIME (1 << 5)
#define PF_IO_WORKER 0x10
#define PF_DUMPCORE 0x200
#define PROT_WRITE 0x2
#define PROT_EXEC 0x4
#define MAP_SHARED 0x1 /* in MAP_SHARED_VALIDATE too */
#define VM_WRITE 0x2
#define VM_EXEC 0x4
#define VM_SHARED 0x8
#define F_SETFL 4
#define MAY_WRITE 2
#define MS_REMOUNT (1UL << 5)
#define MS_BIND (1UL << 12)
#define MS_UNBINDABLE (1UL << 17)
#define MS_PRIVATE (1UL << 18)
#define MS_SLAVE (1UL << 19)
#define MS_SHARED (1UL << 20)
#define CGROUP_SUPER_MAGIC 0x27e0eb
#define CGROUP2_SUPER_MAGIC 0x63677270
#define PIPEFS_MAGIC 0x50495045
#define PID_FS_MAGIC 0x50494446
#define SOCKFS_MAGIC 0x534f434b
#define PROC_SUPER_MAGIC 0x9fa0
#define MNT_NS_INTERNAL ((__u64)-22) /* fs/mount.h */

#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_MPTCP 262
#define MSG_FASTOPEN 0x20000000
#define SIGKILL 9
#define PTRACE_MODE_NOAUDIT 4

#endif
