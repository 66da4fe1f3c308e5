/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/image.h"

struct check {
	const struct policy_head *head;
	const uint64_t *words;
};

static bool within(const struct check *c, uint64_t off, uint64_t count)
{
	return off + count <= c->head->words;
}

static bool rule_exists(const struct check *c, uint16_t rule)
{
	return rule == BAILIFF_RULE_NONE || rule < c->head->rules_count;
}

static bool check_sections(const struct check *c)
{
	const struct policy_head *h = c->head;

	return h->words <= BAILIFF_MAX_IMAGE_WORDS && h->dfa_words &&
	       within(c, h->dfa_off, h->dfa_words) &&
	       within(c, h->accept_off, (uint64_t)h->accept_count * ACCEPT_WORDS) &&
	       within(c, h->rules_off, h->rules_count) && h->rules_count <= BAILIFF_MAX_RULES &&
	       within(c, h->files_off, h->files_count) &&
	       within(c, h->strings_off, h->strings_words) && h->default_allow <= NAME_ALL &&
	       h->mode <= POLICY_MODE_ENFORCE && h->own_mode <= POLICY_MODE_ENFORCE &&
	       memchr(h->name, '\0', sizeof(h->name));
}

static bool check_sources(const struct check *c)
{
	const struct policy_head *h = c->head;

	for (uint32_t i = 0; i < h->files_count; i++) {
		uint64_t word = c->words[h->files_off + i];

		if ((word >> 32) + (uint32_t)word > (uint64_t)h->strings_words * 8)
			return false;
	}
	for (uint32_t i = 0; i < h->rules_count; i++)
		if (c->words[h->rules_off + i] >> 32 >= h->files_count)
			return false;
	return true;
}

static bool check_accept(const struct check *c, uint32_t index)
{
	struct policy_accept a;

	memcpy(&a, c->words + c->head->accept_off + (uint64_t)index * ACCEPT_WORDS, sizeof(a));
	for (int bit = 0; bit < NAME_BITS; bit++)
		if (!rule_exists(c, a.rule[bit]))
			return false;
	if (a.ranges > c->head->range_count || (a.ranges && !(a.allow & NAME_SYSCTL_WRITE)))
		return false;
	return (a.allow | a.deny) <= NAME_ALL && !(a.allow & a.deny) && !(a.kill & ~a.deny) &&
	       !(a.audit & ~a.allow) && !(a.quiet & ~a.deny);
}

static bool check_accepts(const struct check *c)
{
	for (uint32_t i = 0; i < c->head->accept_count; i++)
		if (!check_accept(c, i))
			return false;
	return true;
}

/* The states that were met, and those of them whose row is still to be looked at. */
struct walk {
	const struct check *c;
	unsigned n_classes;
	uint8_t *seen; /* by base */
	uint32_t *queue;
	size_t n_queue;
};

static bool check_target(struct walk *w, uint32_t target)
{
	const struct policy_head *h = w->c->head;
	uint32_t base = DFA_BASE(target);
	uint64_t header;

	if (!base)
		return !(target & DFA_TRAP);
	if ((uint64_t)base + w->n_classes >= h->dfa_words)
		return false;
	header = w->c->words[h->dfa_off + base];
	/* a base that an accept index equals could take a header for a transition */
	if (DFA_ACCEPT(header) > h->accept_count || base <= h->accept_count)
		return false;
	if (target & DFA_TRAP && DFA_DEFAULT(header) != target)
		return false;
	if (!w->seen[base]) {
		w->seen[base] = 1;
		w->queue[w->n_queue++] = base;
	}
	return true;
}

static bool check_row(struct walk *w, uint32_t base)
{
	const uint64_t *row = w->c->words + w->c->head->dfa_off + base;
	uint32_t dflt = DFA_DEFAULT(row[0]);

	if (!check_target(w, dflt))
		return false;
	for (unsigned class = 1; class <= w->n_classes; class ++) {
		if (DFA_CHECK(row[class]) != base)
			continue;
		if (dflt & DFA_TRAP && DFA_BASE(dflt) == base && DFA_NEXT(row[class]) != dflt)
			return false;
		if (!check_target(w, DFA_NEXT(row[class])))
			return false;
	}
	return true;
}

static bool check_range_set(const struct check *c, uint32_t index)
{
	uint64_t set = c->words[c->head->range_off + index];
	uint32_t off = RANGE_SET_OFF(set), count = RANGE_SET_COUNT(set);

	if (!count || count > BAILIFF_MAX_RANGES || !within(c, off, (uint64_t)count * RANGE_WORDS))
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!rule_exists(c, RANGE_RULE(c->words[off + i * RANGE_WORDS])))
			return false;
	return true;
}

static bool check_ranges(const struct check *c)
{
	if (!within(c, c->head->range_off, c->head->range_count))
		return false;
	for (uint32_t i = 0; i < c->head->range_count; i++)
		if (!check_range_set(c, i))
			return false;
	return true;
}

