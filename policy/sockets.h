/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which sockets may be created: "family/type", "family/type/protocol" and "netlink/protocol".
 *
 * Without network.sockets, where the default denies: TCP and UDP over IPv4 and IPv6, and those
 * of unix. Where the default allows and a rule denies an address: all but those that reach
 * addresses which no rule can judge; the first such rule is the one that decides.
 */
#ifndef BAILIFF_POLICY_SOCKETS_H
#define BAILIFF_POLICY_SOCKETS_H

#include "policy/rules.h"

#define SOCKET_TEXT 48

/* What is wrong with an element of network.sockets, and what would be right, as a sentence in
 * `why`; -EINVAL. Else 0. */
int sockets_check(const char *text, char *why, size_t size);

/* Whether the policy decides about sockets at all. */
bool sockets_judged(const struct policy_network *network);

/* The first element that allows sockets over which addresses are reached that no rule on
 * addresses judges; NULL if there is none. */
const struct policy_entry *sockets_unjudged(const struct policy_network *network);

/* Appends the table and notes it in `head`. Returns 0, -E2BIG or -ENOMEM. */
int sockets_compile(const struct policy_network *network, const struct rule_table *rules,
		    struct words *out, struct policy_head *head);

/* Family, type and protocol of one socket, not of several as "inet/raw": 0 or -EINVAL. */
int sockets_parse_one(const char *text, uint32_t *family, uint32_t *type, uint32_t *protocol);

/* Text of a socket, numbers where there is no name. Returns `buf`, of SOCKET_TEXT bytes. */
const char *sockets_text(uint32_t family, uint32_t type, uint32_t protocol, char *buf);

#endif
