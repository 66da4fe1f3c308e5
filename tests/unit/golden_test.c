/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policies beside what they must come to: tests/golden/valid/X.cfg with its canonical text in
 * X.out, tests/golden/invalid/X.cfg with the messages in X.err, tests/golden/lint/X.cfg with the
 * warnings in X.warnings. UPDATE=1 writes them anew.
 */
#include "tests/unit/policy_helper.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <unistd.h>

#include "policy/lint.h"

static bool update;
static const char *directory;
static int failures;

static char *slurp(const char *path)
{
	FILE *in = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (!in)
		return NULL;
	if (getdelim(&text, &size, '\0', in) < 0) {
		free(text);
		text = strdup("");
	}
	fclose(in);
	return text;
}

/* Compares with the file `name` of the directory, or writes it. */
static void compare(const char *name, const char *got)
{
	char *expected;

	if (update) {
		FILE *out = fopen(name, "we");

		assert_non_null(out);
		fputs(got, out);
		assert_int_equal(fclose(out), 0);
		return;
	}
	expected = slurp(name);
	if (!expected || strcmp(expected, got)) {
		print_message("%s/%s: expected\n%s\ngot\n%s\n", directory, name,
			      expected ? expected : "(no such file)\n", got);
		failures++;
	}
	free(expected);
}

static int is_config(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && !strcmp(entry->d_name + len - 4, ".cfg");
}

static const char *with_suffix(const char *name, const char *suffix)
{
	static char buf[300];

	snprintf(buf, sizeof(buf), "%.*s%s", (int)strlen(name) - 4, name, suffix);
	return buf;
}

static void check_invalid(const char *name)
{
	struct diag_list diags = { 0 };
	struct policy_set *set = NULL;
	int r = policy_set_load(&set, &name, 1, "../presets", &diags);
	char *got = print_diags(&diags);

	if (r >= 0 || set || !diags.errors) {
		print_message("%s/%s: not refused\n", directory, name);
		failures++;
	}
	compare(with_suffix(name, ".err"), got);
	policy_set_free(set);
	free(got);
	diag_clear(&diags);
}

static void check_compiles(const struct policy_set *set, const char *name)
{
	for (size_t i = 0; i < policy_set_count(set); i++) {
		struct diag_list diags = { 0 };
		struct policy_image *image = NULL;

		if (policy_compile(policy_set_at(set, i), &image, &diags) < 0 ||
		    image_check(&image->head, image->words) < 0) {
			print_message("%s/%s: does not compile\n", directory, name);
			failures++;
		}
		policy_image_free(image);
		diag_clear(&diags);
	}
}

static void check_valid(const char *name)
{
	struct diag_list diags = { 0 };
	struct policy_set *set = NULL, *again;
	char *got, *second;

	if (policy_set_load(&set, &name, 1, "../presets", &diags) < 0) {
		print_message("%s/%s: refused\n", directory, name);
		diag_print(&diags, stderr);
		diag_clear(&diags);
		failures++;
		return;
	}
	got = dump(set);
	compare(with_suffix(name, ".out"), got);
	again = load(got);
	second = dump(again);
	assert_string_equal(second, got);
	check_compiles(set, name);
	for (size_t i = 0; i < policy_set_count(set); i++)
		policy_enforceable(policy_set_at(set, i), &diags);
	free(got);
	got = print_diags(&diags);
	compare(with_suffix(name, ".enforceable"), got);
	diag_clear(&diags);
	policy_set_free(set);
	policy_set_free(again);
	free(got);
	free(second);
}

/* Warnings alone: what else is said is not the matter here. */
static void check_lint(const char *name)
{
	struct diag_list diags = { 0 };
	struct policy_set *set = NULL;
	char *got;

	if (policy_set_load(&set, &name, 1, "../presets", &diags) < 0) {
		print_message("%s/%s: refused\n", directory, name);
		diag_print(&diags, stderr);
		failures++;
	}
	for (size_t i = 0; set && i < policy_set_count(set); i++)
		policy_lint(policy_set_at(set, i), &diags);
	got = print_diags(&diags);
	compare(with_suffix(name, ".warnings"), got);
	diag_clear(&diags);
	policy_set_free(set);
	free(got);
}

/* Runs from within the directory, so that messages have the bare names of the files. */
static void each_file(const char *dir, void (*check)(const char *name), int least)
{
	struct dirent **entries;
	char *before = getcwd(NULL, 0);
	int n;

	assert_non_null(before);
	assert_int_equal(chdir(dir), 0);
	directory = dir;
	failures = 0;
	n = scandir(".", &entries, is_config, alphasort);
	assert_true(n >= least);
	for (int i = 0; i < n; i++) {
		check(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	assert_int_equal(chdir(before), 0);
	free(before);
	print_message("%d files\n", n);
	assert_int_equal(failures, 0);
}

static void valid(void **state)
{
	(void)state;
	each_file("tests/golden/valid", check_valid, 8);
}

static void invalid(void **state)
{
	(void)state;
	each_file("tests/golden/invalid", check_invalid, 40);
}

static void lint(void **state)
{
	(void)state;
	each_file("tests/golden/lint", check_lint, 8);
}

static void warns_of_nothing(const char *path)
{
	struct diag_list diags = { 0 };
	struct policy_set *set = NULL;

	assert_int_equal(policy_set_load(&set, &path, 1, "policy/presets", &diags), 0);
	for (size_t i = 0; i < policy_set_count(set); i++)
		policy_lint(policy_set_at(set, i), &diags);
	diag_print(&diags, stderr);
	assert_int_equal(diags.count, 0);
	diag_clear(&diags);
	policy_set_free(set);
}

/* Presets and examples are what others write theirs from. */
static void shipped(void **state)
{
	static const char *const patterns[] = { "docs/examples/*.cfg", "policy/presets/*.cfg" };
	glob_t found = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(glob(patterns[i], i ? GLOB_APPEND : 0, NULL, &found), 0);
	assert_true(found.gl_pathc >= 8);
	for (size_t i = 0; i < found.gl_pathc; i++)
		warns_of_nothing(found.gl_pathv[i]);
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid),
		cmocka_unit_test(invalid),
		cmocka_unit_test(lint),
		cmocka_unit_test(shipped),
	};

	update = getenv("UPDATE") != NULL;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
