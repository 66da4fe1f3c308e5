/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/agent_make.h"

#include "agent/kallsyms.h"

static char list[] = "ffffffff81000000 T _text\n"
		     "ffffffff81e00040 d not_rename_lock\n"
		     "ffffffff81e00080 d rename_lock.1\n"
		     "0000000000000000\n"
		     "ffffffff82a00040 d rename_lock\n"
		     "ffffffff82a00080 D mount_lock\n"
		     "ffffffffc0300000 d rename_lock\t[some_module]\n"
		     "ffffffffc0300040 t in_module\t[some_module]\n"
		     "0000000000000000 t hidden\n"
		     "ffffffffc0300080 t last";

static uint64_t find(const char *name)
{
	const char *const names[] = { "mount_lock", name };
	uint64_t addresses[2] = { 1, 1 };
	FILE *stream = fmemopen(list, sizeof(list) - 1, "r");

	assert_non_null(stream);
	kallsyms_read(stream, names, addresses, 2);
	fclose(stream);
	assert_int_equal(addresses[0], 0xffffffff82a00080);
	return addresses[1];
}

static void finds_names_as_a_whole(void **state)
{
	(void)state;
	assert_int_equal(find("_text"), 0xffffffff81000000);
	assert_int_equal(find("in_module"), 0xffffffffc0300040);
	assert_int_equal(find("last"), 0xffffffffc0300080);
	assert_int_equal(find("rename"), 0);
	assert_int_equal(find("rename_lock.1"), 0xffffffff81e00080);
}

static void prefers_the_kernels_own(void **state)
{
	(void)state;
	assert_int_equal(find("rename_lock"), 0xffffffff82a00040);
}

static void knows_none_that_is_hidden_or_missing(void **state)
{
	(void)state;
	assert_int_equal(find("hidden"), 0);
	assert_int_equal(find("nowhere"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_names_as_a_whole),
		cmocka_unit_test(prefers_the_kernels_own),
		cmocka_unit_test(knows_none_that_is_hidden_or_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
