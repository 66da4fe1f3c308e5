/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two sections as one. */
#include "tests/unit/agent_make.h"

#include <errno.h>
#include <json-c/json.h>

#include "agent/oci_seccomp.h"

static void merge(struct json_object *sections[3])
{
	struct fault fault = { "" };

	if (oci_seccomp_merge(sections[0], sections[1], &sections[2], &fault))
		fail_msg("%s", fault.text);
}

static void becomes(const char *config, const char *policy, const char *wanted)
{
	struct json_object *sections[3] = { config ? json_tokener_parse(config) : NULL,
					    json_tokener_parse(policy) };

	merge(sections);
	assert_string_equal(
		json_object_to_json_string_ext(sections[2], JSON_C_TO_STRING_PLAIN |
								    JSON_C_TO_STRING_NOSLASHESCAPE),
		wanted);
	for (int i = 0; i < 3; i++)
		json_object_put(sections[i]);
}

#define OURS                                                                                       \
	"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86_64\"],"          \
	"\"syscalls\":[{\"names\":[\"keyctl\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":13}]}"

static void gives_a_section_where_there_is_none(void **state)
{
	(void)state;
	becomes(NULL, OURS, OURS);
	becomes("{}", OURS, OURS);
	becomes("{\"syscalls\":[]}", OURS, OURS);
}

static void keeps_what_else_the_config_says(void **state)
{
	(void)state;
	becomes("{\"x\":1.0,\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,"
		"\"architectures\":[\"SCMP_ARCH_X86\"],\"listenerPath\":\"/l\",\"syscalls\":["
		"{\"names\":[\"read\",\"keyctl\"],\"action\":\"SCMP_ACT_ALLOW\"},"
		"{\"names\":[\"personality\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,"
		"\"value\":18446744073709551615,\"op\":\"SCMP_CMP_EQ\"}]}],\"flags\":[]}",
		OURS,
		"{\"x\":1.0,\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,"
		"\"architectures\":[\"SCMP_ARCH_X86\"],\"listenerPath\":\"/l\",\"flags\":[],"
		"\"syscalls\":["
		"{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"},"
		"{\"names\":[\"keyctl\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":13},"
		"{\"names\":[\"personality\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,"
		"\"value\":18446744073709551615,\"op\":\"SCMP_CMP_EQ\"}]}]}");
}

/* No architecture of ours is added: calls of one that the config has not end the process. */
static void adds_no_architecture(void **state)
{
	(void)state;
	becomes("{\"defaultAction\":\"SCMP_ACT_ALLOW\"}", OURS,
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"keyctl\"],"
		"\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":13}]}");
}

/* What the config denies of a call that a policy allows, which denies all others. */
static void turns_conditions_round(void **state)
{
	(void)state;
	becomes("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"socket\"],"
		"\"action\":\"SCMP_ACT_ERRNO\",\"args\":[{\"index\":0,\"value\":16,\"op\":"
		"\"SCMP_CMP_EQ\"}]},{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":"
		"[{\"index\":0,\"value\":3,\"valueTwo\":2,\"op\":\"SCMP_CMP_MASKED_EQ\"}]}]}",
		"{\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\",\"syscalls\":[{\"names\":[\"socket\","
		"\"clone\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
		"{\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\",\"syscalls\":["
		"{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":1,\"args\":"
		"[{\"index\":0,\"value\":16,\"op\":\"SCMP_CMP_EQ\"}]},"
		"{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":"
		"[{\"index\":0,\"value\":16,\"op\":\"SCMP_CMP_NE\"}]},"
		"{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":1,\"args\":"
		"[{\"index\":0,\"value\":3,\"valueTwo\":2,\"op\":\"SCMP_CMP_MASKED_EQ\"}]},"
		"{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":"
		"[{\"index\":0,\"value\":1,\"valueTwo\":1,\"op\":\"SCMP_CMP_MASKED_EQ\"}]},"
		"{\"names\":[\"clone\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":"
		"[{\"index\":0,\"value\":2,\"valueTwo\":0,\"op\":\"SCMP_CMP_MASKED_EQ\"}]}]}");
}

static void refuses_what_no_runtime_takes(void **state)
{
	static const char *const bad[] = {
		"{\"defaultAction\":\"SCMP_ACT_IGNORE\"}",
		"{\"defaultAction\":1}",
		"{\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":{}}",
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[1]}",
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"action\":\"SCMP_ACT_LOG\"}]"
		"}",
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"]}]}",
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"re\\u0000ad\"],"
		"\"action\":\"SCMP_ACT_LOG\"}]}",
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],"
		"\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":-1}]}",
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],"
		"\"action\":\"SCMP_ACT_LOG\",\"args\":[{\"index\":6,\"op\":\"SCMP_CMP_EQ\"}]}]}",
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],"
		"\"action\":\"SCMP_ACT_LOG\",\"args\":[{\"index\":0,\"op\":\"SCMP_CMP_XX\"}]}]}",
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],"
		"\"action\":\"SCMP_ACT_LOG\",\"args\":[{\"index\":0,\"value\":1.5,\"op\":"
		"\"SCMP_CMP_EQ\"}]}]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct json_object *config = json_tokener_parse(bad[i]), *merged = NULL;
		struct json_object *policy = json_tokener_parse(OURS);
		struct fault fault = { "" };

		if (oci_seccomp_merge(config, policy, &merged, &fault) != -EINVAL || !*fault.text)
			fail_msg("%s", bad[i]);
		assert_null(merged);
		json_object_put(config);
		json_object_put(policy);
	}
}

