/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The size of compiled automata, and paths of note. simulate_test has the paths by chance. */
#include "tests/unit/policy_helper.h"

#include <errno.h>

#include "policy/simulate.h"
#include "policy/subset.h"

static struct policy_image *compile_many(const char *name, const char *const *formats, size_t n,
					 int count, size_t *words)
{
	static const char *const actions[] = { "allow", "deny" };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct policy_image *image;
	double start;

	fputs("policies = ( { name = \"p\"; file = { default = \"deny\"; rules = (\n", out);
	for (int i = 0; i < count; i++) {
		fprintf(out, "{ action = \"%s\"; access = \"rw\"; path = \"", actions[i & 1]);
		fprintf(out, formats[(size_t)i % n], i);
		fprintf(out, "\"; }%s\n", i + 1 < count ? "," : "");
	}
	fputs("); }; } );", out);
	fclose(out);
	start = seconds();
	image = compile(text);
	print_message("%s: %d rules, %u words, %.0f ms\n", name, count, image->head.dfa_words,
		      (seconds() - start) * 1e3);
	*words = image->head.dfa_words;
	free(text);
	return image;
}

static void thousand_rules(void **state)
{
	static const char *const prefix[] = { "/usr/*/lib-%d/**" };
	static const char *const name[] = { "/**/name%d*" };
	static const char *const literal[] = { "/etc/app/conf.d/%d/settings" };
	static const char *const group[] = { "/{usr,opt}/{a,b{c,d}}%d/{x,y/**}" };
	static const char *const mixed[] = { "/usr/*/lib-%d/**", "/**/name%d*", "/opt/%d/{a,b}" };
	struct decision d;
	size_t words;

	(void)state;
	policy_image_free(compile_many("prefix", prefix, 1, 1000, &words));
	assert_in_range(words, 1, 12000);
	policy_image_free(compile_many("literal", literal, 1, 1000, &words));
	assert_in_range(words, 1, 16000);
	policy_image_free(compile_many("group", group, 1, 1000, &words));
	assert_in_range(words, 1, 30000);
	struct policy_image *image = compile_many("mixed", mixed, 3, 1000, &words);

	assert_in_range(words, 1, 400000);
	assert_int_equal(simulate_access(image, "/usr/x/lib-999/a/b", ACCESS_READ, &d), 0);
	assert_int_equal(d.verdict, VERDICT_DENY);
	assert_int_equal(simulate_access(image, "/usr/x/lib-996/a/b", ACCESS_READ, &d), 0);
	assert_int_equal(d.verdict, VERDICT_ALLOW);
	policy_image_free(image);
	image = compile_many("name", name, 1, 1000, &words);
	assert_in_range(words, 1, 12000);
	assert_int_equal(simulate_access(image, "/a/b/name998x", ACCESS_READ, &d), 0);
	/* name9* matches as well, and is a deny */
	assert_int_equal(d.verdict, VERDICT_DENY);
	policy_image_free(image);
}

/* Dense rows of all classes, default and not, in one automaton. */
static void every_byte(void **state)
{
	char text[8192] = "policies = ( { name = \"p\"; file = { default = \"deny\"; rules = ( ";
	struct policy_image *image;

	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		char rule[96];

		if (byte == '/' || byte == '.')
			continue;
		snprintf(rule, sizeof(rule), "%s\"/x/%s\\x%02xz\"",
			 byte == 1 ? "{ action = \"deny\"; access = \"r\"; quiet = true; path = [ "
				   : ",",
			 strchr("*?[]{}\\", byte) ? "\\\\" : "", byte);
		strcat(text, rule);
	}
	strcat(text, " ]; }); }; } );");
	image = compile(text);
	for (int byte = 1; byte < 256; byte++) {
		char path[] = { '/', 'x', '/', (char)byte, 'z', 0 };
		struct decision d;

		assert_int_equal(simulate_access(image, path, ACCESS_READ, &d), 0);
		assert_int_equal(d.verdict, VERDICT_DENY);
		assert_int_equal(d.record, byte == '/' || byte == '.');
		path[4] = 'y';
		assert_int_equal(simulate_access(image, path, ACCESS_READ, &d), 0);
		assert_int_equal(d.record, 1);
	}
	policy_image_free(image);
}

