/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records into the rings. What is lost is counted; no decision depends on it. */
#ifndef BAILIFF_EMIT_BPF_H
#define BAILIFF_EMIT_BPF_H

#include "scope.bpf.h"

/* `other` wakes its reader once this much waits; a timer of the agent's reads the rest. */
#define OTHER_WAKEUP (256 * 1024)

static __always_inline void emit_task(struct event *e, struct task_struct *task)
{
	e->pid = BPF_CORE_READ(task, tgid);
	e->tid = BPF_CORE_READ(task, pid);
	e->ppid = BPF_CORE_READ(task, real_parent, tgid);
	e->start_time = BPF_CORE_READ(task, group_leader, start_boottime);
	e->uid = BPF_CORE_READ(task, cred, euid.val);
	e->gid = BPF_CORE_READ(task, cred, egid.val);
	e->cgroup_id = scope_cgroup_id(task);
	BPF_CORE_READ_INTO(&e->comm, task, comm);
}

/* Clears the event and fills in when and under which policy. */
static __always_inline void emit_head(struct event *e, const struct subject *s, __u8 action)
{
	__builtin_memset(e, 0, sizeof(*e));
	e->version = EVENT_VERSION;
	e->action = action;
	e->time = bpf_ktime_get_boot_ns();
	e->rule = BAILIFF_RULE_NONE;
	e->container = s->task->container;
	e->container_id = s->task->container_id;
	e->policy = s->container->policy;
	if (s->head) {
		e->generation = s->head->generation;
		e->mode = s->head->mode;
	}
}

/* The same, and that the acting task did it. */
static __always_inline void emit_begin(struct event *e, const struct subject *s, __u8 action)
{
	emit_head(e, s, action);
	emit_task(e, (void *)bpf_get_current_task_btf());
}

static __always_inline __u64 emit_wakeup(void *ring, __u32 size)
{
	__u64 waiting;

	if (ring == &ring_denied)
		return 0;
	waiting = bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA);
	return waiting <= OTHER_WAKEUP && waiting + size > OTHER_WAKEUP ? BPF_RB_FORCE_WAKEUP
									: BPF_RB_NO_WAKEUP;
}

static __always_inline void emit_part(struct bpf_dynptr *record, __u32 at, const char *part,
				      __u64 len)
{
	barrier_var(len); /* the verifier shall see the mask */
	len &= BAILIFF_PATH_MAX - 1;
	if (len)
		bpf_dynptr_write(record, at, (void *)part, len, 0);
}

static __always_inline void emit_into(void *ring, __u32 which, struct scratch *scratch)
{
	__u32 start = scratch->start[0] & (BAILIFF_PATH_MAX - 1);
	__u32 start2 = scratch->start[1] & (BAILIFF_PATH_MAX - 1);
	struct event *e = &scratch->event;
	__u32 path_len = e->path_len, path2_len = e->path2_len, args_len = e->args_len;
	__u32 at = sizeof(*e), size = at + path_len + path2_len + args_len;
	struct bpf_dynptr record;

	e->size = size;
	if (bpf_ringbuf_reserve_dynptr(ring, size, 0, &record)) {
		bpf_ringbuf_discard_dynptr(&record, 0);
		count(COUNTER_LOST + which);
		return;
	}
	bpf_dynptr_write(&record, 0, e, sizeof(*e), 0);
	emit_part(&record, at, scratch->path[0] + start, path_len);
	at += path_len;
	emit_part(&record, at, scratch->path[1] + start2, path2_len);
	at += path2_len;
	emit_part(&record, at, scratch->args, args_len);
	bpf_ringbuf_submit_dynptr(&record, emit_wakeup(ring, size));
	count(COUNTER_DELIVERED + which);
}

/* Sends the scratch's event with its paths and arguments to the ring of its verdict. */
MODULAR int emit(struct scratch *scratch)
{
	if (!scratch)
		return 0;
	if (scratch->event.verdict == EVENT_ALLOWED)
		emit_into(&ring_other, RING_OTHER, scratch);
	else
		emit_into(&ring_denied, RING_DENIED, scratch);
	return 0;
}

static __always_inline void emit_short_into(void *ring, __u32 which, struct event *e)
{
	if (bpf_ringbuf_output(ring, e, sizeof(*e), emit_wakeup(ring, sizeof(*e))))
		count(COUNTER_LOST + which);
	else
		count(COUNTER_DELIVERED + which);
}

/* Sends an event that has neither paths nor arguments. */
MODULAR int emit_short(struct event *e)
{
	if (!e)
		return 0;
	e->size = sizeof(*e);
	if (e->verdict == EVENT_ALLOWED)
		emit_short_into(&ring_other, RING_OTHER, e);
	else
		emit_short_into(&ring_denied, RING_DENIED, e);
	return 0;
}

#endif
