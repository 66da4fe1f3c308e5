// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sysctls that are read and written, through whichever descriptor and mount of procfs:
 * proc_sys_call_handler(). Opening one decides nothing here.
 */
#include "../sysctl.bpf.h"

#define ALLOW 1
#define DENY 0

/* Puts the new value into path[1]: its length, or -1 if it can't be judged as a whole. A write
 * elsewhere than at the beginning is a part of a value only. */
static __always_inline __s32 sysctl_new_value(struct bpf_sysctl *ctx, struct scratch *scratch)
{
	long length = bpf_sysctl_get_new_value(ctx, scratch->path[1], BAILIFF_SYSCTL_MAX);

	scratch->start[1] = 0;
	scratch->event.args_cut = length == -E2BIG;
	if (length == -E2BIG)
		scratch->event.path2_len = BAILIFF_SYSCTL_MAX - 1;
	else
		scratch->event.path2_len = length > 0 && length < BAILIFF_SYSCTL_MAX ? length : 0;
	return length > 0 && !ctx->file_pos ? length : -1;
}

static __always_inline int sysctl_nothing(struct subject *s, __u32 access, int reason)
{
	struct event e;

	emit_begin(&e, s, EVENT_SYSCTL);
	e.access = access;
	if (verdict_complete(s, &e, UNJUDGED, reason))
		emit_short(&e);
	return e.verdict == EVENT_WOULD_DENY ? ALLOW : DENY;
}

static __always_inline int sysctl_judge(struct bpf_sysctl *ctx, struct subject *s,
					struct scratch *scratch, __u32 access)
{
	long length = bpf_sysctl_get_name(ctx, scratch->path[0], BAILIFF_SYSCTL_MAX, 0);
	struct decision d;
	__u16 path2_len;
	__s32 value = 0;
	int reason = 0;
	__u8 cut;

	if (length <= 0 || length >= BAILIFF_SYSCTL_MAX)
		return sysctl_nothing(s, access, REASON_PATH_LENGTH);
	scratch->start[0] = 0;
	scratch->event.path2_len = 0;
	scratch->event.args_cut = 0;
	if (ctx->write)
		value = sysctl_new_value(ctx, scratch);
	d = sysctl_decide(s->head, scratch, length,
			  ctx->write ? NAME_SYSCTL_WRITE : NAME_SYSCTL_READ, value, &reason);
	if (!d.verdict) {
		count(COUNTER_DECIDED + EVENT_ALLOWED);
		return ALLOW;
	}
	path2_len = scratch->event.path2_len;
	cut = scratch->event.args_cut;
	emit_begin(&scratch->event, s, EVENT_SYSCTL);
	scratch->event.access = access;
	scratch->event.path_len = length;
	scratch->event.path2_len = path2_len;
	scratch->event.args_cut = cut;
	if (verdict_complete(s, &scratch->event, d, reason))
		emit(scratch);
	return scratch->event.verdict == EVENT_WOULD_DENY ? ALLOW : DENY;
}

SEC("cgroup/sysctl")
int bailiff_sysctl(struct bpf_sysctl *ctx)
{
	__u32 access = ctx->write ? ACCESS_WRITE : ACCESS_READ;
	struct scratch *scratch;
	struct subject s;
	int ret;

	if (!scope_subject(&s, PHASE_CONFINED, ctx->write ? CLASS_SYSCTL_WRITE : CLASS_SYSCTL_READ))
		return ALLOW;
	if (!s.head)
		return sysctl_nothing(&s, access, REASON_NO_POLICY);
	scratch = scratch_claim();
	if (!scratch)
		return sysctl_nothing(&s, access, REASON_SCRATCH);
	ret = sysctl_judge(ctx, &s, scratch, access);
	scratch_release(scratch);
	return ret;
}

char _license[] SEC("license") = "GPL";
