/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/policy_helper.h"

#include "policy/arena.h"

/* Numbers that can be told from those of any other array. */
static void push(struct arena *arena, uint32_t **items, size_t count, uint32_t first)
{
	*items = arena_grow(arena, *items, count, sizeof(**items));
	assert_non_null(*items);
	assert_int_equal((*items)[count], 0);
	(*items)[count] = first + (uint32_t)count;
}

static void holds(const uint32_t *items, size_t count, uint32_t first)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(items[i], first + i);
}

/* From the place of the last allocation and from one within, across blocks. */
static void arrays_grow_without_touching_others(void **state)
{
	struct arena arena = { 0 };
	uint32_t *alone = NULL, *one = NULL, *other = NULL;
	const char *text = arena_strdup(&arena, "between");

	(void)state;
	for (size_t i = 0; i < 100; i++)
		push(&arena, &alone, i, 1);
	for (size_t i = 0; i < 20000; i++) {
		push(&arena, &one, i, 0x40000000);
		if (i % 3 == 0)
			push(&arena, &other, i / 3, 0x80000000);
	}
	holds(alone, 100, 1);
	holds(one, 20000, 0x40000000);
	holds(other, 6667, 0x80000000);
	assert_string_equal(text, "between");
	arena_clear(&arena);
}

static void the_last_array_grows_where_it_is(void **state)
{
	struct arena arena = { 0 };
	uint32_t *items = NULL, *first;

	(void)state;
	push(&arena, &items, 0, 7);
	first = items;
	for (size_t i = 1; i < 1000; i++)
		push(&arena, &items, i, 7);
	assert_ptr_equal(items, first);
	assert_non_null(arena_strdup(&arena, "behind it"));
	for (size_t i = 1000; i < 1025; i++)
		push(&arena, &items, i, 7);
	assert_ptr_not_equal(items, first);
	holds(items, 1025, 7);
	arena_clear(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrays_grow_without_touching_others),
		cmocka_unit_test(the_last_array_grows_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
