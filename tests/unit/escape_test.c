/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/audit_make.h"

#include <errno.h>
#include <stdlib.h>

#include "audit/escape.h"

static void check(const char *bytes, size_t len, const char *expected)
{
	struct audit_text escaped = { 0 }, back = { 0 };

	assert_int_equal(audit_escape((struct audit_slice){ bytes, len }, &escaped), 0);
	assert_int_equal(escaped.len, strlen(expected));
	if (escaped.len)
		assert_string_equal(escaped.data, expected);
	assert_int_equal(audit_unescape(audit_text_slice(&escaped), &back), 0);
	assert_int_equal(back.len, len);
	if (len)
		assert_memory_equal(back.data, bytes, len);
	audit_text_free(&escaped);
	audit_text_free(&back);
}

#define CHECK(literal, expected) check(literal, sizeof(literal) - 1, expected)

static void keeps_what_is_printable(void **state)
{
	(void)state;
	CHECK("", "");
	CHECK("/usr/bin/a b\"c'", "/usr/bin/a b\"c'");
	CHECK("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
	CHECK("\xef\xbf\xbd", "\xef\xbf\xbd");
}

static void escapes_controls(void **state)
{
	(void)state;
	CHECK("a\nb\0c\x1b[0m\x7f\t\r", "a\\x0ab\\x00c\\x1b[0m\\x7f\\x09\\x0d");
	CHECK("\xc2\x80\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9f\xc2\xa0");
	CHECK("\xe2\x80\xa8\xe2\x80\xa9", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9");
	CHECK("\xe2\x80\xae", "\\xe2\\x80\\xae"); /* right to left */
	CHECK("\xef\xbb\xbf", "\\xef\\xbb\\xbf");
	CHECK("\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81"); /* a tag character */
	CHECK("\xf0\x9f\xbf\xbe", "\\xf0\\x9f\\xbf\\xbe"); /* U+1FFFE */
}

static void escapes_what_is_not_utf8(void **state)
{
	(void)state;
	CHECK("\xff\xfe", "\\xff\\xfe");
	CHECK("\xc0\xaf", "\\xc0\\xaf");		   /* overlong slash */
	CHECK("\xe0\x80\xaf", "\\xe0\\x80\\xaf");	   /* the same in three bytes */
	CHECK("\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf"); /* and in four */
	CHECK("\xed\xa0\x80", "\\xed\\xa0\\x80");	   /* a surrogate */
	CHECK("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* beyond U+10FFFF */
	CHECK("\xe2\x82", "\\xe2\\x82");		   /* cut off */
	CHECK("\xe2\x82\x41", "\\xe2\\x82\x41");
	CHECK("\x80", "\\x80");
	CHECK("\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80");
}

/* Bytes that look like an escape are told from one. */
static void is_unambiguous(void **state)
{
	(void)state;
	CHECK("\\x0a", "\\\\x0a");
	CHECK("\n", "\\x0a");
	CHECK("\\", "\\\\");
	CHECK("\\\n\\", "\\\\\\x0a\\\\");
}

static void survives_random_bytes(void **state)
{
	char bytes[64];
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct audit_text escaped = { 0 }, back = { 0 };
		size_t len = round % sizeof(bytes);

		for (size_t i = 0; i < len; i++)
			bytes[i] = (char)rand_r(&seed);
		assert_int_equal(audit_escape((struct audit_slice){ bytes, len }, &escaped), 0);
		assert_true(escaped.len <= 4 * len);
		for (size_t i = 0; i < escaped.len; i++)
			assert_true((uint8_t)escaped.data[i] >= 0x20 && escaped.data[i] != 0x7f);
		assert_int_equal(audit_unescape(audit_text_slice(&escaped), &back), 0);
		assert_int_equal(back.len, len);
		if (len)
			assert_memory_equal(back.data, bytes, len);
		audit_text_free(&escaped);
		audit_text_free(&back);
	}
}

static void refuses_a_bad_escape(void **state)
{
	static const char *const bad[] = { "\\", "\\x", "\\x0", "\\xg0", "\\x0A", "\\n", "a\\" };
	struct audit_text out = { 0 };

	(void)state;
	assert_int_equal(audit_text_puts(&out, "kept"), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(audit_unescape(audit_slice_of(bad[i]), &out), -EBADMSG);
		assert_string_equal(out.data, "kept");
	}
	audit_text_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_is_printable),  cmocka_unit_test(escapes_controls),
		cmocka_unit_test(escapes_what_is_not_utf8), cmocka_unit_test(is_unambiguous),
		cmocka_unit_test(survives_random_bytes),    cmocka_unit_test(refuses_a_bad_escape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
