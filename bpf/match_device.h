/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decision on a device: part of match.h. Each access bit is decided by itself. */
#ifndef BAILIFF_MATCH_DEVICE_H
#define BAILIFF_MATCH_DEVICE_H

#define MATCH_DEVICE_BITS 3

/* A device that is asked for, and what the entries that were seen say on it. */
struct device_match {
	__u32 type, major, minor;
	__u32 want; /* DEVICE_* */
	__u32 allow, deny;
	__u16 allow_rule[MATCH_DEVICE_BITS], deny_rule[MATCH_DEVICE_BITS]; /* the first of each */
};

static MATCH_INLINE void match_device_begin(struct device_match *m)
{
	m->allow = m->deny = 0;
	for (int bit = 0; bit < MATCH_DEVICE_BITS; bit++)
		m->allow_rule[bit] = m->deny_rule[bit] = BAILIFF_RULE_NONE;
}

static MATCH_INLINE void match_device_note(__u32 bits, __u16 *rules, __u16 rule)
{
	for (int bit = 0; bit < MATCH_DEVICE_BITS; bit++)
		if (bits & 1U << bit)
			rules[bit] = rule;
}

/* Takes one entry of the table into account. Before 6.7 the verifier follows a step of bpf_loop()
 * once only, so that nothing here may hang on what was noted before, but by arithmetic. */
static MATCH_INLINE void match_device_entry(struct device_match *m, __u64 entry)
{
	__u32 bits = DEVICE_ACCESS_OF(entry) & m->want;

	if (!bits || !(DEVICE_TYPES(entry) & m->type))
		return;
	if (!(entry & DEVICE_ENTRY_ANY_MAJOR) && DEVICE_MAJOR(entry) != m->major)
		return;
	if (!(entry & DEVICE_ENTRY_ANY_MINOR) && DEVICE_MINOR(entry) != m->minor)
		return;
	if (entry & DEVICE_ENTRY_DENY) {
		match_device_note(bits & ~m->deny, m->deny_rule, DEVICE_RULE(entry));
		m->deny |= bits;
	} else {
		match_device_note(bits & ~m->allow, m->allow_rule, DEVICE_RULE(entry));
		m->allow |= bits;
	}
}

/* The rule of the first bit that has one. */
static MATCH_INLINE __u16 match_device_rule(const __u16 *rules)
{
	for (int bit = 0; bit < MATCH_DEVICE_BITS; bit++)
		if (rules[bit] != BAILIFF_RULE_NONE)
			return rules[bit];
	return BAILIFF_RULE_NONE;
}

/* After all entries: deny wins over allow, allow over the default. */
static MATCH_INLINE struct decision match_device_end(const struct policy_head *head,
						     const struct device_match *m)
{
	__u32 unmatched = m->want & ~(m->allow | m->deny | head->device_default);

	if (m->deny || unmatched)
		return (struct decision){ VERDICT_DENY, 1, match_device_rule(m->deny_rule) };
	return (struct decision){ VERDICT_ALLOW, 0, match_device_rule(m->allow_rule) };
}

#endif
