/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decision on a sysctl and its new value. */
#ifndef BAILIFF_SYSCTL_BPF_H
#define BAILIFF_SYSCTL_BPF_H

#include "verdict.bpf.h"

/* What a step finds is kept in the scratch: before 6.7 the verifier follows a step once only, and
 * would take what is known of its own stack for what it is in every step. */
struct value_run {
	struct value_match *match;
	const char *buffer;
	struct policy_head *head;
	__u64 set;
	__u32 length;
	struct decision decision;
};

_Static_assert(sizeof(struct value_match) <= BAILIFF_ARGS_MAX, "kept in the scratch's args");

static __attribute__((unused)) long value_byte(__u32 i, struct value_run *run)
{
	if (i >= run->length)
		return 1;
	match_value_byte(run->match, run->buffer[i & (BAILIFF_PATH_MAX - 1)]);
	return run->match->state == VALUE_BAD;
}

static __attribute__((unused)) long value_range(__u32 i, struct value_run *run)
{
	void *image = image_of(run->head);

	if (!image || i >= RANGE_SET_COUNT(run->set))
		return 1;
	return match_value_try(image, run->set, i, run->match, &run->decision);
}

/* The decision on the value of `length` bytes in path[1] by a set of ranges; why it is denied is
 * in walk.result. */
MODULAR int sysctl_value(struct scratch *scratch, struct policy_head *head, __u64 set, __s32 length)
{
	union packed_decision result = { .decision = UNJUDGED };
	void *image = image_of(head);
	struct value_run run = { .set = set, .head = head };

	if (!scratch || !image)
		return result.packed;
	run.decision = match_value_begin(image, set);
	run.match = (void *)scratch->args;
	__builtin_memset(run.match, 0, sizeof(*run.match));
	run.buffer = scratch->path[1];
	run.length = length > 0 ? length : 0;
	bpf_loop(BAILIFF_SYSCTL_MAX, value_byte, &run, 0);
	scratch->walk.result = REASON_VALUE;
	if (match_value_end(run.match)) {
		scratch->walk.result = REASON_RANGE;
		bpf_loop(BAILIFF_MAX_RANGES, value_range, &run, 0);
	}
	result.decision = run.decision;
	return result.packed;
}

/* Decides on the name of `name` bytes in path[0] and, where it is written, on the new value in
 * path[1]: `length` bytes of it, less than 1 if they can't be judged. *reason: where it is none of
 * a rule on the name alone. */
static __always_inline struct decision sysctl_decide(struct policy_head *head,
						     struct scratch *scratch, __u32 name,
						     __u32 want, __s32 length, int *reason)
{
	void *image = image_of(head);
	struct decision d;
	__u64 set;

	if (!image)
		return UNJUDGED;
	image_run_name(scratch, head, name);
	d = image_unpack(image_access(head, scratch->state[0], want));
	if (want != NAME_SYSCTL_WRITE || d.verdict)
		return d;
	set = match_ranges(image, head, scratch->state[0]);
	if (!set)
		return d;
	d = image_unpack(sysctl_value(scratch, head, set, length));
	if (d.verdict)
		*reason = scratch->walk.result;
	return d;
}

#endif
