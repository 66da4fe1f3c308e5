// SPDX-License-Identifier: GPL-2.0-or-later
/* Sockets that listen: where, and whose they are, which is kept with them for accept.bpf.c. */
#include "../net.bpf.h"

#define SOCK_BINDPORT_LOCK 8 /* include/net/sock.h: the port was asked for */

/* The local address of a socket. */
static __always_inline void listen_address(struct sock *sk, struct net_address *to)
{
	to->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	to->protocol = BPF_CORE_READ(sk, sk_protocol);
	to->type = BPF_CORE_READ(sk, sk_type);
	to->port = BPF_CORE_READ(sk, __sk_common.skc_num);
	if (to->family == AF_INET)
		to->address[0] = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
	else
		bpf_core_read(to->address, sizeof(to->address), &sk->__sk_common.skc_v6_rcv_saddr);
}

/* Notes whose a socket is; anew if it was of another container. False: there is no memory. */
static __always_inline bool listen_mark(struct sock *sk, const struct task_state *task)
{
	struct task_struct *current = (void *)bpf_get_current_task_btf();
	struct listener *l;

	l = bpf_sk_storage_get(&listeners, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!l)
		return false;
	if (l->container_id == task->container_id && l->container == task->container)
		return true;
	l->start_time = BPF_CORE_READ(current, group_leader, start_boottime);
	l->cgroup_id = scope_cgroup_id(current);
	l->container = task->container;
	l->pid = BPF_CORE_READ(current, tgid);
	l->tid = BPF_CORE_READ(current, pid);
	l->ppid = BPF_CORE_READ(current, real_parent, tgid);
	l->uid = BPF_CORE_READ(current, cred, euid.val);
	l->gid = BPF_CORE_READ(current, cred, egid.val);
	BPF_CORE_READ_INTO(&l->comm, current, comm);
	l->container_id = task->container_id;
	return true;
}

/* A port that the kernel chose is judged as port 0, and then only a rule denies what it is. Of
 * MPTCP a socket does not tell. */
static __always_inline struct decision listen_decide(struct policy_head *head, struct sock *sk,
						     struct net_address *to)
{
	__u16 protocol = BPF_CORE_READ(sk, sk_protocol), port = to->port;
	struct decision d, chosen;

	if (!port || protocol == IPPROTO_MPTCP ||
	    BPF_CORE_READ_BITFIELD_PROBED(sk, sk_userlocks) & SOCK_BINDPORT_LOCK)
		return net_decide(head, to);
	chosen = net_decide(head, to);
	to->port = 0;
	d = net_decide(head, to);
	if (d.verdict || !chosen.verdict || chosen.rule == BAILIFF_RULE_NONE)
		return d;
	to->port = port;
	return chosen;
}

SEC("lsm/socket_listen")
int BPF_PROG(bailiff_socket_listen, struct socket *socket, int backlog, int ret)
{
	struct net_address to = { .action = EVENT_LISTEN, .op = NET_LISTEN };
	struct decision d = UNJUDGED;
	struct task_state *task;
	struct subject s;
	struct sock *sk;

	if (ret)
		return ret;
	task = scope_current();
	if (!task || task->phase != TASK_CONFINED)
		return 0;
	sk = socket->sk;
	if (!sk)
		return 0;
	listen_address(sk, &to);
	if (to.family != AF_INET && to.family != AF_INET6)
		return 0;
	/* whatever the policy is now */
	if (!listen_mark(sk, task))
		return -EPERM;
	if (!scope_subject(&s, PHASE_CONFINED, CLASS_NETWORK))
		return 0;
	if (s.head)
		d = listen_decide(s.head, sk, &to);
	if (net_verdict(&s, &to, d))
		return 0;
	if (d.verdict == VERDICT_KILL)
		bpf_send_signal(SIGKILL);
	return -EPERM;
}

/* What is behind an MPTCP socket, and listens in its place, the kernel makes for itself: in
 * socket(2), or in the first call that needs it. */
SEC("lsm/socket_post_create")
int BPF_PROG(bailiff_socket_made, struct socket *socket, int family, int type, int protocol,
	     int kern, int ret)
{
	struct task_state *task;
	struct sock *sk;

	if (ret || !kern || protocol != IPPROTO_TCP)
		return ret;
	task = scope_current();
	if (!task || task->phase != TASK_CONFINED)
		return 0;
	sk = socket->sk;
	return !sk || listen_mark(sk, task) ? 0 : -EPERM;
}

/* A socket that listened before its process was confined is known from the first accept on. */
SEC("?lsm/socket_accept")
int BPF_PROG(bailiff_accept_mark, struct socket *socket, struct socket *new, int ret)
{
	struct subject s;
	struct sock *sk;
	__u16 family;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_ACCEPT))
		return ret;
	sk = socket->sk;
	if (!sk)
		return 0;
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (family != AF_INET && family != AF_INET6)
		return 0;
	return listen_mark(sk, s.task) ? 0 : -EPERM;
}

char _license[] SEC("license") = "GPL";
