/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and directories, presets beside them, and diagnostics. */
#include "tests/unit/policy_helper.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];

static void write_file(const char *name, const char *text)
{
	char path[128];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	out = fopen(path, "we");
	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}

static int set_up(void **state)
{
	char path[128];

	(void)state;
	strcpy(directory, "/tmp/policy-source-XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/presets", directory);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/empty", directory);
	mkdir(path, 0700);
	write_file("b.cfg", "policies = ( { name = \"b\"; extends = \"deep\"; } );");
	write_file("a.cfg", "policies = ( { name = \"a2\"; }, { name = \"a1\"; } );");
	write_file(".hidden.cfg", "not a policy");
	write_file("c.cfg~", "not a policy");
	write_file("notes.txt", "not a policy");
	write_file(".cfg", "not a policy");
	write_file("presets/deep.cfg", "policies = ( { name = \"deep\"; extends = \"base\"; } );");
	write_file("presets/base.cfg", "policies = ( { name = \"base\"; mode = \"audit\"; } );");
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", directory);
	return system(command);
}

static int load_paths(struct policy_set **set, const char *first, const char *second, char **text)
{
	char paths[2][128], presets[128];
	const char *list[2] = { paths[0], paths[1] };
	struct diag_list diags = { 0 };
	int r;

	snprintf(paths[0], sizeof(paths[0]), "%s%s", directory, first);
	snprintf(paths[1], sizeof(paths[1]), "%s%s", directory, second ? second : "");
	snprintf(presets, sizeof(presets), "%s/presets", directory);
	r = policy_set_load(set, list, second ? 2 : 1, presets, &diags);
	*text = print_diags(&diags);
	assert_true(r < 0 ? diags.errors > 0 : !diags.errors);
	diag_clear(&diags);
	return r;
}

static void directories(void **state)
{
	struct policy_set *set = NULL;
	char *text;

	(void)state;
	assert_int_equal(load_paths(&set, "/", NULL, &text), 0);
	assert_string_equal(text, "");
	assert_int_equal(policy_set_count(set), 3);
	assert_string_equal(policy_name(policy_set_at(set, 0)), "a2");
	assert_string_equal(policy_name(policy_set_at(set, 2)), "b");
	/* presets give their content, and are no policies themselves */
	assert_int_equal(policy_mode(policy_set_find(set, "b")), POLICY_MODE_AUDIT);
	assert_null(policy_set_find(set, "base"));
	policy_set_free(set);
	free(text);
	assert_int_equal(load_paths(&set, "/empty", NULL, &text), 0);
	assert_int_equal(policy_set_count(set), 0);
	policy_set_free(set);
	free(text);
}

static void trouble(void **state)
{
	struct policy_set *set = NULL;
	char *text, expected[256];

	(void)state;
	assert_int_equal(load_paths(&set, "/none.cfg", "/a.cfg", &text), -ENOENT);
	snprintf(expected, sizeof(expected),
		 "%s/none.cfg: can't be read: No such file or directory\n", directory);
	assert_string_equal(text, expected);
	assert_null(set);
	free(text);
	assert_int_equal(load_paths(&set, "/a.cfg", "/a.cfg", &text), -EINVAL);
	assert_non_null(strstr(text, "policy \"a2\" is defined twice"));
	assert_non_null(strstr(text, "policy \"a1\" is defined twice"));
	free(text);
	write_file("presets/broken.cfg", "policies = (");
	write_file("uses.cfg", "policies = ( { name = \"u\"; extends = \"broken\"; } );");
	assert_int_equal(load_paths(&set, "/uses.cfg", NULL, &text), -EINVAL);
	assert_non_null(strstr(text, "presets/broken.cfg:1: syntax error"));
	free(text);
	/* a name never leads out of the directory of presets */
	write_file("uses.cfg", "policies = ( { name = \"u\"; extends = \"../a\"; } );");
	assert_int_equal(load_paths(&set, "/uses.cfg", NULL, &text), -EINVAL);
	assert_non_null(strstr(text, "extends unknown policy \"../a\""));
	free(text);
}

/* Errors of all files are told in one run. */
static void all_files(void **state)
{
	struct policy_set *set = NULL;
	char *text;

	(void)state;
	write_file("x.cfg", "policies = ( { name = \"x\"; mode = \"no\"; } );");
	write_file("y.cfg", "policies = (");
	write_file("z.cfg", "policies = ( { nam = \"z\"; } );");
	assert_int_equal(load_paths(&set, "", NULL, &text), -EINVAL);
	assert_non_null(strstr(text, "/x.cfg:1: unknown mode"));
	assert_non_null(strstr(text, "/y.cfg:1: syntax error"));
	assert_non_null(strstr(text, "/z.cfg:1: unknown key"));
	assert_non_null(strstr(text, "/z.cfg:1: a policy without a name"));
	free(text);
}

static void diagnostics(void **state)
{
	struct diag_list diags = { 0 };
	char *text;

	(void)state;
	for (int i = 0; i < 5; i++)
		diag_add(&diags, DIAG_ERROR, "f.cfg", (unsigned)i, "number %d", i);
	diag_add(&diags, DIAG_NOTE, "f.cfg", 9, "%s", "by\nthe way");
	diag_add(&diags, DIAG_ERROR, NULL, 0, "everywhere");
	assert_int_equal(diags.errors, 6);
	assert_int_equal(diags.count, 7);
	diags.errors++; /* as if one could not be stored */
	text = print_diags(&diags);
	assert_string_equal(text, "f.cfg: number 0\nf.cfg:1: number 1\nf.cfg:2: number 2\n"
				  "f.cfg:3: number 3\nf.cfg:4: number 4\n"
				  "f.cfg:9: note: by\\x0athe way\neverywhere\n"
				  "out of memory: 1 further errors\n");
	free(text);
	diag_clear(&diags);
	assert_int_equal(diags.count + diags.errors, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(directories, set_up, tear_down),
		cmocka_unit_test_setup_teardown(trouble, set_up, tear_down),
		cmocka_unit_test_setup_teardown(all_files, set_up, tear_down),
		cmocka_unit_test(diagnostics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
