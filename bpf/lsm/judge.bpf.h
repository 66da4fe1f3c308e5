/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judging of objects that have a path: what all LSM programs on files and names share. */
#ifndef BAILIFF_JUDGE_BPF_H
#define BAILIFF_JUDGE_BPF_H

#include "../args.bpf.h"
#include "../identity.bpf.h"
#include "../parent.bpf.h"
#include "../verdict.bpf.h"

/* A request's `reason` where it is not the path that decides, but an operation does. */
#define REQUEST_OPERATION(operation) (-1 - (int)(operation))

/* What is asked for. `reason`: why it can't be judged, where that is known beforehand;
 * REQUEST_OPERATION(); 0. */
struct request {
	__u8 action;	/* enum event_action */
	bool args;	/* record the arguments of the execve */
	bool held;	/* through a descriptor: only what has a name is judged */
	bool again;	/* a part of what was recorded just before: only a denial is news */
	__u8 skip_open; /* enum task_skip: if it would be denied, that is not judged */
	bool lower;	/* of the file below an overlay: it has no name of its own */
	bool execute;	/* the open of an execve, which is judged later: only a lower file is */
	bool skip_exec; /* and neither is what else the execve executes */
	__u8 family;	/* AF_UNIX if it is the name of a socket; 0 */
	__u32 want;	/* ACCESS_*, NAME_* */
	__u32 identity; /* identity_state() of the file; 0 */
	int reason;
	__u32 command; /* of an ioctl, recorded only */
	const char
		*target; /* of a symbolic link, or the name of an attribute: recorded only; NULL */
};

/* An operation on two names of one mount, the existing one first. */
struct name_pair {
	__u8 action;
	bool keeps[2];	   /* what is denied under this name must be denied under the other */
	bool directory[2]; /* and what is denied below it, below the other */
	__u32 want[2];	   /* ACCESS_* */
	__u32 identity;	   /* identity_state() of the file; 0 */
};

/* The verdict of a completed event, its signal included: 0 or -EACCES. */
static __always_inline int judge_result(const struct event *e)
{
	if (e->verdict == EVENT_KILLED)
		bpf_send_signal(SIGKILL);
	return e->verdict == EVENT_DENIED || e->verdict == EVENT_KILLED ? -EACCES : 0;
}

/* The verdict where nothing can be judged: no policy, or no buffer to judge in. */
SHARED int judge_nothing(struct subject *s, __u8 action, int reason)
{
	struct event e;

	emit_begin(&e, s, action);
	if (verdict_complete(s, &e, UNJUDGED, reason))
		emit_short(&e);
	return judge_result(&e);
}

/* Reads a path and runs it through the policy: as path_read(). */
static __always_inline int judge_read_at(struct subject *s, struct scratch *scratch, __u32 which,
					 __u64 mnt, __u64 dentry)
{
	int reason;

	scratch->mnt = mnt;
	scratch->dentry = dentry;
	reason = path_read(scratch, which);
	if (!reason)
		image_run(scratch, s->head, which, scratch->walk.leaf);
	return reason;
}

static __always_inline int judge_read(struct subject *s, struct scratch *scratch, __u32 which,
				      struct vfsmount *mnt, struct dentry *dentry)
{
	int reason = judge_read_at(s, scratch, which, (__u64)mnt, (__u64)dentry);

	if (!reason)
		parent_keep(s->head, scratch, dentry);
	return reason;
}

/* The short way: true if what is asked for is allowed and nothing has to be recorded. */
static __always_inline bool judge_allows(struct subject *s, struct vfsmount *mnt,
					 struct dentry *dentry, const struct request *request)
{
	__s64 state;

	if (request->reason || request->identity || request->lower)
		return false;
	state = parent_find(s->head, mnt, dentry);
	if (state < 0 || !image_allows(s->head, state, request->want))
		return false;
	if (!request->again)
		count(COUNTER_DECIDED + EVENT_ALLOWED);
	return true;
}

/* Copies the target of a symbolic link for the record. */
static __always_inline void judge_target(struct scratch *scratch, const char *target)
{
	long size = bpf_probe_read_kernel_str(scratch->path[1], BAILIFF_PATH_MAX, target);

	scratch->start[1] = 0;
	scratch->event.path2_len = size > 0 ? size - 1 : 0;
}

/* What is done to a file and not to one of its names. */
#define ACCESS_OF_FILE (ACCESS_ALL & ~(ACCESS_CREATE | ACCESS_DELETE))

