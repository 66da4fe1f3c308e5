// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses that a task connects to, sends to and binds, on all IPv4 and IPv6 sockets. */
#include "../verdict.bpf.h"

#include <bpf/bpf_endian.h>

#define ALLOW 1
#define DENY 0

static __always_inline __u32 address_key(const struct bpf_sock_addr *ctx)
{
	__u32 proto = ctx->protocol == IPPROTO_TCP   ? NET_PROTO_TCP
		      : ctx->protocol == IPPROTO_UDP ? NET_PROTO_UDP
						     : NET_PROTO_OTHER;

	return NET_KEY(proto, bpf_ntohs(ctx->user_port));
}

static __always_inline int address_verdict(struct subject *s, struct event *e, struct decision d,
					   int reason)
{
	if (verdict_complete(s, e, d, reason))
		emit_short(e);
	return e->verdict == EVENT_DENIED || e->verdict == EVENT_KILLED ? DENY : ALLOW;
}

static __always_inline void address_begin(struct event *e, const struct subject *s,
					  const struct bpf_sock_addr *ctx, __u8 action)
{
	emit_begin(e, s, action);
	e->port = bpf_ntohs(ctx->user_port);
	e->protocol = ctx->protocol;
	e->socket_type = ctx->type;
}

/* Judges an IPv4 address, in network order. */
static __noinline int address_judge4(struct subject *s, struct bpf_sock_addr *ctx, __u32 address,
				     __u8 action)
{
	__u32 op = action == EVENT_BIND ? NET_BIND : NET_CONNECT;
	__u32 host = bpf_ntohl(address);
	struct decision d = UNJUDGED;
	struct event e;
	void *image;

	if (op == NET_CONNECT && !host)
		host = 0x7f000001; /* the kernel takes 0.0.0.0 for loopback */
	if (s->head) {
		image = bpf_map_lookup_elem(&policy_images, &s->head->slot);
		if (image)
			d = match_net4(image, &s->head->net[op & 1], host, address_key(ctx));
		if (!d.verdict && !d.record) {
			count(COUNTER_DECIDED + EVENT_ALLOWED);
			return ALLOW;
		}
	}
	address_begin(&e, s, ctx, action);
	e.family = AF_INET;
	__builtin_memcpy(e.address, &address, sizeof(address));
	return address_verdict(s, &e, d, s->head ? 0 : REASON_NO_POLICY);
}

static __noinline int address_judge6(struct subject *s, struct bpf_sock_addr *ctx,
				     const __u32 *address, __u8 action)
{
	__u32 op = action == EVENT_BIND ? NET_BIND : NET_CONNECT;
	__u64 hi = (__u64)bpf_ntohl(address[0]) << 32 | bpf_ntohl(address[1]);
	__u64 lo = (__u64)bpf_ntohl(address[2]) << 32 | bpf_ntohl(address[3]);
	struct decision d = UNJUDGED;
	struct event e;
	void *image;

	if (op == NET_CONNECT && !hi && !lo)
		lo = 1; /* the kernel takes :: for loopback */
	if (s->head) {
		image = bpf_map_lookup_elem(&policy_images, &s->head->slot);
		if (image)
			d = match_net6(image, &s->head->net[op & 1], hi, lo, address_key(ctx));
		if (!d.verdict && !d.record) {
			count(COUNTER_DECIDED + EVENT_ALLOWED);
			return ALLOW;
		}
	}
	address_begin(&e, s, ctx, action);
	e.family = AF_INET6;
	__builtin_memcpy(e.address, address, sizeof(e.address));
	return address_verdict(s, &e, d, s->head ? 0 : REASON_NO_POLICY);
}

static __always_inline int address4(struct bpf_sock_addr *ctx, __u8 action)
{
	struct subject s;

	if (!scope_subject(&s, PHASE_CONFINED, CLASS_NETWORK))
		return ALLOW;
	return address_judge4(&s, ctx, ctx->user_ip4, action);
}

/* An IPv4-mapped address is the IPv4 address that packets go to. */
static __always_inline int address6(struct bpf_sock_addr *ctx, __u8 action)
{
	struct subject s;
	__u32 address[4];

	if (!scope_subject(&s, PHASE_CONFINED, CLASS_NETWORK))
		return ALLOW;
	address[0] = ctx->user_ip6[0];
	address[1] = ctx->user_ip6[1];
	address[2] = ctx->user_ip6[2];
	address[3] = ctx->user_ip6[3];
	if (!address[0] && !address[1] && address[2] == bpf_htonl(0xffff))
		return address_judge4(&s, ctx, address[3], action);
	return address_judge6(&s, ctx, address, action);
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
