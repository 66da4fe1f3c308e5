// SPDX-License-Identifier: GPL-2.0-or-later
/* Where system calls that ask a hook several times begin, and end if others ask it as well. */
#include "../scope.bpf.h"

static __always_inline int call_set(__u64 call)
{
	struct task_state *state = scope_current();

	if (state && state->phase == TASK_CONFINED)
		state->call = call;
	return 0;
}

SEC("?fentry/__x64_sys_add_key")
int bailiff_call_add_key(void *ctx)
{
	return call_set(CALL_KEYS);
}

SEC("?fentry/__ia32_sys_add_key")
int bailiff_call_add_key32(void *ctx)
{
	return call_set(CALL_KEYS);
}

SEC("?fentry/__x64_sys_request_key")
int bailiff_call_request_key(void *ctx)
{
	return call_set(CALL_KEYS);
}

SEC("?fentry/__ia32_sys_request_key")
int bailiff_call_request_key32(void *ctx)
{
	return call_set(CALL_KEYS);
}

SEC("?fentry/__x64_sys_keyctl")
int bailiff_call_keyctl(void *ctx)
{
	return call_set(CALL_KEYS);
}

SEC("?fentry/__ia32_compat_sys_keyctl")
int bailiff_call_keyctl32(void *ctx)
{
	return call_set(CALL_KEYS);
}

/* adjtimex and clock_adjtime: an offset that is added is asked about by itself. */
SEC("?fentry/do_adjtimex")
int bailiff_call_adjtimex(void *ctx)
{
	return call_set(CALL_TIME);
}

SEC("?fexit/do_adjtimex")
int bailiff_call_adjtimex_end(void *ctx)
{
	return call_set(CALL_NONE);
}

char _license[] SEC("license") = "GPL";
