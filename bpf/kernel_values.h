/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of the kernel's that the programs know things by. */
#ifndef BAILIFF_KERNEL_VALUES_H
#define BAILIFF_KERNEL_VALUES_H

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
