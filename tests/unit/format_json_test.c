/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/audit_make.h"

#include <json-c/json.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "audit/escape.h"
#include "audit/format_json.h"
#include "audit/names.h"

/* Formats, checks that it is one line of valid JSON and UTF-8, and gives the object. */
static struct json_object *format(const struct audit_record *record)
{
	struct json_tokener *tokener = json_tokener_new();
	struct audit_text line = { 0 };
	struct json_object *object;

	assert_non_null(tokener);
	assert_int_equal(audit_format_json(record, &line), 0);
	for (size_t i = 0; i < line.len; i++)
		assert_true((unsigned char)line.data[i] >= 0x20 && line.data[i] != 0x7f);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	object = json_tokener_parse_ex(tokener, line.data, line.len);
	assert_int_equal(json_tokener_get_error(tokener), json_tokener_success);
	assert_int_equal(json_tokener_get_parse_end(tokener), line.len);
	json_tokener_free(tokener);
	audit_text_free(&line);
	return object;
}

static struct json_object *format_raw(const struct raw *raw)
{
	struct audit_event event;
	struct audit_record record;

	raw_decode(raw, &event);
	record = make_record(&event);
	return format(&record);
}

static void assert_field(struct json_object *object, const char *name, const char *expected)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, name, &value)) {
		assert_null(expected);
		return;
	}
	assert_non_null(expected);
	assert_string_equal(json_object_get_string(value), expected);
}

static void assert_type(struct json_object *object, const char *name, enum json_type type)
{
	struct json_object *value = NULL;

	assert_true(json_object_object_get_ex(object, name, &value));
	assert_true(json_object_is_type(value, type));
}

static void writes_a_whole_line(void **state)
{
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);
	struct audit_text line = { 0 };
	struct audit_record record;
	struct audit_event event;

	(void)state;
	raw.head.access = ACCESS_READ | ACCESS_WRITE;
	raw.head.cgroup_id = 78;
	RAW_PATH(&raw, "/etc/shadow");
	raw_decode(&raw, &event);
	record = make_record(&event);
	assert_int_equal(audit_format_json(&record, &line), 0);
	assert_string_equal(
		line.data,
		"{\"@timestamp\":\"2023-11-14T22:13:20.123456789Z\","
		"\"event.kind\":\"event\","
		"\"event.category\":\"file\",\"event.type\":[\"access\",\"denied\"],"
		"\"event.action\":\"open\",\"event.outcome\":\"failure\",\"event.reason\":\"rule\","
		"\"process.pid\":4242,\"process.thread.id\":4243,\"process.parent.pid\":1,"
		"\"process.name\":\"nginx\",\"process.executable\":\"/usr/sbin/nginx\","
		"\"user.id\":\"1000\",\"group.id\":\"100\",\"container.id\":\"ab12\","
		"\"container.name\":\"web-1\",\"container.runtime\":\"podman\","
		"\"container.image.name\":\"docker.io/library/nginx:1\","
		"\"orchestrator.namespace\":\"shop\",\"orchestrator.resource.name\":\"web-7c5\","
		"\"bailiff.pod_container\":\"nginx\","
		"\"bailiff.cgroup\":\"/machine.slice/libpod-ab.scope\","
		"\"bailiff.container_id\":77,\"bailiff.cgroup_id\":78,"
		"\"file.path\":\"/etc/shadow\","
		"\"bailiff.access\":\"rw\",\"rule.name\":\"web.cfg:12\",\"rule.ruleset\":\"web\","
		"\"bailiff.verdict\":\"denied\",\"bailiff.mode\":\"enforce\","
		"\"bailiff.generation\":9}");
	audit_text_free(&line);
}

