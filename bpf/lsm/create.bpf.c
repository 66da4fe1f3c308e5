// SPDX-License-Identifier: GPL-2.0-or-later
/* Sockets that are created, or got from elsewhere. Those that the kernel makes for itself pass. */
#include "../net.bpf.h"

#define NR_SOCKETPAIR 53 /* x86-64 */
#define SOCK_TYPES_OF_UNIX 5

/* A pair of Unix sockets is two creations and one operation: in a dry run the second one is not
 * recorded. Both fail alike beforehand, but for want of memory. */
static __always_inline bool create_second(struct subject *s, int family, int type, int protocol)
{
	struct pt_regs *regs = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());
	bool second = s->task->paired;

	s->task->paired = 0;
	if (family != AF_UNIX || type > SOCK_TYPES_OF_UNIX || protocol & ~AF_UNIX ||
	    BPF_CORE_READ(regs, orig_ax) != NR_SOCKETPAIR)
		return false;
	s->task->paired = !second;
	return second;
}

static __always_inline bool create_judge(struct subject *s, int family, int type, int protocol)
{
	struct net_address what = {
		.action = EVENT_SOCKET,
		.family = family,
		.type = type,
		.port = (__u32)protocol < 65535 ? protocol : 65535,
	};
	struct decision d = UNJUDGED;

	if (s->head)
		d = image_unpack(net_port(s->head, s->head->sockets_off,
					  match_socket_key(family, type, protocol)));
	if (d.verdict && create_second(s, family, type, protocol) && s->head &&
	    s->head->mode == POLICY_MODE_AUDIT)
		return true;
	return net_verdict(s, &what, d);
}

SEC("lsm/socket_create")
int BPF_PROG(bailiff_socket_create, int family, int type, int protocol, int kern, int ret)
{
	int denied = -EPERM; /* the verifier follows a value, but no negation of a flag */
	struct subject s;

	if (ret || kern || !scope_subject(&s, PHASE_CONFINED, CLASS_SOCKET))
		return ret;
	barrier_var(denied);
	return create_judge(&s, family, type, protocol) ? 0 : denied;
}

/* A socket that another process hands over (SCM_RIGHTS, pidfd_getfd) is judged as one that is
 * created. */
SEC("lsm/file_receive")
int BPF_PROG(bailiff_socket_receive, struct file *file, int ret)
{
	struct socket *socket;
	int denied = -EPERM;
	struct subject s;
	struct sock *sk;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_SOCKET))
		return ret;
	if (file->f_inode->i_sb->s_magic != SOCKFS_MAGIC)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	if (!sk)
		return 0;
	barrier_var(denied);
	return create_judge(&s, BPF_CORE_READ(sk, __sk_common.skc_family),
			    BPF_CORE_READ(sk, sk_type), BPF_CORE_READ(sk, sk_protocol))
		       ? 0
		       : denied;
}

char _license[] SEC("license") = "GPL";
