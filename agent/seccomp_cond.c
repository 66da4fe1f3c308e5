/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "agent/seccomp_cond.h"

bool cond_test_holds(const struct cond_test *test, uint64_t value)
{
	switch (test->op) {
	case COND_NE:
		return value != test->value;
	case COND_LT:
		return value < test->value;
	case COND_LE:
		return value <= test->value;
	case COND_EQ:
		return value == test->value;
	case COND_GE:
		return value >= test->value;
	case COND_GT:
		return value > test->value;
	case COND_MASKED_EQ:
		return (value & test->value) == (test->masked & test->value);
	}
	return false;
}

bool cond_holds(const struct cond *cond, const uint64_t arguments[COND_ARGUMENTS])
{
	for (size_t i = 0; i < cond->count; i++)
		if (!cond_test_holds(&cond->tests[i], arguments[cond->tests[i].argument]))
			return false;
	return true;
}

static bool same_test(const struct cond_test *a, const struct cond_test *b)
{
	if (a->argument != b->argument || a->op != b->op || a->value != b->value)
		return false;
	return a->op != COND_MASKED_EQ || (a->masked & a->value) == (b->masked & b->value);
}

/* Two tests of one argument as one, in `old`; as cond_add(). */
static int both(struct cond_test *old, const struct cond_test *new)
{
	if (same_test(old, new))
		return 1;
	if (old->op == COND_EQ)
		return cond_test_holds(new, old->value);
	if (new->op == COND_EQ) {
		if (!cond_test_holds(old, new->value))
			return 0;
		*old = *new;
		return 1;
	}
	if (old->op != COND_MASKED_EQ || new->op != COND_MASKED_EQ)
		return -EDOM;
	if ((old->masked ^ new->masked) & old->value & new->value)
		return 0;
	old->masked = (old->masked & old->value) | (new->masked &new->value);
	old->value |= new->value;
	return 1;
}

int cond_add(struct cond *cond, const struct cond_test *test)
{
	for (size_t i = 0; i < cond->count; i++)
		if (cond->tests[i].argument == test->argument)
			return both(&cond->tests[i], test);
	cond->tests[cond->count++] = *test;
	return 1;
}

bool cond_disjoint(const struct cond *a, const struct cond *b)
{
	struct cond all = *a;

	for (size_t i = 0; i < b->count; i++)
		if (!cond_add(&all, &b->tests[i]))
			return true;
	return false;
}

/* No argument is tested twice, so that each test of `b` is found at most once. */
bool cond_implies(const struct cond *a, const struct cond *b)
{
	size_t same = 0;

	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++)
			same += same_test(&a->tests[i], &b->tests[k]);
	return same == b->count;
}

bool cond_equal(const struct cond *a, const struct cond *b)
{
	return a->count == b->count && cond_implies(a, b);
}

/* The tests of which one holds if and only if this one does not: one for each bit of a mask. */
static size_t negate(const struct cond_test *test, struct cond_test ret[64])
{
	static const enum cond_op opposite[] = {
		[COND_NE] = COND_EQ, [COND_LT] = COND_GE, [COND_LE] = COND_GT,
		[COND_EQ] = COND_NE, [COND_GE] = COND_LT, [COND_GT] = COND_LE,
	};
	size_t n = 0;

	if (test->op != COND_MASKED_EQ) {
		ret[0] = *test;
		ret[0].op = opposite[test->op];
		return 1;
	}
	for (uint64_t bit = 1; bit; bit <<= 1)
		if (test->value & bit)
			ret[n++] = (struct cond_test){ test->argument, COND_MASKED_EQ, bit,
						       ~test->masked & bit };
	return n;
}

static int append(struct cond_list *list, const struct cond *cond)
{
	for (size_t i = 0; i < list->count; i++)
		if (cond_equal(&list->items[i], cond))
			return 0;
	if (list->count == COND_LIST_MAX)
		return -EDOM;
	list->items[list->count++] = *cond;
	return 0;
}

/* What is left of one condition, appended to the list. */
static int exclude_from(struct cond_list *list, const struct cond *from, const struct cond *cond)
{
	struct cond_test others[64];

	for (size_t i = 0; i < cond->count; i++) {
		size_t n = negate(&cond->tests[i], others);

		for (size_t k = 0; k < n; k++) {
			struct cond rest = *from;
			int r = cond_add(&rest, &others[k]);

			if (r > 0)
				r = append(list, &rest);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

int cond_exclude(struct cond_list *list, const struct cond *cond)
{
	struct cond_list rest = { 0 };
	int error = 0;

	for (size_t i = 0; !error && i < list->count; i++)
		error = cond_disjoint(&list->items[i], cond)
				? append(&rest, &list->items[i])
				: exclude_from(&rest, &list->items[i], cond);
	if (!error)
		*list = rest;
	return error;
}
