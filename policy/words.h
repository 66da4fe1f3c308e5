/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of an image while it is written. */
#ifndef BAILIFF_POLICY_WORDS_H
#define BAILIFF_POLICY_WORDS_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/abi_limits.h"

struct words {
	uint64_t *items;
	size_t count, capacity;
};

/* Appends `n` words, zeros for NULL. Returns 0, -E2BIG beyond BAILIFF_MAX_IMAGE_WORDS or
 * -ENOMEM. */
static inline int words_append(struct words *w, const uint64_t *items, size_t n)
{
	if (n > BAILIFF_MAX_IMAGE_WORDS - w->count)
		return -E2BIG;
	if (w->count + n > w->capacity) {
		size_t more = w->capacity * 2 > w->count + n ? w->capacity * 2 : w->count + n;
		uint64_t *grown = reallocarray(w->items, more, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		w->items = grown;
		w->capacity = more;
	}
	if (n && items)
		memcpy(w->items + w->count, items, n * sizeof(*items));
	else if (n)
		memset(w->items + w->count, 0, n * sizeof(*items));
	w->count += n;
	return 0;
}

static inline int words_append_one(struct words *w, uint64_t word)
{
	return words_append(w, &word, 1);
}

static inline void words_clear(struct words *w)
{
	free(w->items);
	*w = (struct words){ 0 };
}

#endif
