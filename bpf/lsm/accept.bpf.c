// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Connections that come in. One is judged where the kernel answers its first packet, before
 * anything of it can be accepted: tcp_conn_request() and, for SYN cookies, cookie_v4_check()
 * and cookie_v6_check(). No task acts there: the socket tells whose it is (listen.bpf.c).
 * Attached from the first policy on that needs it.
 */
#include "../net.bpf.h"

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

/* The far end. The family is that of the socket that listens: over one of IPv6 an IPv4 address
 * comes mapped. */
static __always_inline void accept_address(struct request_sock *req, struct net_address *from)
{
	bool six = BPF_CORE_READ(req, __req_common.skc_family) == AF_INET6;

	if (six)
		bpf_core_read(from->address, sizeof(from->address),
			      &req->__req_common.skc_v6_daddr);
	from->family = six ? AF_INET6 : AF_INET;
	if (six && !net_is_mapped(from->address))
		return;
	__builtin_memset(from->address, 0, sizeof(from->address));
	from->address[0] = BPF_CORE_READ(req, __req_common.skc_daddr);
	from->family = AF_INET;
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
	accept_address(req, &from);
	from.protocol = BPF_CORE_READ(sk, sk_protocol);
	from.type = BPF_CORE_READ(sk, sk_type);
	from.port = BPF_CORE_READ(req, __req_common.skc_num);
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
