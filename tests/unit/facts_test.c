/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a container, as it is read; `check --explain` with it. */
#include "tests/unit/agent_make.h"

#include <errno.h>
#include <json-c/json.h>

#include "agent/cmd.h"
#include "agent/facts.h"

static int read_text(const char *text, struct facts *facts, bool any)
{
	struct json_object *object = json_tokener_parse(text);
	struct fault fault = { "" };
	int error = any ? facts_read_any(facts, object, &fault) : facts_read(facts, object, &fault);

	json_object_put(object);
	assert_true(!error == !*fault.text);
	return error;
}

static void reads(void **state)
{
	struct facts facts;

	(void)state;
	assert_int_equal(
		read_text("{\"name\":\"n\",\"image\":\"i\",\"cgroup\":\"/c\",\"annotations\":"
			  "{\"a\":\"b\",\"c\":\"\"},\"image_annotations\":{},\"labels\":"
			  "{\"l\":\"m=n\"}}",
			  &facts, false),
		0);
	assert_string_equal(facts.known.name, "n");
	assert_string_equal(facts.known.image, "i");
	assert_string_equal(facts.known.cgroup, "/c");
	assert_int_equal(facts.known.annotations.count, 2);
	assert_string_equal(facts.known.annotations.items[0], "a=b");
	assert_string_equal(facts.known.annotations.items[1], "c=");
	assert_int_equal(facts.known.image_annotations.count, 0);
	assert_string_equal(facts.known.labels.items[0], "l=m=n");
	facts_clear(&facts);
	assert_int_equal(read_text("{}", &facts, false), 0);
	assert_null(facts.known.name);
	facts_clear(&facts);
}

static void refuses(void **state)
{
	static const char *const bad[] = {
		"[]",
		"{\"nam\":\"n\"}",
		"{\"name\":1}",
		"{\"name\":\"\"}",
		"{\"name\":\"a\\u0000b\"}",
		"{\"labels\":\"a=b\"}",
		"{\"labels\":{\"a\":1}}",
		"{\"labels\":{\"a=b\":\"c\"}}",
		"{\"labels\":{\"\":\"c\"}}",
		"{\"labels\":{\"a\":\"x\\u0000y\"}}",
		"{\"ociVersion\":\"1.0.2\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct facts facts;

		if (read_text(bad[i], &facts, false) != -EINVAL)
			fail_msg("%s", bad[i]);
		facts_clear(&facts);
	}
}

static void reads_what_runtimes_write(void **state)
{
	struct facts facts;

	(void)state;
	assert_int_equal(read_text("{\"ociVersion\":\"1.0.2\",\"id\":\"box\",\"pid\":1,"
				   "\"annotations\":{\"a\":\"b\"}}",
				   &facts, true),
			 0);
	assert_string_equal(facts.known.name, "box");
	assert_string_equal(facts.known.annotations.items[0], "a=b");
	facts_clear(&facts);
}

/* Runs the verb, with what it prints in `out`; the exit status. */
static int explained(const char *json, const char *output, char *out, size_t size)
{
	char *policies = make_file(
		".cfg", "policies = (\n"
			"{ name = \"plain\"; file = { default = \"allow\"; }; },\n"
			"{ name = \"web\"; select = { name = \"web*\"; priority = 2; }; },\n"
			"{ name = \"any\"; select = { name = \"*\"; }; },\n"
			"{ name = \"also\"; select = { name = \"*\"; }; } );\n");
	char *file = make_file(".json", json);
	char verb[] = "check", option[] = "--explain", o[] = "-o", format[8];
	char *argv[] = { verb, option, file, o, format, policies, NULL };
	int status;

	snprintf(format, sizeof(format), "%s", output);
	status = capture_verb(cmd_check, 6, argv, out, size);
	remove_file(policies);
	remove_file(file);
	return status;
}

static void explains(void **state)
{
	char out[4096];

	(void)state;
	assert_int_equal(explained("{\"name\":\"web1\"}\n", "text", out, sizeof(out)), EXIT_DONE);
	assert_non_null(strstr(out, "plain                    no       it has no select\n"));
	assert_non_null(strstr(out, "web                      selected "));
	assert_non_null(strstr(out, ".cfg:3, priority 2\n"));
	assert_non_null(strstr(out, "priority 0: it fits, but 'web' has a higher priority\n"));
	assert_int_equal(explained("{\"name\":\"web1\"}", "json", out, sizeof(out)), EXIT_DONE);
	assert_non_null(strstr(out, "\"policy\": \"web\""));
	assert_int_equal(explained("{\"name\":\"x\"}", "text", out, sizeof(out)), EXIT_REFUSED);
	assert_non_null(strstr(out, "policies 'any' and 'also' both fit with priority 0"));
	assert_int_equal(explained("{\"image\":\"x\"}", "text", out, sizeof(out)), EXIT_REFUSED);
	assert_non_null(strstr(out, "no policy's select fits"));
}

static void says_what_is_wrong_with_the_file(void **state)
{
	char out[4096];

	(void)state;
	assert_int_equal(explained("{\n\"name\":\n}", "text", out, sizeof(out)), EXIT_REFUSED);
	assert_non_null(strstr(out, ".json:3: no JSON: "));
	assert_int_equal(explained("{\"name\":", "text", out, sizeof(out)), EXIT_REFUSED);
	assert_non_null(strstr(out, "JSON that does not end"));
	assert_int_equal(explained("", "text", out, sizeof(out)), EXIT_REFUSED);
	assert_int_equal(explained("{}\n{}", "text", out, sizeof(out)), EXIT_REFUSED);
	assert_non_null(strstr(out, ".json:2: something follows"));
	assert_int_equal(explained("{\"nmae\":\"x\"}", "text", out, sizeof(out)), EXIT_REFUSED);
	assert_non_null(strstr(out, "unknown key \"nmae\": write name"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(refuses),
		cmocka_unit_test(reads_what_runtimes_write),
		cmocka_unit_test(explains),
		cmocka_unit_test(says_what_is_wrong_with_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
