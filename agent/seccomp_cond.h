/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conditions on the arguments of a system call, as libseccomp takes them: all tests of one
 * condition must hold, and an argument is tested at most once.
 */
#ifndef BAILIFF_SECCOMP_COND_H
#define BAILIFF_SECCOMP_COND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COND_ARGUMENTS 6
#define COND_LIST_MAX                                                                              \
	8 /* conditions that an exclusion may fall into: libseccomp is slow with more */

enum cond_op {
	COND_NE,
	COND_LT,
	COND_LE,
	COND_EQ,
	COND_GE,
	COND_GT,
	COND_MASKED_EQ,
};

struct cond_test {
	unsigned int argument;
	enum cond_op op;
	uint64_t value;	 /* of COND_MASKED_EQ: the mask */
	uint64_t masked; /* of COND_MASKED_EQ: what the bits of the mask must be */
};

/* No tests: holds always. */
struct cond {
	size_t count;
	struct cond_test tests[COND_ARGUMENTS];
};

struct cond_list {
	size_t count;
	struct cond items[COND_LIST_MAX];
};

bool cond_test_holds(const struct cond_test *test, uint64_t value);
bool cond_holds(const struct cond *cond, const uint64_t arguments[COND_ARGUMENTS]);

/* Adds a test to a condition: 1; 0 if the two can't hold together, and the condition is left as it
 * was; -EDOM if both can, but no one test of the argument says so. */
int cond_add(struct cond *cond, const struct cond_test *test);

/* Whether it is certain that both never hold at the same time. */
bool cond_disjoint(const struct cond *a, const struct cond *b);

/* Whether it is certain that `b` holds wherever `a` does. */
bool cond_implies(const struct cond *a, const struct cond *b);

bool cond_equal(const struct cond *a, const struct cond *b);

/* Takes from each of a list what the condition holds for too; the list then has conditions for all
 * the rest. 0; -EDOM if that can't be said, or takes more than COND_LIST_MAX of them. */
int cond_exclude(struct cond_list *list, const struct cond *cond);

#endif
