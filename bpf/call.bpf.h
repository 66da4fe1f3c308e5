/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system call that a hook is part of. Some calls ask a hook several times; they are one
 * operation, with one record. Where such a call begins a program of bpf/trace/call.bpf.c says so.
 */
#ifndef BAILIFF_CALL_BPF_H
#define BAILIFF_CALL_BPF_H

#include "operation.bpf.h"
#include "syscall.bpf.h"

/* Judges an operation that the acting task may not do, as operation_judge(). In a call whose
 * beginning is known only the first answer is recorded, and the others are the same. */
static __always_inline int call_judge(struct subject *s, __u32 operation, enum call_state begun)
{
	if (s->task->call == begun + 1)
		return !s->head || s->head->mode == POLICY_MODE_ENFORCE ? -EPERM : 0;
	if (s->task->call == begun)
		s->task->call = begun + 1;
	return operation_judge(s, EVENT_OPERATION, operation);
}

#endif
