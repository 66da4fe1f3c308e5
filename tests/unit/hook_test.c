/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hook at createRuntime and poststop, before an agent that answers as the test wants it to. */
#include "tests/unit/hook_make.h"

#define BOUND "{\"ok\":true,\"policy\":\"web\",\"on_failure\":\"deny\"}"
#define UNSELECTED "{\"ok\":true,\"on_failure\":\"deny\",\"bound\":false}"
#define SELECTED "{\"ok\":true,\"on_failure\":\"deny\",\"policy\":\"web\",\"seccomp\":null}"

static void hands_over_what_it_found(void **state)
{
	struct stat root;
	char wanted[2 * PATH_MAX];

	(void)state;
	NEED_GROUP();
	fake.bind = BOUND;
	configure("{\"root\":{\"path\":\"/tmp\"},\"annotations\":{\"a\":\"b\"},\"linux\":"
		  "{\"seccomp\":{},\"namespaces\":[{\"type\":\"mount\"}]}}");
	if (start("c1", process))
		fail_msg("%s", hook.fault.text);
	snprintf(wanted, sizeof(wanted),
		 "{\"command\":\"bind\",\"cgroup\":\"%s\",\"name\":\"c1\",\"annotations\":{},"
		 "\"image_annotations\":{\"a\":\"b\"},\"rootfs\":\"/tmp\",\"runtime_id\":\"c1\","
		 "\"outside\":true,\"root_is_outside\":false,\"pid\":%d,"
		 "\"start\":true}",
		 sandbox.path, (int)process);
	assert_string_equal(fake.asked, wanted);
	assert_int_equal(stat("/", &root), 0);
	assert_true(fake.passed.st_dev == root.st_dev && fake.passed.st_ino == root.st_ino);
	assert_int_equal(fake.passed_flags & O_PATH, 0);
	assert_string_equal(hook.policy, "web");
}

static void tells_a_root_that_is_the_hosts(void **state)
{
	(void)state;
	NEED_GROUP();
	configure("{\"root\":{\"path\":\"../"
		  "..\"},\"linux\":{\"namespaces\":[{\"type\":\"mount\"}]}}");
	assert_int_equal(start("c1", process), 0);
	assert_non_null(strstr(fake.asked, "\"root_is_outside\":true"));
	configure("{\"root\":{\"path\":\".\"}}");
	assert_int_equal(start("c1", process), 0);
	assert_non_null(strstr(fake.asked, "\"root_is_outside\":false"));
}

static void lets_alone_what_is_none_of_its_business(void **state)
{
	(void)state;
	NEED_GROUP();
	fake.bind = fake.seccomp = UNSELECTED;
	configure("{\"root\":{\"path\":\".\"}}");
	assert_int_equal(start("c1", process), 0);
	assert_string_equal(hook.policy, "");
	configure("{\"root\":{\"path\":\".\"},\"annotations\":{\"run.oci.handler\":\"wasm\"}}");
	assert_int_equal(start("c1", process), 0);
	assert_null(strstr(fake.asked, "\"bind\""));
}

/* With the root and the mounts of the host nothing tells the container's tasks from others. */
static void has_nothing_outside_to_tell(void **state)
{
	(void)state;
	NEED_GROUP();
	fake.bind = BOUND;
	configure("{\"root\":{\"path\":\"/\"},\"linux\":{\"namespaces\":[{\"type\":\"pid\"}]},"
		  "\"process\":{\"args\":[\"/bin/sh\"]}}");
	assert_int_equal(start("c1", process), 0);
	assert_non_null(strstr(fake.asked, "\"outside\":false"));
	assert_non_null(strstr(fake.asked, "\"root_is_outside\":false"));
	assert_non_null(strstr(fake.asked, "\"entry_point\":\"/"));
	assert_null(strstr(fake.asked, "rootfs"));
}

static void refuses_what_would_never_be_confined(void **state)
{
	(void)state;
	NEED_GROUP();
	configure("{\"root\":{\"path\":\".\"},\"annotations\":{\"run.oci.handler\":\"wasm\"}}");
	fake.bind = BOUND;
	fake.seccomp = SELECTED;
	refuses("c1", process, "annotation run.oci.handler");
	assert_string_equal(hook.policy, "web");
	assert_string_equal(hook.container, "c1");
	fake.seccomp = "{\"ok\":true,\"on_failure\":\"allow\",\"policy\":\"web\",\"seccomp\":null}";
	refuses("c1", process, "annotation run.oci.handler");
}

/* As with --cgroups=disabled: this process is in our own cgroup. */
static void refuses_a_cgroup_that_is_not_the_containers(void **state)
{
	char config[256];
	pid_t other;

	(void)state;
	if (!can_hold_processes())
		skip();
	other = sleeper();
	configure("{\"root\":{\"path\":\".\"}}");
	fake.bind = BOUND;
	fake.seccomp = UNSELECTED;
	refuses("c1", other, "no cgroup of its own");
	assert_null(strstr(fake.asked, "\"bind\""));
	fake.seccomp = SELECTED;
	refuses("c1", other, "no cgroup of its own");
	assert_string_equal(hook.policy, "web");
	fake.seccomp = "{\"ok\":true,\"on_failure\":\"allow\",\"policy\":\"web\",\"seccomp\":null}";
	assert_true(start("c1", other) < 0);
	assert_true(hook.may_start);
	snprintf(config, sizeof(config),
		 "{\"root\":{\"path\":\".\"},\"annotations\":{\"module.wasm.image/"
		 "variant\":\"compat\"}}");
	configure(config);
	refuses("c1", other, "no cgroup of its own");
	reap(other);
}

