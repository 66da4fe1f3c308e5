/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/audit_make.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "audit/format_human.h"
#include "audit/format_json.h"

static void check_record(const struct audit_record *record, const char *expected)
{
	struct audit_text json = { 0 }, line = { 0 };

	assert_int_equal(audit_format_json(record, &json), 0);
	assert_int_equal(audit_format_human(audit_text_slice(&json), &line), 0);
	assert_string_equal(line.data, expected);
	audit_text_free(&json);
	audit_text_free(&line);
}

static void check(const struct raw *raw, const char *expected)
{
	struct audit_record record;
	struct audit_event event;

	raw_decode(raw, &event);
	record = make_record(&event);
	check_record(&record, expected);
}

static void shows_events(void **state)
{
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);

	(void)state;
	raw.head.access = ACCESS_READ;
	RAW_PATH(&raw, "/etc/shadow");
	check(&raw, "2023-11-14T22:13:20.123Z web-1 denied open r /etc/shadow by nginx[4242] "
		    "(web.cfg:12)");
	raw = raw_make(EVENT_CONNECT, EVENT_WOULD_DENY);
	raw.head.family = AF_INET;
	raw.head.protocol = IPPROTO_TCP;
	raw.head.port = 443;
	check(&raw, "2023-11-14T22:13:20.123Z web-1 would-deny connect 0.0.0.0 port 443 tcp "
		    "by nginx[4242] (web.cfg:12)");
	raw = raw_make(EVENT_PROCESS_EXEC, EVENT_ALLOWED);
	RAW_PATH(&raw, "/usr/sbin/nginx");
	RAW_ARGS(&raw, "nginx\0a b");
	check(&raw, "2023-11-14T22:13:20.123Z web-1 allowed process-start /usr/sbin/nginx "
		    "args nginx \"a b\" by nginx[4242] (web.cfg:12)");
	raw = raw_make(EVENT_RENAME, EVENT_ALLOWED);
	RAW_PATH(&raw, "/a");
	RAW_PATH2(&raw, "/b");
	check(&raw, "2023-11-14T22:13:20.123Z web-1 allowed rename /a -> /b by nginx[4242] "
		    "(web.cfg:12)");
}

static void cannot_be_forged(void **state)
{
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);

	(void)state;
	memcpy(raw.head.comm, "\x1b[2J\n", 5);
	RAW_PATH(&raw, "/a by sh[1] (x:1)\r\"\\\xff");
	check(&raw, "2023-11-14T22:13:20.123Z web-1 denied open "
		    "\"/a by sh[1] (x:1)\\x0d\\\"\\\\\\xff\" by \\x1b[2J\\x0a[4242] (web.cfg:12)");
}

static void shows_reports(void **state)
{
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);
	struct audit_loss loss = { 0 };
	struct audit_record record = { .kind = AUDIT_LOST, .loss = &loss };
	struct audit_event event;

	(void)state;
	audit_loss_add(&loss, "ring", "other", 5);
	audit_loss_add(&loss, NULL, "malformed", 1);
	check_record(&record, "1970-01-01T00:00:00.000Z lost 6 records: ring.other=5 malformed=1");
	raw_decode(&raw, &event);
	record = make_record(&event);
	record.kind = AUDIT_SUPPRESSED;
	record.suppressed = 9;
	check_record(&record, "2023-11-14T22:13:20.123Z web-1 suppressed 9 records denied open "
			      "(web.cfg:12)");
}

/* A log that somebody else wrote into. */
static void makes_foreign_lines_harmless(void **state)
{
	static const char json[] = "{\"@timestamp\":\"\\u001b[2J\",\"event.action\":\"lost\","
				   "\"bailiff.lost.total\":\"\\n\",\"bailiff.lost.\\u0007\\u009b\":"
				   "\"\\u2028\\u202e\"}";
	struct audit_text line = { 0 };

	(void)state;
	assert_int_equal(audit_format_human(audit_slice_of(json), &line), 0);
	assert_string_equal(line.data, "- lost \\x0a records: \\x07\\xc2\\x9b=\\xe2\\x80\\xa8"
				       "\\xe2\\x80\\xae");
	audit_text_free(&line);
}

static void refuses_what_is_no_object(void **state)
{
	static const char *const bad[] = { "", "[]", "{", "1", "null", "{}x", "{\"a\":\"\xff\"}" };
	struct audit_text line = { 0 };

	(void)state;
	assert_int_equal(audit_text_puts(&line, "kept"), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(audit_format_human(audit_slice_of(bad[i]), &line), -EBADMSG);
		assert_string_equal(line.data, "kept");
	}
	audit_text_free(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_events),
		cmocka_unit_test(cannot_be_forged),
		cmocka_unit_test(shows_reports),
		cmocka_unit_test(makes_foreign_lines_harmless),
		cmocka_unit_test(refuses_what_is_no_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
