// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sockets that listen, and the connections that come in. A connection is judged where the
 * kernel answers its first packet, before anything of it can be accepted: tcp_conn_request()
 * and, for SYN cookies, cookie_v4_check() and cookie_v6_check(). No task acts there, so that
 * the socket keeps whose it is. That program is attached only while a policy needs it.
 */
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

/* Is it the first packet of this connection that is recorded? It is sent again where it was
 * denied, which is one attempt all the same. */
static __always_inline bool accept_news(struct listener *l, const struct net_address *from,
					__u16 peer_port, struct request_sock *req)
{
	__u64 digest = (__u64)from->address[0] << 32 | from->address[1];

	digest = (digest ^ ((__u64)from->address[2] << 32 | from->address[3])) *
		 0x9e3779b97f4a7c15ULL;
	digest = (digest ^ ((__u32)peer_port << 16 | from->port)) * 0x9e3779b97f4a7c15ULL;
	digest ^= BPF_CORE_READ((struct tcp_request_sock *)req, rcv_isn);
#pragma unroll
	for (int i = 0; i < 4; i++)
		if (l->recorded[i] == digest)
			return false;
	l->recorded[l->next++ & 3] = digest;
	return true;
}

/* As net_verdict(), but of no task: that of the process that listens. */
static __always_inline int accept_verdict(struct subject *s, struct listener *l,
					  const struct net_address *from, struct decision d,
					  struct request_sock *req)
{
	bool denies = d.verdict && !(s->head && s->head->mode == POLICY_MODE_AUDIT);
	__u16 peer_port = bpf_ntohs(BPF_CORE_READ(req, __req_common.skc_dport));
	struct event e;

	if (!d.verdict && !d.record) {
		count(COUNTER_DECIDED + EVENT_ALLOWED);
		return 0;
	}
	if (!accept_news(l, from, peer_port, req))
		return denies ? -EPERM : 0;
	emit_head(&e, s, EVENT_ACCEPT);
	net_fill(&e, from);
	e.peer_port = peer_port;
	e.start_time = l->start_time;
	e.cgroup_id = l->cgroup_id;
	e.pid = l->pid;
	e.tid = l->tid;
	e.ppid = l->ppid;
	e.uid = l->uid;
	e.gid = l->gid;
	__builtin_memcpy(e.comm, l->comm, sizeof(e.comm));
	if (verdict_complete(s, &e, d, s->head ? 0 : REASON_NO_POLICY))
		emit_short(&e);
	return denies ? -EPERM : 0;
}

static __always_inline int accept_judge(struct listener *l, const struct sock *sk,
					struct request_sock *req)
{
	struct task_state task = { .container_id = l->container_id, .container = l->container };
	struct subject s = { .task = &task };
	struct net_address from = { .op = NET_ACCEPT };
	struct decision d = UNJUDGED;

	s.container = scope_container(&task);
	if (!s.container)
		return 0;
	s.head = scope_policy(s.container);
	if (s.head && (s.head->mode == POLICY_MODE_OFF || !(s.head->classes & CLASS_ACCEPT)))
		return 0;
	from.family = BPF_CORE_READ(req, __req_common.skc_family);
	from.protocol = BPF_CORE_READ(sk, sk_protocol);
	from.type = BPF_CORE_READ(sk, sk_type);
	from.port = BPF_CORE_READ(req, __req_common.skc_num);
	if (from.family == AF_INET)
		from.address[0] = BPF_CORE_READ(req, __req_common.skc_daddr);
	else
		bpf_core_read(from.address, sizeof(from.address), &req->__req_common.skc_v6_daddr);
	if (s.head)
		d = net_decide(s.head, &from);
	return accept_verdict(&s, l, &from, d, req);
}

SEC("?lsm/inet_conn_request")
int BPF_PROG(bailiff_accept, struct sock *sk, void *skb, struct request_sock *req, int ret)
{
	struct listener *l;

	if (ret)
		return ret;
	l = bpf_sk_storage_get(&listeners, sk, 0, 0);
	return l ? accept_judge(l, sk, req) : 0;
}

char _license[] SEC("license") = "GPL";
