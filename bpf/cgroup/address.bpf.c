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
	to->op = action == EVENT_BIND ? NET_BIND : NET_CONNECT;
	to->port = bpf_ntohs(ctx->user_port);
	to->protocol = ctx->protocol;
	to->type = ctx->type;
	if (s.head)
		d = net_decide(s.head, to);
	if (to->op == NET_BIND) /* in a dry run, too, what would be denied has ended here */
		s.task->any_port = !to->port && !d.verdict;
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

/* A bind to port 0 was judged as such; here is the port that the kernel chose. */
static __always_inline int chosen(struct bpf_sock *ctx, struct net_address *to)
{
	struct decision d = UNJUDGED;
	struct subject s;

	if (!scope_subject(&s, PHASE_CONFINED, CLASS_NETWORK) || s.task->any_port != 1)
		return ALLOW;
	s.task->any_port = 0;
	to->action = EVENT_BIND;
	to->op = NET_BIND;
	to->port = ctx->src_port;
	to->protocol = ctx->protocol;
	to->type = ctx->type;
	if (s.head) {
		d = net_decide(s.head, to);
		/* the kernel was let choose: only a rule can deny now. Recorded, if at all, with
		 * port 0 */
		if (!d.verdict || d.rule == BAILIFF_RULE_NONE)
			return ALLOW;
	}
	d.verdict = VERDICT_DENY; /* it is too late for a kill */
	return net_verdict(&s, to, d) ? ALLOW : DENY;
}

SEC("cgroup/post_bind4")
int bailiff_post_bind4(struct bpf_sock *ctx)
{
	struct net_address to = { .family = AF_INET };

	to.address[0] = ctx->src_ip4;
	return chosen(ctx, &to);
}

SEC("cgroup/post_bind6")
int bailiff_post_bind6(struct bpf_sock *ctx)
{
	struct net_address to = { .family = AF_INET6 };

	to.address[0] = ctx->src_ip6[0];
	to.address[1] = ctx->src_ip6[1];
	to.address[2] = ctx->src_ip6[2];
	to.address[3] = ctx->src_ip6[3];
	return chosen(ctx, &to);
}

char _license[] SEC("license") = "GPL";
