// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Capabilities. This runs after the kernel's own answer: what the task lacks anyway is no
 * decision of ours (security/security.c, the order of modules: capability is the first).
 */
#include "../operation.bpf.h"

#define CAP_OPT_NOAUDIT 2 /* include/linux/security.h: the kernel only wants to know */

/* A question that nobody is to hear of: it is answered, and neither recorded nor killed for. */
static __always_inline int capable_silently(const struct subject *s, __u32 capability)
{
	if (!s->head)
		return -EPERM;
	return s->head->mode == POLICY_MODE_ENFORCE &&
			       s->head->capabilities.deny & 1ULL << (capability & 63)
		       ? -EPERM
		       : 0;
}

SEC("lsm/capable")
int BPF_PROG(bailiff_capable, const struct cred *cred, struct user_namespace *ns, int capability,
	     unsigned int options, int ret)
{
	struct subject s;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_CAPABILITY))
		return ret;
	if (options & CAP_OPT_NOAUDIT)
		return capable_silently(&s, capability);
	return operation_judge(&s, EVENT_CAPABILITY, capability & 63);
}

char _license[] SEC("license") = "GPL";
