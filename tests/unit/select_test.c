/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which policy is selected, and what is said of those that are not; the globs that do it. */
#include "tests/unit/naive_glob.h"
#include "tests/unit/policy_helper.h"

#include <errno.h>

#include "policy/glob_match.h"
#include "policy/select.h"

static bool matches(const char *pattern, const char *text)
{
	struct arena arena = { 0 };
	struct glob_seq seq;
	char why[160];
	int r = glob_parse(&arena, pattern, &seq, why, sizeof(why));

	assert_int_equal(r, 0);
	r = glob_match(&seq, text);
	arena_clear(&arena);
	assert_true(r == 0 || r == 1);
	return r;
}

static void globs_of_images(void **state)
{
	static const char image[] = "docker.io/library/nginx:1.25";

	(void)state;
	assert_true(matches("docker.io/library/nginx:*", image));
	assert_true(matches("**/nginx:*", image));
	assert_true(matches("docker.io/*/nginx:1.2[45]", image));
	assert_true(matches("{docker.io,quay.io}/**", image));
	assert_true(matches("**", image));
	assert_false(matches("*", image));
	assert_false(matches("docker.io/*:*", image));
	assert_false(matches("library/nginx:*", image));
	assert_false(matches("docker.io/library/nginx:", image));
	assert_true(matches("", ""));
	assert_false(matches("?", ""));
}

/* A pattern that is hard for whoever tries one way after the other. */
static void no_text_is_slow(void **state)
{
	char text[3001];
	double began = seconds();

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	assert_false(matches("{*a,**a}{*a,**a}{*a,**a}{*a,**a}{*a,**a}{*a,**a}{*a,**a}*b", text));
	assert_false(matches("**a**a**a**a**a**a**a**a**a**a**a**a**a**a**b", text));
	assert_true(seconds() - began < 1.0);
}

#define PARTS 14

/* Against the reference, on patterns and texts by chance from a small alphabet. */
static void same_as_reference(void **state)
{
	static const char *const parts[PARTS] = {
		"a",	"b",	 "/",	  "*",	   "**",   "?",	     "[ab]",
		"[!a]", "{a,b}", "{,/a}", "{*,/}", "/**/", "{**,b}", "\\*",
	};
	static struct naive_pattern naive;
	unsigned matched = 0;

	(void)state;
	random_start();
	for (int i = 0; i < 20000; i++) {
		char pattern[64] = "", text[12];
		size_t length = random_below(sizeof(text) - 1);

		for (unsigned n = 1 + random_below(5); n; n--)
			strcat(pattern, parts[random_below(PARTS)]);
		if (strstr(pattern, "***"))
			continue;
		for (size_t k = 0; k < length; k++)
			text[k] = "ab/*"[random_below(4)];
		text[length] = 0;
		naive_parse(&naive, pattern);
		for (int k = 0; k < naive.count; k++)
			for (int t = 0; t + 1 < naive.lists[k].count; t++)
				if (naive.lists[k].tokens[t] >= NAIVE_STAR &&
				    naive.lists[k].tokens[t] <= NAIVE_STARS &&
				    naive.lists[k].tokens[t + 1] >= NAIVE_STAR &&
				    naive.lists[k].tokens[t + 1] <= NAIVE_STARS)
					goto next; /* a wildcard beside another through a group */
		if (matches(pattern, text) != naive_match(&naive, text))
			fail_msg("\"%s\" on \"%s\"", pattern, text);
		matched += matches(pattern, text);
	next:;
	}
	assert_true(matched > 500);
}

static const char policies[] =
	"policies = (\n"
	"{ name = \"plain\"; file = { default = \"allow\"; }; },\n"
	"{ name = \"any\"; select = { name = \"*\"; priority = -1; }; },\n"
	"{ name = \"web\"; select = { name = [ \"web*\", \"www\" ]; image = \"**/nginx:*\"; }; },\n"
	"{ name = \"noted\"; select = { annotations = [ \"role=db\", \"role=cache\" ]; priority = "
	"5; }; },\n"
	"{ name = \"trusting\"; select = { annotations = \"role=db\"; trust = \"annotation\"; "
	"priority = 4; }; },\n"
	"{ name = \"labelled\"; select = { labels = \"app=*\"; cgroup = \"/machine.slice/*\"; "
	"priority = 7; }; },\n"
	"{ name = \"twin\"; select = { name = \"web-twin\"; }; }\n"
	");\n";

static struct selector *selector;

static int set_up(void **state)
{
	struct policy_set *set = load(policies);

	(void)state;
	assert_int_equal(selector_new(&selector, set), 0);
	policy_set_free(set);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	selector_free(selector);
	return 0;
}

static const char *chosen(const struct select_facts *facts)
{
	struct select_choice choice;
	int r = selector_choose(selector, facts, &choice);

	if (r == -ENOENT)
		return "nothing";
	if (r == -ENOTUNIQ)
		return "tie";
	assert_int_equal(r, 0);
	return choice.chosen->policy;
}

