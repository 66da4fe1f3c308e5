/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/netports.h"

#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/hash.h"
#include "policy/names.h"

#define KEY_END NET_KEY(NET_PROTOS, 0)

void port_memo_clear(struct port_memo *memo)
{
	free(memo->slots);
	*memo = (struct port_memo){ 0 };
}

static struct port_slot *find_slot(struct port_slot *slots, size_t n, const uint64_t key[2])
{
	size_t at = hash_mix(key[0]) & (n - 1);

	while (slots[at].table && (slots[at].key[0] != key[0] || slots[at].key[1] != key[1]))
		at = (at + 1) & (n - 1);
	return &slots[at];
}

struct port_slot *port_memo_slot(struct port_memo *memo, const uint64_t key[2])
{
	if (memo->count * 2 >= memo->n_slots) {
		size_t n = memo->n_slots ? memo->n_slots * 2 : 64;
		struct port_slot *slots = calloc(n, sizeof(*slots));

		if (!slots)
			return NULL;
		for (size_t i = 0; i < memo->n_slots; i++)
			if (memo->slots[i].table)
				*find_slot(slots, n, memo->slots[i].key) = memo->slots[i];
		free(memo->slots);
		memo->slots = slots;
		memo->n_slots = n;
	}
	return find_slot(memo->slots, memo->n_slots, key);
}

void port_memo_take(struct port_memo *memo, struct port_slot *slot, const uint64_t key[2],
		    uint32_t table)
{
	memo->count += !slot->table;
	*slot = (struct port_slot){ { key[0], key[1] }, table };
}

static int by_first(const void *a, const void *b)
{
	const struct key_range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Sorts, and makes one range of those that overlap or touch. */
static void join_ranges(struct net_item *item)
{
	struct key_range *keys = item->keys;
	size_t kept = 0;

	qsort(keys, item->n_keys, sizeof(*keys), by_first);
	for (size_t i = 0; i < item->n_keys; i++) {
		if (kept && keys[i].first <= keys[kept - 1].last + 1) {
			if (keys[i].last > keys[kept - 1].last)
				keys[kept - 1].last = keys[i].last;
		} else {
			keys[kept++] = keys[i];
		}
	}
	item->n_keys = kept;
}

static bool proto_matches(const struct net_rule *rule, enum net_proto proto)
{
	if (rule->proto)
		return names_proto(rule->proto)->proto == proto;
	return !rule->n_ports || proto != NET_PROTO_OTHER;
}

int net_item_keys(struct net_item *item)
{
	static const struct port_range every = { 0, 65535 };
	const struct net_rule *rule = item->rule;
	const struct port_range *ports = rule->n_ports ? rule->ports : &every;
	size_t n = rule->n_ports ? rule->n_ports : 1;

	item->keys = calloc(n * NET_PROTOS, sizeof(*item->keys));
	if (!item->keys)
		return -ENOMEM;
	for (int proto = 0; proto < NET_PROTOS; proto++)
		for (size_t i = 0; i < n && proto_matches(rule, (enum net_proto)proto); i++)
			item->keys[item->n_keys++] = (struct key_range){
				NET_KEY(proto, ports[i].first),
				NET_KEY(proto, ports[i].last),
			};
	join_ranges(item);
	return 0;
}

enum net_kind {
	NET_KIND_KILL,
	NET_KIND_KILL_QUIET,
	NET_KIND_DENY,
	NET_KIND_DENY_QUIET,
	NET_KIND_AUDIT,
	NET_KIND_ALLOW,
	NET_KINDS,
};

static enum net_kind rule_kind(const struct policy_verdict *verdict)
{
	if (verdict->action == ACTION_KILL)
		return verdict->quiet ? NET_KIND_KILL_QUIET : NET_KIND_KILL;
	if (verdict->action == ACTION_DENY)
		return verdict->quiet ? NET_KIND_DENY_QUIET : NET_KIND_DENY;
	return verdict->audit ? NET_KIND_AUDIT : NET_KIND_ALLOW;
}

#define NO_ITEM UINT32_MAX /* an event that is none of a rule */

/* A rule begins or ceases to hold at a key. */
struct key_event {
	uint32_t key;
	uint32_t item;
};

/* The rules that hold at the key that the sweep has come to: a bitmap of items per kind. */
struct sweep {
	const struct net_item *const *items;
	enum policy_default dflt;
	size_t n_bits; /* words of one bitmap */
	uint64_t *held;
	bool listen;
	struct words table;
};

static int by_key(const void *a, const void *b)
{
	const struct key_event *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

static void toggle(struct sweep *s, uint32_t item)
{
	enum net_kind kind;

	if (item == NO_ITEM)
		return;
	kind = rule_kind(&s->items[item]->rule->verdict);
	s->held[kind * s->n_bits + item / 64] ^= 1ULL << (item % 64);
}

/* The number of the first rule of a kind that holds, or BAILIFF_RULE_NONE. */
static uint16_t first_of(const struct sweep *s, enum net_kind kind)
{
	for (size_t i = 0; i < s->n_bits; i++) {
		uint64_t bits = s->held[kind * s->n_bits + i];

		if (bits)
			return s->items[i * 64 + (size_t)__builtin_ctzll(bits)]->number;
	}
	return BAILIFF_RULE_NONE;
}

static uint64_t decide(const struct sweep *s, uint32_t key)
{
	uint16_t loud_kill = first_of(s, NET_KIND_KILL), loud_deny = first_of(s, NET_KIND_DENY);
	uint16_t kill =
		loud_kill != BAILIFF_RULE_NONE ? loud_kill : first_of(s, NET_KIND_KILL_QUIET);
	uint16_t deny =
		loud_deny != BAILIFF_RULE_NONE ? loud_deny : first_of(s, NET_KIND_DENY_QUIET);
	bool loud = loud_kill != BAILIFF_RULE_NONE || loud_deny != BAILIFF_RULE_NONE;
	uint16_t audit, allow;

	if (kill != BAILIFF_RULE_NONE)
		return NET_PORT(key, NET_KILL, loud ? 0 : NET_QUIET, kill);
	if (deny != BAILIFF_RULE_NONE)
		return NET_PORT(key, NET_DENY, loud ? 0 : NET_QUIET, deny);
	audit = first_of(s, NET_KIND_AUDIT);
	if (audit != BAILIFF_RULE_NONE)
		return NET_PORT(key, NET_ALLOW, NET_AUDIT, audit);
	allow = first_of(s, NET_KIND_ALLOW);
	if (allow != BAILIFF_RULE_NONE || s->dflt != DEFAULT_DENY)
		return NET_PORT(key, NET_ALLOW, 0, allow);
	return NET_PORT(key, NET_DENY, 0, BAILIFF_RULE_NONE);
}

static int add_verdict(struct sweep *s, uint32_t key)
{
	uint64_t word = decide(s, key);
	bool apart = s->listen && (uint16_t)key <= 1;

	/* word 0 is the count */
	if (s->table.count > 1 && !apart &&
	    (uint32_t)s->table.items[s->table.count - 1] == (uint32_t)word)
		return 0;
	return words_append_one(&s->table, word);
}

static size_t collect_events(const struct net_item *const *items, size_t n, bool listen,
			     struct key_event *events)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < items[i]->n_keys; j++) {
			const struct key_range *range = &items[i]->keys[j];

			events[count++] = (struct key_event){ range->first, (uint32_t)i };
			events[count++] = (struct key_event){ range->last + 1, (uint32_t)i };
		}
	}
	for (uint32_t proto = 0; listen && proto < NET_PROTOS; proto++) {
		events[count++] = (struct key_event){ NET_KEY(proto, 0), NO_ITEM };
		events[count++] = (struct key_event){ NET_KEY(proto, 1), NO_ITEM };
	}
	qsort(events, count, sizeof(*events), by_key);
	return count;
}

