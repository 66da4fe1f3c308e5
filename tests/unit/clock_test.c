/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/audit_make.h"

#include <time.h>

#include "audit/clock.h"

static void converts(void **state)
{
	struct audit_clock clock = { 0 };

	(void)state;
	audit_clock_adjust(&clock, 1000, 5001000, 1000);
	assert_int_equal(audit_clock_realtime(&clock, 1000), 5001000);
	assert_int_equal(audit_clock_realtime(&clock, 500), 5000500);
	assert_int_equal(clock.now, 1000);
	clock = (struct audit_clock){ 0 };
	audit_clock_adjust(&clock, 1000, 1005, 1000); /* near, but the first */
	assert_int_equal(audit_clock_realtime(&clock, 1000), 1005);
	audit_clock_adjust(&clock, 1000, 5001000, 1000);
	assert_int_equal(audit_clock_realtime(&clock, UINT64_MAX), INT64_MAX);
	assert_int_equal(audit_clock_realtime(&clock, INT64_MAX), INT64_MAX);
}

/* Two readings are never exactly as far apart as the clocks; order must not suffer. */
static void ignores_jitter(void **state)
{
	struct audit_clock clock = { 0 };
	int64_t first;

	(void)state;
	audit_clock_adjust(&clock, 1000, 5001000, 1000);
	first = audit_clock_realtime(&clock, 900);
	audit_clock_adjust(&clock, 2000, 5001000 + 1000 - 60000, 2000);
	assert_true(audit_clock_realtime(&clock, 901) > first);
	/* Interrupted between the readings for 10 ms. */
	audit_clock_adjust(&clock, 3000, 5003000 + 9000000, 10003000);
	assert_int_equal(audit_clock_realtime(&clock, 900), first);
}

static void follows_a_step(void **state)
{
	struct audit_clock clock = { 0 };

	(void)state;
	audit_clock_adjust(&clock, 1000, 5001000, 1000);
	audit_clock_adjust(&clock, 2000, 5002000 + 3600000000000, 2000);
	assert_int_equal(audit_clock_realtime(&clock, 2000), 5002000 + 3600000000000);
	audit_clock_adjust(&clock, 3000, 5003000, 3000);
	assert_int_equal(audit_clock_realtime(&clock, 3000), 5003000);
}

static void reads_the_clocks(void **state)
{
	struct audit_clock clock = { 0 };
	struct timespec now;
	int64_t difference;

	(void)state;
	audit_clock_read(&clock);
	clock_gettime(CLOCK_REALTIME, &now);
	difference =
		now.tv_sec * 1000000000LL + now.tv_nsec - audit_clock_realtime(&clock, clock.now);
	assert_true(difference > -1000000000 && difference < 10000000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(converts),
		cmocka_unit_test(ignores_jitter),
		cmocka_unit_test(follows_a_step),
		cmocka_unit_test(reads_the_clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