static bool check_devices(const struct check *c)
{
	const struct policy_head *h = c->head;

	if (!within(c, h->device_off, h->device_count) || h->device_count > BAILIFF_MAX_RULES ||
	    h->device_default & ~DEVICE_ACCESS)
		return false;
	for (uint32_t i = 0; i < h->device_count; i++)
		if (!rule_exists(c, DEVICE_RULE(c->words[h->device_off + i])))
			return false;
	return true;
}

static int check_dfa(const struct check *c)
{
	const struct policy_head *h = c->head;
	POLICY_CLEANUP(policy_freep) uint8_t *seen = calloc(h->dfa_words, 1);
	POLICY_CLEANUP(policy_freep) uint32_t *queue = calloc(h->dfa_words, sizeof(*queue));
	struct walk w = { .c = c, .seen = seen, .queue = queue };

	if (!seen || !queue)
		return -ENOMEM;
	for (int byte = 0; byte < 256; byte++) {
		if (!h->byte_class[byte])
			return -EBADMSG;
		if (h->byte_class[byte] > w.n_classes)
			w.n_classes = h->byte_class[byte];
	}
	if (c->words[h->dfa_off] || !check_target(&w, h->dfa_start))
		return -EBADMSG;
	while (w.n_queue)
		if (!check_row(&w, queue[--w.n_queue]))
			return -EBADMSG;
	return 0;
}

static bool check_table(const struct check *c, uint32_t table, uint64_t most)
{
	uint64_t count, last = 0;

	if (!within(c, table, 1))
		return false;
	count = c->words[table];
	if (!count || count > most || !within(c, (uint64_t)table + 1, count))
		return false;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t word = c->words[table + 1 + i];
		uint32_t key = NET_PORT_KEY(word);

		if (i ? key <= last : key != 0)
			return false;
		if (NET_PORT_VERDICT(word) > NET_KILL ||
		    NET_PORT_FLAGS(word) & ~(NET_AUDIT | NET_QUIET) ||
		    !rule_exists(c, NET_PORT_RULE(word)))
			return false;
		last = key;
	}
	return true;
}

static bool check_ports(const struct check *c, uint32_t table)
{
	return check_table(c, table, NET_KEY(NET_PROTOS, 0));
}

static bool check_net4(const struct check *c, const struct net_table *table)
{
	uint64_t last = 0;

	if (!table->v4_count || table->v4_count > 1U << 20 ||
	    !within(c, table->v4_off, table->v4_count))
		return false;
	for (uint32_t i = 0; i < table->v4_count; i++) {
		uint64_t word = c->words[table->v4_off + i];

		if ((i ? NET4_FIRST(word) <= last : NET4_FIRST(word) != 0) ||
		    !check_ports(c, NET4_TABLE(word)))
			return false;
		last = NET4_FIRST(word);
	}
	return true;
}

static bool check_net6(const struct check *c, const struct net_table *table)
{
	unsigned __int128 last = 0;

	if (!table->v6_count || table->v6_count > 1U << 20 ||
	    !within(c, table->v6_off, (uint64_t)table->v6_count * NET6_WORDS))
		return false;
	for (uint32_t i = 0; i < table->v6_count; i++) {
		const uint64_t *entry = c->words + table->v6_off + (uint64_t)i * NET6_WORDS;
		unsigned __int128 first = (unsigned __int128)entry[0] << 64 | entry[1];

		if ((i ? first <= last : first != 0) || entry[2] > UINT32_MAX ||
		    !check_ports(c, (uint32_t)entry[2]))
			return false;
		last = first;
	}
	return true;
}

static bool check_net(const struct check *c)
{
	if (!(c->head->classes & CLASS_NETWORK))
		return true;
	if (c->head->classes & CLASS_SOCKET && !check_table(c, c->head->sockets_off, UINT32_MAX))
		return false;
	for (int op = 0; op < NET_OPS; op++)
		if (!check_net4(c, &c->head->net[op]) || !check_net6(c, &c->head->net[op]))
			return false;
	return true;
}

static bool check_numbers(const struct check *c, const struct number_set *set)
{
	if (set->kill & ~set->deny || set->rules_count > 64 ||
	    !within(c, set->rules_off, set->rules_count))
		return false;
	for (uint32_t i = 0; i < set->rules_count; i++)
		if (c->words[set->rules_off + i] > UINT16_MAX ||
		    !rule_exists(c, (uint16_t)c->words[set->rules_off + i]))
			return false;
	return true;
}

int image_check(const struct policy_head *head, const uint64_t *words)
{
	struct check c = { head, words };

	if (!check_sections(&c) || !check_sources(&c) || !check_accepts(&c) || !check_net(&c) ||
	    !check_numbers(&c, &head->capabilities) || !check_numbers(&c, &head->operations) ||
	    !check_ranges(&c) || !check_devices(&c))
		return -EBADMSG;
	return check_dfa(&c);
}
