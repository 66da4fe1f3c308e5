/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The config.json that goes through the hook at precreate. */
#include "tests/unit/fake_agent.h"

#include "agent/hook.h"

#define SECTION                                                                                    \
	"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"keyctl\"],\"action\":"  \
	"\"SCMP_ACT_ERRNO\",\"errnoRet\":1}]}"
#define SELECTED "{\"ok\":true,\"on_failure\":\"deny\",\"policy\":\"web\",\"seccomp\":"

static char printed[1 << 16];

static int filter(struct hook *hook, const char *config, size_t length)
{
	FILE *out = tmpfile();
	int in = fake_stdin(config, length), error;

	*hook = (struct hook){ .socket = fake.socket, .seconds = 1 };
	error = hook_precreate(hook, in, fileno(out));
	close(in);
	rewind(out);
	printed[fread(printed, 1, sizeof(printed) - 1, out)] = 0;
	fclose(out);
	return error;
}

static void becomes(const char *config, const char *wanted)
{
	struct hook hook;

	if (filter(&hook, config, strlen(config)))
		fail_msg("%s: %s", config, hook.fault.text);
	assert_string_equal(printed, wanted);
}

static void refuses(const char *config, const char *why)
{
	struct hook hook;

	assert_true(filter(&hook, config, strlen(config)) < 0);
	assert_false(hook.may_start);
	assert_string_equal(printed, "");
	if (!strstr(hook.fault.text, why))
		fail_msg("%s: %s", config, hook.fault.text);
}

/* What no two writers of JSON write alike. */
#define ODD                                                                                        \
	"\"z\":1.0,\"a\":1e400,\"big\":18446744073709551615,\"low\":-9223372036854775808,"         \
	"\"esc\":\"\\u00e9\\ud83d\\ude00\\u0000\\/"                                                \
	"\\b\\u001f\",\"e\":[],\"o\":{},\"n\":null,\"unknown\":"                                   \
	"{\"b\":2,\"a\":[1.50,-0.0]}"

static void changes_nothing_without_need(void **state)
{
	static const char odd[] = " {\n" ODD ",\"linux\":{ \"seccomp\":null }}\n";

	(void)state;
	fake.seccomp = "{\"ok\":true,\"on_failure\":\"deny\",\"bound\":false}";
	becomes(odd, odd);
	fake.seccomp = SELECTED "null}";
	becomes(odd, odd);
	becomes("{\"x\":99999999999999999999}", "{\"x\":99999999999999999999}");
}

static void puts_the_section_in(void **state)
{
	(void)state;
	fake.seccomp = SELECTED SECTION "}";
	becomes("{\"a\":1}", "{\"a\":1,\"linux\":{\"seccomp\":" SECTION "}}");
	becomes("{\"linux\":{\"seccomp\":null,\"x\":{}},\"a\":1}",
		"{\"linux\":{\"seccomp\":" SECTION ",\"x\":{}},\"a\":1}");
	becomes("{\"linux\":{\"x\":[\"/"
		"\"],\"seccomp\":{\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\","
		"\"syscalls\":[{\"names\":[\"read\",\"keyctl\"],\"action\":\"SCMP_ACT_ALLOW\"}]}}}",
		"{\"linux\":{\"x\":[\"/"
		"\"],\"seccomp\":{\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\","
		"\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"},{\"names\":"
		"[\"keyctl\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":1}]}}}");
}

/* json-c writes some texts otherwise, but none of another meaning. */
static void keeps_all_else(void **state)
{
	struct json_object *before, *after;
	struct hook hook;

	(void)state;
	fake.seccomp = SELECTED SECTION "}";
	assert_int_equal(filter(&hook, "{" ODD "}", strlen("{" ODD "}")), 0);
	assert_non_null(strstr(printed, "\"z\":1.0,\"a\":1e400,\"big\":18446744073709551615,"
					"\"low\":-9223372036854775808,"));
	assert_non_null(strstr(printed, ",\"e\":[],\"o\":{},\"n\":null,\"unknown\":"
					"{\"b\":2,\"a\":[1.50,-0.0]}"));
	before = json_tokener_parse("{" ODD "}");
	after = json_tokener_parse(printed);
	json_object_object_del(after, "linux");
	assert_true(json_object_equal(before, after));
	json_object_put(before);
	json_object_put(after);
}

