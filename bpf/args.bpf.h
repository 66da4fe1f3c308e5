/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines for the audit. They come from user memory and decide nothing. */
#ifndef BAILIFF_ARGS_BPF_H
#define BAILIFF_ARGS_BPF_H

#include "kernel_types.h"
#include "maps.bpf.h"

#define ARGS_COUNT 64

#define NR_EXECVE 59 /* x86-64 */
#define NR_EXECVEAT 322

struct args_copy {
	char *to;
	__u64 argv; /* user address of the array of pointers */
	__u32 len;
	__u32 ended;
};

static __attribute__((unused)) long args_one(__u32 i, struct args_copy *copy)
{
	__u32 at = copy->len & (BAILIFF_ARGS_MAX - 1);
	__u32 room = (BAILIFF_ARGS_MAX - at) & (BAILIFF_ARGS_MAX - 1);
	__u64 arg = 0;
	long size;

	if (bpf_probe_read_user(&arg, sizeof(arg), (void *)(copy->argv + 8ULL * i)) || !arg) {
		copy->ended = 1;
		return 1;
	}
	if (!room)
		room = BAILIFF_ARGS_MAX - 1;
	size = bpf_probe_read_user_str(copy->to + at, room, (void *)arg);
	if (size <= 0)
		return 1;
	copy->len = at + size;
	return size == room;
}

/* The arguments that the acting task's execve(2) or execveat(2) asks for. */
MODULAR int args_requested(struct scratch *scratch)
{
	struct pt_regs *regs = (void *)bpf_task_pt_regs((void *)bpf_get_current_task_btf());
	struct args_copy copy = {};
	__u64 nr = BPF_CORE_READ(regs, orig_ax);

	if (!scratch)
		return 0;
	copy.to = scratch->args;
	/* 0, which the verifier shall not know: before 6.7 it follows a step of bpf_loop() once */
	copy.len = scratch->event.args_len;
	if (nr == NR_EXECVE)
		copy.argv = BPF_CORE_READ(regs, si);
	else if (nr == NR_EXECVEAT)
		copy.argv = BPF_CORE_READ(regs, dx);
	else
		return 0;
	bpf_loop(ARGS_COUNT, args_one, &copy, 0);
	scratch->event.args_len = copy.len ? copy.len - 1 : 0;
	scratch->event.args_cut = !copy.ended;
	return 0;
}

/* The arguments that a task has been given. */
static __always_inline void args_given(struct scratch *scratch, struct task_struct *task)
{
	__u64 start = BPF_CORE_READ(task, mm, arg_start), end = BPF_CORE_READ(task, mm, arg_end);
	__u64 len = end - start;

	if (len > BAILIFF_ARGS_MAX)
		len = BAILIFF_ARGS_MAX;
	barrier_var(len);
	len &= 2 * BAILIFF_ARGS_MAX - 1;
	if (!len || bpf_probe_read_user(scratch->args, len, (void *)start))
		return;
	scratch->event.args_len = end - start > BAILIFF_ARGS_MAX ? BAILIFF_ARGS_MAX : len - 1;
	scratch->event.args_cut = end - start > BAILIFF_ARGS_MAX;
}

#endif