/* Every action with every verdict and reason has its words. */
static void names_everything(void **state)
{
	static const char *const outcomes[] = { "success", "failure", "success", "failure" };

	(void)state;
	for (int i = 1; i < EVENT_ACTIONS * EVENT_VERDICTS; i++) {
		int action = i % EVENT_ACTIONS, verdict = i % EVENT_VERDICTS;
		struct raw raw = raw_make(action ? action : 1, verdict);
		struct json_object *object;

		raw.head.reason = i % EVENT_REASONS;
		object = format_raw(&raw);
		assert_field(object, "event.action", audit_action_name(raw.head.action));
		assert_field(object, "event.outcome", outcomes[verdict]);
		assert_field(object, "event.reason", audit_reason_name(raw.head.reason));
		assert_field(object, "bailiff.verdict", audit_verdict_name(verdict));
		assert_type(object, "event.type", json_type_array);
		assert_type(object, "event.category", json_type_string);
		json_object_put(object);
	}
	for (int i = 0; i < EVENT_REASONS; i++)
		assert_non_null(audit_reason_name(i));
	assert_null(audit_reason_name(EVENT_REASONS));
	assert_null(audit_action_name(EVENT_ACTIONS));
	assert_null(audit_verdict_name(EVENT_VERDICTS));
}

/* What a container chooses freely: paths, arguments and its own name. */
static void cannot_be_forged(void **state)
{
	static const char hostile[] =
		"/x\n{\"event.action\":\"forged\"}\"\\\x1b[2J\xff\xc0\xaf\xe2\x80\xa8\x7f\\x0a]";
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);
	struct json_object *object, *value;
	struct audit_text back = { 0 };

	(void)state;
	memcpy(raw.head.comm, "a\n\",\"b\":\x1b\xff\xe2\x80", 13);
	RAW_PATH(&raw, hostile);
	RAW_ARGS(&raw, "sh\0\0-c\n\0\"\xff");
	object = format_raw(&raw);
	assert_field(object, "event.action", "open");
	assert_field(object, "b", NULL);
	assert_field(object, "file.path",
		     "/x\\x0a{\"event.action\":\"forged\"}\"\\\\\\x1b[2J\\xff\\xc0\\xaf"
		     "\\xe2\\x80\\xa8\\x7f\\\\x0a]");
	assert_true(json_object_object_get_ex(object, "file.path", &value));
	assert_int_equal(audit_unescape(audit_slice_of(json_object_get_string(value)), &back), 0);
	assert_int_equal(back.len, sizeof(hostile) - 1);
	assert_memory_equal(back.data, hostile, back.len);
	assert_field(object, "process.args", "[ \"sh\", \"\", \"-c\\\\x0a\", \"\\\"\\\\xff\" ]");
	audit_text_free(&back);
	json_object_put(object);
}

static void tells_addresses(void **state)
{
	struct raw raw = raw_make(EVENT_CONNECT, EVENT_DENIED);
	struct json_object *object;

	(void)state;
	raw.head.family = AF_INET;
	raw.head.protocol = IPPROTO_TCP;
	raw.head.port = 443;
	memcpy(raw.head.address, "\x0a\x00\x00\x01", 4);
	object = format_raw(&raw);
	assert_field(object, "destination.ip", "10.0.0.1");
	assert_field(object, "destination.port", "443");
	assert_field(object, "network.transport", "tcp");
	assert_field(object, "network.type", "ipv4");
	assert_field(object, "source.ip", NULL);
	json_object_put(object);
	raw.head.action = EVENT_BIND;
	raw.head.family = AF_INET6;
	raw.head.protocol = 0;
	raw.head.socket_type = SOCK_DGRAM;
	memcpy(raw.head.address, &in6addr_loopback, 16);
	object = format_raw(&raw);
	assert_field(object, "source.ip", "::1");
	assert_field(object, "source.port", "443");
	assert_field(object, "network.transport", "udp");
	assert_field(object, "network.type", "ipv6");
	assert_field(object, "destination.ip", NULL);
	json_object_put(object);
	raw.head.protocol = 255;
	object = format_raw(&raw);
	assert_field(object, "network.transport", NULL);
	assert_field(object, "network.iana_number", "255");
	json_object_put(object);
}

