/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/agent_make.h"

#include <errno.h>

#include "agent/plan.h"

#define SLOTS 8

static struct policy_head head(const char *name, uint64_t digest)
{
	struct policy_head h = { .digest = digest, .words = 10, .own_mode = POLICY_MODE_ENFORCE };

	snprintf(h.name, sizeof(h.name), "%s", name);
	return h;
}

/* What is in force after `plan`; the caller frees it. */
static struct policy_head *result(const struct plan *plan, uint32_t *count)
{
	struct policy_head *heads = calloc(plan->count, sizeof(*heads));

	memcpy(heads, plan->next, plan->count * sizeof(*heads));
	*count = plan->count;
	return heads;
}

static struct plan_place put(struct plan *plan, const char *name, uint64_t digest, bool private_)
{
	const struct policy_head h = head(name, digest);
	struct plan_place place;
	struct fault fault;

	assert_int_equal(plan_put(plan, &h, private_ ? POLICY_PRIVATE : POLICY_OF_DIRECTORY, false, &place, &fault), 0);
	return place;
}

/* a, b and c in force, generation 1. */
static struct policy_head *three(uint32_t *count)
{
	struct policy_head *heads;
	struct plan plan;

	assert_int_equal(plan_begin(&plan, PLAN_REPLACE, NULL, 0, SLOTS), 0);
	put(&plan, "a", 1, false);
	put(&plan, "b", 2, false);
	put(&plan, "c", 3, false);
	assert_int_equal(plan_finish(&plan), 1);
	heads = result(&plan, count);
	plan_end(&plan);
	return heads;
}

static void first_set_fills_from_the_start(void **state)
{
	uint32_t count;
	struct policy_head *heads = three(&count);

	(void)state;
	assert_int_equal(count, 3);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(heads[i].slot, i);
		assert_int_equal(heads[i].generation, 1);
		assert_int_equal(heads[i].mode, POLICY_MODE_ENFORCE);
		assert_true(heads[i].in_use && !heads[i].owner);
	}
	free(heads);
}

static void numbers_stay_and_only_changes_are_written(void **state)
{
	struct plan_place place;
	struct plan plan;
	uint32_t count, number = 0;
	struct policy_head *heads = three(&count);

	(void)state;
	assert_int_equal(plan_begin(&plan, PLAN_REPLACE, heads, count, SLOTS), 0);
	place = put(&plan, "c", 3, false);
	assert_int_equal(place.number, 2);
	assert_int_equal(place.slot, 2);
	assert_false(place.write);
	place = put(&plan, "a", 9, false);
	assert_int_equal(place.number, 0);
	assert_int_equal(place.slot, 3); /* the old image is in force until the switch */
	assert_true(place.write);
	place = put(&plan, "d", 4, false);
	assert_int_equal(place.number, 3); /* b's number is in force until the switch */
	assert_int_equal(place.slot, 4);
	assert_true(plan_next_removed(&plan, &number));
	assert_int_equal(number, 1);
	number++;
	assert_false(plan_next_removed(&plan, &number));
	assert_int_equal(plan_finish(&plan), 2);
	assert_int_equal(plan.count, 4);
	assert_int_equal(plan.added, 1);
	assert_int_equal(plan.changed, 1);
	assert_int_equal(plan.kept, 1);
	assert_int_equal(plan.removed, 1);
	plan_end(&plan);
}

static void private_ones_outlive_a_reload(void **state)
{
	struct plan plan;
	uint32_t count;
	struct policy_head *heads = three(&count);

	(void)state;
	assert_int_equal(plan_begin(&plan, PLAN_EDIT, heads, count, SLOTS), 0);
	assert_int_equal(put(&plan, "a", 1, true).number, 3); /* the same name is no matter */
	assert_int_equal(put(&plan, "a", 1, true).number, 4);
	plan_finish(&plan);
	heads = result(&plan, &count);
	plan_end(&plan);
	assert_int_equal(count, 5);

	assert_int_equal(plan_begin(&plan, PLAN_REPLACE, heads, count, SLOTS), 0);
	put(&plan, "a", 1, false);
	assert_int_equal(plan_finish(&plan), 3);
	assert_int_equal(plan.count, 5);
	assert_true(plan.next[3].in_use && plan.next[4].in_use && !plan.next[1].in_use);
	assert_int_equal(plan.next[4].generation, 3);
	heads = result(&plan, &count);
	plan_end(&plan);

	assert_int_equal(plan_begin(&plan, PLAN_EDIT, heads, count, SLOTS), 0);
	plan_drop(&plan, 3);
	plan_drop(&plan, 4);
	plan_finish(&plan);
	assert_int_equal(plan.count, 1);
	assert_int_equal(plan.removed, 2);
	plan_end(&plan);
}

