/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decision on a device. */
#ifndef BAILIFF_DEVICE_BPF_H
#define BAILIFF_DEVICE_BPF_H

#include "verdict.bpf.h"

struct device_run {
	struct device_match match;
	struct policy_head *head;
};

static __attribute__((unused)) long device_entry(__u32 i, struct device_run *run)
{
	void *image = image_of(run->head);

	if (!image)
		return 1;
	match_device_entry(&run->match, image_word(image, run->head->device_off + i));
	return 0;
}

static __always_inline struct decision device_decide(struct policy_head *head,
						     struct device_match *asked)
{
	struct device_run run = { .match = *asked, .head = head };

	match_device_begin(&run.match);
	if (!image_of(head))
		return UNJUDGED;
	bpf_loop(head->device_count, device_entry, &run, 0);
	return match_device_end(head, &run.match);
}

/* Records the decision: an enum event_verdict. */
static __always_inline __u8 device_record(struct subject *s, const struct device_match *asked,
					  struct decision d)
{
	struct event e;

	emit_begin(&e, s, EVENT_DEVICE);
	e.access = asked->want;
	e.device.type = asked->type;
	e.device.major = asked->major;
	e.device.minor = asked->minor;
	if (verdict_complete(s, &e, d, s->head ? 0 : REASON_NO_POLICY))
		emit_short(&e);
	return e.verdict;
}

#endif