static void refuse(const char *pattern, const char *what)
{
	char text[1024], *got;
	struct policy_set *set;
	struct diag_list diags = { 0 };
	struct policy_image *image = NULL;
	double start = seconds();

	snprintf(text, sizeof(text),
		 "policies = ( { name = \"big\"; file = { default = \"deny\"; rules = (\n"
		 "{ action = \"allow\"; access = \"r\"; path = [ \"/usr/**\", \"/etc/*\" ]; },\n"
		 "{ action = \"deny\"; access = \"r\"; path = [\n%s ]; } ); }; } );",
		 pattern);
	set = load(text);
	assert_int_equal(policy_compile(policy_set_at(set, 0), &image, &diags), -E2BIG);
	assert_null(image);
	got = print_diags(&diags);
	print_message("%.0f ms: %s", (seconds() - start) * 1e3, got);
	assert_non_null(strstr(got, what));
	assert_non_null(strstr(got, "the limit is"));
	assert_int_equal(diags.errors, 1);
	free(got);
	diag_clear(&diags);
	policy_set_free(set);
}

/* Automata that would be too large are refused, and the pattern that is to blame is named. */
static void exponential(void **state)
{
	(void)state;
	if (getenv("VALGRIND")) /* half a million states take minutes there */
		skip();
	refuse("\"/**/*a????????????????????????b\"",
	       "owed to \"/**/*a????????????????????????b\" (test.cfg:4): ");
	refuse("\"/x/**/a*\", \"/**a**b**c??????????????????????????\"",
	       "\"/**a**b**c??????????????????????????\" (test.cfg:4)");
}

static void special_paths(void **state)
{
	struct policy_image *image =
		compile("policies = ( { name = \"p\"; file = { default = \"deny\"; rules = ("
			"{ action = \"allow\"; access = \"r\"; path = [ \"/\", \"/usr/**\","
			" \"/a/**/b\", \"/opt{,/**}\" ]; } ); }; } );");
	static const struct {
		const char *path;
		int verdict;
	} cases[] = {
		{ "/", VERDICT_ALLOW },	       { "/usr", VERDICT_DENY },
		{ "/usrfoo", VERDICT_DENY },   { "/usr/x", VERDICT_ALLOW },
		{ "/usr/x/y", VERDICT_ALLOW }, { "/usr/", VERDICT_DENY },
		{ "/a/b", VERDICT_ALLOW },     { "/a/x/b", VERDICT_ALLOW },
		{ "/ab", VERDICT_DENY },       { "/axb", VERDICT_DENY },
		{ "/a/x/y/b", VERDICT_ALLOW }, { "/opt", VERDICT_ALLOW },
		{ "/opt/x", VERDICT_ALLOW },   { "/optx", VERDICT_DENY },
		{ "/a/xb", VERDICT_DENY },
	};
	char path[BAILIFF_PATH_MAX + 1];
	struct decision d;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(simulate_access(image, cases[i].path, ACCESS_READ, &d), 0);
		if (d.verdict != cases[i].verdict)
			print_message("%s\n", cases[i].path);
		assert_int_equal(d.verdict, cases[i].verdict);
	}
	memset(path, 'x', sizeof(path));
	memcpy(path, "/usr/", 5);
	path[BAILIFF_PATH_MAX] = '\0';
	assert_int_equal(simulate_access(image, path, ACCESS_READ, &d), -EINVAL);
	path[BAILIFF_PATH_MAX - 1] = '\0';
	assert_int_equal(simulate_access(image, path, ACCESS_READ, &d), 0);
	assert_int_equal(d.verdict, VERDICT_ALLOW);
	assert_int_equal(simulate_access(image, "usr/x", ACCESS_READ, &d), -EINVAL);
	policy_image_free(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(special_paths),
		cmocka_unit_test(thousand_rules),
		cmocka_unit_test(every_byte),
		cmocka_unit_test(exponential),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
