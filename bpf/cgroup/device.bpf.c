// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Devices that are opened and made, and block devices that are mounted or swapped on:
 * devcgroup_check_permission(). What the runtime attached decides as well; both must allow.
 */
#include "../creds.bpf.h"
#include "../device.bpf.h"

#define ALLOW 1
#define DENY 0

/* In a dry run each operation is recorded once: not below an overlay, and not if its name would
 * have been denied. */
static __always_inline bool device_recorded(struct subject *s, __u32 want)
{
	if (!s->head || s->head->mode == POLICY_MODE_ENFORCE)
		return false;
	if (want == DEVICE_MKNOD && s->task->skip_open == SKIP_MKNOD) {
		s->task->skip_open = SKIP_NOTHING;
		return true;
	}
	return creds_inner();
}

/* A type is numbered as in DEVICE_BLOCK and DEVICE_CHAR. */
static __always_inline __u32 device_access(__u32 access)
{
	return (access & BPF_DEVCG_ACC_READ ? DEVICE_READ : 0) |
	       (access & BPF_DEVCG_ACC_WRITE ? DEVICE_WRITE : 0) |
	       (access & BPF_DEVCG_ACC_MKNOD ? DEVICE_MKNOD : 0);
}

static __always_inline int device_verdict(struct subject *s, const struct device_match *asked,
					  struct decision d)
{
	__u8 verdict = device_record(s, asked, d);

	if (verdict == EVENT_WOULD_DENY && asked->want != DEVICE_MKNOD)
		s->task->skip_open = SKIP_DEVICE;
	return verdict == EVENT_ALLOWED || verdict == EVENT_WOULD_DENY ? ALLOW : DENY;
}

SEC("cgroup/dev")
int bailiff_device(struct bpf_cgroup_dev_ctx *ctx)
{
	struct device_match asked = {
		.type = ctx->access_type & 0xffff,
		.major = ctx->major,
		.minor = ctx->minor,
		.want = device_access(ctx->access_type >> 16),
	};
	struct decision d = UNJUDGED;
	struct subject s;

	if (!scope_subject(&s, PHASE_CONFINED, CLASS_DEVICE))
		return ALLOW;
	if (!asked.want || device_recorded(&s, asked.want))
		return ALLOW;
	if (s.task->skip_open == SKIP_DEVICE)
		s.task->skip_open = SKIP_NOTHING;
	if (s.head)
		d = device_decide(s.head, &asked);
	if (!d.verdict) {
		count(COUNTER_DECIDED + EVENT_ALLOWED);
		return ALLOW;
	}
	return device_verdict(&s, &asked, d);
}

char _license[] SEC("license") = "GPL";
