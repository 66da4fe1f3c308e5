/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's decision in user space: bpf/match.h over an image in memory.
 */
#ifndef BAILIFF_POLICY_SIMULATE_H
#define BAILIFF_POLICY_SIMULATE_H

#include "policy/image.h"

typedef const struct policy_image image_t;
#define MATCH_INLINE inline

static inline __u64 image_word(image_t *image, __u32 index)
{
	return index < image->n_words ? image->words[index] : 0;
}

#include "bpf/match.h"

/* Decides the access bits `want` (ACCESS_*) to a path. Classes that the policy does not judge
 * are allowed. Returns 0 or -EINVAL for a path that is not absolute or too long. */
int simulate_access(const struct policy_image *image, const char *path, uint32_t want,
		    struct decision *ret);

/* Whether a directory that moves from one path to the other takes files out of a denial: 1 or 0;
 * -EINVAL as above. */
int simulate_loses_below(const struct policy_image *image, const char *from, const char *to);

/* Decides a network operation for an address in network order. An IPv4-mapped IPv6 address
 * is IPv4. Returns 0 or -EINVAL for an unknown operation or protocol. */
int simulate_net4(const struct policy_image *image, enum net_op op, enum net_proto proto,
		  const uint8_t address[4], uint16_t port, struct decision *ret);
int simulate_net6(const struct policy_image *image, enum net_op op, enum net_proto proto,
		  const uint8_t address[16], uint16_t port, struct decision *ret);

static inline int simulate_connect4(const struct policy_image *image, enum net_proto proto,
				    const uint8_t address[4], uint16_t port, struct decision *ret)
{
	return simulate_net4(image, NET_CONNECT, proto, address, port, ret);
}

static inline int simulate_connect6(const struct policy_image *image, enum net_proto proto,
				    const uint8_t address[16], uint16_t port, struct decision *ret)
{
	return simulate_net6(image, NET_CONNECT, proto, address, port, ret);
}

#endif
