// SPDX-License-Identifier: GPL-2.0-or-later
/* Run by the agent for its own thread. */
#include "../scope.bpf.h"

SEC("syscall")
int mark_task(struct marking *marking)
{
	__u64 key = bpf_get_current_task();
	struct task_state *known = scope_find(key);
	struct task_state state = {
		.container = marking->slot,
		.phase = TASK_MARKING,
		.marking = marking->state,
	};

	if (known && known->phase != TASK_MARKING)
		return -EPERM;
	if (!marking->state)
		return known ? bpf_map_delete_elem(&tasks, &key) : 0;
	return scope_enter(key, &state, BPF_ANY);
}

char _license[] SEC("license") = "GPL";