/* The graver of two decisions; of equal ones the first that is recorded. */
static __always_inline struct decision judge_graver(struct decision a, struct decision b)
{
	if (b.verdict > a.verdict || (b.verdict == a.verdict && b.record && !a.record))
		return b;
	return a;
}

/* The decision once the path is read, or there is a *reason why not. */
static __always_inline struct decision judge_file(struct subject *s, struct scratch *scratch,
						  const struct request *request, bool lower,
						  int *reason)
{
	struct decision d = UNJUDGED, other;

	if (lower) {
		d = (struct decision){ .rule = BAILIFF_RULE_NONE };
		*reason = 0;
	} else if (!*reason) {
		d = image_unpack(image_access(s->head, scratch->state[0], request->want));
	}
	if (!request->identity)
		return d;
	other = image_unpack(
		image_lost(s->head, request->identity, 0, request->want & ACCESS_OF_FILE));
	if (other.verdict <= d.verdict)
		return d;
	*reason = REASON_OTHER_NAME;
	return other;
}

/* What is asked for is decided on the path that stands in the scratch, or *reason says why
 * there is none: 0 or -EACCES. */
static __always_inline int judge_found(struct subject *s, struct scratch *scratch,
				       const struct request *request, int reason)
{
	struct decision d;
	bool lower;
	int ret;

	lower = request->reason >= 0 && (request->lower || reason == PATH_INTERNAL);
	if (lower ? !request->identity || s->task->identified : request->execute) {
		s->task->identified |= !lower;
		return 0;
	}
	if (reason == PATH_ANONYMOUS && request->held && request->reason >= 0)
		return 0;
	if (reason == PATH_ANONYMOUS)
		reason = REASON_NO_PATH;
	if (request->reason)
		reason = request->reason;
	if (request->reason < 0) {
		d = image_unpack(image_number(s->head, EVENT_OPERATION, -1 - request->reason));
		reason = 0;
	} else {
		d = judge_file(s, scratch, request, lower, &reason);
	}
	if (lower && !d.verdict)
		return 0;
	if (request->again && (!d.verdict || s->head->mode != POLICY_MODE_ENFORCE))
		return 0;
	if (!d.verdict && !d.record) {
		count(COUNTER_DECIDED + EVENT_ALLOWED);
		return 0;
	}
	emit_begin(&scratch->event, s, request->action);
	scratch->event.access = request->want & ACCESS_ALL;
	scratch->event.family = request->family;
	scratch->event.command = request->command;
	scratch->event.path_len = BAILIFF_PATH_MAX - scratch->start[0];
	if (request->args)
		args_requested(scratch);
	if (request->target)
		judge_target(scratch, request->target);
	if (verdict_complete(s, &scratch->event, d, reason))
		emit(scratch);
	ret = judge_result(&scratch->event);
	if (request->skip_open)
		s->task->skip_open = scratch->event.verdict == EVENT_WOULD_DENY ? request->skip_open
										: SKIP_NOTHING;
	s->task->identified = !lower && reason == REASON_OTHER_NAME;
	if (request->skip_exec)
		s->task->skip_exec = scratch->event.verdict == EVENT_WOULD_DENY;
	return ret;
}

/* Judges one object: 0 or -EACCES. */
SHARED int judge_path(struct subject *s, struct vfsmount *mnt, struct dentry *dentry,
		      const struct request *request)
{
	struct scratch *scratch;
	int reason, ret;

	if (!s->head)
		return judge_nothing(s, request->action, REASON_NO_POLICY);
	if (judge_allows(s, mnt, dentry, request))
		return 0;
	scratch = scratch_claim();
	if (!scratch)
		return judge_nothing(s, request->action, REASON_SCRATCH);
	reason = judge_read(s, scratch, 0, mnt, dentry);
	ret = judge_found(s, scratch, request, reason);
	scratch_release(scratch);
	return ret;
}

/* The same where only the addresses of mount and dentry are known. */
SHARED int judge_path_at(struct subject *s, __u64 mnt, __u64 dentry, const struct request *request)
{
	struct scratch *scratch;
	int reason, ret;

	if (!s->head)
		return judge_nothing(s, request->action, REASON_NO_POLICY);
	scratch = scratch_claim();
	if (!scratch)
		return judge_nothing(s, request->action, REASON_SCRATCH);
	reason = judge_read_at(s, scratch, 0, mnt, dentry);
	ret = judge_found(s, scratch, request, reason);
	scratch_release(scratch);
	return ret;
}

