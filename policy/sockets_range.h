/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys that elements of network.sockets stand for. */
#ifndef BAILIFF_POLICY_SOCKETS_RANGE_H
#define BAILIFF_POLICY_SOCKETS_RANGE_H

#include "policy/sockets.h"

struct socket_range {
	uint32_t first, last; /* SOCKET_KEY() */
	uint16_t rule;
};

/* `items` has room for all that is added. */
struct socket_ranges {
	struct socket_range *items;
	size_t count;
};

#define SOCKETS_PER_ELEMENT 4 /* ranges */

/* What the text of an element means: 0 or -EINVAL. */
int sockets_add(const char *text, struct socket_ranges *ranges, uint16_t rule);

/* What a type of IPv4 or IPv6 means by itself: protocol 0, and TCP or UDP. */
void sockets_add_usual(struct socket_ranges *ranges, uint32_t family, uint32_t type, uint16_t rule);

void sockets_add_family(struct socket_ranges *ranges, uint32_t family, uint16_t rule);

#endif
