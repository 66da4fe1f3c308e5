/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decision of match.h on images in the kernel, and the run of a path through them. */
#ifndef BAILIFF_IMAGE_BPF_H
#define BAILIFF_IMAGE_BPF_H

#include "kernel_types.h"
#include "maps.bpf.h"

#define MATCH_INLINE __always_inline
typedef void image_t;

static __always_inline bool image_read(image_t *image, __u32 index, __u64 *ret)
{
	__u64 *word = bpf_map_lookup_elem(image, &index);

	if (word)
		*ret = *word;
	return word;
}

#include "match.h"

/* The image of a policy; NULL if there is none, which no policy in force has. */
static __always_inline void *image_of(const struct policy_head *head)
{
	__u32 slot;

	if (!head)
		return NULL;
	slot = head->slot;
	return bpf_map_lookup_elem(&policy_images, &slot);
}

#define UNJUDGED ((struct decision){ VERDICT_DENY, 1, BAILIFF_RULE_NONE })

#define RUN_CHUNK 8 /* bytes of a path in one step of bpf_loop() */

/* Where a run is stands in the scratch: the verifier takes what is read back as any number, and is
 * done with the second step of bpf_loop(), where from 6.7 on it would follow what is on the stack.
 */
struct path_run {
	const char *buffer;
	struct policy_head *head;
	struct run *run;
};

static __attribute__((unused)) long image_run_chunk(__u32 i, struct path_run *path)
{
	struct run *run = path->run;
	void *image = image_of(path->head);
	__u32 state = run->state, base = path->head->dfa_off;
	__u32 at = run->at & (BAILIFF_PATH_MAX - 1);

	if (!image)
		return 1;
#pragma unroll
	for (int k = 0; k < RUN_CHUNK; k++) {
		__u8 byte = path->buffer[at + k];

		if (at + k >= run->end)
			break;
		state = match_step(image, base, state, path->head->byte_class[byte]);
		if (!state || (state & DFA_TRAP)) {
			run->state = state;
			return 1;
		}
	}
	run->state = state;
	run->at = at + RUN_CHUNK;
	return run->at >= run->end;
}

static __always_inline void image_run_part(struct path_run *path, __u32 end)
{
	struct run *run = path->run;

	if (run->at >= end || !run->state || (run->state & DFA_TRAP))
		return;
	run->end = end;
	bpf_loop(BAILIFF_PATH_MAX / RUN_CHUNK + 1, image_run_chunk, path, 0);
	run->at = end;
}

/* Runs path[which] of the scratch through the policy's automaton; the results are `parent`,
 * if the last component begins at `leaf` (not 0), and state[which]. */
MODULAR int image_run(struct scratch *scratch, struct policy_head *head, __u32 which, __u32 leaf)
{
	struct path_run path = {};

	if (!scratch || !head)
		return 0;
	which &= 1;
	path.buffer = which ? scratch->path[1] : scratch->path[0];
	path.head = head;
	path.run = &scratch->run;
	scratch->run.at = scratch->start[which];
	scratch->run.state = head->dfa_start;
	image_run_part(&path, leaf);
	scratch->parent = scratch->run.state;
	image_run_part(&path, BAILIFF_PATH_MAX);
	scratch->state[which] = scratch->run.state;
	return 0;
}

/* Runs a name that is no path: the first `length` bytes of path[0]. The result is state[0]. */
MODULAR int image_run_name(struct scratch *scratch, struct policy_head *head, __u32 length)
{
	struct path_run path = {};

	if (!scratch || !head || length >= BAILIFF_PATH_MAX)
		return 0;
	path.buffer = scratch->path[0];
	path.head = head;
	path.run = &scratch->run;
	scratch->run.at = 0;
	scratch->run.state = head->dfa_start;
	image_run_part(&path, length);
	scratch->state[0] = scratch->run.state;
	return 0;
}

union packed_decision {
	struct decision decision;
	int packed;
};

/* match_access() and match_lost() as functions that return the decision packed. Without an
 * image: denied. */
MODULAR int image_access(struct policy_head *head, __u32 state, __u32 want)
{
	union packed_decision result = { .decision = UNJUDGED };
	void *image = image_of(head);

	if (head && image)
		result.decision = match_access(image, head, state, want);
	return result.packed;
}

MODULAR int image_allows(struct policy_head *head, __u32 state, __u32 want)
{
	void *image = image_of(head);

	return head && image && match_allows(image, head, state, want);
}

/* match_number() on a capability, or with EVENT_OPERATION on an operation. */
MODULAR int image_number(struct policy_head *head, __u32 action, __u32 number)
{
	union packed_decision result = { .decision = UNJUDGED };
	void *image = image_of(head);

	if (head && image)
		result.decision = match_number(
			image, action == EVENT_CAPABILITY ? &head->capabilities : &head->operations,
			number);
	return result.packed;
}

MODULAR int image_lost(struct policy_head *head, __u32 from, __u32 to, __u32 want)
{
	union packed_decision result = { .decision = UNJUDGED };
	void *image = image_of(head);

	if (head && image)
		result.decision = match_lost(image, head, from, to, want);
	return result.packed;
}

MODULAR int image_loses_below(struct policy_head *head, __u32 from, __u32 to)
{
	void *image = image_of(head);

	return !head || !image || match_loses_below(image, head, from, to);
}

static __always_inline struct decision image_unpack(int packed)
{
	return ((union packed_decision){ .packed = packed }).decision;
}

#endif
