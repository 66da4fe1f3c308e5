/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/audit_make.h"

#include <errno.h>

#include "audit/limit.h"

#define SECOND 1000000000ULL

static struct event head_of(uint64_t container, int rule)
{
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);

	raw.head.container_id = container;
	raw.head.rule = rule;
	return raw.head;
}

static struct audit_limit *make(uint32_t rate, uint32_t burst, uint32_t interval)
{
	struct audit_limit_config config = { rate, burst, interval };
	struct audit_limit *limit;

	assert_int_equal(audit_limit_new(&config, &limit), 0);
	return limit;
}

static int passes(struct audit_limit *limit, const struct event *head, uint64_t now, int tries)
{
	int passed = 0;

	while (tries--)
		passed += audit_limit_pass(limit, head, now);
	return passed;
}

static void refuses_a_limit_of_nothing(void **state)
{
	struct audit_limit_config bad[] = { { 0, 1, 1 }, { 1, 0, 1 }, { 1, 1, 0 } };
	struct audit_limit *limit;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(audit_limit_new(&bad[i], &limit), -EINVAL);
}

static void bucket_fills_again(void **state)
{
	struct audit_limit *limit = make(10, 5, 1);
	struct event head = head_of(1, 1);

	(void)state;
	assert_int_equal(passes(limit, &head, 100 * SECOND, 20), 5);
	assert_int_equal(passes(limit, &head, 100 * SECOND + SECOND / 10, 20), 1);
	assert_int_equal(passes(limit, &head, 101 * SECOND, 20), 5);
	assert_int_equal(passes(limit, &head, 200 * SECOND, 20), 5); /* no more than the burst */
	audit_limit_free(limit);
}

static void time_that_goes_back_gives_nothing(void **state)
{
	struct audit_limit *limit = make(10, 5, 1);
	struct event head = head_of(1, 1), late = head_of(2, 1);

	(void)state;
	assert_int_equal(passes(limit, &head, 100 * SECOND, 20), 5);
	assert_int_equal(passes(limit, &head, 1 * SECOND, 20), 0);
	assert_int_equal(passes(limit, &head, 100 * SECOND, 20), 0);
	assert_int_equal(passes(limit, &late, 1 * SECOND, 20), 5);
	assert_int_equal(passes(limit, &late, 100 * SECOND, 20), 0);
	audit_limit_free(limit);
}

static void keys_are_apart(void **state)
{
	struct audit_limit *limit = make(1, 1, 1);
	struct event head = head_of(1, 1), other = head;

	(void)state;
	assert_int_equal(passes(limit, &head, SECOND, 2), 1);
	other.container_id = 2;
	assert_int_equal(passes(limit, &other, SECOND, 2), 1);
	other = head;
	other.rule = 2;
	assert_int_equal(passes(limit, &other, SECOND, 2), 1);
	other = head;
	other.action = EVENT_CREATE;
	assert_int_equal(passes(limit, &other, SECOND, 2), 1);
	other = head;
	other.verdict = EVENT_KILLED;
	assert_int_equal(passes(limit, &other, SECOND, 2), 1);
	other = head;
	other.pid++; /* no part of the key */
	assert_int_equal(passes(limit, &other, SECOND, 2), 0);
	audit_limit_free(limit);
}

static void reports_what_was_held_back(void **state)
{
	struct audit_limit *limit = make(1, 1, 10);
	struct event a = head_of(1, 1), b = head_of(2, 7), got;
	uint64_t count;

	(void)state;
	passes(limit, &a, SECOND, 5);
	passes(limit, &b, SECOND, 8);
	assert_false(audit_limit_report(limit, 5 * SECOND, &got, &count));
	assert_true(audit_limit_report(limit, 11 * SECOND, &got, &count));
	assert_int_equal(got.container_id + count, 1 + 4);
	assert_true(audit_limit_report(limit, 11 * SECOND, &got, &count));
	assert_int_equal(got.container_id, 2);
	assert_int_equal(got.rule, 7);
	assert_int_equal(count, 7);
	assert_false(audit_limit_report(limit, 11 * SECOND, &got, &count));
	assert_false(audit_limit_report(limit, 30 * SECOND, &got, &count)); /* only once */
	passes(limit, &a, 31 * SECOND, 3);
	assert_true(audit_limit_report(limit, 42 * SECOND, &got, &count));
	assert_int_equal(count, 2);
	audit_limit_free(limit);
}

/* More keys than buckets: none passes unlimited, nothing goes uncounted. */
static void shares_when_full(void **state)
{
	struct audit_limit *limit = make(1, 1, 10);
	uint64_t count, counted = 0, passed = 0;
	struct event got;

	(void)state;
	for (int i = 0; i < AUDIT_LIMIT_BUCKETS + 100; i++) {
		struct event head = head_of(1 + i, 1);

		passed += passes(limit, &head, SECOND, 2);
	}
	assert_int_equal(passed, AUDIT_LIMIT_BUCKETS + 1);
	while (audit_limit_report(limit, 20 * SECOND, &got, &count)) {
		if (count > 1)
			assert_int_equal(got.container_id, 0);
		counted += count;
	}
	assert_int_equal(counted + passed, 2 * (AUDIT_LIMIT_BUCKETS + 100));
	audit_limit_free(limit);
}

static void idle_buckets_are_used_again(void **state)
{
	struct audit_limit *limit = make(1, 1, 1);
	struct event got;
	uint64_t count;

	(void)state;
	for (int round = 1; round <= 3; round++) {
		uint64_t now = round * 100 * SECOND;

		for (int i = 0; i < AUDIT_LIMIT_BUCKETS; i++) {
			struct event head = head_of(round * 100000 + i, 1);

			assert_true(audit_limit_pass(limit, &head, now));
		}
		assert_false(audit_limit_report(limit, now + 50 * SECOND, &got, &count));
	}
	audit_limit_free(limit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_a_limit_of_nothing),
		cmocka_unit_test(bucket_fills_again),
		cmocka_unit_test(time_that_goes_back_gives_nothing),
		cmocka_unit_test(keys_are_apart),
		cmocka_unit_test(reports_what_was_held_back),
		cmocka_unit_test(shares_when_full),
		cmocka_unit_test(idle_buckets_are_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
