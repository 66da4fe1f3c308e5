/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judging of what has a number and no path: capabilities, and the operations of process.deny. */
#ifndef BAILIFF_OPERATION_BPF_H
#define BAILIFF_OPERATION_BPF_H

#include "verdict.bpf.h"

/* The verdict of a completed event, its signal included: 0 or -EPERM. */
static __always_inline int operation_result(const struct event *e)
{
	if (e->verdict == EVENT_KILLED)
		bpf_send_signal(SIGKILL);
	return e->verdict == EVENT_DENIED || e->verdict == EVENT_KILLED ? -EPERM : 0;
}

/* Judges a capability (EVENT_CAPABILITY) or an operation (EVENT_OPERATION), on another process
 * if `target` is not 0: 0 or -EPERM. */
SHARED int operation_judge_target(struct subject *s, __u32 action, __u32 number, __u32 target)
{
	int reason = s->head ? 0 : REASON_NO_POLICY;
	struct decision d = UNJUDGED;
	struct event e;

	if (s->head)
		d = image_unpack(image_number(s->head, action, number));
	if (!d.verdict) {
		count(COUNTER_DECIDED + EVENT_ALLOWED);
		return 0;
	}
	emit_begin(&e, s, action == EVENT_CAPABILITY ? action : action + number);
	if (action == EVENT_CAPABILITY)
		e.capability = number;
	e.target_pid = target;
	if (verdict_complete(s, &e, d, reason))
		emit_short(&e);
	return operation_result(&e);
}

static __always_inline int operation_judge(struct subject *s, __u32 action, __u32 number)
{
	return operation_judge_target(s, action, number, 0);
}

/* Does the policy deny it? */
static __always_inline bool operation_in(const struct policy_head *head, __u32 operation)
{
	return head && operation < OPERATIONS && head->operations.deny & 1ULL << operation;
}

/* Is the acting task one that may not do that? `s` is filled in then. */
static __always_inline bool operation_denied(struct subject *s, enum operation operation)
{
	return scope_subject(s, PHASE_CONFINED, OPERATION_CLASS(operation)) &&
	       (!s->head || s->head->operations.deny & 1ULL << operation);
}

/* A whole hook: 0 or -EPERM. */
static __always_inline int operation_check(enum operation operation)
{
	struct subject s;

	return operation_denied(&s, operation) ? operation_judge(&s, EVENT_OPERATION, operation)
					       : 0;
}

#endif
