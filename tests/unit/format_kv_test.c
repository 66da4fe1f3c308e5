/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/audit_make.h"

#include <stdlib.h>

#include "audit/escape.h"
#include "audit/format_kv.h"

static struct audit_text format(const struct raw *raw)
{
	struct audit_text line = { 0 };
	struct audit_record record;
	struct audit_event event;

	raw_decode(raw, &event);
	record = make_record(&event);
	assert_int_equal(audit_format_kv(&record, &line), 0);
	assert_true(line.len <= AUDIT_KV_MAX);
	for (size_t i = 0; i < line.len; i++)
		assert_true((unsigned char)line.data[i] >= 0x20 && line.data[i] != 0x7f);
	return line;
}

static void writes_a_whole_line(void **state)
{
	struct raw raw = raw_make(EVENT_OPEN, EVENT_KILLED);
	struct audit_text line;

	(void)state;
	raw.head.access = ACCESS_WRITE;
	RAW_PATH(&raw, "/usr/my file");
	line = format(&raw);
	assert_string_equal(
		line.data,
		"@timestamp=2023-11-14T22:13:20.123456789Z event.kind=event event.category=file "
		"event.type=access event.type=denied event.action=open event.outcome=failure "
		"event.reason=rule process.pid=4242 process.thread.id=4243 process.parent.pid=1 "
		"process.name=nginx process.executable=/usr/sbin/nginx user.id=1000 group.id=100 "
		"container.id=ab12 container.name=web-1 container.runtime=podman "
		"container.image.name=docker.io/library/nginx:1 orchestrator.namespace=shop "
		"orchestrator.resource.name=web-7c5 bailiff.pod_container=nginx "
		"bailiff.cgroup=/machine.slice/libpod-ab.scope bailiff.container_id=77 "
		"file.path=\"/usr/my file\" bailiff.access=w rule.name=web.cfg:12 rule.ruleset=web "
		"bailiff.verdict=killed bailiff.mode=enforce bailiff.generation=9");
	audit_text_free(&line);
}

/* Undoes the quotes of the value that follows at, as a reader of RFC 5424 would. */
static struct audit_text read_value(const char *at)
{
	struct audit_text text = { 0 };

	if (*at != '"') {
		assert_int_equal(audit_text_add(&text, at, strcspn(at, " ")), 0);
		return text;
	}
	for (at++; *at != '"'; at++) {
		assert_true(*at != '\0');
		assert_true(*at != ']');
		if (*at == '\\' && strchr("\"\\]", at[1]))
			at++;
		assert_int_equal(audit_text_add(&text, at, 1), 0);
	}
	assert_true(at[1] == ' ' || at[1] == '\0');
	return text;
}

static void cannot_be_forged(void **state)
{
	static const char hostile[] = "/a\" rule.name=x ]\\ \n<86>\x1b[0m\x7f\xff\xc2\x85\\x0a=";
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);
	struct audit_text line, value, back = { 0 };
	const char *at;

	(void)state;
	memcpy(raw.head.comm, "x y=\"\n", 6);
	RAW_PATH(&raw, hostile);
	line = format(&raw);
	assert_non_null(strstr(line.data, "process.name=\"x y=\\\"\\\\x0a\" "));
	at = strstr(line.data, "file.path=");
	assert_non_null(at);
	value = read_value(at + strlen("file.path="));
	assert_int_equal(audit_unescape(audit_text_slice(&value), &back), 0);
	assert_int_equal(back.len, sizeof(hostile) - 1);
	assert_memory_equal(back.data, hostile, back.len);
	audit_text_free(&line);
	audit_text_free(&value);
	audit_text_free(&back);
}

static void repeats_the_key_of_a_list(void **state)
{
	struct raw raw = raw_make(EVENT_EXEC, EVENT_DENIED);
	struct audit_text line;

	(void)state;
	RAW_ARGS(&raw, "sh\0-c\0\0echo \"a b\"");
	line = format(&raw);
	assert_non_null(strstr(line.data, " process.args=sh process.args=-c process.args=\"\" "
					  "process.args=\"echo \\\"a b\\\"\" "));
	audit_text_free(&line);
}