static void refuses_a_process_that_is_gone(void **state)
{
	siginfo_t info;
	pid_t zombie;

	(void)state;
	if (!can_hold_processes())
		skip();
	zombie = sleeper();
	configure("{\"root\":{\"path\":\".\"}}");
	kill(zombie, SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)zombie, &info, WEXITED | WNOWAIT), 0);
	refuses("c1", zombie, "No such process");
	waitpid(zombie, NULL, 0);
	refuses("c1", zombie, "No such process");
	assert_int_equal(fake.requests, 0);
	refuses("c1", 0, "no pid");
}

static void refuses_a_bundle_that_is_not_right(void **state)
{
	char *large;

	(void)state;
	NEED_GROUP();
	large = malloc(OCI_CONFIG_MAX + 2);
	fake.bind = BOUND;
	configure("{\"root\":{\"path\":\"nowhere\"}}");
	refuses("c1", process, "root nowhere");
	configure("{}");
	refuses("c1", process, "root.path");
	configure("{");
	refuses("c1", process, "not one JSON object");
	memset(large, ' ', OCI_CONFIG_MAX + 1);
	large[OCI_CONFIG_MAX + 1] = 0;
	configure(large);
	free(large);
	refuses("c1", process, "File too large");
	assert_int_equal(fake.requests, 0);
}

/* An annotation is the image's: it must not be a reason to start unconfined. */
static void is_not_talked_out_of_it_by_annotations(void **state)
{
	char *config, *to;

	(void)state;
	NEED_GROUP();
	config = to = malloc(1 << 20);
	assert_int_equal(hook_file_write(fake.socket, "allow"), 0);
	fake.bind = BOUND;
	to += sprintf(to, "{\"root\":{\"path\":\".\"},\"annotations\":{\"x\":\"");
	memset(to, 'x', 900000);
	strcpy(to + 900000, "\",\"nul\":\"a\\u0000b\",\"=\":\"\",\"bad\":\"\\ud800\"}}");
	configure(config);
	assert_int_equal(start("c1", process), 0);
	assert_non_null(strstr(fake.asked, "\"bind\""));
	to = config + sprintf(config, "{\"root\":{\"path\":\".\"},\"annotations\":{\"x\":\"y\"");
	for (int i = 0; i < 2000; i++)
		to += sprintf(to, ",\"%d\":\"................................\"", i);
	strcpy(to, "}}");
	configure(config);
	refuses("c1", process, "annotations");
	assert_int_equal(fake.requests, 0);
	hook_file_remove(fake.socket);
	free(config);
}

static void does_as_the_agent_says(void **state)
{
	(void)state;
	NEED_GROUP();
	configure("{\"root\":{\"path\":\".\"}}");
	fake.bind = "{\"ok\":false,\"error\":\"no room\",\"on_failure\":\"deny\",\"policy\":\"p\"}";
	refuses("c1", process, "no room");
	assert_string_equal(hook.policy, "p");
	fake.bind = "{\"ok\":false,\"error\":\"no room\"}";
	refuses("c1", process, "no room");
	fake.bind = "{\"ok\":false,\"error\":\"no room\",\"on_failure\":\"allow\"}";
	assert_true(start("c1", process) < 0);
	assert_true(hook.may_start);
	fake.bind = "[]";
	refuses("c1", process, "no JSON");
}

static void does_without_the_agent_as_it_left_word(void **state)
{
	static const char *const answers[] = { NULL, "" }; /* it hangs up, it is silent */

	(void)state;
	NEED_GROUP();
	configure("{\"root\":{\"path\":\".\"}}");
	for (int i = 0; i < 3; i++) {
		fake.bind = answers[i % 2];
		hook_file_remove(fake.socket);
		if (i == 2)
			strcat(fake.socket, "x");
		refuses("c1", process,
			i == 2 ? "agent cannot be reached"
			: i    ? "does not answer"
			       : "closed the connection");
		assert_int_equal(hook_file_write(fake.socket, "allow"), 0);
		assert_true(start("c1", process) < 0);
		assert_true(hook.may_start);
	}
	fake.socket[strlen(fake.socket) - 1] = 0;
	hook_file_remove(fake.socket);
}

static void unbinds_what_is_left(void **state)
{
	static const char text[] = "{\"id\":\"c1\",\"status\":\"stopped\",\"bundle\":\"/\"}";
	int in = fake_stdin(text, strlen(text));

	(void)state;
	fake.unbind = "{\"ok\":false,\"error\":\"no such container is bound\"}";
	hook = (struct hook){ .socket = fake.socket, .seconds = 1 };
	hook_poststop(&hook, in);
	close(in);
	assert_string_equal(fake.asked,
			    "{\"command\":\"unbind\",\"runtime_id\":\"c1\",\"if_empty\":true}");
	in = fake_stdin("{", 1);
	hook.socket = "/nonexistent";
	hook_poststop(&hook, in);
	close(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hands_over_what_it_found),
		cmocka_unit_test(tells_a_root_that_is_the_hosts),
		cmocka_unit_test(lets_alone_what_is_none_of_its_business),
		cmocka_unit_test(has_nothing_outside_to_tell),
		cmocka_unit_test(refuses_what_would_never_be_confined),
		cmocka_unit_test(refuses_a_cgroup_that_is_not_the_containers),
		cmocka_unit_test(refuses_a_process_that_is_gone),
		cmocka_unit_test(refuses_a_bundle_that_is_not_right),
		cmocka_unit_test(is_not_talked_out_of_it_by_annotations),
		cmocka_unit_test(does_as_the_agent_says),
		cmocka_unit_test(does_without_the_agent_as_it_left_word),
		cmocka_unit_test(unbinds_what_is_left),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
