/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port tables: what a set of network rules says for each protocol and port. */
#ifndef BAILIFF_POLICY_NETPORTS_H
#define BAILIFF_POLICY_NETPORTS_H

#include "policy/rules.h"

struct key_range {
	uint32_t first, last; /* NET_KEY() */
};

/* A rule of one operation. */
struct net_item {
	const struct net_rule *rule;
	uint16_t number;
	struct key_range *keys; /* sorted, apart from each other */
	size_t n_keys;
};

/* Port tables that were written, by 128 bits of hash of what they were made of. */
struct port_slot {
	uint64_t key[2];
	uint32_t table; /* 0: free; word 0 of an image is never one */
};

struct port_memo {
	struct port_slot *slots;
	size_t count, n_slots;
};

void port_memo_clear(struct port_memo *memo);

/* The slot of a key, free or taken; NULL if there is no memory. */
struct port_slot *port_memo_slot(struct port_memo *memo, const uint64_t key[2]);
void port_memo_take(struct port_memo *memo, struct port_slot *slot, const uint64_t key[2],
		    uint32_t table);

/* Fills in the keys of a rule, for the caller to free. Returns 0 or -ENOMEM. */
int net_item_keys(struct net_item *item);

/* Writes the table of the rules in `items`, which are sorted by number, or finds the same
 * one among those that are in `out` already. `listen`: port 0 stands for any that is free. Returns
 * 0 with its word, or a negative errno. */
int net_ports_write(const struct net_item *const *items, size_t n, enum policy_default dflt,
		    bool listen, struct words *out, struct port_memo *tables, uint32_t *ret);

#endif