static void quotes_what_is_empty(void **state)
{
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);
	struct audit_text line;

	(void)state;
	memset(raw.head.comm, 0, sizeof(raw.head.comm));
	line = format(&raw);
	assert_non_null(strstr(line.data, " process.name=\"\" "));
	audit_text_free(&line);
}

static struct raw long_record(char fill)
{
	static char path[BAILIFF_PATH_MAX], args[BAILIFF_ARGS_MAX];
	struct raw raw = raw_make(EVENT_RENAME, EVENT_DENIED);

	memset(path, fill, sizeof(path));
	memset(args, fill, sizeof(args));
	raw_append(&raw, path, sizeof(path) - 1, &raw.head.path_len);
	raw_append(&raw, path, sizeof(path) - 1, &raw.head.path2_len);
	raw_append(&raw, args, sizeof(args), &raw.head.args_len);
	return raw;
}

static void shortens_and_says_so(void **state)
{
	struct raw raw = long_record('p');
	struct audit_text line = format(&raw);

	(void)state;
	assert_non_null(strstr(line.data, " bailiff.cut=file.path:4095,bailiff.new_path:4095"));
	assert_non_null(strstr(line.data, " bailiff.verdict=denied"));
	assert_non_null(strstr(line.data, " file.path=ppppppp"));
	assert_true(line.len > 4000);
	audit_text_free(&line);
}

/* What grows most when escaped, and a list of nothing but separators. */
static void shortens_the_worst(void **state)
{
	static const char fills[] = { '\xff', '\n', '\\', '"', '\0', ' ' };

	(void)state;
	for (size_t i = 0; i < sizeof(fills); i++) {
		struct raw raw = long_record(fills[i]);
		struct audit_text line = format(&raw);

		assert_non_null(strstr(line.data, "file.path:4095"));
		assert_non_null(strstr(line.data, " bailiff.generation=9"));
		audit_text_free(&line);
	}
}

static void keeps_short_lines_whole(void **state)
{
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);
	static char path[BAILIFF_PATH_MAX];
	struct audit_text line;

	(void)state;
	memset(path, 'p', sizeof(path));
	raw_append(&raw, path, sizeof(path) - 1, &raw.head.path_len);
	line = format(&raw);
	assert_null(strstr(line.data, "bailiff.cut"));
	assert_true(line.len > 4095);
	audit_text_free(&line);
}

/* A multi-byte character or an escape is never torn apart. */
static void cuts_between_characters(void **state)
{
	struct raw raw = raw_make(EVENT_RENAME, EVENT_DENIED);
	struct audit_text line, value, back = { 0 };
	char path[BAILIFF_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(path); i++)
		path[i] = "\xe2\x82\xac\xff"[i % 4];
	raw_append(&raw, path, 4092, &raw.head.path_len);
	raw_append(&raw, path, 4092, &raw.head.path2_len);
	line = format(&raw);
	value = read_value(strstr(line.data, "file.path=") + strlen("file.path="));
	assert_int_equal(audit_unescape(audit_text_slice(&value), &back), 0);
	assert_true(back.len > 100);
	assert_memory_equal(back.data, path, back.len);
	assert_true(back.len % 4 == 0 || back.len % 4 == 3);
	audit_text_free(&line);
	audit_text_free(&value);
	audit_text_free(&back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_a_whole_line),
		cmocka_unit_test(cannot_be_forged),
		cmocka_unit_test(repeats_the_key_of_a_list),
		cmocka_unit_test(quotes_what_is_empty),
		cmocka_unit_test(shortens_and_says_so),
		cmocka_unit_test(shortens_the_worst),
		cmocka_unit_test(keeps_short_lines_whole),
		cmocka_unit_test(cuts_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
