/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decision of match.h on images in the kernel, and the run of a path through them. */
#ifndef BAILIFF_IMAGE_BPF_H
#define BAILIFF_IMAGE_BPF_H

#include "kernel_types.h"
#include "maps.bpf.h"

#define MATCH_INLINE __always_inline
typedef void image_t;

static __always_inline __u64 image_word(image_t *image, __u32 index)
{
	__u64 *word = bpf_map_lookup_elem(image, &index);

	return word ? *word : 0;
}

#include "match.h"

#define RUN_CHUNK 16 /* bytes of a path in one step of bpf_loop() */

struct path_run {
	const char *buffer;
	struct policy_head *head;
	__u32 at; /* next byte in buffer; the path ends at BAILIFF_PATH_MAX */
	__u32 state;
};

static __attribute__((unused)) long image_run_chunk(__u32 i, struct path_run *run)
{
	void *image = bpf_map_lookup_elem(&policy_images, &run->head->slot);
	__u32 state = run->state, base = run->head->dfa_off;
	__u32 at = run->at & (BAILIFF_PATH_MAX - 1);

	if (!image)
		return 1;
#pragma unroll
	for (int k = 0; k < RUN_CHUNK; k++) {
		__u8 byte = run->buffer[at + k];

		if (at + k >= BAILIFF_PATH_MAX)
			break;
		state = match_step(image, base, state, run->head->byte_class[byte]);
		if (!state || (state & DFA_TRAP)) {
			run->state = state;
			return 1;
		}
	}
	run->state = state;
	run->at = at + RUN_CHUNK;
	return run->at >= BAILIFF_PATH_MAX;
}

/* The state that the path buffer[start .. BAILIFF_PATH_MAX) ends in. */
static __always_inline __u32 image_run(struct policy_head *head, const char *buffer, __u32 start)
{
	struct path_run run = {
		.buffer = buffer,
		.head = head,
		.at = start,
		.state = head->dfa_start,
	};

	bpf_loop(BAILIFF_PATH_MAX / RUN_CHUNK + 1, image_run_chunk, &run, 0);
	return run.state;
}

#endif
