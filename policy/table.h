/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of a path automaton, as bpf/abi_policy.h has them.
 *
 * Word 0 is the header of the dead state. The accept entries follow, and then the rows, so
 * that every base is above every accept index: a header, which has such an index where a
 * transition has the base of its state, is never taken for a transition. Behind the last
 * base there is room for a whole row, so that no lookup leaves the automaton.
 */
#ifndef BAILIFF_POLICY_TABLE_H
#define BAILIFF_POLICY_TABLE_H

#include "policy/dfa.h"

struct table {
	uint64_t *words;
	size_t n_words;
	uint32_t start;	 /* base of the start state */
	uint32_t accept; /* word of the first accept entry */
};

/* Returns 0, -E2BIG if more than `limit` words are needed, with their least number in
 * ret->n_words, or -ENOMEM. `ret->words` is the caller's. */
int table_build(const struct dfa *dfa, size_t limit, struct table *ret);

#endif
