// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses that a task connects to, sends to and binds, on all IPv4 and IPv6 sockets. */
#include "../net.bpf.h"

#define ALLOW 1
#define DENY 0

static __always_inline int address_judge(struct bpf_sock_addr *ctx, struct net_address *to,
					 __u8 action)
{
	struct decision d = UNJUDGED;
	struct subject s;

	if (!scope_subject(&s, PHASE_CONFINED, CLASS_NETWORK))
		return ALLOW;
	to->action = action;
	to->bind = action == EVENT_BIND;
	to->port = bpf_ntohs(ctx->user_port);
	to->protocol = ctx->protocol;
	to->type = ctx->type;
	if (s.head)
		d = net_decide(s.head, to);
	return net_verdict(&s, to, d) ? ALLOW : DENY;
}

static __always_inline int address4(struct bpf_sock_addr *ctx, __u8 action)
{
	struct net_address to = { .family = AF_INET };

	to.address[0] = ctx->user_ip4;
	return address_judge(ctx, &to, action);
}

static __always_inline int address6(struct bpf_sock_addr *ctx, __u8 action)
{
	struct net_address to = { .family = AF_INET6 };
	struct bpf_sock *sk = ctx->sk;

	to.address[0] = ctx->user_ip6[0];
	to.address[1] = ctx->user_ip6[1];
	to.address[2] = ctx->user_ip6[2];
	to.address[3] = ctx->user_ip6[3];
	if (sk) {
		__u32 from[] = { sk->src_ip6[0], sk->src_ip6[1], sk->src_ip6[2] };

		to.mapped = net_is_mapped(from);
	}
	return address_judge(ctx, &to, action);
}

SEC("cgroup/connect4")
int bailiff_connect4(struct bpf_sock_addr *ctx)
{
	return address4(ctx, EVENT_CONNECT);
}

SEC("cgroup/connect6")
int bailiff_connect6(struct bpf_sock_addr *ctx)
{
	return address6(ctx, EVENT_CONNECT);
}

SEC("cgroup/sendmsg4")
int bailiff_sendmsg4(struct bpf_sock_addr *ctx)
{
	return address4(ctx, EVENT_SENDMSG);
}

SEC("cgroup/sendmsg6")
int bailiff_sendmsg6(struct bpf_sock_addr *ctx)
{
	return address6(ctx, EVENT_SENDMSG);
}

SEC("cgroup/bind4")
int bailiff_bind4(struct bpf_sock_addr *ctx)
{
	return address4(ctx, EVENT_BIND);
}

SEC("cgroup/bind6")
int bailiff_bind6(struct bpf_sock_addr *ctx)
{
	return address6(ctx, EVENT_BIND);
}

char _license[] SEC("license") = "GPL";