/* Fills `s->table`: a verdict for key 0, and for each key where it changes. */
static int sweep_keys(struct sweep *s, const struct key_event *events, size_t n)
{
	int r = words_append_one(&s->table, 0);
	size_t i = 0;

	for (uint32_t key = 0; !r && key < KEY_END;) {
		for (; i < n && events[i].key == key; i++)
			toggle(s, events[i].item);
		r = add_verdict(s, key);
		key = i < n ? events[i].key : KEY_END;
	}
	if (!r)
		s->table.items[0] = s->table.count - 1;
	return r;
}

static int write_once(const struct words *table, struct words *out, struct port_memo *tables,
		      uint32_t *ret)
{
	size_t size = table->count * sizeof(*table->items);
	uint64_t key[2] = { hash_bytes(HASH_FNV, table->items, size), hash_mix(table->count) };
	struct port_slot *slot = port_memo_slot(tables, key);
	int r;

	if (!slot)
		return -ENOMEM;
	if (slot->table && slot->table + table->count <= out->count &&
	    !memcmp(out->items + slot->table, table->items, size)) {
		*ret = slot->table;
		return 0;
	}
	*ret = (uint32_t)out->count;
	r = words_append(out, table->items, table->count);
	if (!r)
		port_memo_take(tables, slot, key, *ret);
	return r;
}

/* A socket that listens without a port gets one that nobody is asked about: port 0 is denied by
 * the first rule that denies any port. Each port 0 has an entry of its own. */
static void deny_any_port(struct sweep *s)
{
	for (size_t i = 1; i < s->table.count; i++) {
		uint64_t *at = &s->table.items[i];

		if ((uint16_t)NET_PORT_KEY(*at) || NET_PORT_VERDICT(*at) != NET_ALLOW)
			continue;
		for (size_t j = i + 1; j < s->table.count; j++) {
			uint64_t word = s->table.items[j];

			if (NET_PORT_KEY(word) >> 16 != NET_PORT_KEY(*at) >> 16)
				break;
			if (NET_PORT_VERDICT(word) == NET_ALLOW ||
			    NET_PORT_RULE(word) == BAILIFF_RULE_NONE)
				continue;
			*at = NET_PORT(NET_PORT_KEY(*at), NET_DENY, NET_PORT_FLAGS(word),
				       NET_PORT_RULE(word));
			break;
		}
	}
}

int net_ports_write(const struct net_item *const *items, size_t n, enum policy_default dflt,
		    bool listen, struct words *out, struct port_memo *tables, uint32_t *ret)
{
	POLICY_CLEANUP(policy_freep) struct key_event *events = NULL;
	POLICY_CLEANUP(policy_freep) uint64_t *held = NULL;
	struct sweep s = { .items = items, .dflt = dflt, .n_bits = n / 64 + 1, .listen = listen };
	size_t n_events = 0;
	int r;

	for (size_t i = 0; i < n; i++)
		n_events += items[i]->n_keys * 2;
	events = calloc(n_events + NET_PROTOS * 2 + 1, sizeof(*events));
	s.held = held = calloc(s.n_bits * NET_KINDS, sizeof(*held));
	if (!events || !held)
		return -ENOMEM;
	n_events = collect_events(items, n, listen, events);
	r = sweep_keys(&s, events, n_events);
	if (!r && listen)
		deny_any_port(&s);
	if (!r)
		r = write_once(&s.table, out, tables, ret);
	words_clear(&s.table);
	return r;
}
