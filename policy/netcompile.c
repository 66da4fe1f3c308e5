/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/netcompile.h"

#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/hash.h"
#include "policy/netports.h"

#define NET_MAX_ENTRIES (1U << 20) /* of one table: bpf/match.h halves 20 times */

typedef unsigned __int128 address_t;

struct address_range {
	address_t first, last;
};

/* A rule begins or ceases to hold at an address. */
struct address_event {
	address_t address;
	uint32_t item;
};

/* The rules of one operation, and where the sweep over the addresses of a family is. */
struct net_sweep {
	enum policy_default dflt;
	bool listen;
	struct net_item *items; /* sorted by number */
	size_t n_items;
	struct address_event *events;
	size_t n_events, max_events;
	uint8_t *held;	  /* by item */
	uint64_t hash[2]; /* of the items that hold */
	const struct net_item **chosen;
	struct port_memo sets;	  /* port tables by `hash`; 128 bits stand for the set */
	struct port_memo *tables; /* by content */
	struct words *out;
	struct words entries;
};

static void net_sweep_clear(struct net_sweep *s)
{
	for (size_t i = 0; i < s->n_items; i++)
		free(s->items[i].keys);
	free(s->items);
	free(s->events);
	free(s->held);
	free(s->chosen);
	port_memo_clear(&s->sets);
	words_clear(&s->entries);
}

static address_t family_end(bool v6)
{
	return v6 ? ~(address_t)0 : UINT32_MAX;
}

static struct address_range cidr_range(const struct cidr *cidr)
{
	unsigned bits = cidr->v6 ? 128 : 32;
	struct address_range range = { 0, 0 };

	for (unsigned i = 0; i < bits / 8; i++)
		range.first = range.first << 8 | cidr->address[i];
	range.last = range.first;
	if (cidr->prefix < bits)
		range.last |= family_end(cidr->v6) >> cidr->prefix;
	return range;
}

/* The part of a peer in a family; all of IPv4 if it contains the mapped addresses. */
static bool peer_range(const struct cidr *cidr, bool v6, struct address_range *ret)
{
	const address_t mapped = (address_t)0xffff << 32;

	*ret = cidr_range(cidr);
	if (cidr->v6 == v6)
		return true;
	if (v6 || ret->first > mapped || ret->last < (mapped | UINT32_MAX))
		return false;
	*ret = (struct address_range){ 0, UINT32_MAX };
	return true;
}

