/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/agent_make.h"

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <sys/socket.h>

#include "agent/proto.h"

static const char text[] = "{\"command\":\"status\"}";

static size_t frame(uint8_t *to, const char *body)
{
	size_t length = strlen(body);

	to[0] = (uint8_t)(length >> 24);
	to[1] = (uint8_t)(length >> 16);
	to[2] = (uint8_t)(length >> 8);
	to[3] = (uint8_t)length;
	memcpy(to + 4, body, length);
	return length + 4;
}

static void takes_a_frame_in_any_two_parts(void **state)
{
	uint8_t bytes[64];
	size_t size = frame(bytes, text);

	(void)state;
	for (size_t cut = 0; cut <= size; cut++) {
		struct proto_reader reader = { 0 };

		assert_int_equal(proto_feed(&reader, bytes, cut), cut);
		assert_int_equal(reader.complete, cut == size);
		assert_int_equal(proto_partial(&reader), cut > 0 && cut < size);
		if (cut < size)
			assert_int_equal(proto_feed(&reader, bytes + cut, size - cut), size - cut);
		assert_true(reader.complete);
		assert_string_equal(reader.text, text);
		proto_reset(&reader);
	}
}

static void takes_no_byte_of_the_next_frame(void **state)
{
	struct proto_reader reader = { 0 };
	uint8_t bytes[64];
	size_t size = frame(bytes, text);

	(void)state;
	bytes[size] = 'x';
	assert_int_equal(proto_feed(&reader, bytes, size + 1), size);
	proto_reset(&reader);
}

static void refuses_lengths_out_of_bounds(void **state)
{
	static const uint8_t bad[][4] = {
		{ 0, 0, 0, 0 },
		{ 0, 0x10, 0, 1 },
		{ 0x80, 0, 0, 0 },
		{ 0xff, 0xff, 0xff, 0xff },
	};
	static const uint8_t most[] = { 0, 0x10, 0, 0 };
	struct proto_reader reader = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(proto_feed(&reader, bad[i], 4), -EMSGSIZE);
		proto_reset(&reader);
	}
	assert_int_equal(proto_feed(&reader, most, 4), 4);
	proto_reset(&reader);
}

static void parses_objects_only(void **state)
{
	static const struct {
		const char *text;
		size_t length;
		int result;
	} cases[] = {
		{ "{}", 2, 0 },
		{ " {\"a\":1} ", 9, 0 },
		{ "[]", 2, -EBADMSG },
		{ "null", 4, -EBADMSG },
		{ "1", 1, -EBADMSG },
		{ "", 0, -EBADMSG },
		{ "{", 1, -EBADMSG },
		{ "{\"a\"", 4, -EBADMSG },
		{ "{}{}", 4, -EBADMSG },
		{ "{} x", 4, -EBADMSG },
		{ "{}\0", 3, -EBADMSG },
		{ "{\"a\":\"\xff\"}", 9, -EBADMSG },
		{ "{\"a\":1,}", 8, -EBADMSG },
		{ "{\"a\":[[[[[[[[[1]]]]]]]]]}", 24, -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_object *object = NULL;
		int result = proto_parse(cases[i].text, cases[i].length, &object);

		if (result != cases[i].result)
			fail_msg("%s: %d", cases[i].text, result);
		json_object_put(object);
	}
}

static void deep_nesting_is_refused(void **state)
{
	static char deep[100000];
	struct json_object *object;

	(void)state;
	memset(deep, '[', sizeof(deep));
	assert_int_equal(proto_parse(deep, sizeof(deep), &object), -EBADMSG);
	for (size_t i = 0; i + 5 < sizeof(deep); i += 5)
		memcpy(deep + i, "{\"a\":", 5);
	assert_int_equal(proto_parse(deep, sizeof(deep), &object), -EBADMSG);
}

static void refuses_to_send_too_much(void **state)
{
	struct proto_queue queue = { 0 };
	char *large = calloc(1, PROTO_MAX + 1);

	(void)state;
	memset(large, ' ', PROTO_MAX + 1);
	assert_int_equal(proto_put_text(&queue, large, PROTO_MAX + 1), -EMSGSIZE);
	assert_int_equal(proto_put_text(&queue, large, 0), -EMSGSIZE);
	assert_int_equal(proto_pending(&queue), 0);
	assert_int_equal(proto_put_text(&queue, large, PROTO_MAX), 0);
	assert_int_equal(proto_pending(&queue), PROTO_MAX + 4);
	proto_queue_free(&queue);
	free(large);
}

/* Sends until the socket is full, receives, and so on: all arrives, in order. */
static void survives_partial_writes(void **state)
{
	struct proto_queue queue = { 0 };
	struct proto_reader reader = { 0 };
	char *large = malloc(PROTO_MAX);
	int ends[2], error;

	(void)state;
	memset(large, 'a', PROTO_MAX);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(proto_put_text(&queue, large, PROTO_MAX - (size_t)i), 0);
	for (int i = 0; i < 3; i++) {
		while (!reader.complete) {
			error = proto_send(&queue, ends[0], -1);
			assert_true(!error || error == -EAGAIN);
			error = proto_receive(&reader, ends[1], NULL);
			assert_true(error >= 0 || error == -EAGAIN);
		}
		assert_int_equal(reader.length, PROTO_MAX - (size_t)i);
		proto_reset(&reader);
	}
	close(ends[0]);
	assert_int_equal(proto_receive(&reader, ends[1], NULL), -ENODATA);
	close(ends[1]);
	proto_queue_free(&queue);
	free(large);
}

static void passes_a_descriptor(void **state)
{
	struct proto_queue queue = { 0 };
	struct proto_reader reader = { 0 };
	int ends[2], passed = -1, sent = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_int_equal(proto_put_text(&queue, "{}", 2), 0);
	assert_int_equal(proto_send(&queue, ends[0], sent), 0);
	while (!reader.complete)
		assert_true(proto_receive(&reader, ends[1], &passed) >= 0);
	assert_true(passed >= 0 && passed != sent);
	assert_true(fcntl(passed, F_GETFD) & FD_CLOEXEC);
	close(passed);
	close(sent);
	close(ends[0]);
	close(ends[1]);
	proto_reset(&reader);
	proto_queue_free(&queue);
}

/* Nobody asked for it: it is closed, and the lowest descriptor is free again. */
static void closes_a_descriptor_that_is_not_wanted(void **state)
{
	struct proto_queue queue = { 0 };
	struct proto_reader reader = { 0 };
	int ends[2], before, after;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	before = dup(0);
	close(before);
	assert_int_equal(proto_put_text(&queue, "{}", 2), 0);
	assert_int_equal(proto_send(&queue, ends[0], ends[0]), 0);
	while (!reader.complete)
		assert_true(proto_receive(&reader, ends[1], NULL) >= 0);
	after = dup(0);
	assert_int_equal(before, after);
	close(after);
	close(ends[0]);
	close(ends[1]);
	proto_reset(&reader);
	proto_queue_free(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_a_frame_in_any_two_parts),
		cmocka_unit_test(takes_no_byte_of_the_next_frame),
		cmocka_unit_test(refuses_lengths_out_of_bounds),
		cmocka_unit_test(parses_objects_only),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(refuses_to_send_too_much),
		cmocka_unit_test(survives_partial_writes),
		cmocka_unit_test(passes_a_descriptor),
		cmocka_unit_test(closes_a_descriptor_that_is_not_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