static void audit_only_lowers_the_mode(void **state)
{
	struct policy_head h = head("a", 1), off = head("b", 2);
	struct plan_place place;
	struct fault fault;
	struct plan plan;

	(void)state;
	off.own_mode = POLICY_MODE_OFF;
	assert_int_equal(plan_begin(&plan, PLAN_REPLACE, NULL, 0, SLOTS), 0);
	assert_int_equal(plan_put(&plan, &h, false, true, &place, &fault), 0);
	assert_int_equal(plan_put(&plan, &off, false, true, &place, &fault), 0);
	assert_int_equal(plan.next[0].mode, POLICY_MODE_AUDIT);
	assert_int_equal(plan.next[0].own_mode, POLICY_MODE_ENFORCE);
	assert_int_equal(plan.next[1].mode, POLICY_MODE_OFF);
	plan_end(&plan);
}

static void refuses_what_does_not_fit(void **state)
{
	const struct policy_head a = head("a", 1), b = head("b", 2), c = head("c", 3);
	struct plan_place place;
	struct fault fault;
	struct plan plan;

	(void)state;
	assert_int_equal(plan_begin(&plan, PLAN_REPLACE, NULL, 0, 2), 0);
	assert_int_equal(plan_put(&plan, &a, false, false, &place, &fault), 0);
	assert_int_equal(plan_put(&plan, &a, false, false, &place, &fault), -EEXIST);
	assert_int_equal(plan_put(&plan, &b, false, false, &place, &fault), 0);
	assert_int_equal(plan_put(&plan, &c, false, false, &place, &fault), -ENOSPC);
	plan_end(&plan);
}

static void an_empty_set_is_a_directory_too(void **state)
{
	struct plan plan;
	uint32_t count;
	struct policy_head *heads = three(&count);

	(void)state;
	assert_int_equal(plan_begin(&plan, PLAN_REPLACE, heads, count, SLOTS), 0);
	assert_int_equal(plan_finish(&plan), 2);
	assert_int_equal(plan.count, 1);
	assert_int_equal(plan.removed, 3);
	heads = result(&plan, &count);
	plan_end(&plan);
	assert_int_equal(plan_generation(heads, count), 2);
	free(heads);
}

static void one_that_is_left_stays_as_it_was(void **state)
{
	struct plan plan;
	struct plan_place place;
	uint32_t count, number = 0;
	struct policy_head *heads = three(&count);

	(void)state;
	assert_int_equal(plan_begin(&plan, PLAN_REPLACE, heads, count, SLOTS), 0);
	plan_retire(&plan, 0);
	plan_retire(&plan, 1);
	plan_retire(&plan, 2);
	plan_retire(&plan, 7);
	place = put(&plan, "a", 9, false); /* changed: another number */
	assert_true(place.write && place.number == 3 && place.slot == 3);
	place = put(&plan, "b", 2, false); /* the same: taken back */
	assert_true(!place.write && place.number == 1 && place.slot == 1);
	assert_int_equal(plan_find(&plan, "a", &number), 0);
	assert_int_equal(number, 3);
	assert_int_equal(plan_find(&plan, "c", &number), -ENOENT);
	plan_finish(&plan);
	assert_true(plan.next[0].owner && plan.next[0].digest == 1 && plan.next[0].slot == 0);
	assert_false(plan.next[1].owner);
	assert_true(plan.next[2].owner && plan.next[2].digest == 3);
	assert_int_equal(plan.retired, 2);
	assert_int_equal(plan.removed, 1);
	assert_int_equal(plan.changed, 1);
	assert_int_equal(plan.kept, 1);
	plan_end(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_set_fills_from_the_start),
		cmocka_unit_test(one_that_is_left_stays_as_it_was),
		cmocka_unit_test(numbers_stay_and_only_changes_are_written),
		cmocka_unit_test(private_ones_outlive_a_reload),
		cmocka_unit_test(audit_only_lowers_the_mode),
		cmocka_unit_test(refuses_what_does_not_fit),
		cmocka_unit_test(an_empty_set_is_a_directory_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