static void tells_the_life_of_a_process(void **state)
{
	struct raw raw = raw_make(EVENT_PROCESS_EXIT, EVENT_ALLOWED);
	struct json_object *object;

	(void)state;
	raw.head.rule = BAILIFF_RULE_NONE;
	raw.head.exit_code = 3 << 8;
	object = format_raw(&raw);
	assert_field(object, "event.action", "process-exit");
	assert_field(object, "event.reason", NULL);
	assert_field(object, "process.exit_code", "3");
	assert_field(object, "bailiff.signal", NULL);
	json_object_put(object);
	raw.head.exit_code = 9 | 0x80;
	object = format_raw(&raw);
	assert_field(object, "process.exit_code", "137");
	assert_field(object, "bailiff.signal", "9");
	json_object_put(object);
	raw = raw_make(EVENT_PROCESS_EXEC, EVENT_ALLOWED);
	RAW_PATH(&raw, "/usr/sbin/nginx");
	RAW_ARGS(&raw, "nginx\0-g");
	raw.head.args_cut = 1;
	object = format_raw(&raw);
	assert_field(object, "event.action", "process-start");
	assert_field(object, "file.path", NULL);
	assert_field(object, "process.args", "[ \"nginx\", \"-g\" ]");
	assert_field(object, "bailiff.args_cut", "true");
	json_object_put(object);
}

static void tells_second_names(void **state)
{
	struct raw raw = raw_make(EVENT_SYMLINK, EVENT_ALLOWED);
	struct json_object *object;

	(void)state;
	RAW_PATH(&raw, "/link");
	RAW_PATH2(&raw, "../etc");
	object = format_raw(&raw);
	assert_field(object, "file.path", "/link");
	assert_field(object, "file.target_path", "../etc");
	json_object_put(object);
	raw.head.action = EVENT_RENAME;
	object = format_raw(&raw);
	assert_field(object, "file.path", "/link");
	assert_field(object, "bailiff.new_path", "../etc");
	assert_field(object, "file.target_path", NULL);
	json_object_put(object);
}

static void leaves_out_what_is_unknown(void **state)
{
	struct raw raw = raw_make(EVENT_CONTAINER_END, EVENT_ALLOWED);
	struct audit_event event;
	struct audit_record record = { .kind = AUDIT_EVENT, .event = &event };
	struct json_object *object;

	(void)state;
	raw.head.pid = 0;
	raw_decode(&raw, &event);
	object = format(&record);
	assert_field(object, "process.pid", NULL);
	assert_field(object, "process.name", NULL);
	assert_field(object, "process.executable", NULL);
	assert_field(object, "container.name", NULL);
	assert_field(object, "container.id", NULL);
	assert_field(object, "rule.name", NULL);
	assert_field(object, "bailiff.access", NULL);
	assert_field(object, "bailiff.container_id", "77");
	assert_field(object, "@timestamp", "1970-01-01T00:00:00.000000000Z");
	json_object_put(object);
	record.time = -1;
	object = format(&record);
	assert_field(object, "@timestamp", "1969-12-31T23:59:59.999999999Z");
	json_object_put(object);
}

static void reports(void **state)
{
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);
	struct audit_loss loss = { 0 };
	struct audit_record record = { .kind = AUDIT_LOST, .loss = &loss };
	struct audit_event event;
	struct json_object *object;

	(void)state;
	audit_loss_add(&loss, "ring", "other", 5);
	audit_loss_add(&loss, "syslog", "queue", 2);
	audit_loss_add(&loss, "ring", "denied", 0);
	object = format(&record);
	assert_field(object, "event.action", "lost");
	assert_field(object, "bailiff.lost.total", "7");
	assert_field(object, "bailiff.lost.ring.other", "5");
	assert_field(object, "bailiff.lost.syslog.queue", "2");
	assert_field(object, "bailiff.lost.ring.denied", NULL);
	json_object_put(object);
	raw_decode(&raw, &event);
	record = make_record(&event);
	record.kind = AUDIT_SUPPRESSED;
	record.suppressed = 41;
	object = format(&record);
	assert_field(object, "event.action", "suppressed");
	assert_field(object, "bailiff.suppressed", "41");
	assert_field(object, "bailiff.suppressed_action", "open");
	assert_field(object, "rule.name", "web.cfg:12");
	assert_field(object, "process.pid", NULL);
	json_object_put(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_a_whole_line),
		cmocka_unit_test(names_everything),
		cmocka_unit_test(cannot_be_forged),
		cmocka_unit_test(tells_addresses),
		cmocka_unit_test(tells_the_life_of_a_process),
		cmocka_unit_test(tells_second_names),
		cmocka_unit_test(leaves_out_what_is_unknown),
		cmocka_unit_test(reports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
