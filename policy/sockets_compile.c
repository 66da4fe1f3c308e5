/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "policy/cleanup.h"
#include "policy/sockets_range.h"

#define FAMILIES 256	   /* of a key */
#define IMPLIED_RANGES 300 /* of all families and what is usual */
#define KEY_END (1ULL << 32)

/* A rule that denies an address, NULL if there is none; the first. */
static const struct net_rule *find_denial(const struct policy_network *network)
{
	const struct net_rule *first = NULL;

	for (size_t i = 0; i < network->n_rules; i++) {
		const struct net_rule *rule = network->rules[i];

		if (rule->verdict.action != ACTION_ALLOW && !net_rule_is_unix(rule) && !first)
			first = rule;
	}
	return first;
}

bool sockets_judged(const struct policy_network *network)
{
	return network->present &&
	       (network->sockets.count || network->dflt == DEFAULT_DENY || find_denial(network));
}

/* Over these an IP address is reached, whatever the rules on addresses say. */
static bool is_blind(uint32_t family)
{
	static const uint8_t blind[] = { AF_INET,  AF_INET6, AF_PACKET, AF_RDS,
					 AF_PPPOX, AF_RXRPC, AF_SMC,	AF_XDP };

	return memchr(blind, (int)family, sizeof(blind)) != NULL;
}

static void add_judged(struct socket_ranges *ranges)
{
	static const uint32_t families[] = { AF_INET, AF_INET6 };

	for (size_t i = 0; i < 2; i++) {
		sockets_add_usual(ranges, families[i], SOCK_STREAM, BAILIFF_RULE_NONE);
		sockets_add_usual(ranges, families[i], SOCK_DGRAM, BAILIFF_RULE_NONE);
	}
}

static void add_implied(struct socket_ranges *ranges, bool deny)
{
	add_judged(ranges);
	for (uint32_t family = 0; family < FAMILIES; family++)
		if (deny ? family == AF_UNIX : !is_blind(family))
			sockets_add_family(ranges, family, BAILIFF_RULE_NONE);
}

const struct policy_entry *sockets_unjudged(const struct policy_network *network)
{
	struct socket_range judged[SOCKETS_PER_ELEMENT * 4];
	struct socket_ranges known = { judged, 0 };

	add_judged(&known);
	for (size_t i = 0; i < network->sockets.count; i++) {
		struct socket_range items[SOCKETS_PER_ELEMENT];
		struct socket_ranges ranges = { items, 0 };
		size_t found = 0;

		if (sockets_add(network->sockets.items[i].text, &ranges, 0))
			continue;
		if (!is_blind(SOCKET_FAMILY(items[0].first)))
			continue;
		for (size_t j = 0; j < ranges.count * known.count; j++)
			found += items[j / known.count].first == judged[j % known.count].first &&
				 items[j / known.count].last == judged[j % known.count].last;
		if (found < ranges.count)
			return &network->sockets.items[i];
	}
	return NULL;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The verdict for one key: of several elements that allow it the first one. */
static uint64_t decide(const struct socket_ranges *ranges, uint64_t key, uint16_t denial)
{
	uint32_t rule = UINT32_MAX;

	for (size_t i = 0; i < ranges->count; i++) {
		const struct socket_range *range = &ranges->items[i];

		if (range->first <= key && key <= range->last && range->rule < rule)
			rule = range->rule;
	}
	return rule == UINT32_MAX ? NET_PORT(key, NET_DENY, 0, denial)
				  : NET_PORT(key, NET_ALLOW, 0, rule);
}

static int write_table(const struct socket_ranges *ranges, uint16_t denial, struct words *out)
{
	POLICY_CLEANUP(policy_freep)
	uint64_t *edges = calloc(ranges->count * 2 + 1, sizeof(*edges));
	size_t start = out->count, n = 0;
	int r = edges ? words_append_one(out, 0) : -ENOMEM;

	if (r < 0)
		return r;
	edges[n++] = 0;
	for (size_t i = 0; i < ranges->count; i++) {
		edges[n++] = ranges->items[i].first;
		edges[n++] = (uint64_t)ranges->items[i].last + 1;
	}
	qsort(edges, n, sizeof(*edges), by_value);
	for (size_t i = 0; i < n && !r; i++) {
		uint64_t word = edges[i] < KEY_END ? decide(ranges, edges[i], denial) : 0;
		bool first = out->count == start + 1;

		if (edges[i] < KEY_END &&
		    (first || (uint32_t)out->items[out->count - 1] != (uint32_t)word))
			r = words_append_one(out, word);
	}
	if (!r)
		out->items[start] = out->count - start - 1;
	return r;
}

int sockets_compile(const struct policy_network *network, const struct rule_table *rules,
		    struct words *out, struct policy_head *head)
{
	size_t n = network->sockets.count * SOCKETS_PER_ELEMENT + IMPLIED_RANGES;
	POLICY_CLEANUP(policy_freep) struct socket_range *items = calloc(n, sizeof(*items));
	const struct net_rule *denial = find_denial(network);
	struct socket_ranges ranges = { items, 0 };
	uint16_t rule = BAILIFF_RULE_NONE;

	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < network->sockets.count; i++) {
		const struct policy_entry *entry = &network->sockets.items[i];

		if (sockets_add(entry->text, &ranges, rule_table_number(rules, &entry->pos)))
			return -EINVAL;
	}
	if (!network->sockets.count) {
		add_implied(&ranges, network->dflt == DEFAULT_DENY);
		if (network->dflt != DEFAULT_DENY)
			rule = rule_table_number(rules, &denial->pos);
	}
	head->sockets_off = (uint32_t)out->count;
	return write_table(&ranges, rule, out);
}
