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

#include "kernel_values.h"

#endif
