/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What globs parse to; what they match is in dfa_test. */
#include "tests/unit/policy_helper.h"

#include <errno.h>

#include "policy/glob.h"

static struct arena arena;

static struct glob_seq parse(const char *text)
{
	struct glob_seq seq = { 0 };
	char why[160] = "";

	if (glob_parse(&arena, text, &seq, why, sizeof(why)))
		fail_msg("%s: %s", text, why);
	return seq;
}

static void kinds(void **state)
{
	struct glob_seq seq = parse("/a?*[b-d]**{x,,{y,z/}}\\*");
	static const enum glob_kind expected[] = { GLOB_BYTE, GLOB_BYTE,  GLOB_SET,   GLOB_STAR,
						   GLOB_SET,  GLOB_STARS, GLOB_GROUP, GLOB_BYTE };

	(void)state;
	assert_int_equal(seq.count, 8);
	for (size_t i = 0; i < seq.count; i++)
		assert_int_equal(seq.items[i].kind, expected[i]);
	assert_int_equal(seq.items[7].byte, '*');
	assert_int_equal(seq.items[6].group->n_alts, 3);
	assert_int_equal(seq.items[6].group->alts[1].count, 0);
	assert_int_equal(seq.items[6].group->alts[2].items[0].group->n_alts, 2);
	assert_int_equal(seq.items[6].group->len, strlen("{x,,{y,z/}}"));
	arena_clear(&arena);
}

static void set_is(const char *text, const char *in, const char *out)
{
	struct glob_seq seq = parse(text);

	assert_int_equal(seq.count, 1);
	for (; *in; in++)
		assert_true(glob_set_has(seq.items[0].set, (uint8_t)*in));
	for (; *out; out++)
		assert_false(glob_set_has(seq.items[0].set, (uint8_t)*out));
	assert_false(glob_set_has(seq.items[0].set, '/'));
	assert_false(glob_set_has(seq.items[0].set, 0));
}

static void sets(void **state)
{
	(void)state;
	set_is("?", "a.*\xff\x01", "/");
	set_is("[b-d]", "bcd", "ae/");
	set_is("[!b-d]", "ae\xff", "bcd/");
	set_is("[a-]", "a-", "bc");
	set_is("[-a]", "a-", "bc");
	set_is("[\\]\\-z]", "]-z", "ay\\");
	set_is("[+-9]", "+-.09", "/:");
	set_is("[a!]", "a!", "b");
	arena_clear(&arena);
}

static void texts_are_literal(void **state)
{
	struct glob_seq seq = parse("a,b]!-^");

	(void)state;
	for (size_t i = 0; i < seq.count; i++)
		assert_int_equal(seq.items[i].kind, GLOB_BYTE);
	arena_clear(&arena);
}

static void refused(void **state)
{
	static const char *const bad[] = { "[",	    "[a",   "[]",   "[!]",	   "[^a]",
					   "[z-a]", "[a/]", "{",    "{a",	   "{a,",
					   "}",	    "a}",   "\\",   "a\\",	   "***",
					   "[\\",   "{[}",  "{a}}", "[!\x01-\xff]" };
	struct glob_seq seq = { 0 };
	char why[160];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why[0] = '\0';
		if (glob_parse(&arena, bad[i], &seq, why, sizeof(why)) != -EINVAL)
			fail_msg("%s is taken", bad[i]);
		assert_true(strlen(why) > 10);
		assert_null(seq.items);
	}
	arena_clear(&arena);
}

static int check(const char *text)
{
	struct glob_seq seq = parse(text);
	char why[160];

	return glob_check_path(&seq, strlen(text), why, sizeof(why));
}

static void paths(void **state)
{
	static const char *const good[] = { "/",      "/a",	 "/**", "/{a,b/c}", "{/a,/b}",
					    "/{,a}",  "/a{,/b}", "/.a", "/..a",	    "/a/...",
					    "/[.]/a", "/*/a",	 "/a.", "/a{,.}/b" };
	static const char *const bad[] = {
		"",	     "a",	 "*",	    "?/a",    "{/a,}",	       "//",
		"/a//b",     "/a/",	 "/.",	    "/..",    "/./a",	       "/../a",
		"/{a/,b}/c", "/{.,b}/c", "/a/{.}.", "/{b/,}", "/{.,a}{.,b}/c", "/a/{b/,c}",
		"/**/",	     "/**//b"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (check(good[i]))
			fail_msg("%s is refused", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (check(bad[i]) != -EINVAL)
			fail_msg("%s is taken", bad[i]);
	arena_clear(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(sets),
		cmocka_unit_test(texts_are_literal),
		cmocka_unit_test(refused),
		cmocka_unit_test(paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
