/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/agent_make.h"

#include <fcntl.h>

#include "agent/cmd.h"

static const char good[] =
	"policies = ( { name = \"p\"; file = { default = \"allow\";\n"
	" rules = ( { action = \"deny\"; access = \"w\"; path = \"/etc/**\"; } ); }; } );\n";
static const char bad[] = "policies = ( { name = \"p\";\n fiel = { default = \"allow\"; }; } );\n";
static const char undone[] =
	"policies = ( { name = \"p\"; file = { default = \"deny\";\n"
	" rules = ( { action = \"allow\"; access = \"wx\"; path = \"/srv/**\"; } ); }; } );\n";

/* Runs the verb with its output in `out`; the exit status. */
static int check(char *first, char *second, char *out, size_t size)
{
	char verb[] = "check";
	char *argv[] = { verb, first, second, NULL };

	return capture_verb(cmd_check, second ? 3 : first ? 2 : 1, argv, out, size);
}

static void accepts_and_prints(void **state)
{
	char *file = make_file(".cfg", good), out[4096], *again;

	(void)state;
	assert_int_equal(check(file, NULL, out, sizeof(out)), EXIT_DONE);
	assert_non_null(strstr(out, "policies"));
	again = make_file(".cfg", strstr(out, "policies"));
	assert_int_equal(check(again, NULL, out, sizeof(out)), EXIT_DONE);
	remove_file(again);
	remove_file(file);
}

static void refuses_with_file_and_line(void **state)
{
	char *file = make_file(".cfg", bad), out[4096], where[128];

	(void)state;
	assert_int_equal(check(file, NULL, out, sizeof(out)), EXIT_REFUSED);
	snprintf(where, sizeof(where), "%s:2: ", file);
	assert_non_null(strstr(out, where));
	remove_file(file);
}

static void refuses_a_name_twice(void **state)
{
	char *a = make_file(".cfg", good), *b = make_file(".cfg", good), out[4096];

	(void)state;
	assert_int_equal(check(a, b, out, sizeof(out)), EXIT_REFUSED);
	remove_file(a);
	remove_file(b);
}

static void tells_json(void **state)
{
	char *file = make_file(".cfg", bad), option[] = "-ojson", out[4096];

	(void)state;
	assert_int_equal(check(option, file, out, sizeof(out)), EXIT_REFUSED);
	assert_non_null(strstr(out, "\"ok\": false"));
	assert_non_null(strstr(out, "\"line\": 2"));
	remove_file(file);
}

static void warns_and_succeeds(void **state)
{
	char *file = make_file(".cfg", undone), option[] = "-ojson", out[4096], where[128];

	(void)state;
	assert_int_equal(check(file, NULL, out, sizeof(out)), EXIT_DONE);
	snprintf(where, sizeof(where), "%s:2: warning: what is allowed to be written", file);
	assert_non_null(strstr(out, where));
	assert_int_equal(check(option, file, out, sizeof(out)), EXIT_DONE);
	assert_non_null(strstr(out, "\"ok\": true"));
	assert_non_null(strstr(out, "\"level\": \"warning\""));
	remove_file(file);
}

static void knows_its_usage(void **state)
{
	char unknown[] = "--qiuet", bad_output[] = "-oxml", help[] = "--help", out[4096];
	char missing[] = "/nonexistent/policies";

	(void)state;
	assert_int_equal(check(unknown, NULL, out, sizeof(out)), EXIT_USAGE);
	assert_non_null(strstr(out, "--quiet"));
	assert_int_equal(check(bad_output, NULL, out, sizeof(out)), EXIT_USAGE);
	assert_int_equal(check(help, NULL, out, sizeof(out)), EXIT_DONE);
	assert_int_equal(check(missing, NULL, out, sizeof(out)), EXIT_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_and_prints),
		cmocka_unit_test(refuses_with_file_and_line),
		cmocka_unit_test(refuses_a_name_twice),
		cmocka_unit_test(tells_json),
		cmocka_unit_test(warns_and_succeeds),
		cmocka_unit_test(knows_its_usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