static void refuses_what_would_not_survive(void **state)
{
	(void)state;
	fake.seccomp = SELECTED SECTION "}";
	becomes("{\"x\":\"99999999999999999999\"}",
		"{\"x\":\"99999999999999999999\",\"linux\":{\"seccomp\":" SECTION "}}");
	becomes("{\"x\":99999999999999999999.0}",
		"{\"x\":99999999999999999999.0,\"linux\":{\"seccomp\":" SECTION "}}");
	refuses("{\"x\":18446744073709551616}", "64 bits");
	refuses("{\"x\":[-9223372036854775809]}", "64 bits");
	refuses("{\"x\":\"\\\\\",\"y\":99999999999999999999}", "64 bits");
}

static void tells_the_agent_what_it_knows(void **state)
{
	(void)state;
	fake.seccomp = SELECTED "null}";
	becomes("{\"linux\":{\"cgroupsPath\":\"a-b.slice:libpod:12\"},\"annotations\":{\"a\":\"b\"}"
		"}",
		"{\"linux\":{\"cgroupsPath\":\"a-b.slice:libpod:12\"},\"annotations\":{\"a\":\"b\"}"
		"}");
	assert_string_equal(
		fake.asked,
		"{\"command\":\"seccomp\",\"cgroup\":\"/a.slice/a-b.slice/libpod-12.scope\""
		",\"name\":\"12\",\"annotations\":{},\"image_annotations\":{\"a\":\"b\"}}");
	becomes("{\"linux\":{\"cgroupsPath\":\"x/libpod-12\"}}",
		"{\"linux\":{\"cgroupsPath\":\"x/libpod-12\"}}");
	assert_string_equal(fake.asked,
			    "{\"command\":\"seccomp\",\"name\":\"12\",\"annotations\":{},"
			    "\"image_annotations\":{}}");
}

static void refuses_what_is_wrong(void **state)
{
	(void)state;
	fake.seccomp = SELECTED SECTION "}";
	refuses("", "not one JSON object");
	refuses("{", "not one JSON object");
	refuses("{\"linux\":1}", "linux");
	refuses("{\"linux\":{\"seccomp\":{\"defaultAction\":\"X\"}}}", "defaultAction");
	refuses("{\"annotations\":{\"run.oci.seccomp_bpf_data\":\"x\"}}",
		"run.oci.seccomp_bpf_data");
	fake.seccomp = "{\"ok\":false,\"error\":\"because\",\"on_failure\":\"deny\"}";
	refuses("{}", "because");
	fake.seccomp = "{}";
	refuses("{}", "no reason");
	fake.seccomp = NULL;
	refuses("{}", "closed");
	fake.seccomp = "";
	refuses("{}", "does not answer");
}

/* Only what the agent could not do is forgiven, never what stands in the config. */
static void lets_through_what_may_start(void **state)
{
	struct hook hook;

	(void)state;
	fake.seccomp = "{\"ok\":false,\"error\":\"because\",\"on_failure\":\"allow\"}";
	assert_int_equal(filter(&hook, "{ }", 3), -EPERM);
	assert_true(hook.may_start);
	assert_string_equal(printed, "{ }");
	assert_int_equal(hook_file_write(fake.socket, "allow"), 0);
	fake.seccomp = NULL;
	assert_true(filter(&hook, "{ }", 3) < 0);
	assert_true(hook.may_start);
	assert_string_equal(printed, "{ }");
	refuses("{\"linux\":1}", "linux");
	fake.seccomp = SELECTED SECTION "}";
	refuses("{\"annotations\":{\"run.oci.seccomp_bpf_data\":\"x\"}}",
		"run.oci.seccomp_bpf_data");
	hook_file_remove(fake.socket);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_nothing_without_need),
		cmocka_unit_test(puts_the_section_in),
		cmocka_unit_test(keeps_all_else),
		cmocka_unit_test(refuses_what_would_not_survive),
		cmocka_unit_test(tells_the_agent_what_it_knows),
		cmocka_unit_test(refuses_what_is_wrong),
		cmocka_unit_test(lets_through_what_may_start),
	};

	return cmocka_run_group_tests(tests, fake_open, fake_close);
}
