// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Capabilities, and operations that no other hook sees: those on namespaces and on mounts that
 * have no path yet all begin with the question for CAP_SYS_ADMIN (ns_capable() in
 * kernel/nsproxy.c, may_mount() in fs/namespace.c and fs/fsopen.c).
 *
 * A module is asked only if the ones before it agree, and capability is the first
 * (security/security.c): what the task lacks anyway is no decision of ours.
 */
#include "../creds.bpf.h"
#include "../surface.bpf.h"

#define OPEN_TREE_CLONE 1

/* In a dry run the questions that follow one that would have been denied, in the same system
 * call, would not have been asked: task_state.following is this with the call's digest, the
 * capability, and how often it will be asked for again. No address and no other value of that
 * word looks like it. */
#define FOLLOWING (1ULL << 62)
#define FOLLOWING_DIGEST (((1ULL << 48) - 1) << 8)
#define FOLLOWING_LEFT 0xff
#define FOLLOWING_CAPABILITY(following) ((following) >> 56 & 63)

static __always_inline __u64 capable_digest(const struct syscall *call)
{
	__u64 digest = call->number;

	digest = (digest ^ call->argument[0]) * 0x9e3779b97f4a7c15ULL;
	digest = (digest ^ call->argument[1]) * 0x9e3779b97f4a7c15ULL;
	digest = (digest ^ call->ip) * 0x9e3779b97f4a7c15ULL;
	return FOLLOWING | (digest >> 8 & FOLLOWING_DIGEST);
}

static __always_inline void capable_expect(struct subject *s, const struct syscall *call,
					   __u32 capability, __u64 left)
{
	s->task->following = capable_digest(call) | (__u64)capability << 56 | left;
}

/* How often an operation asks for CAP_SYS_ADMIN: setns() of each kind in the other's and in its
 * own user namespace, of a user namespace once; unshare() once, and once more for cgroups. */
static __always_inline __u64 capable_questions(const struct syscall *call)
{
	__u64 flags = call->argument[0];

	if (call->number == NR_UNSHARE)
		return 1 + !!(flags & CLONE_NEWCGROUP);
	if (call->number != NR_SETNS)
		return 1;
	flags = call->argument[1];
	if (!(flags & (CLONE_NAMESPACES | CLONE_NEWUSER)))
		return 2;
	return 2 * __builtin_popcountll(flags & CLONE_NAMESPACES) + !!(flags & CLONE_NEWUSER);
}

/* What the question is asked for; OPERATIONS: for the capability alone. */
static __always_inline enum operation capable_operation(const struct syscall *call)
{
	switch (call->number) {
	case NR_UNSHARE:
	case NR_SETNS:
		return OPERATION_SETNS;
	case NR_OPEN_TREE:
	case NR_OPEN_TREE_ATTR:
		return call->argument[2] & OPEN_TREE_CLONE ? OPERATION_MOUNT : OPERATIONS;
	case NR_FSOPEN:
	case NR_FSCONFIG:
	case NR_FSMOUNT:
	case NR_FSPICK:
	case NR_MOUNT_SETATTR:
		return OPERATION_MOUNT;
	default:
		return OPERATIONS;
	}
}

/* Would the system call have ended before this question? */
static __always_inline bool capable_follows(struct subject *s, const struct syscall *call,
					    int capability)
{
	__u64 following = s->task->following;

	if (s->head->mode != POLICY_MODE_AUDIT)
		return false;
	if (call->number == NR_UNSHARE && call->argument[0] & CLONE_NEWUSER &&
	    s->head->operations.deny & 1ULL << OPERATION_USERNS)
		return true;
	if ((following & (FOLLOWING | FOLLOWING_DIGEST)) != capable_digest(call) ||
	    !(following & FOLLOWING_LEFT))
		return false;
	if (FOLLOWING_CAPABILITY(following) == (__u32)capability)
		s->task->following = following - 1;
	return true;
}

