/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/agent_make.h"

#include "agent/args.h"
#include "agent/hooks.h"
#include "bpf/abi_policy.h"

static const struct option options[] = {
	{ "policy", required_argument, NULL, 'p' },
	{ "start", no_argument, NULL, 's' },
	{ 0 },
};

static int first(char *argument, char *next)
{
	char program[] = "test";
	char *argv[] = { program, argument, next, NULL };

	optind = 0;
	return args_next(next ? 3 : 2, argv, "test", "o:", options);
}

static void takes_options(void **state)
{
	char policy[] = "--policy=web", start[] = "--start", o[] = "-o", json[] = "json";
	char plain[] = "plain";

	(void)state;
	assert_int_equal(first(policy, NULL), 'p');
	assert_string_equal(optarg, "web");
	assert_int_equal(first(start, NULL), 's');
	assert_int_equal(first(o, json), 'o');
	assert_string_equal(optarg, "json");
	assert_int_equal(first(plain, start), -1);
	assert_int_equal(optind, 1);
}

static void refuses_bad_options(void **state)
{
	char unknown[] = "--polcy=x", letter[] = "-z", bare[] = "--policy", valued[] = "--start=1";

	(void)state;
	assert_int_equal(first(unknown, NULL), '?');
	assert_int_equal(first(letter, NULL), '?');
	assert_int_equal(first(bare, NULL), '?');
	assert_int_equal(first(valued, NULL), '?');
}

static void suggests_the_nearest(void **state)
{
	static const char *const verbs[] = { "check", "run", "bind", "unbind", "status", NULL };

	(void)state;
	assert_string_equal(args_nearest("chekc", verbs), "check");
	assert_string_equal(args_nearest("statsu", verbs), "status");
	assert_string_equal(args_nearest("bnd", verbs), "bind");
	assert_null(args_nearest("frobnicate", verbs));
	assert_null(args_nearest("", verbs));
	assert_null(args_nearest("a-word-that-is-longer-than-any-verb-there-is", verbs));
}

static void parses_numbers(void **state)
{
	unsigned long n = 7;

	(void)state;
	assert_true(args_number("0", 0, 10, &n) && n == 0);
	assert_true(args_number("10", 0, 10, &n) && n == 10);
	assert_false(args_number("11", 0, 10, &n));
	assert_false(args_number("-1", 0, 10, &n));
	assert_false(args_number("1x", 0, 10, &n));
	assert_false(args_number("", 0, 10, &n));
	assert_false(args_number(" 1", 0, 10, &n));
	assert_false(args_number("99999999999999999999999", 0, ~0UL, &n));
	assert_int_equal(n, 10);
}

static void parses_classes(void **state)
{
	struct fault fault;
	uint32_t classes = 0;

	(void)state;
	assert_int_equal(hook_classes_parse("exec", &classes, &fault), 0);
	assert_int_equal(classes, 1 << HOOK_EXEC);
	assert_int_equal(hook_classes_parse("network,file", &classes, &fault), 0);
	assert_int_equal(classes, 1 << HOOK_NETWORK | 1 << HOOK_FILE);
	assert_true(hook_classes_parse("", &classes, &fault) < 0);
	assert_true(hook_classes_parse("exec,", &classes, &fault) < 0);
	assert_true(hook_classes_parse("tracking", &classes, &fault) < 0);
	assert_true(hook_classes_parse("exe", &classes, &fault) < 0);
	assert_int_equal(hook_classes_parse("capability,process", &classes, &fault), 0);
	assert_int_equal(classes, 1 << HOOK_CAPABILITY | 1 << HOOK_PROCESS);
	assert_int_equal(hook_class("lsm/capable"), HOOK_CAPABILITY);
	assert_int_equal(hook_class("lsm/task_kill"), HOOK_PROCESS);
	assert_int_equal(hook_class("lsm/task_alloc"), HOOK_EXEC);
	assert_int_equal(hook_class("lsm/file_open"), HOOK_FILE);
	assert_int_equal(hook_class("lsm/bprm_check_security"), HOOK_EXEC);
	assert_int_equal(hook_class("cgroup/connect4"), HOOK_NETWORK);
	assert_int_equal(hook_class("tp_btf/sched_process_fork"), HOOK_TRACKING);
}

static void programs_on_demand(void **state)
{
	(void)state;
	assert_int_equal(hook_on_demand("bailiff_kill_connect"), CLASS_NETWORK_KILL);
	assert_int_equal(hook_on_demand("bailiff_accept_mark"), CLASS_ACCEPT);
	assert_int_equal(hook_on_demand("bailiff_unix_connect"), CLASS_UNIX);
	assert_int_equal(hook_on_demand("bailiff_cgroupfs_write"), CLASS_CGROUP);
	assert_int_equal(hook_on_demand("bailiff_mmap_file"),
			 CLASS_MAP | CLASS_APPEND | CLASS_WX_MEMORY);
	assert_int_equal(hook_on_demand("bailiff_file_mprotect"),
			 CLASS_MAP | CLASS_APPEND | CLASS_WX_MEMORY);
	assert_int_equal(hook_on_demand("bailiff_capable"), CLASS_CAPABILITY | CLASS_PROCESS);
	assert_int_equal(hook_on_demand("bailiff_sysctl"), CLASS_SYSCTL_READ | CLASS_SYSCTL_WRITE);
	assert_int_equal(hook_on_demand("bailiff_signal"), CLASS_SIGNAL);
	assert_int_equal(hook_on_demand("bailiff_cgroup_rmdir"), 0);
	assert_int_equal(hook_on_demand("bailiff_file_open"), 0);
	assert_int_equal(hook_on_demand("bailiff_file_receive"), 0);
	assert_int_equal(hook_on_demand("bailiff_umount"), 0);
	assert_int_equal(hook_class("cgroup/dev"), HOOK_DEVICE);
	/* exec, file and network are always there; no program judges seccomp */
	assert_int_equal(hook_all_on_demand() & (CLASS_EXEC | CLASS_FILE | CLASS_NETWORK), 0);
	assert_int_equal(hook_all_on_demand() & CLASS_SECCOMP, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_options),	cmocka_unit_test(refuses_bad_options),
		cmocka_unit_test(suggests_the_nearest), cmocka_unit_test(parses_numbers),
		cmocka_unit_test(parses_classes),	cmocka_unit_test(programs_on_demand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
