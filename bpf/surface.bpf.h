/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operations of process.deny that a capability stands for: each of their system calls asks for
 * it, and hardly anything else does.
 */
#ifndef BAILIFF_SURFACE_BPF_H
#define BAILIFF_SURFACE_BPF_H

#include "call.bpf.h"

#define CAP_SYS_MODULE 16
#define CAP_SYS_BOOT 22
#define CAP_SYS_TIME 25

/* The operation that a capability is asked for; OPERATIONS: none. */
static __always_inline __u32 surface_operation(__u32 capability)
{
	switch (capability) {
	case CAP_SYS_MODULE: /* init_module, finit_module, delete_module */
		return OPERATION_MODULE;
	case CAP_SYS_BOOT: /* reboot, kexec_load, kexec_file_load */
		return OPERATION_REBOOT;
	case CAP_SYS_TIME: /* settimeofday, clock_settime, stime, adjtimex, ioctls of clocks */
		return OPERATION_SETTIME;
	default:
		return OPERATIONS;
	}
}

/* Is the operation what decides on the capability? If both are denied the operation says more,
 * but a kill is never turned into a denial. */
static __always_inline bool surface_decides(const struct policy_head *head, __u32 capability)
{
	__u32 operation = surface_operation(capability);
	__u64 bit = 1ULL << operation;

	if (!head || operation == OPERATIONS || !(head->operations.deny & bit))
		return false;
	return head->operations.kill & bit || !(head->capabilities.kill & 1ULL << capability);
}

#endif
