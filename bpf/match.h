/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The decision itself, compiled for the kernel and for user space alike: one step of the
 * path automaton, the verdict of an accept entry, the verdict of an address.
 *
 * The includer defines image_t, `bool image_read(image_t *image, __u32 index, __u64 *ret)`, which
 * is false for a word beyond the end, and MATCH_INLINE.
 */
#ifndef BAILIFF_MATCH_H
#define BAILIFF_MATCH_H

#include "abi_policy.h"

#define MATCH_NETLINK 16 /* AF_NETLINK */

enum verdict {
	VERDICT_ALLOW = 0,
	VERDICT_DENY = 1,
	VERDICT_KILL = 2,
};

/* What was decided and by which rule. `record`: an event is wanted (an allowed access with
 * `audit`, or a denial without `quiet`). */
struct decision {
	__u8 verdict; /* enum verdict */
	__u8 record;
	__u16 rule; /* BAILIFF_RULE_NONE: the default */
};

/* A word of an image; 0 beyond the end. */
static MATCH_INLINE __u64 image_word(image_t *image, __u32 index)
{
	__u64 word;

	return image_read(image, index, &word) ? word : 0;
}

/* The state that follows `state` on byte `c`, DFA_TRAP included; 0 is dead. `base` is
 * head->dfa_off, `byte_class` head->byte_class[c]. */
static MATCH_INLINE __u32 match_step(image_t *image, __u32 base, __u32 state, __u8 byte_class)
{
	__u64 word;

	if (image_read(image, base + state + byte_class, &word) && DFA_CHECK(word) == state)
		return DFA_NEXT(word);
	return DFA_DEFAULT(image_word(image, base + state));
}

static MATCH_INLINE __u32 match_lowest_bit(__u32 mask)
{
	__u32 bit = 0;

	if (!(mask & 0xff)) {
		mask >>= 8;
		bit = 8;
	}
	if (!(mask & 0xf)) {
		mask >>= 4;
		bit += 4;
	}
	if (!(mask & 3)) {
		mask >>= 2;
		bit += 2;
	}
	return bit + !(mask & 1);
}

/* Are all bits of `want` allowed without a record? The rule is not looked for. */
static MATCH_INLINE int match_allows(image_t *image, const struct policy_head *head, __u32 state,
				     __u32 want)
{
	__u32 accept = DFA_ACCEPT(image_word(image, head->dfa_off + DFA_BASE(state)));
	__u64 masks;

	if (!accept)
		return !(want & ~head->default_allow);
	masks = image_word(image, head->accept_off + (accept - 1) * ACCEPT_WORDS);
	return !(want & ((~masks & ~head->default_allow) | masks >> 16 | masks >> 48));
}

/* Verdict of the state that a path ended in, for all bits of `want`: denied if one is.
 * Deny wins over allow, allow over the default. */
static MATCH_INLINE struct decision match_access(image_t *image, const struct policy_head *head,
						 __u32 state, __u32 want)
{
	struct decision d = { .rule = BAILIFF_RULE_NONE };
	__u32 accept = DFA_ACCEPT(image_word(image, head->dfa_off + DFA_BASE(state)));
	__u32 allow = 0, deny = 0, kill = 0, audit = 0, quiet = 0, entry = 0, unmatched, bits;

	if (accept) {
		__u64 masks;

		entry = head->accept_off + (accept - 1) * ACCEPT_WORDS;
		masks = image_word(image, entry);
		allow = masks & want;
		deny = (masks >> 16) & want;
		kill = (masks >> 32) & want;
		audit = (masks >> 48) & want;
	}
	unmatched = want & ~(allow | deny | head->default_allow);
	if (!(deny | unmatched)) {
		bits = audit & allow ? audit & allow : allow;
		d.record = (audit & allow) != 0;
	} else {
		if (deny)
			quiet = image_word(image, entry + 1) & want;
		bits = kill ? kill : deny;
		if (bits & ~quiet)
			bits &= ~quiet; /* the rule that has it recorded */
		d.verdict = kill ? VERDICT_KILL : VERDICT_DENY;
		d.record = unmatched || (deny & ~quiet);
	}
	if (bits) {
		__u32 index = match_lowest_bit(bits) + 5; /* 16-bit index in struct policy_accept */
		__u64 word = image_word(image, entry + index / 4);

		d.rule = (__u16)(word >> (16 * (index & 3)));
	}
	return d;
}

/* The denials among the bits of `want` that a name has and another lacks: a file that has or
 * gets the other name would lose them. Denied by the first rule that would be lost; `kill`
 * stays a kill. With 0 for `to`: all denials of the name. */
static MATCH_INLINE struct decision match_lost(image_t *image, const struct policy_head *head,
					       __u32 from, __u32 to, __u32 want)
{
	struct decision d = { .rule = BAILIFF_RULE_NONE };
	__u32 had = DFA_ACCEPT(image_word(image, head->dfa_off + DFA_BASE(from)));
	__u32 has = DFA_ACCEPT(image_word(image, head->dfa_off + DFA_BASE(to)));
	__u64 masks;
	__u32 lost;

	if (!had || had == has)
		return d;
	masks = image_word(image, head->accept_off + (had - 1) * ACCEPT_WORDS);
	lost = (masks >> 16) & 0xffff & want;
	if (has)
		lost &= ~(image_word(image, head->accept_off + (has - 1) * ACCEPT_WORDS) >> 16);
	if (!lost)
		return d;
	return match_access(image, head, from, lost);
}