#define FACTS(...) (&(struct select_facts){ __VA_ARGS__ })
#define PAIRS(...)                                                                                 \
	{                                                                                          \
		(const char *const[]){ __VA_ARGS__ },                                              \
			sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *)              \
	}

static void chooses(void **state)
{
	static const char nginx[] = "docker.io/library/nginx:1";

	(void)state;
	assert_string_equal(chosen(FACTS(.name = "x")), "any");
	assert_string_equal(chosen(FACTS(.image = nginx)), "nothing");
	assert_string_equal(chosen(FACTS(.name = "web1", .image = nginx)), "web");
	assert_string_equal(chosen(FACTS(.name = "www", .image = nginx)), "web");
	assert_string_equal(chosen(FACTS(.name = "web1")), "any");
	assert_string_equal(chosen(FACTS(.name = "web1", .image = "docker.io/library/redis:1")),
			    "any");
	assert_string_equal(chosen(FACTS(.name = "x", .annotations = PAIRS("a=b", "role=cache"))),
			    "noted");
	assert_string_equal(chosen(FACTS(.name = "x", .annotations = PAIRS("role=database"))),
			    "any");
	assert_string_equal(chosen(FACTS(.labels = PAIRS("app=x"), .cgroup = "/machine.slice/c")),
			    "labelled");
	assert_string_equal(chosen(FACTS(.labels = PAIRS("app=x"), .cgroup = "/machine.slice/c/d")),
			    "nothing");
}

static void the_default_is_for_all_others(void **state)
{
	struct policy_set *set = load("policies = (\n"
				      "{ name = \"rest\"; select = { default = true; }; },\n"
				      "{ name = \"low\"; select = { name = \"web*\"; "
				      "priority = -9; }; } );\n");
	struct selector *other = selector;

	(void)state;
	assert_int_equal(selector_new(&selector, set), 0);
	policy_set_free(set);
	assert_string_equal(chosen(FACTS(.name = "db")), "rest");
	assert_string_equal(chosen(FACTS(.image = "x")), "rest");
	assert_string_equal(chosen(FACTS(.name = "web1")), "low");
	selector_free(selector);
	selector = other;
}

static void image_annotations_need_trust(void **state)
{
	(void)state;
	assert_string_equal(chosen(FACTS(.image_annotations = PAIRS("role=db"))), "trusting");
	assert_string_equal(chosen(FACTS(.image_annotations = PAIRS("role=cache"))), "nothing");
	assert_string_equal(chosen(FACTS(.annotations = PAIRS("role=db"))), "noted");
}

static void ties_are_no_choice(void **state)
{
	struct select_choice choice;
	const struct select_facts *facts =
		FACTS(.name = "web-twin", .image = "docker.io/library/nginx:1");

	(void)state;
	assert_int_equal(selector_choose(selector, facts, &choice), -ENOTUNIQ);
	assert_string_equal(choice.chosen->policy, "web");
	assert_string_equal(choice.rival->policy, "twin");
	/* above them there is a choice again */
	assert_string_equal(chosen(FACTS(.name = "web-twin", .image = "docker.io/library/nginx:1",
					 .annotations = PAIRS("role=db"))),
			    "noted");
}

static void why_is(size_t index, const struct select_facts *facts, const char *expected)
{
	char why[200];
	int r = selector_fits(selector, index, facts, why, sizeof(why));

	assert_string_equal(why, expected);
	assert_int_equal(r, !*expected);
}

static void says_why(void **state)
{
	(void)state;
	assert_int_equal(selector_count(selector), 7);
	assert_null(selector_at(selector, 7));
	assert_string_equal(selector_at(selector, 2)->source, FILE_NAME ":4");
	why_is(0, FACTS(.name = "x"), "it has no select");
	why_is(1, FACTS(.name = "x"), "");
	why_is(1, FACTS(.image = "x"), "name: that of the container is not known");
	why_is(2, FACTS(.name = "db"), "name: \"db\" matches none of its globs");
	why_is(2, FACTS(.name = "web"), "image: that of the container is not known");
	why_is(2, FACTS(.name = "web", .image = "b"), "image: \"b\" matches none of its globs");
	why_is(3, FACTS(.annotations = PAIRS("a=b", "c=d")), "annotations: none of 2 fits");
	why_is(3, FACTS(.image_annotations = PAIRS("role=db")),
	       "annotations: only one of the image's own fits, and there is no trust = "
	       "\"annotation\"");
	why_is(5, FACTS(.cgroup = "/machine.slice/c"), "labels: none of 0 fits");
	why_is(5, FACTS(.labels = PAIRS("app=x"), .cgroup = "/c"),
	       "cgroup: \"/c\" matches none of its globs");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs_of_images),
		cmocka_unit_test(no_text_is_slow),
		cmocka_unit_test(same_as_reference),
		cmocka_unit_test_setup_teardown(chooses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_default_is_for_all_others, set_up, tear_down),
		cmocka_unit_test_setup_teardown(image_annotations_need_trust, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ties_are_no_choice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(says_why, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