/* The decision on two names by the states that they end in. *reason: where it is none of a
 * rule. */
static __always_inline struct decision judge_two(struct policy_head *head, __u32 first,
						 __u32 second, const struct name_pair *pair,
						 int *reason)
{
	struct decision d = image_unpack(image_access(head, first, pair->want[0]));

	d = judge_graver(d, image_unpack(image_access(head, second, pair->want[1])));
	if (pair->keeps[0])
		d = judge_graver(d, image_unpack(image_lost(head, first, second, ACCESS_KEPT)));
	if (pair->keeps[1])
		d = judge_graver(d, image_unpack(image_lost(head, second, first, ACCESS_KEPT)));
	if (pair->identity && !d.verdict) {
		d = judge_graver(d, image_unpack(image_lost(head, pair->identity, 0,
							    pair->want[0] & ACCESS_OF_FILE)));
		*reason = d.verdict ? REASON_OTHER_NAME : 0;
	}
	if (!d.verdict && ((pair->directory[0] && image_loses_below(head, first, second)) ||
			   (pair->directory[1] && image_loses_below(head, second, first)))) {
		*reason = REASON_DENIED_BELOW;
		return UNJUDGED;
	}
	return d;
}

/* The automaton's state after the path of one of two names, the short way or the long one; -1
 * if there is none. The second name mostly lies beside the first, where all is known by then. */
static __always_inline __s64 judge_state(struct subject *s, struct vfsmount *mnt,
					 struct dentry *dentry)
{
	__s64 state = parent_find(s->head, mnt, dentry);
	struct scratch *scratch;

	if (state >= 0)
		return state;
	scratch = scratch_claim();
	if (!scratch)
		return -1;
	if (!judge_read(s, scratch, 0, mnt, dentry))
		state = scratch->state[0];
	scratch_release(scratch);
	return state;
}

/* As judge_allows(). */
static __always_inline bool judge_allows_pair(struct subject *s, struct vfsmount *mnt,
					      struct dentry *old_dentry, struct dentry *new_dentry,
					      const struct name_pair *pair)
{
	__s64 first = judge_state(s, mnt, old_dentry), second;
	struct decision d;
	int reason = 0;

	if (first < 0)
		return false;
	second = judge_state(s, mnt, new_dentry);
	if (second < 0)
		return false;
	d = judge_two(s->head, first, second, pair, &reason);
	if (d.verdict || d.record)
		return false;
	count(COUNTER_DECIDED + EVENT_ALLOWED);
	return true;
}

/* Judges an operation on two names: 0 or -EACCES. */
SHARED int judge_pair(struct subject *s, struct vfsmount *mnt, struct dentry *old_dentry,
		      struct dentry *new_dentry, const struct name_pair *pair)
{
	struct decision d = UNJUDGED;
	struct scratch *scratch;
	int reason, ret = 0;

	if (!s->head)
		return judge_nothing(s, pair->action, REASON_NO_POLICY);
	if (judge_allows_pair(s, mnt, old_dentry, new_dentry, pair))
		return 0;
	scratch = scratch_claim();
	if (!scratch)
		return judge_nothing(s, pair->action, REASON_SCRATCH);
	scratch->start[1] = BAILIFF_PATH_MAX;
	reason = judge_read(s, scratch, 0, mnt, old_dentry);
	if (!reason)
		reason = judge_read(s, scratch, 1, mnt, new_dentry);
	if (reason == PATH_INTERNAL)
		goto out;
	if (reason == PATH_ANONYMOUS)
		reason = REASON_NO_PATH;
	if (!reason)
		d = judge_two(s->head, scratch->state[0], scratch->state[1], pair, &reason);
	if (!d.verdict && !d.record) {
		count(COUNTER_DECIDED + EVENT_ALLOWED);
		goto out;
	}
	emit_begin(&scratch->event, s, pair->action);
	scratch->event.access = pair->want[0] | pair->want[1];
	scratch->event.path_len = BAILIFF_PATH_MAX - scratch->start[0];
	scratch->event.path2_len = BAILIFF_PATH_MAX - scratch->start[1];
	if (verdict_complete(s, &scratch->event, d, reason))
		emit(scratch);
	ret = judge_result(&scratch->event);
out:
	scratch_release(scratch);
	return ret;
}

#endif
