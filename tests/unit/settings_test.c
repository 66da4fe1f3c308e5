/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/agent_make.h"

#include <errno.h>

#include "agent/hooks.h"
#include "agent/settings.h"

static int read_text(struct settings *settings, const char *text, struct fault *fault)
{
	char *path = make_file(".cfg", text);
	int error = settings_read(settings, path, fault);

	if (error && strncmp(fault->text, path, strlen(path)) != 0)
		fail_msg("%s: not at %s", fault->text, path);
	if (error)
		memmove(fault->text, fault->text + strlen(path),
			strlen(fault->text + strlen(path)) + 1);
	remove_file(path);
	return error;
}

static void takes_every_key(void **state)
{
	static const char text[] =
		"policy_dir = \"/p\"; watch_policies = true; preset_dir = \"/q\"; pin_dir = "
		"\"/sys/fs/bpf/x\";\n"
		"control_socket = \"/run/x\"; log_file = \"\"; syslog = false; audit_only = true;\n"
		"syslog_rate = 7; allow_missing = [ \"exec\", \"file\" ]; ring_denied = 65536;\n"
		"ring_other = 131072; max_tasks = 2048; max_containers = 100;\n"
		"on_failure = \"allow\";\n";
	struct settings s;
	struct fault fault;

	(void)state;
	assert_int_equal(settings_init(&s), 0);
	assert_int_equal(read_text(&s, text, &fault), 0);
	assert_string_equal(s.policy_dir, "/p");
	assert_string_equal(s.log_file, "");
	assert_string_equal(s.on_failure, "allow");
	assert_true(s.audit_only && !s.syslog && s.watch_policies);
	assert_int_equal(s.allow_missing, 1 << HOOK_EXEC | 1 << HOOK_FILE);
	assert_int_equal(s.ring_other, 131072);
	assert_int_equal(s.max_containers, 100);
	settings_free(&s);
}

static void refuses_and_keeps(void **state)
{
	static const struct {
		const char *text, *where;
	} bad[] = {
		{ "\npolicy_dirr = \"/p\";", ":2: policy_dirr: unknown key" },
		{ "policy_dir = 1;", ":1: policy_dir: must be a string" },
		{ "policy_dir = \"p\";", ":1: policy_dir: must be an absolute path" },
		{ "policy_dir = \"\";", ":1: policy_dir: must be an absolute path" },
		{ "syslog = 1;", ":1: syslog: must be true or false" },
		{ "watch_policies = \"yes\";", ":1: watch_policies: must be true or false" },
		{ "\n\nring_denied = 65537;", ":3: ring_denied: must be a power of two" },
		{ "ring_denied = 4096;", ":1: ring_denied: must be 65536 to 268435456" },
		{ "max_tasks = -1;", ":1: max_tasks: must be 1024 to 4194304" },
		{ "max_tasks = 99999999999L;", ":1: max_tasks: must be 1024 to 4194304" },
		{ "max_tasks = 2048.0;", ":1: max_tasks: must be a number" },
		{ "allow_missing = \"exec\";", ":1: allow_missing: must be a list of classes" },
		{ "allow_missing = [ 1 ];", ":1: allow_missing: must be a list of strings" },
		{ "on_failure = \"ignore\";", ":1: on_failure: must be \"deny\" or \"allow\"" },
		{ "on_failure = true;", ":1: on_failure: must be \"deny\" or \"allow\"" },
		{ "syslog = true", NULL },
		{ "audit_only = true; syslog = ;", ":1: syntax error" },
		{ "audit_only = true; audit_only = false;", ":1: duplicate setting name" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct settings s;
		struct fault fault = { "" };

		assert_int_equal(settings_init(&s), 0);
		assert_int_equal(read_text(&s, bad[i].text, &fault), bad[i].where ? -EINVAL : 0);
		if (bad[i].where)
			assert_string_equal(fault.text, bad[i].where);
		assert_false(s.audit_only || s.watch_policies);
		assert_string_equal(s.policy_dir, SETTINGS_POLICY_DIR);
		assert_string_equal(s.on_failure, "deny");
		settings_free(&s);
	}
}

static void says_that_a_file_is_not_there(void **state)
{
	struct settings s;
	struct fault fault;

	(void)state;
	assert_int_equal(settings_init(&s), 0);
	assert_int_equal(settings_read(&s, "/nonexistent/bailiff.cfg", &fault), -ENOENT);
	settings_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_every_key),
		cmocka_unit_test(refuses_and_keeps),
		cmocka_unit_test(says_that_a_file_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
