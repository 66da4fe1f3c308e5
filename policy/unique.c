/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/unique.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"

struct array {
	const char *items;
	size_t size;
	int (*compare)(const void *a, const void *b);
};

static int compare_at(const struct array *a, size_t i, size_t j)
{
	return a->compare(a->items + i * a->size, a->items + j * a->size);
}

/* Equal elements side by side, the first one first. */
static int by_element(const void *x, const void *y, void *array)
{
	size_t i = *(const size_t *)x, j = *(const size_t *)y;
	int order = compare_at(array, i, j);

	return order ? order : (i > j) - (i < j);
}

int unique(void *items, size_t *n, size_t size, int (*compare)(const void *a, const void *b))
{
	struct array array = { items, size, compare };
	POLICY_CLEANUP(policy_freep) size_t *order = NULL;
	POLICY_CLEANUP(policy_freep) uint8_t *again = NULL;
	size_t kept = 0;

	if (*n < 2)
		return 0;
	order = calloc(*n, sizeof(*order));
	again = calloc(*n, 1);
	if (!order || !again)
		return -ENOMEM;
	for (size_t i = 0; i < *n; i++)
		order[i] = i;
	qsort_r(order, *n, sizeof(*order), by_element, &array);
	for (size_t i = 1; i < *n; i++)
		again[order[i]] = !compare_at(&array, order[i - 1], order[i]);
	for (size_t i = 0; i < *n; i++) {
		if (again[i])
			continue;
		if (kept < i)
			memcpy((char *)items + kept * size, (char *)items + i * size, size);
		kept++;
	}
	*n = kept;
	return 0;
}

static int by_limit(bool has_a, int64_t a, bool has_b, int64_t b)
{
	return has_a != has_b ? has_a - has_b : (a > b) - (a < b);
}

static int by_entry(const void *a, const void *b)
{
	const struct policy_entry *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (!order)
		order = by_limit(x->has_min, x->min, y->has_min, y->min);
	return order ? order : by_limit(x->has_max, x->max, y->has_max, y->max);
}

int unique_entries(struct policy_entries *list)
{
	return unique(list->items, &list->count, sizeof(*list->items), by_entry);
}