static int by_first(const void *a, const void *b)
{
	const struct address_range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

static int add_event(struct net_sweep *s, address_t address, uint32_t item)
{
	if (s->n_events == s->max_events) {
		size_t more = s->max_events ? s->max_events * 2 : 256;
		struct address_event *grown = reallocarray(s->events, more, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		s->events = grown;
		s->max_events = more;
	}
	s->events[s->n_events++] = (struct address_event){ address, item };
	return 0;
}

/* Events of ranges that are joined where they overlap or touch. */
static int add_ranges(struct net_sweep *s, struct address_range *ranges, size_t n, uint32_t item,
		      address_t end)
{
	size_t i = 0;
	int r = 0;

	qsort(ranges, n, sizeof(*ranges), by_first);
	while (i < n && !r) {
		struct address_range range = ranges[i++];

		for (; i < n && (range.last == end || ranges[i].first <= range.last + 1); i++)
			if (ranges[i].last > range.last)
				range.last = ranges[i].last;
		r = add_event(s, range.first, item);
		if (!r && range.last != end)
			r = add_event(s, range.last + 1, item);
	}
	return r;
}

static int add_item_events(struct net_sweep *s, uint32_t item, bool v6)
{
	const struct net_rule *rule = s->items[item].rule;
	POLICY_CLEANUP(policy_freep)
	struct address_range *ranges = calloc(rule->n_peers + 1, sizeof(*ranges));
	size_t n = 0;

	if (!ranges)
		return -ENOMEM;
	for (size_t i = 0; i < rule->n_peers; i++)
		n += peer_range(&rule->peers[i], v6, &ranges[n]);
	if (!rule->n_peers)
		ranges[n++] = (struct address_range){ 0, family_end(v6) };
	return add_ranges(s, ranges, n, item, family_end(v6));
}

static void toggle(struct net_sweep *s, uint32_t item)
{
	s->held[item] ^= 1;
	s->hash[0] ^= hash_mix(2 * (uint64_t)item + 1);
	s->hash[1] ^= hash_mix(~(2 * (uint64_t)item + 1));
}

/* The port table of the rules that hold. */
static int ports_of_held(struct net_sweep *s, uint32_t *ret)
{
	struct port_slot *slot = port_memo_slot(&s->sets, s->hash);
	size_t n = 0;
	int r;

	if (!slot)
		return -ENOMEM;
	if (slot->table) {
		*ret = slot->table;
		return 0;
	}
	for (size_t i = 0; i < s->n_items; i++)
		if (s->held[i])
			s->chosen[n++] = &s->items[i];
	r = net_ports_write(s->chosen, n, s->dflt, s->listen, s->out, s->tables, ret);
	if (!r)
		port_memo_take(&s->sets, slot, s->hash, *ret);
	return r;
}

static int add_entry(struct net_sweep *s, bool v6, address_t address, uint32_t table)
{
	uint64_t words[NET6_WORDS] = { (uint64_t)(address >> 64), (uint64_t)address, table };
	size_t size = v6 ? NET6_WORDS : 1;

	if (s->entries.count && (uint32_t)s->entries.items[s->entries.count - 1] == table)
		return 0;
	if (s->entries.count / size == NET_MAX_ENTRIES)
		return -E2BIG;
	if (!v6)
		words[0] = NET4_ENTRY((uint32_t)address, table);
	return words_append(&s->entries, words, size);
}

static int by_address(const void *a, const void *b)
{
	const struct address_event *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

static int sweep_addresses(struct net_sweep *s, bool v6)
{
	address_t address = 0;
	size_t i = 0;
	int r = 0;

	if (s->n_events)
		qsort(s->events, s->n_events, sizeof(*s->events), by_address);
	for (;;) {
		uint32_t table;

		for (; i < s->n_events && s->events[i].address == address; i++)
			toggle(s, s->events[i].item);
		r = ports_of_held(s, &table);
		if (!r)
			r = add_entry(s, v6, address, table);
		if (r < 0 || i == s->n_events)
			return r;
		address = s->events[i].address;
	}
}

/* Writes the table of one family; *off and *count are where it is. */
static int write_family(struct net_sweep *s, bool v6, uint32_t *off, uint32_t *count)
{
	int r = 0;

	s->n_events = 0;
	s->entries.count = 0;
	s->hash[0] = s->hash[1] = 0;
	memset(s->held, 0, s->n_items);
	for (uint32_t i = 0; i < s->n_items && !r; i++)
		r = add_item_events(s, i, v6);
	if (!r)
		r = sweep_addresses(s, v6);
	if (r < 0)
		return r;
	*off = (uint32_t)s->out->count;
	*count = (uint32_t)(s->entries.count / (v6 ? NET6_WORDS : 1));
	return words_append(s->out, s->entries.items, s->entries.count);
}

static int by_number(const void *a, const void *b)
{
	const struct net_item *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

/* Without a rule on listen those on bind hold for it. */
static enum net_op op_of_rules(const struct policy_network *network, enum net_op op)
{
	for (size_t i = 0; i < network->n_rules; i++)
		if (network->rules[i]->op == op)
			return op;
	return op == NET_LISTEN ? NET_BIND : op;
}

static int sweep_start(struct net_sweep *s, const struct policy_network *network, enum net_op op,
		       const struct rule_table *rules)
{
	s->listen = op == NET_LISTEN;
	op = op_of_rules(network, op);
	s->items = calloc(network->n_rules + 1, sizeof(*s->items));
	s->chosen = calloc(network->n_rules + 1, sizeof(*s->chosen));
	s->held = calloc(network->n_rules + 1, 1);
	if (!s->items || !s->chosen || !s->held)
		return -ENOMEM;
	for (size_t i = 0; i < network->n_rules; i++) {
		struct net_item *item = &s->items[s->n_items];
		int r;

		if (network->rules[i]->op != op || net_rule_is_unix(network->rules[i]))
			continue;
		item->rule = network->rules[i];
		item->number = rule_table_number(rules, &item->rule->pos);
		s->n_items++;
		r = net_item_keys(item);
		if (r < 0)
			return r;
	}
	qsort(s->items, s->n_items, sizeof(*s->items), by_number);
	return 0;
}

static int compile_op(const struct policy_network *network, enum net_op op,
		      const struct rule_table *rules, struct words *out, struct port_memo *tables,
		      struct net_table *ret)
{
	POLICY_CLEANUP(net_sweep_clear)
	struct net_sweep s = {
		.dflt = network->dflt,
		.out = out,
		.tables = tables,
	};
	int r = sweep_start(&s, network, op, rules);

	if (!r)
		r = write_family(&s, false, &ret->v4_off, &ret->v4_count);
	if (!r)
		r = write_family(&s, true, &ret->v6_off, &ret->v6_count);
	return r;
}

int net_compile(const struct policy_network *network, const struct rule_table *rules,
		struct words *out, struct policy_head *head)
{
	POLICY_CLEANUP(port_memo_clear) struct port_memo tables = { 0 };
	int r = 0;

	for (int op = 0; op < NET_OPS && !r; op++)
		r = compile_op(network, (enum net_op)op, rules, out, &tables, &head->net[op]);
	return r;
}
