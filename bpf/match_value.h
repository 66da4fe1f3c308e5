/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The new value of a sysctl under ranges: part of match.h. Values are read as proc_dointvec() and
 * its like read them (kernel/sysctl.c, proc_get_long()): decimal, octal or hexadecimal numbers
 * with a "-" or without, between blanks, tabs and newlines. What is written otherwise is no
 * value, and of several numbers all must be in one range.
 */
#ifndef BAILIFF_MATCH_VALUE_H
#define BAILIFF_MATCH_VALUE_H

enum value_state {
	VALUE_BETWEEN, /* numbers */
	VALUE_SIGN,    /* after the "-" */
	VALUE_ZERO,    /* after a "0" that begins a number */
	VALUE_PREFIX,  /* after "0x" */
	VALUE_DIGITS,
	VALUE_BAD,
};

struct value_match {
	__u32 state; /* enum value_state */
	__u32 base;
	__u64 magnitude; /* of the number under way */
	__u8 negative;
	__u8 any;  /* a number was seen */
	__u8 huge; /* one is above the largest __s64 */
	__u8 pad[5];
	__s64 lowest, highest;
};

static MATCH_INLINE __u32 match_digit(__u8 c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* The number that ends here. */
static MATCH_INLINE void match_value_number(struct value_match *v)
{
	__s64 number = v->negative ? (__s64)(0 - v->magnitude) : (__s64)v->magnitude;

	if (v->negative && v->magnitude > 1ULL << 63) {
		v->state = VALUE_BAD;
		return;
	}
	if (!v->negative && v->magnitude >> 63) {
		v->huge = 1;
		number = (__s64)(~0ULL >> 1);
	}
	if (!v->any || number < v->lowest)
		v->lowest = number;
	if (!v->any || number > v->highest)
		v->highest = number;
	v->any = 1;
	v->negative = 0;
	v->magnitude = 0;
	v->state = VALUE_BETWEEN;
}

static MATCH_INLINE void match_value_digit(struct value_match *v, __u8 c)
{
	__u32 digit = match_digit(c);

	if (digit >= v->base || v->magnitude > (~0ULL - digit) / v->base) {
		v->state = VALUE_BAD;
		return;
	}
	v->magnitude = v->magnitude * v->base + digit;
	v->state = VALUE_DIGITS;
}

/* Takes one byte of the value. */
static MATCH_INLINE void match_value_byte(struct value_match *v, __u8 c)
{
	if (v->state == VALUE_BAD)
		return;
	if (c == ' ' || c == '\t' || c == '\n') {
		if (v->state == VALUE_ZERO || v->state == VALUE_DIGITS)
			match_value_number(v);
		else if (v->state != VALUE_BETWEEN)
			v->state = VALUE_BAD;
		return;
	}
	if (v->state == VALUE_BETWEEN && c == '-') {
		v->negative = 1;
		v->state = VALUE_SIGN;
	} else if (v->state == VALUE_BETWEEN || v->state == VALUE_SIGN) {
		v->base = 10;
		match_value_digit(v, c);
		if (c == '0') {
			v->base = 8;
			v->state = VALUE_ZERO;
		}
	} else if (v->state == VALUE_ZERO && (c | 0x20) == 'x') {
		v->base = 16;
		v->state = VALUE_PREFIX;
	} else {
		match_value_digit(v, c);
	}
}

/* After the last byte: false if it is no list of integers. */
static MATCH_INLINE int match_value_end(struct value_match *v)
{
	if (v->state == VALUE_ZERO || v->state == VALUE_DIGITS)
		match_value_number(v);
	return v->state == VALUE_BETWEEN && v->any;
}

/* Are all numbers in the range that begins at word `at`? */
static MATCH_INLINE int match_value_fits(image_t *image, __u32 at, const struct value_match *v)
{
	__u32 flags = RANGE_FLAGS(image_word(image, at));

	if (flags & RANGE_HAS_MIN && v->lowest < (__s64)image_word(image, at + 1))
		return 0;
	if (!(flags & RANGE_HAS_MAX))
		return 1;
	return !v->huge && v->highest <= (__s64)image_word(image, at + 2);
}

/* The ranges that hold for a name which ended in `state`: a word RANGE_SET(); 0 if there are
 * none. */
static MATCH_INLINE __u64 match_ranges(image_t *image, const struct policy_head *head, __u32 state)
{
	__u32 accept = DFA_ACCEPT(image_word(image, head->dfa_off + DFA_BASE(state)));
	__u32 ranges;

	if (!accept)
		return 0;
	ranges = image_word(image, head->accept_off + accept * ACCEPT_WORDS - 1) >> 48;
	return ranges ? image_word(image, head->range_off + ranges - 1) : 0;
}

/* The decision on a value by a set of ranges, before one of them was tried: denied by the rule of
 * the first. */
static MATCH_INLINE struct decision match_value_begin(image_t *image, __u64 set)
{
	return (struct decision){ VERDICT_DENY, 1,
				  RANGE_RULE(image_word(image, RANGE_SET_OFF(set))) };
}

/* Tries the range `i` of the set: true if it decides, and none need be tried after it. */
static MATCH_INLINE int match_value_try(image_t *image, __u64 set, __u32 i,
					const struct value_match *v, struct decision *d)
{
	__u32 at = RANGE_SET_OFF(set) + i * RANGE_WORDS;

	if (!match_value_fits(image, at, v))
		return 0;
	*d = (struct decision){ VERDICT_ALLOW, 0, RANGE_RULE(image_word(image, at)) };
	return 1;
}

#endif
