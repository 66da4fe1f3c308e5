/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/outcome.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/hash.h"

void outcome_clear(struct outcome *o)
{
	memset(o, 0, sizeof(*o));
	memset(o->first, 0xff, sizeof(o->first));
}

bool outcome_is_clear(const struct outcome *o)
{
	struct outcome clear;

	outcome_clear(&clear);
	return !memcmp(o, &clear, sizeof(clear));
}

void outcome_add(struct outcome *o, uint16_t access, const struct policy_verdict *verdict,
		 uint16_t rule)
{
	enum outcome_kind kind = OUTCOME_AUDIT;

	if (verdict->action == ACTION_ALLOW && !verdict->audit) {
		o->allow |= access;
		return;
	}
	if (verdict->action == ACTION_KILL)
		kind = verdict->quiet ? OUTCOME_KILL_QUIET : OUTCOME_KILL;
	else if (verdict->action == ACTION_DENY)
		kind = verdict->quiet ? OUTCOME_DENY_QUIET : OUTCOME_DENY;
	for (int bit = 0; bit < NAME_BITS; bit++)
		if (access & 1 << bit && rule < o->first[kind][bit])
			o->first[kind][bit] = rule;
}

void outcome_merge(struct outcome *o, const struct outcome *other)
{
	o->allow |= other->allow;
	o->ranged |= other->ranged;
	for (int kind = 0; kind < OUTCOME_KINDS; kind++)
		for (int bit = 0; bit < NAME_BITS; bit++)
			if (other->first[kind][bit] < o->first[kind][bit])
				o->first[kind][bit] = other->first[kind][bit];
}

static void accept_bit(const struct outcome *o, int bit, uint16_t default_allow,
		       struct policy_accept *a)
{
	uint16_t mask = (uint16_t)(1 << bit), named[OUTCOME_KINDS];
	uint16_t kill, deny;

	for (int kind = 0; kind < OUTCOME_KINDS; kind++)
		named[kind] = o->first[kind][bit];
	kill = named[OUTCOME_KILL] != BAILIFF_RULE_NONE ? named[OUTCOME_KILL]
							: named[OUTCOME_KILL_QUIET];
	deny = named[OUTCOME_DENY] != BAILIFF_RULE_NONE ? named[OUTCOME_DENY]
							: named[OUTCOME_DENY_QUIET];
	if (kill != BAILIFF_RULE_NONE || deny != BAILIFF_RULE_NONE) {
		a->deny |= mask;
		a->kill |= kill != BAILIFF_RULE_NONE ? mask : 0;
		a->rule[bit] = kill != BAILIFF_RULE_NONE ? kill : deny;
		if (named[OUTCOME_KILL] == BAILIFF_RULE_NONE &&
		    named[OUTCOME_DENY] == BAILIFF_RULE_NONE)
			a->quiet |= mask;
	} else if (named[OUTCOME_AUDIT] != BAILIFF_RULE_NONE) {
		a->allow |= mask;
		a->audit |= mask;
		a->rule[bit] = named[OUTCOME_AUDIT];
	} else if (o->allow & mask & ~default_allow) {
		a->allow |= mask;
	} else if (mask == NAME_SYSCTL_WRITE && (o->ranged || o->allow & mask)) {
		/* even what the default allows: it outweighs a range, which outweighs the default
		 */
		a->allow |= mask;
	}
}

uint64_t outcome_ranges(const struct outcome *o)
{
	if (o->allow & NAME_SYSCTL_WRITE)
		return 0;
	for (int kind = 0; kind < OUTCOME_KINDS; kind++)
		if (o->first[kind][NAME_SYSCTL_WRITE_BIT] != BAILIFF_RULE_NONE)
			return 0;
	return o->ranged;
}

void outcome_accept(const struct outcome *o, uint16_t default_allow, struct policy_accept *ret)
{
	*ret = (struct policy_accept){ 0 };
	for (int bit = 0; bit < NAME_BITS; bit++) {
		ret->rule[bit] = BAILIFF_RULE_NONE;
		accept_bit(o, bit, default_allow, ret);
	}
}

bool outcome_absorbs(const struct outcome *o, const struct outcome *more, uint16_t default_allow)
{
	struct outcome both = *o;
	struct policy_accept before, after;

	/* Bit by bit, what wins now hides the same for ever: more rules only raise the winner,
	 * and a lower number of the same kind would have shown. */
	outcome_merge(&both, more);
	outcome_accept(o, default_allow, &before);
	outcome_accept(&both, default_allow, &after);
	return !memcmp(&before, &after, sizeof(before)) &&
	       outcome_ranges(o) == outcome_ranges(&both);
}

static size_t pool_slot(const struct outcome_pool *pool, const struct outcome *o)
{
	size_t slot = hash_mix(hash_bytes(HASH_FNV, o, sizeof(*o))) & (pool->n_slots - 1);

	while (pool->slots[slot] && memcmp(&pool->items[pool->slots[slot] - 1], o, sizeof(*o)))
		slot = (slot + 1) & (pool->n_slots - 1);
	return slot;
}

static int pool_grow(struct outcome_pool *pool)
{
	size_t capacity = pool->capacity ? pool->capacity * 2 : 64;
	struct outcome *items = reallocarray(pool->items, capacity, sizeof(*items));
	uint32_t *slots;

	if (!items)
		return -ENOMEM;
	pool->items = items;
	slots = calloc(capacity * 2, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	free(pool->slots);
	pool->slots = slots;
	pool->n_slots = capacity * 2;
	pool->capacity = capacity;
	for (size_t i = 0; i < pool->count; i++)
		slots[pool_slot(pool, &items[i])] = (uint32_t)i + 1;
	return 0;
}

int outcome_pool_init(struct outcome_pool *pool)
{
	struct outcome clear;
	int r;

	*pool = (struct outcome_pool){ 0 };
	outcome_clear(&clear);
	r = outcome_pool_add(pool, &clear);
	if (r < 0)
		outcome_pool_clear(pool);
	return r;
}

void outcome_pool_clear(struct outcome_pool *pool)
{
	free(pool->items);
	free(pool->slots);
	*pool = (struct outcome_pool){ 0 };
}

int outcome_pool_add(struct outcome_pool *pool, const struct outcome *o)
{
	size_t slot;

	if (pool->count == pool->capacity) {
		int r = pool_grow(pool);

		if (r < 0)
			return r;
	}
	slot = pool_slot(pool, o);
	if (!pool->slots[slot]) {
		pool->items[pool->count++] = *o;
		pool->slots[slot] = (uint32_t)pool->count;
	}
	return (int)pool->slots[slot] - 1;
}