static void covers(const char *config, const char *policy, const char *gap)
{
	struct json_object *theirs = config ? json_tokener_parse(config) : NULL;
	struct json_object *ours = json_tokener_parse(policy);
	struct fault fault = { "" };
	int error = oci_seccomp_covers(theirs, ours, &fault);

	if (error != (gap ? -EPERM : 0) || (gap && !strstr(fault.text, gap)))
		fail_msg("%d: %s", error, fault.text);
	json_object_put(theirs);
	json_object_put(ours);
}

#define SECTION(dflt, calls) "{\"defaultAction\":\"SCMP_ACT_" dflt "\",\"syscalls\":[" calls "]}"
#define CALL(name, action) "{\"names\":[\"" name "\"],\"action\":\"SCMP_ACT_" action "\"}"
#define CALL_IF(name, action, op, value)                                                           \
	"{\"names\":[\"" name "\"],\"action\":\"SCMP_ACT_" action                                  \
	"\",\"args\":[{\"index\":0,\"op\":\"SCMP_CMP_" op "\",\"value\":" value                    \
	",\"valueTwo\":23}]}"

static void tells_what_is_let_through(void **state)
{
	(void)state;
	covers(OURS, OURS, NULL);
	covers(SECTION("ERRNO", CALL("read", "ALLOW")), OURS, NULL);
	covers(SECTION("ALLOW", CALL("keyctl", "KILL")), OURS, NULL);
	covers(NULL, OURS, "keyctl");
	covers("{}", OURS, "keyctl");
	covers(SECTION("ERRNO", CALL("keyctl", "ALLOW")), OURS, "keyctl");
	covers(SECTION("ALLOW", CALL("keyctl", "LOG")), OURS, "keyctl");
	covers(SECTION("ERRNO", CALL("keyctl", "NOTIFY")), OURS, "keyctl");
	covers(OURS, SECTION("ALLOW", CALL("keyctl", "KILL")), "keyctl");
	covers(OURS, SECTION("ERRNO", CALL("read", "ALLOW")), "calls that it does not name");
	covers(SECTION("ERRNO", CALL("write", "ALLOW")), SECTION("ERRNO", CALL("read", "ALLOW")),
	       "write");
	covers(NULL, SECTION("LOG", CALL("keyctl", "LOG")), NULL);
}

/* What was merged is known again. */
static void covers_merged(const char *config, const char *policy)
{
	struct json_object *sections[3] = { json_tokener_parse(config),
					    json_tokener_parse(policy) };

	merge(sections);
	covers(json_object_to_json_string(sections[2]), policy, NULL);
	for (int i = 0; i < 3; i++)
		json_object_put(sections[i]);
}

/* A call of which the policy denies a part, as of ipc(2). */
static void tells_what_part_is_let_through(void **state)
{
	static const char part[] = SECTION("ALLOW", CALL_IF("ipc", "ERRNO", "MASKED_EQ", "65535"));

	(void)state;
	covers(part, part, NULL);
	covers(SECTION("ALLOW", CALL("ipc", "ERRNO")), part, NULL);
	covers(SECTION("ERRNO", CALL_IF("ipc", "ALLOW", "EQ", "24")), part, NULL);
	covers_merged(SECTION("ERRNO", CALL("ipc", "ALLOW")), part);
	covers_merged(SECTION("ALLOW", CALL("ipc", "LOG")), part);
	covers_merged(SECTION("KILL", CALL_IF("ipc", "ALLOW", "EQ", "23")), part);
	covers(NULL, part, "ipc");
	covers(SECTION("ERRNO", CALL_IF("ipc", "ALLOW", "EQ", "23")), part, "ipc");
	covers(SECTION("ALLOW", CALL_IF("ipc", "ERRNO", "EQ", "23")), part, "ipc");
	covers(part, SECTION("ALLOW", CALL("ipc", "ERRNO")), "ipc");
	covers(SECTION("ALLOW",
		       CALL_IF("ipc", "ERRNO", "GE", "24") "," CALL_IF("ipc", "ERRNO", "LT", "24")),
	       SECTION("ALLOW", CALL("ipc", "ERRNO")), NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_a_section_where_there_is_none),
		cmocka_unit_test(keeps_what_else_the_config_says),
		cmocka_unit_test(adds_no_architecture),
		cmocka_unit_test(turns_conditions_round),
		cmocka_unit_test(refuses_what_no_runtime_takes),
		cmocka_unit_test(tells_what_is_let_through),
		cmocka_unit_test(tells_what_part_is_let_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
