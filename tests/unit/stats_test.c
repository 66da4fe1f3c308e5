/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/audit_make.h"

#include "audit/stats.h"

static uint64_t lost(const struct audit_loss *loss, const char *name)
{
	for (size_t i = 0; i < loss->entries; i++)
		if (strcmp(loss->entry[i].name, name) == 0)
			return loss->entry[i].count;
	return 0;
}

static void reports_only_what_moved(void **state)
{
	struct audit_stats stats = { 0 };
	uint64_t counters[COUNTERS] = { 0 };
	struct audit_loss loss;

	(void)state;
	counters[COUNTER_LOST + RING_OTHER] = 100; /* before our time */
	audit_stats_kernel(&stats, counters);
	assert_false(audit_stats_report(&stats, NULL, 0, &loss));
	counters[COUNTER_LOST + RING_OTHER] = 107;
	counters[COUNTER_LOST + RING_DENIED] = 2;
	counters[COUNTER_UNJUDGED + REASON_NO_PATH] = 50; /* no loss */
	counters[COUNTER_DECIDED + EVENT_DENIED] = 50;
	audit_stats_kernel(&stats, counters);
	assert_true(audit_stats_report(&stats, NULL, 0, &loss));
	assert_int_equal(lost(&loss, "ring.other"), 7);
	assert_int_equal(lost(&loss, "ring.denied"), 2);
	assert_int_equal(audit_loss_total(&loss), 9);
	assert_false(audit_stats_report(&stats, NULL, 0, &loss));
	stats.malformed = 3;
	stats.memory = 1;
	assert_true(audit_stats_report(&stats, NULL, 0, &loss));
	assert_int_equal(lost(&loss, "malformed"), 3);
	assert_int_equal(lost(&loss, "memory"), 1);
	assert_int_equal(loss.entries, 2);
	assert_false(audit_stats_report(&stats, NULL, 0, &loss));
}

static void goes_on_where_another_stopped(void **state)
{
	const uint64_t reported[EVENT_RINGS] = { [RING_DENIED] = 30, [RING_OTHER] = 100 };
	struct audit_stats stats = { 0 };
	uint64_t counters[COUNTERS] = { 0 };
	struct audit_loss loss;

	(void)state;
	audit_stats_resume(&stats, reported);
	assert_false(audit_stats_report(&stats, NULL, 0, &loss) && audit_loss_total(&loss));
	counters[COUNTER_LOST + RING_DENIED] = 35;
	counters[COUNTER_LOST + RING_OTHER] = 100;
	audit_stats_kernel(&stats, counters);
	assert_true(audit_stats_report(&stats, NULL, 0, &loss));
	assert_int_equal(lost(&loss, "ring.denied"), 5);
	assert_int_equal(audit_loss_total(&loss), 5);
	assert_int_equal(stats.reported.ring[RING_DENIED], 35);
}

static void survives_counters_that_start_anew(void **state)
{
	struct audit_stats stats = { 0 };
	uint64_t counters[COUNTERS] = { 0 };
	struct audit_loss loss;

	(void)state;
	counters[COUNTER_LOST + RING_OTHER] = 100;
	audit_stats_kernel(&stats, counters);
	counters[COUNTER_LOST + RING_OTHER] = 4;
	audit_stats_kernel(&stats, counters);
	assert_true(audit_stats_report(&stats, NULL, 0, &loss));
	assert_int_equal(lost(&loss, "ring.other"), 4);
}

static void step(struct audit_stats *stats, uint64_t delivered, uint64_t received)
{
	uint64_t counters[COUNTERS] = { 0 };

	counters[COUNTER_DELIVERED + RING_DENIED] = delivered;
	stats->received[RING_DENIED] = received;
	audit_stats_kernel(stats, counters);
}

static void finds_records_that_nobody_received(void **state)
{
	struct audit_stats stats = { 0 };
	struct audit_loss loss;

	(void)state;
	step(&stats, 1000, 0); /* an earlier process had these */
	step(&stats, 1000, 0);
	assert_false(audit_stats_report(&stats, NULL, 0, &loss));
	step(&stats, 1500, 480); /* 20 are on their way */
	assert_false(audit_stats_report(&stats, NULL, 0, &loss));
	step(&stats, 1500, 500);
	step(&stats, 1500, 500);
	assert_false(audit_stats_report(&stats, NULL, 0, &loss));
	step(&stats, 1510, 503);
	step(&stats, 1510, 503); /* idle, and 7 never came */
	assert_true(audit_stats_report(&stats, NULL, 0, &loss));
	assert_int_equal(lost(&loss, "unread.denied"), 7);
	step(&stats, 1510, 503);
	assert_false(audit_stats_report(&stats, NULL, 0, &loss));
	step(&stats, 1511, 503);
	step(&stats, 1511, 503);
	assert_true(audit_stats_report(&stats, NULL, 0, &loss));
	assert_int_equal(lost(&loss, "unread.denied"), 1);
}

static void adds_what_sinks_lost(void **state)
{
	struct audit_sink file = { .name = "file" }, syslog = { .name = "syslog" };
	struct audit_sink *sinks[] = { &file, &syslog };
	struct audit_stats stats = { 0 };
	struct audit_loss loss;

	(void)state;
	assert_false(audit_stats_report(&stats, sinks, 2, &loss));
	file.stats.lost[AUDIT_SINK_FULL] = 4;
	syslog.stats.lost[AUDIT_SINK_QUEUE] = 9;
	syslog.stats.written = 100;
	assert_true(audit_stats_report(&stats, sinks, 2, &loss));
	assert_int_equal(lost(&loss, "file.full"), 4);
	assert_int_equal(lost(&loss, "syslog.queue"), 9);
	assert_int_equal(loss.entries, 2);
	syslog.stats.lost[AUDIT_SINK_QUEUE] = 10;
	assert_true(audit_stats_report(&stats, sinks, 2, &loss));
	assert_int_equal(audit_loss_total(&loss), 1);
}

static void loses_no_number_when_full(void **state)
{
	struct audit_loss loss = { 0 };
	char name[8];

	(void)state;
	for (int i = 0; i < 2 * AUDIT_LOSSES; i++) {
		snprintf(name, sizeof(name), "%d", i);
		audit_loss_add(&loss, "sink", name, 1);
	}
	assert_int_equal(loss.entries, AUDIT_LOSSES);
	assert_int_equal(audit_loss_total(&loss), 2 * AUDIT_LOSSES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_only_what_moved),
		cmocka_unit_test(goes_on_where_another_stopped),
		cmocka_unit_test(survives_counters_that_start_anew),
		cmocka_unit_test(finds_records_that_nobody_received),
		cmocka_unit_test(adds_what_sinks_lost),
		cmocka_unit_test(loses_no_number_when_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