/* Would what is below a directory lose denials if it moved from the path that ends in state
 * `from` to the one that ends in `to`? No if both go on alike: the automaton has one state for
 * all paths after which the same is decided. */
static MATCH_INLINE __u32 match_loses_below(image_t *image, const struct policy_head *head,
					    __u32 from, __u32 to)
{
	__u32 slash = head->byte_class['/'];

	from = DFA_BASE(from);
	to = DFA_BASE(to);
	if (from)
		from = DFA_BASE(match_step(image, head->dfa_off, from, slash));
	if (to)
		to = DFA_BASE(match_step(image, head->dfa_off, to, slash));
	return from && from != to && (image_word(image, head->dfa_off + from) & DFA_REACHES_DENIAL);
}

/* Verdict on a capability or an operation; without a rule the default decided. */
static MATCH_INLINE struct decision match_number(image_t *image, const struct number_set *set,
						 __u32 number)
{
	struct decision d = { .rule = BAILIFF_RULE_NONE };
	__u64 bit = 1ULL << (number & 63);

	if (set->kill & bit)
		d.verdict = VERDICT_KILL;
	else if (set->deny & bit)
		d.verdict = VERDICT_DENY;
	d.record = d.verdict != VERDICT_ALLOW;
	if (number < set->rules_count)
		d.rule = (__u16)image_word(image, set->rules_off + number);
	return d;
}

/* 1 if a < b, else 0, without a branch: the searches below have one way through a step, which
 * the verifier needs (Warren, "Hacker's Delight", 2-12). */
static MATCH_INLINE __u32 match_below(__u64 a, __u64 b)
{
	return ((~a & b) | (~(a ^ b) & (a - b))) >> 63;
}

/* One halving: `above` is 1 if the entry in the middle is above what is searched. */
static MATCH_INLINE void match_halve(__u32 *low, __u32 *high, __u32 above)
{
	__u32 middle = (*low + *high) / 2;

	*high -= (*high - middle) * above;
	*low += (middle - *low) * (1 - above);
}

/* Verdict of a port table for NET_KEY() `key`: the last entry that is not above it. */
static MATCH_INLINE struct decision match_port(image_t *image, __u32 table, __u32 key)
{
	struct decision d = { .rule = BAILIFF_RULE_NONE };
	__u32 low = 0, high = (__u32)image_word(image, table);
	__u64 word;

	if (!high) /* no image: an empty table never comes from the compiler */
		return (struct decision){ VERDICT_DENY, 1, BAILIFF_RULE_NONE };
	/* keys end at NET_PROTOS * 65536, so that 18 halvings reach every entry */
	for (int i = 0; i < 18 && high - low > 1; i++) {
		word = image_word(image, table + 1 + (low + high) / 2);
		match_halve(&low, &high, match_below(key, NET_PORT_KEY(word)));
	}
	word = image_word(image, table + 1 + low);
	d.verdict = NET_PORT_VERDICT(word);
	d.rule = NET_PORT_RULE(word);
	if (d.verdict == VERDICT_ALLOW)
		d.record = (NET_PORT_FLAGS(word) & NET_AUDIT) != 0;
	else
		d.record = !(NET_PORT_FLAGS(word) & NET_QUIET);
	return d;
}

/* The key of a socket in the table of those that may be created. */
static MATCH_INLINE __u32 match_socket_key(__u32 family, __u32 type, __u32 protocol)
{
	return SOCKET_KEY(family, family == MATCH_NETLINK ? 0 : type, protocol);
}

/* The port table for an IPv4 address in host order. */
static MATCH_INLINE __u32 match_find4(image_t *image, const struct net_table *table, __u32 address)
{
	__u32 low = 0, high = table->v4_count;

	for (int i = 0; i < 20 && high - low > 1; i++) {
		__u64 word = image_word(image, table->v4_off + (low + high) / 2);

		match_halve(&low, &high, match_below(address, NET4_FIRST(word)));
	}
	return NET4_TABLE(image_word(image, table->v4_off + low));
}

/* The port table for an IPv6 address: its halves in host order. */
static MATCH_INLINE __u32 match_find6(image_t *image, const struct net_table *table, __u64 hi,
				      __u64 lo)
{
	__u32 low = 0, high = table->v6_count;

	for (int i = 0; i < 20 && high - low > 1; i++) {
		__u32 at = table->v6_off + (low + high) / 2 * NET6_WORDS;
		__u64 first_hi = image_word(image, at), first_lo = image_word(image, at + 1);
		__u32 same = 1 - (match_below(hi, first_hi) | match_below(first_hi, hi));

		match_halve(&low, &high,
			    match_below(hi, first_hi) | (same & match_below(lo, first_lo)));
	}
	return (__u32)image_word(image, table->v6_off + low * NET6_WORDS + 2);
}

/* The verdict for an address and NET_KEY(). */
static MATCH_INLINE struct decision match_net4(image_t *image, const struct net_table *table,
					       __u32 address, __u32 key)
{
	return match_port(image, match_find4(image, table, address), key);
}

static MATCH_INLINE struct decision match_net6(image_t *image, const struct net_table *table,
					       __u64 hi, __u64 lo, __u32 key)
{
	return match_port(image, match_find6(image, table, hi, lo), key);
}

#include "match_device.h"
#include "match_value.h"

#endif
