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
#define NR_WRITE 1
#define NR_PWRITE64 18
#define NR_WRITEV 20
#define NR_SENDFILE 40
#define NR_SYSLOG 103
#define NR_IO_SUBMIT 209
#define NR_ADD_KEY 248
#define NR_REQUEST_KEY 249
#define NR_KEYCTL 250
#define NR_UNSHARE 272
#define NR_SPLICE 275
#define NR_PWRITEV 296
#define NR_SETNS 308
#define NR_COPY_FILE_RANGE 326
#define NR_PWRITEV2 328
#define NR_OPEN_TREE 428
#define NR_FSOPEN 430
#define NR_FSCONFIG 431
#define NR_FSMOUNT 432
#define NR_FSPICK 433
#define NR_MOUNT_SETATTR 442
#define NR_OPEN_TREE_ATTR 467 /* from 6.15 on */
#define NR_SAME_EVERYWHERE 424
#define NR_WRITE_I386 4
#define NR_WRITEV_I386 146
#define NR_PWRITE64_I386 181
#define NR_SENDFILE_I386 187
#define NR_SENDFILE64_I386 239
#define NR_IO_SUBMIT_I386 248
#define NR_ADD_KEY_I386 286
#define NR_REQUEST_KEY_I386 287
#define NR_KEYCTL_I386 288
#define NR_UNSHARE_I386 310
#define NR_SPLICE_I386 313
#define NR_PWRITEV_I386 334
#define NR_SETNS_I386 346
#define NR_COPY_FILE_RANGE_I386 377
#define NR_PWRITEV2_I386 379
#define NR_WRITEV_X32 516
#define NR_PWRITEV_X32 535
#define NR_IO_SUBMIT_X32 544
#define NR_PWRITEV2_X32 547
#define NR_X32 0x40000000U

struct syscall {
	__u32 number; /* as x86-64 has it, NR_WRITE for all that write; 0: another one of i386 */
	__u64 argument[3];
	__u64 ip;
};

static __always_inline __u32 syscall_of_i386(__u32 number)
{
	switch (number) {
	case NR_WRITE_I386:
	case NR_WRITEV_I386:
	case NR_PWRITE64_I386:
	case NR_SENDFILE_I386:
	case NR_SENDFILE64_I386:
	case NR_IO_SUBMIT_I386:
	case NR_SPLICE_I386:
	case NR_PWRITEV_I386:
	case NR_COPY_FILE_RANGE_I386:
	case NR_PWRITEV2_I386:
		return NR_WRITE;
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

/* Can the call write to a file? */
static __always_inline bool syscall_writes(const struct syscall *call)
{
	switch (call->number) {
	case NR_WRITE:
	case NR_PWRITE64:
	case NR_WRITEV:
	case NR_SENDFILE:
	case NR_IO_SUBMIT:
	case NR_SPLICE:
	case NR_PWRITEV:
	case NR_COPY_FILE_RANGE:
	case NR_PWRITEV2:
	case NR_WRITEV_X32:
	case NR_PWRITEV_X32:
	case NR_IO_SUBMIT_X32:
	case NR_PWRITEV2_X32:
		return true;
	default:
		return false;
	}
}

#endif
