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
	__u8 bind;   /* it is to be bound; else connected or sent to */
	__u8 action; /* enum event_action */
	__u8 pad;
};

static __always_inline __u32 net_key(const struct net_address *to)
{
	__u32 proto = to->protocol == IPPROTO_TCP   ? NET_PROTO_TCP
		      : to->protocol == IPPROTO_UDP ? NET_PROTO_UDP
						    : NET_PROTO_OTHER;

	return NET_KEY(proto, to->port);
}

static __always_inline bool net_mapped(const struct net_address *to)
{
	return !to->address[0] && !to->address[1] && to->address[2] == bpf_htonl(0xffff);
}

static __always_inline struct decision net_decide4(void *image, struct policy_head *head,
						   const struct net_address *to, __u32 address)
{
	/* the kernel takes 0.0.0.0 for loopback */
	if (!address && !to->bind)
		address = 0x7f000001;
	return match_net4(image, &head->net[to->bind ? NET_BIND : NET_CONNECT], address,
			  net_key(to));
}

static __always_inline struct decision net_decide6(void *image, struct policy_head *head,
						   const struct net_address *to)
{
	__u64 hi = (__u64)bpf_ntohl(to->address[0]) << 32 | bpf_ntohl(to->address[1]);
	__u64 lo = (__u64)bpf_ntohl(to->address[2]) << 32 | bpf_ntohl(to->address[3]);

	if (!hi && !lo && !to->bind)
		lo = 1;
	return match_net6(image, &head->net[to->bind ? NET_BIND : NET_CONNECT], hi, lo,
			  net_key(to));
}

/* The decision on `to`, packed. An IPv4-mapped address is the IPv4 address that packets go
 * to. Without an image: denied. */
MODULAR int net_decide(struct policy_head *head, struct net_address *to)
{
	union packed_decision result = {.decision = UNJUDGED};
	__u32 slot;
	void *image;

	if (!head || !to)
		return result.packed;
	slot = head->slot;
	image = bpf_map_lookup_elem(&policy_images, &slot);
	if (!image)
		return result.packed;
	if (to->family == AF_INET)
		result.decision = net_decide4(image, head, to, bpf_ntohl(to->address[0]));
	else if (net_mapped(to))
		result.decision = net_decide4(image, head, to, bpf_ntohl(to->address[3]));
	else
		result.decision = net_decide6(image, head, to);
	return result.packed;
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
	e.port = to->port;
	e.protocol = to->protocol;
	e.socket_type = to->type;
	e.family = to->family;
	__builtin_memcpy(e.address, to->address, sizeof(e.address));
	if (verdict_complete(s, &e, d, s->head ? 0 : REASON_NO_POLICY))
		emit_short(&e);
	return e.verdict == EVENT_ALLOWED || e.verdict == EVENT_WOULD_DENY;
}

#endif
