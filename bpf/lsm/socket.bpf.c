// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Network rules with `kill`: a cgroup program can't send a signal, so these decide the same
 * beforehand and act if, and only if, the answer is kill. Attached only while a policy of the
 * set has such a rule.
 */
#include "../net.bpf.h"

struct sockaddr_in_any { /* struct sockaddr_in and struct sockaddr_in6 */
	__u16 family;
	__u16 port;
	__u32 address4; /* sin6_flowinfo */
	__u32 address6[4];
};

static __always_inline int socket_judge(struct subject *s, struct socket *socket,
					const void *address, __u8 action)
{
	struct net_address to = {
		.action = action,
		.op = action == EVENT_BIND ? NET_BIND : NET_CONNECT,
	};
	struct sockaddr_in_any any = {};
	__u32 from[4] = {};
	struct sock *sk = BPF_CORE_READ(socket, sk);
	struct decision d;

	if (!s->head || !address)
		return 0;
	/* the kernel's copy is a sockaddr_storage or a buffer of its length */
	bpf_probe_read_kernel(&any, sizeof(any), address);
	to.port = bpf_ntohs(any.port);
	to.protocol = BPF_CORE_READ(sk, sk_protocol);
	to.type = BPF_CORE_READ(sk, sk_type);
	/* on an IPv4 socket no family means IPv4, but for connect, which then disconnects */
	if (any.family == AF_UNSPEC && action != EVENT_CONNECT)
		any.family = BPF_CORE_READ(sk, __sk_common.skc_family);
	to.family = any.family;
	if (any.family == AF_INET)
		to.address[0] = any.address4;
	else if (any.family == AF_INET6)
		__builtin_memcpy(to.address, any.address6, sizeof(to.address));
	else
		return 0;
	bpf_core_read(from, sizeof(from), &sk->__sk_common.skc_v6_rcv_saddr);
	to.mapped = net_is_mapped(from);
	d = net_decide(s->head, &to);
	if (d.verdict != VERDICT_KILL || s->head->mode != POLICY_MODE_ENFORCE)
		return 0;
	net_verdict(s, &to, d);
	bpf_send_signal(SIGKILL);
	return -EPERM;
}

SEC("?lsm/socket_connect")
int BPF_PROG(bailiff_kill_connect, struct socket *socket, void *address, int length, int ret)
{
	struct subject s;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_NETWORK_KILL))
		return ret;
	return socket_judge(&s, socket, address, EVENT_CONNECT);
}

SEC("?lsm/socket_sendmsg")
int BPF_PROG(bailiff_kill_sendmsg, struct socket *socket, struct msghdr *message, int size, int ret)
{
	struct subject s;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_NETWORK_KILL))
		return ret;
	/* TCP looks at an address only to open a connection with the first data */
	if (BPF_CORE_READ(socket, sk, sk_protocol) == IPPROTO_TCP) {
		if (!(BPF_CORE_READ(message, msg_flags) & MSG_FASTOPEN))
			return 0;
		return socket_judge(&s, socket, BPF_CORE_READ(message, msg_name), EVENT_CONNECT);
	}
	return socket_judge(&s, socket, BPF_CORE_READ(message, msg_name), EVENT_SENDMSG);
}

SEC("?lsm/socket_bind")
int BPF_PROG(bailiff_kill_bind, struct socket *socket, void *address, int length, int ret)
{
	struct subject s;

	if (ret || !scope_subject(&s, PHASE_CONFINED, CLASS_NETWORK_KILL))
		return ret;
	return socket_judge(&s, socket, address, EVENT_BIND);
}

char _license[] SEC("license") = "GPL";
