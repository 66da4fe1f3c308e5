/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decision on an address, whichever hook brings it. */
#ifndef BAILIFF_NET_BPF_H
#define BAILIFF_NET_BPF_H

#include "verdict.bpf.h"

#include <bpf/bpf_endian.h>

/* An address that a task asked for. IPv4 is in address[0]; all of it in network order. */
struct net_address {
	__u32 address[4];
	__u16 port; /* host order */
	__u8 family;
	__u8 protocol;
	__u8 type;
	__u8 op;     /* enum net_op */
	__u8 action; /* enum event_action */
	bool mapped; /* from a socket that is bound to an IPv4-mapped address */
};

static __always_inline bool net_is_mapped(const __u32 *address)
{
	return !address[0] && !address[1] && address[2] == bpf_htonl(0xffff);
}

static __always_inline __u32 net_key(const struct net_address *to)
{
	__u32 proto = to->protocol == IPPROTO_TCP   ? NET_PROTO_TCP
		      : to->protocol == IPPROTO_UDP ? NET_PROTO_UDP
						    : NET_PROTO_OTHER;

	return NET_KEY(proto, to->port);
}

/* The steps of match_net4() and match_net6(), each for the verifier by itself. */
MODULAR int net_find4(struct policy_head *head, __u32 op, __u32 address)
{
	void *image = image_of(head);

	return head && image ? match_find4(image, &head->net[op % NET_OPS], address) : 0;
}

MODULAR int net_find6(struct policy_head *head, __u32 op, __u64 hi, __u64 lo)
{
	void *image = image_of(head);

	return head && image ? match_find6(image, &head->net[op % NET_OPS], hi, lo) : 0;
}

MODULAR int net_port(struct policy_head *head, __u32 table, __u32 key)
{
	union packed_decision result = { .decision = UNJUDGED };
	void *image = image_of(head);

	if (image)
		result.decision = match_port(image, table, key);
	return result.packed;
}

/* The decision on `to`. An IPv4-mapped address is the IPv4 address that packets go to. The
 * kernel takes 0.0.0.0 and :: for loopback, :: for that of IPv4 if the socket is bound to a
 * mapped address (tcp_v6_connect(), __ip6_datagram_connect()). */
static __always_inline struct decision net_decide(struct policy_head *head,
						  const struct net_address *to)
{
	__u64 hi = (__u64)bpf_ntohl(to->address[0]) << 32 | bpf_ntohl(to->address[1]);
	__u64 lo = (__u64)bpf_ntohl(to->address[2]) << 32 | bpf_ntohl(to->address[3]);
	__u32 op = to->op, table;
	bool four = to->family == AF_INET, far = op == NET_CONNECT;
	__u32 address = four ? hi >> 32 : lo;

	if (!four && !hi)
		four = lo >> 32 == 0xffff || (!lo && to->mapped && far);
	if (four) {
		if (!address && far)
			address = 0x7f000001;
		table = net_find4(head, op, address);
	} else {
		if (!hi && !lo && far)
			lo = 1;
		table = net_find6(head, op, hi, lo);
	}
	return image_unpack(net_port(head, table, net_key(to)));
}

static __always_inline void net_fill(struct event *e, const struct net_address *to)
{
	e->port = to->port;
	e->protocol = to->protocol;
	e->socket_type = to->type;
	e->family = to->family;
	__builtin_memcpy(e->address, to->address, sizeof(e->address));
}

/* Completes, counts and records the decision. True: let it pass. */
static __always_inline bool net_verdict(struct subject *s, const struct net_address *to,
					struct decision d)
{
	struct event e;

	if (!d.verdict && !d.record) {
		count(COUNTER_DECIDED + EVENT_ALLOWED);
		return true;
	}
	emit_begin(&e, s, to->action);
	net_fill(&e, to);
	if (verdict_complete(s, &e, d, s->head ? 0 : REASON_NO_POLICY))
		emit_short(&e);
	return e.verdict == EVENT_ALLOWED || e.verdict == EVENT_WOULD_DENY;
}

#endif
