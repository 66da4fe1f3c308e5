/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system call that the acting task is in, for hooks that several share. The registers were
 * saved at its entry; what they say can't be changed meanwhile, but by a tracer before the
 * kernel itself looks at them.
 */
#ifndef BAILIFF_SYSCALL_BPF_H
#define BAILIFF_SYSCALL_BPF_H

#include "kernel_types.h"

/* x86-64; what is new since 424 has the same number everywhere */
#define NR_SYSLOG 103
#define NR_ADD_KEY 248
#define NR_REQUEST_KEY 249
#define NR_KEYCTL 250
#define NR_UNSHARE 272
#define NR_SETNS 308
#define NR_OPEN_TREE 428
#define NR_FSOPEN 430
#define NR_FSCONFIG 431
#define NR_FSMOUNT 432
#define NR_FSPICK 433
#define NR_MOUNT_SETATTR 442
#define NR_OPEN_TREE_ATTR 467 /* from 6.15 on */
#define NR_SAME_EVERYWHERE 424
#define NR_ADD_KEY_I386 286
#define NR_REQUEST_KEY_I386 287
#define NR_KEYCTL_I386 288
#define NR_UNSHARE_I386 310
#define NR_SETNS_I386 346
#define NR_X32 0x40000000U

struct syscall {
	__u32 number; /* as x86-64 has it; 0: another one of i386 */
	__u64 argument[3];
	__u64 ip;
};

static __always_inline __u32 syscall_of_i386(__u32 number)
{
	switch (number) {
	case NR_SYSLOG: /* the same */
		return NR_SYSLOG;
	case NR_ADD_KEY_I386:
		return NR_ADD_KEY;
	case NR_REQUEST_KEY_I386:
		return NR_REQUEST_KEY;
	case NR_KEYCTL_I386:
		return NR_KEYCTL;
	case NR_UNSHARE_I386:
		return NR_UNSHARE;
	case NR_SETNS_I386:
		return NR_SETNS;
	default:
		return number >= NR_SAME_EVERYWHERE ? number : 0;
	}
}

static __always_inline void syscall_read(struct syscall *call)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct pt_regs *regs = (void *)bpf_task_pt_regs(task);
	__u32 number = (__u32)BPF_CORE_READ(regs, orig_ax) & ~NR_X32;

	call->ip = BPF_CORE_READ(regs, ip);
	call->argument[2] = BPF_CORE_READ(regs, dx);
	if (BPF_CORE_READ(task, thread_info.status) & TS_COMPAT) {
		call->number = syscall_of_i386(number);
		call->argument[0] = BPF_CORE_READ(regs, bx);
		call->argument[1] = BPF_CORE_READ(regs, cx);
	} else {
		call->number = number;
		call->argument[0] = BPF_CORE_READ(regs, di);
		call->argument[1] = BPF_CORE_READ(regs, si);
	}
}

#endif
