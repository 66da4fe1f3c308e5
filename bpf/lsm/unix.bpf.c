// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unix sockets. Who connects or sends is judged by what the socket at the other end is bound
 * to, and not by the address that was asked for: the path of its inode, or its abstract name.
 * A path that is bound is judged where its file is made (path_mknod). Attached from the first
 * policy on that has such a rule.
 */
#include "judge.bpf.h"

#define UNIX_MOUNTS 4096 /* of one file system that are looked at */
#define UNIX_NAME_MAX 108

struct mount_search {
	struct scratch *scratch;
	__u64 super;	 /* address of s_mounts */
	__u64 node;	 /* the list_head to look at next */
	__u64 namespace; /* of the task */
	__u64 found;	 /* a struct vfsmount */
};

static __always_inline void *unix_mount_of(struct vfsmount *mnt)
{
	return (void *)mnt - bpf_core_field_offset(struct mount, mnt);
}

/* Is this a mount of the task's namespace from which the socket can be reached? */
static __attribute__((unused)) long unix_try_mount(__u32 i, struct mount_search *search)
{
	struct mount *mount =
		(void *)search->node - bpf_core_field_offset(struct mount, mnt_instance);

	if (search->node == search->super || !search->node)
		return 1;
	if ((__u64)BPF_CORE_READ(mount, mnt_ns) == search->namespace) {
		search->scratch->mnt = (__u64)mount + bpf_core_field_offset(struct mount, mnt);
		path_walk(search->scratch, 2);
		if (!search->scratch->walk.result) {
			search->found = search->scratch->mnt;
			return 1;
		}
	}
	search->node = (__u64)BPF_CORE_READ(mount, mnt_instance.next);
	return 0;
}

/* The verdict on a name in path[0] of the scratch, which is run already unless there is a
 * `reason` why not. */
static __always_inline int unix_verdict(struct subject *s, struct scratch *scratch, __u8 action,
					__u32 want, int reason)
{
	struct decision d = UNJUDGED;

	if (!reason)
		d = image_unpack(image_access(s->head, scratch->state[0], want));
	if (!d.verdict && !d.record) {
		count(COUNTER_DECIDED + EVENT_ALLOWED);
		return 0;
	}
	emit_begin(&scratch->event, s, action);
	scratch->event.family = AF_UNIX;
	scratch->event.path_len = BAILIFF_PATH_MAX - scratch->start[0];
	if (verdict_complete(s, &scratch->event, d, reason))
		emit(scratch);
	return judge_result(&scratch->event);
}

/* Judges an abstract name of `length` bytes at `name`, its NUL in front included; 0 for one that
 * the kernel is to choose: the empty name. */
SHARED int unix_judge_name(struct subject *s, const void *name, __u32 length, __u8 action,
			   __u32 want)
{
	struct scratch *scratch;
	__u32 at;
	int ret;

	if (!s->head)
		return judge_nothing(s, action, REASON_NO_POLICY);
	scratch = scratch_claim();
	if (!scratch)
		return judge_nothing(s, action, REASON_SCRATCH);
	if (length > UNIX_NAME_MAX)
		length = UNIX_NAME_MAX;
	at = BAILIFF_PATH_MAX - (length ? length : 1);
	barrier_var(at);
	at &= BAILIFF_PATH_MAX - 1;
	if (length)
		bpf_probe_read_kernel(scratch->path[0] + at, length, name);
	scratch->path[0][at] = '@';
	scratch->start[0] = at;
	scratch->start[1] = BAILIFF_PATH_MAX;
	image_run(scratch, s->head, 0, 0);
	ret = unix_verdict(s, scratch, action, want, 0);
	scratch_release(scratch);
	return ret;
}

/* Finds the mount by which the container sees a socket that was bound in another mount
 * namespace, of several the first: false if there is none. */
static __always_inline bool unix_find_mount(struct scratch *scratch, struct vfsmount *mnt,
					    struct dentry *dentry)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct super_block *sb = BPF_CORE_READ(mnt, mnt_sb);
	struct mount_search search = { .scratch = scratch };

	search.namespace = (__u64)BPF_CORE_READ(task, nsproxy, mnt_ns);
	search.super = (__u64)sb + bpf_core_field_offset(struct super_block, s_mounts);
	search.node = (__u64)BPF_CORE_READ(sb, s_mounts.next);
	scratch->dentry = (__u64)dentry;
	bpf_loop(UNIX_MOUNTS, unix_try_mount, &search, 0);
	scratch->mnt = search.found;
	return search.found;
}

