/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/audit_make.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "audit/format_json.h"
#include "audit/sink_stdout.h"

static struct audit_record an_event = { .kind = AUDIT_EVENT };

static void writes_json_as_it_is(void **state)
{
	struct audit_sink *sink;
	char got[64];
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(audit_sink_stdout_new(fds[1], false, &sink), 0);
	assert_int_equal(audit_sink_write(sink, &an_event, audit_slice_of("{\"a\":1}")), 0);
	assert_int_equal(read(fds[0], got, sizeof(got)), 8);
	assert_memory_equal(got, "{\"a\":1}\n", 8);
	assert_int_equal(sink->stats.written, 1);
	assert_null(audit_sink_free(sink));
	assert_int_equal(close(fds[1]), 0); /* it is still ours */
	close(fds[0]);
}

static void writes_for_a_reader(void **state)
{
	static const char json[] = "{\"@timestamp\":\"2023-11-14T22:13:20.123456789Z\","
				   "\"event.action\":\"open\",\"file.path\":\"/a\"}";
	struct audit_sink *sink;
	char got[128] = { 0 };
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(audit_sink_stdout_new(fds[1], true, &sink), 0);
	assert_int_equal(audit_sink_write(sink, &an_event, audit_slice_of(json)), 0);
	assert_true(read(fds[0], got, sizeof(got) - 1) > 0);
	assert_string_equal(got, "2023-11-14T22:13:20.123Z open /a\n");
	assert_null(audit_sink_free(sink));
	close(fds[0]);
	close(fds[1]);
}

static void counts_what_nobody_reads(void **state)
{
	struct audit_sink *sink;
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	close(fds[0]);
	assert_int_equal(audit_sink_stdout_new(fds[1], false, &sink), 0);
	assert_int_equal(audit_sink_write(sink, &an_event, audit_slice_of("{}")), -EPIPE);
	assert_int_equal(sink->stats.lost[AUDIT_SINK_IO], 1);
	assert_int_equal(sink->stats.written, 0);
	assert_null(audit_sink_free(sink));
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_json_as_it_is),
		cmocka_unit_test(writes_for_a_reader),
		cmocka_unit_test(counts_what_nobody_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
