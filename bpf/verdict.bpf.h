/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a decision to what the hook returns: the mode, the counters, the record. */
#ifndef BAILIFF_VERDICT_BPF_H
#define BAILIFF_VERDICT_BPF_H

#include "emit.bpf.h"
#include "image.bpf.h"

static __always_inline struct scratch *scratch_claim(void)
{
	__u32 first = bpf_get_smp_processor_id() * BAILIFF_SCRATCH_PER_CPU;

#pragma unroll
	for (int i = 0; i < BAILIFF_SCRATCH_PER_CPU; i++) {
		__u32 index = first + i;
		struct scratch *scratch = bpf_map_lookup_elem(&scratches, &index);

		if (scratch && !__sync_val_compare_and_swap(&scratch->busy, 0, 1))
			return scratch;
	}
	return NULL;
}

static __always_inline void scratch_release(struct scratch *scratch)
{
	__sync_lock_test_and_set(&scratch->busy, 0);
}

static __always_inline __u8 verdict_in_mode(const struct policy_head *head, struct decision d)
{
	if (d.verdict == VERDICT_ALLOW)
		return EVENT_ALLOWED;
	if (head && head->mode == POLICY_MODE_AUDIT)
		return EVENT_WOULD_DENY;
	return d.verdict == VERDICT_KILL ? EVENT_KILLED : EVENT_DENIED;
}

/* Completes the event that emit_begin() began: the verdict is in e->verdict then. A `reason`
 * other than 0 says why nothing could be judged. True: it is to be sent. */
static __always_inline bool verdict_complete(const struct subject *s, struct event *e,
					     struct decision d, int reason)
{
	e->verdict = verdict_in_mode(s->head, d);
	count(COUNTER_DECIDED + e->verdict);
	if (reason >= REASON_UNJUDGED && reason < EVENT_REASONS)
		count(COUNTER_UNJUDGED + reason);
	e->rule = d.rule;
	e->reason = reason ? reason : d.rule == BAILIFF_RULE_NONE ? REASON_DEFAULT : REASON_RULE;
	return d.record;
}

#endif