SHARED int unix_judge_foreign(struct subject *s, struct vfsmount *mnt, struct dentry *dentry)
{
	int reason = REASON_NO_PATH, ret;
	struct scratch *scratch;

	if (!s->head)
		return judge_nothing(s, EVENT_CONNECT, REASON_NO_POLICY);
	scratch = scratch_claim();
	if (!scratch)
		return judge_nothing(s, EVENT_CONNECT, REASON_SCRATCH);
	scratch->start[0] = scratch->start[1] = BAILIFF_PATH_MAX;
	if (unix_find_mount(scratch, mnt, dentry))
		reason = path_read(scratch, 0);
	if (reason < 0)
		reason = REASON_NO_PATH;
	if (!reason)
		image_run(scratch, s->head, 0, 0);
	scratch->start[1] = BAILIFF_PATH_MAX;
	ret = unix_verdict(s, scratch, EVENT_CONNECT, NAME_UNIX_CONNECT, reason);
	scratch_release(scratch);
	return ret;
}

/* Judges who reaches a socket by what it is bound to. */
static __always_inline int unix_judge(struct subject *s, struct unix_sock *other)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct request request = {
		.action = EVENT_CONNECT,
		.family = AF_UNIX,
		.want = NAME_UNIX_CONNECT,
	};
	struct dentry *dentry = other->path.dentry;
	struct vfsmount *mnt = other->path.mnt;
	struct unix_address *address;
	__u64 namespace;
	int length;

	if (dentry && mnt) {
		namespace = (__u64)BPF_CORE_READ((struct mount *)unix_mount_of(mnt), mnt_ns);
		if (path_unlinked(dentry))
			request.reason = REASON_NO_PATH;
		else if (namespace != (__u64)BPF_CORE_READ(task, nsproxy, mnt_ns))
			return unix_judge_foreign(s, mnt, dentry);
		return judge_path(s, mnt, dentry, &request);
	}
	address = other->addr;
	length = BPF_CORE_READ(address, len) - (int)sizeof(address->name[0].sun_family);
	if (!address || length <= 0)
		return judge_nothing(s, EVENT_CONNECT, REASON_NO_PATH);
	return unix_judge_name(s,
			       (void *)address + bpf_core_field_offset(struct unix_address, name) +
				       sizeof(__u16),
			       length, EVENT_CONNECT, NAME_UNIX_CONNECT);
}

SEC("?lsm/unix_stream_connect")
int BPF_PROG(bailiff_unix_connect, struct sock *sock, struct sock *other, struct sock *new, int ret)
{
	struct unix_sock *to;
	struct subject s;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_UNIX))
		return ret;
	to = bpf_skc_to_unix_sock(other);
	return to ? unix_judge(&s, to) : -EPERM;
}

/* Datagrams, each of them, and the connect of a datagram socket. What goes to the peer that the
 * socket is connected to was judged with the connect. */
SEC("?lsm/unix_may_send")
int BPF_PROG(bailiff_unix_send, struct socket *sock, struct socket *other, int ret)
{
	struct unix_sock *from, *to;
	struct sock *sk, *other_sk;
	struct subject s;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_UNIX))
		return ret;
	sk = sock->sk;
	other_sk = other->sk;
	if (!sk || !other_sk)
		return 0;
	from = bpf_skc_to_unix_sock(sk);
	to = bpf_skc_to_unix_sock(other_sk);
	if (!from || !to)
		return -EPERM;
	if ((__u64)BPF_CORE_READ(from, peer) == (__u64)other_sk)
		return 0;
	return unix_judge(&s, to);
}

/* An abstract name that is bound, or one that the kernel is to choose. */
SEC("?lsm/socket_bind")
int BPF_PROG(bailiff_unix_bind, struct socket *socket, void *address, int length, int ret)
{
	struct sockaddr_un name;
	struct subject s;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_UNIX))
		return ret;
	if (BPF_CORE_READ(socket, sk, __sk_common.skc_family) != AF_UNIX)
		return 0;
	length -= (int)sizeof(name.sun_family);
	/* what is no address the kernel refuses: unix_validate_addr() */
	if (length < 0 || length > UNIX_NAME_MAX)
		return 0;
	bpf_probe_read_kernel(&name, sizeof(name), address);
	if (name.sun_family != AF_UNIX || (length && name.sun_path[0]))
		return 0;
	return unix_judge_name(&s, address + sizeof(name.sun_family), length, EVENT_BIND,
			       NAME_UNIX_BIND);
}

char _license[] SEC("license") = "GPL";
