/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judging of objects that have a path: what all LSM programs on files and names share. */
#ifndef BAILIFF_JUDGE_BPF_H
#define BAILIFF_JUDGE_BPF_H

#include "../args.bpf.h"
#include "../path.bpf.h"
#include "../verdict.bpf.h"

/* What is asked for. `reason`: why it can't be judged, where that is known beforehand; 0. */
struct request {
	__u8 action; /* enum event_action */
	bool args;	/* record the arguments of the execve */
	bool skip_open; /* if it would be denied, the open that follows is not judged */
	__u32 want;  /* ACCESS_* */
	int reason;
	const char *target; /* of a symbolic link, recorded only; NULL */
};

/* An operation on two names of one mount, the existing one first. */
struct name_pair {
	__u8 action;
	bool keeps[2]; /* what is denied under this name must be denied under the other */
	__u32 want[2]; /* ACCESS_* */
};

/* An object and the state that its path leads to. */
struct judged_path {
	__u32 start; /* in its buffer */
	__u32 state;
};

static __always_inline int judge_verdict(const struct subject *s, struct event *e,
					 const struct emit_parts *parts, struct decision d,
					 int reason)
{
	verdict_record(s, e, parts, d, reason);
	if (e->verdict == EVENT_KILLED)
		bpf_send_signal(SIGKILL);
	return e->verdict == EVENT_DENIED || e->verdict == EVENT_KILLED ? -EACCES : 0;
}

/* The verdict where nothing can be judged: no policy, or no buffer to judge in. */
SHARED int judge_nothing(struct subject *s, __u8 action, int reason)
{
	struct emit_parts parts = {};
	struct event e;

	emit_begin(&e, s, action);
	return judge_verdict(s, &e, &parts, UNJUDGED, reason);
}

/* 0, PATH_INTERNAL or the reason why the object can't be judged. */
static __always_inline int judge_read(struct subject *s, struct scratch *scratch, __u32 which,
				      struct vfsmount *mnt, struct dentry *dentry,
				      struct judged_path *path)
{
	int reason = path_read(scratch, which, mnt, dentry, &path->start);

	if (reason)
		return reason;
	path->state = image_run(s->head, which ? scratch->path[1] : scratch->path[0], path->start);
	return 0;
}

static __always_inline void *judge_image(const struct subject *s)
{
	return bpf_map_lookup_elem(&policy_images, &s->head->slot);
}

static __always_inline void judge_parts(struct scratch *scratch, struct emit_parts *parts,
					__u32 start, __u32 start2)
{
	parts->path = scratch->path[0] + (start & (BAILIFF_PATH_MAX - 1));
	parts->path2 = scratch->path[1] + (start2 & (BAILIFF_PATH_MAX - 1));
	parts->args = scratch->args;
}

/* Copies the target of a symbolic link for the record. */
static __always_inline void judge_target(struct scratch *scratch, const char *target)
{
	long size = bpf_probe_read_kernel_str(scratch->path[1], BAILIFF_PATH_MAX, target);

	scratch->event.path2_len = size > 0 ? size - 1 : 0;
}

/* Judges one object: 0 or -EACCES. */
SHARED int judge_path(struct subject *s, struct vfsmount *mnt, struct dentry *dentry,
		      const struct request *request)
{
	struct scratch *scratch;
	struct judged_path path = {.start = BAILIFF_PATH_MAX};
	struct decision d = UNJUDGED;
	struct emit_parts parts;
	void *image;
	int known, reason = request->reason, ret = 0;

	if (!s->head)
		return judge_nothing(s, request->action, REASON_NO_POLICY);
	scratch = scratch_claim();
	if (!scratch)
		return judge_nothing(s, request->action, REASON_SCRATCH);
	known = judge_read(s, scratch, 0, mnt, dentry, &path);
	if (known == PATH_INTERNAL)
		goto out;
	if (!reason)
		reason = known;
	if (!reason) {
		image = judge_image(s);
		if (image)
			d = match_access(image, s->head, path.state, request->want);
		if (!d.verdict && !d.record) {
			count(COUNTER_DECIDED + EVENT_ALLOWED);
			goto out;
		}
	}
	emit_begin(&scratch->event, s, request->action);
	scratch->event.access = request->want;
	scratch->event.path_len = BAILIFF_PATH_MAX - path.start;
	judge_parts(scratch, &parts, path.start, 0);
	if (request->args)
		args_requested(scratch);
	if (request->target)
		judge_target(scratch, request->target);
	ret = judge_verdict(s, &scratch->event, &parts, d, reason);
	if (request->skip_open)
		s->task->skip_open = scratch->event.verdict == EVENT_WOULD_DENY;
out:
	scratch_release(scratch);
	return ret;
}

/* The graver of two decisions; of equal ones the first that is recorded. */
static __always_inline struct decision judge_graver(struct decision a, struct decision b)
{
	if (b.verdict > a.verdict || (b.verdict == a.verdict && b.record && !a.record))
		return b;
	return a;
}

static __always_inline struct decision judge_two(struct subject *s, void *image, __u32 first,
						 __u32 second, const struct name_pair *pair)
{
	struct decision d = match_access(image, s->head, first, pair->want[0]);

	d = judge_graver(d, match_access(image, s->head, second, pair->want[1]));
	if (pair->keeps[0])
		d = judge_graver(d, match_lost(image, s->head, first, second));
	if (pair->keeps[1])
		d = judge_graver(d, match_lost(image, s->head, second, first));
	return d;
}

/* Judges an operation on two names: 0 or -EACCES. */
SHARED int judge_pair(struct subject *s, struct vfsmount *mnt, struct dentry *old_dentry,
		      struct dentry *new_dentry, const struct name_pair *pair)
{
	struct judged_path first = {.start = BAILIFF_PATH_MAX};
	struct judged_path second = {.start = BAILIFF_PATH_MAX};
	struct decision d = UNJUDGED;
	struct emit_parts parts;
	struct scratch *scratch;
	int reason, ret = 0;
	void *image;

	if (!s->head)
		return judge_nothing(s, pair->action, REASON_NO_POLICY);
	scratch = scratch_claim();
	if (!scratch)
		return judge_nothing(s, pair->action, REASON_SCRATCH);
	reason = judge_read(s, scratch, 0, mnt, old_dentry, &first);
	if (!reason)
		reason = judge_read(s, scratch, 1, mnt, new_dentry, &second);
	if (reason == PATH_INTERNAL)
		goto out;
	if (!reason) {
		image = judge_image(s);
		if (image)
			d = judge_two(s, image, first.state, second.state, pair);
		if (!d.verdict && !d.record) {
			count(COUNTER_DECIDED + EVENT_ALLOWED);
			goto out;
		}
	}
	emit_begin(&scratch->event, s, pair->action);
	scratch->event.access = pair->want[0] | pair->want[1];
	scratch->event.path_len = BAILIFF_PATH_MAX - first.start;
	scratch->event.path2_len = BAILIFF_PATH_MAX - second.start;
	judge_parts(scratch, &parts, first.start, second.start);
	ret = judge_verdict(s, &scratch->event, &parts, d, reason);
out:
	scratch_release(scratch);
	return ret;
}

#endif
