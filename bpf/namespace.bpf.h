/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mount namespaces by number. */
#ifndef BAILIFF_NAMESPACE_BPF_H
#define BAILIFF_NAMESPACE_BPF_H

#include "kernel_types.h"

static __always_inline __u64 namespace_number(const struct mnt_namespace *namespace)
{
	if (bpf_core_field_exists(namespace->seq))
		return BPF_CORE_READ(namespace, seq);
	return BPF_CORE_READ(namespace, ns.ns_id);
}

#endif