/* Judges what CAP_SYS_ADMIN is asked for: 1 if that is no operation of ours. */
static __always_inline int capable_admin(struct subject *s, const struct syscall *call)
{
	enum operation operation = capable_operation(call);

	if (operation == OPERATIONS || !(s->head->operations.deny & 1ULL << operation))
		return 1;
	if (s->head->mode == POLICY_MODE_AUDIT)
		capable_expect(s, call, CAP_SYS_ADMIN, capable_questions(call) - 1);
	return operation_judge(s, EVENT_OPERATION, operation);
}

/* A question that nobody is to hear of: it is answered, and neither recorded nor killed for. */
static __always_inline int capable_silently(const struct subject *s, __u32 capability)
{
	bool denied = s->head->capabilities.deny & 1ULL << (capability & 63) ||
		      surface_decides(s->head, capability & 63);

	return denied && s->head->mode == POLICY_MODE_ENFORCE ? -EPERM : 0;
}

/* Of these the kernel asks for the second if it was refused the first: generic_permission() in
 * fs/namei.c; perfmon_capable(), bpf_capable() and checkpoint_restore_ns_capable() in
 * include/linux/capability.h. */
static __always_inline __u32 capable_fallback(int capability)
{
	switch (capability) {
	case CAP_DAC_READ_SEARCH:
		return CAP_DAC_OVERRIDE;
	case CAP_PERFMON:
	case CAP_BPF:
	case CAP_CHECKPOINT_RESTORE:
		return CAP_SYS_ADMIN;
	default:
		return 0;
	}
}

static __always_inline bool capable_has(const struct cred *cred, __u32 capability)
{
	__u64 effective = 0;

	bpf_core_read(&effective, sizeof(effective), &cred->cap_effective);
	return effective >> capability & 1;
}

/* After a question that would have been denied: what the kernel would have asked for then, and
 * not have asked for again. Who may give a file capabilities is asked twice
 * (cap_convert_nscap() in security/commoncap.c). */
static __always_inline void capable_dry(struct subject *s, const struct syscall *call,
					const struct cred *cred, int capability)
{
	__u32 fallback = capable_fallback(capability);

	if (fallback && capable_has(cred, fallback))
		operation_judge(s, EVENT_CAPABILITY, fallback);
	if (capability == CAP_SETFCAP)
		capable_expect(s, call, CAP_SETFCAP, 1);
}

/* Is it not the task that is asked about, but who mounted the overlay that it uses? What asks
 * about others' credentials than those that are acted with is no overlay. Some files act with the
 * credentials of who opened them when they are written to, as cgroup.procs
 * (__cgroup_procs_write() in kernel/cgroup/cgroup.c) and binfmt_misc's register; an overlay then
 * asks for nothing that it has not asked for with the task's own. */
static __always_inline bool capable_inner(const struct cred *cred)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct syscall call = {};

	if (cred != task->cred || !creds_inner())
		return false;
	syscall_read(&call);
	return !syscall_writes(&call);
}

SEC("lsm/capable")
int BPF_PROG(bailiff_capable, const struct cred *cred, struct user_namespace *ns, int capability,
	     unsigned int options, int ret)
{
	struct syscall call = {};
	struct subject s;
	int result;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_CAPABILITY | CLASS_PROCESS))
		return ret;
	if (capable_inner(cred))
		return 0;
	if (!s.head)
		return operation_judge(&s, EVENT_CAPABILITY, capability & 63);
	if (options & CAP_OPT_NOAUDIT)
		return capable_silently(&s, capability);
	if (s.head->classes & CLASS_PROCESS || s.head->mode == POLICY_MODE_AUDIT) {
		syscall_read(&call);
		if (capable_follows(&s, &call, capability))
			return 0;
		result = capability == CAP_SYS_ADMIN ? capable_admin(&s, &call) : 1;
		if (result <= 0)
			return result;
	}
	if (surface_decides(s.head, capability & 63))
		return call_judge(&s, surface_operation(capability), CALL_TIME);
	if (!(s.head->classes & CLASS_CAPABILITY))
		return 0;
	result = operation_judge(&s, EVENT_CAPABILITY, capability & 63);
	if (s.head->mode == POLICY_MODE_AUDIT &&
	    s.head->capabilities.deny & 1ULL << (capability & 63))
		capable_dry(&s, &call, cred, capability);
	return result;
}

char _license[] SEC("license") = "GPL";
