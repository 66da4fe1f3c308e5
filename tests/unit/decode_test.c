/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/audit_make.h"

#include <errno.h>
#include <stdlib.h>

static struct raw full(void)
{
	struct raw raw = raw_make(EVENT_RENAME, EVENT_DENIED);

	RAW_PATH(&raw, "/old");
	RAW_PATH2(&raw, "/newer");
	RAW_ARGS(&raw, "a\0bc");
	return raw;
}

static void decodes_all_parts(void **state)
{
	struct raw raw = full();
	struct audit_event event;

	(void)state;
	raw_decode(&raw, &event);
	assert_int_equal(event.head.pid, 4242);
	assert_int_equal(event.comm.len, 5);
	assert_memory_equal(event.comm.data, "nginx", 5);
	assert_int_equal(event.path.len, 4);
	assert_memory_equal(event.path.data, "/old", 4);
	assert_int_equal(event.path2.len, 6);
	assert_memory_equal(event.path2.data, "/newer", 6);
	assert_int_equal(event.args.len, 4);
	assert_memory_equal(event.args.data, "a\0bc", 4);
}

/* In a buffer of exactly that size, so that a byte too far is found by the sanitizer. */
static void refuses_every_truncation(void **state)
{
	struct raw raw = full();

	(void)state;
	for (size_t len = 0; len <= raw.head.size; len++) {
		struct audit_event event = { .head.pid = 1 };
		char *copy = malloc(len ? len : 1);
		int r;

		assert_non_null(copy);
		memcpy(copy, &raw, len);
		r = audit_decode(copy, len, &event);
		assert_int_equal(r, len == raw.head.size ? 0 : -EBADMSG);
		if (r < 0)
			assert_int_equal(event.head.pid, 1);
		free(copy);
	}
}

static void takes_any_alignment(void **state)
{
	struct raw raw = full();
	struct audit_event event;
	char copy[1024];

	(void)state;
	memcpy(copy + 1, &raw, raw.head.size);
	assert_int_equal(audit_decode(copy + 1, raw.head.size, &event), 0);
	assert_int_equal(event.head.container_id, 77);
}

static void comm_may_fill_its_field(void **state)
{
	struct raw raw = raw_make(EVENT_OPEN, EVENT_ALLOWED);
	struct audit_event event;

	(void)state;
	memcpy(raw.head.comm, "0123456789abcdef", 16);
	raw_decode(&raw, &event);
	assert_int_equal(event.comm.len, 16);
}

static void refuse(struct raw raw)
{
	struct audit_event event;

	assert_int_equal(audit_decode(&raw, raw.head.size, &event), -EBADMSG);
}

#define REFUSE(field, value)                                                                       \
	do {                                                                                       \
		struct raw changed = full();                                                       \
		changed.head.field = (value);                                                      \
		refuse(changed);                                                                   \
	} while (0)

static void refuses_unknown_values(void **state)
{
	(void)state;
	REFUSE(version, 0);
	REFUSE(version, EVENT_VERSION + 1);
	REFUSE(action, 0);
	REFUSE(action, EVENT_ACTIONS);
	REFUSE(verdict, EVENT_VERDICTS);
	REFUSE(reason, EVENT_REASONS);
	REFUSE(mode, POLICY_MODE_ENFORCE + 1);
	REFUSE(family, 3);
	REFUSE(access, ACCESS_ALL + 1);
	REFUSE(args_cut, 2);
	REFUSE(capability, 1);
}

static void refuses_lengths_that_lie(void **state)
{
	struct raw raw = full();
	struct audit_event event;

	(void)state;
	REFUSE(path_len, 3);
	REFUSE(path2_len, 7);
	REFUSE(args_len, 0);
	REFUSE(path_len, 0xffff);
	raw.head.size++;
	assert_int_equal(audit_decode(&raw, raw.head.size - 1, &event), -EBADMSG);
	assert_int_equal(audit_decode(&raw, raw.head.size, &event), -EBADMSG);
}

static void knows_the_limits(void **state)
{
	static const char zeros[BAILIFF_PATH_MAX];
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);
	struct audit_event event;

	(void)state;
	raw_append(&raw, zeros, BAILIFF_PATH_MAX - 1, &raw.head.path_len);
	raw_decode(&raw, &event);
	raw = raw_make(EVENT_OPEN, EVENT_DENIED);
	raw_append(&raw, zeros, BAILIFF_PATH_MAX, &raw.head.path_len);
	refuse(raw);
	raw = raw_make(EVENT_RENAME, EVENT_DENIED);
	raw_append(&raw, zeros, BAILIFF_PATH_MAX, &raw.head.path2_len);
	refuse(raw);
	raw = raw_make(EVENT_EXEC, EVENT_DENIED);
	raw_append(&raw, zeros, BAILIFF_ARGS_MAX + 1, &raw.head.args_len);
	refuse(raw);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_all_parts),
		cmocka_unit_test(refuses_every_truncation),
		cmocka_unit_test(takes_any_alignment),
		cmocka_unit_test(comm_may_fill_its_field),
		cmocka_unit_test(refuses_unknown_values),
		cmocka_unit_test(refuses_lengths_that_lie),
		cmocka_unit_test(knows_the_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
