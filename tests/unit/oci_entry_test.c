/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a container starts with, told from its root and its config.json. */
#include "tests/unit/agent_make.h"
#include "tests/unit/remove_tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/oci_entry.h"

static char directory[] = "/tmp/bailiff-entry-XXXXXX";
static int root;

static void put(const char *path, mode_t mode)
{
	int fd = openat(root, path, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static int make_root(void **state)
{
	static const char *const directories[] = { "usr", "usr/bin", "usr/local", "opt", "vol" };

	(void)state;
	if (!mkdtemp(directory))
		return -1;
	root = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		assert_int_equal(mkdirat(root, directories[i], 0755), 0);
	put("usr/bin/nginx", 0755);
	put("usr/bin/data", 0644);
	put("usr/local/data", 0755);
	put("vol/tool", 0755);
	put("opt/real", 0755);
	assert_int_equal(symlinkat("usr/bin", root, "bin"), 0);
	assert_int_equal(symlinkat("/opt/real", root, "usr/bin/linked"), 0);
	assert_int_equal(symlinkat("../../../../../opt/real", root, "usr/bin/climbs"), 0);
	assert_int_equal(symlinkat("/nowhere", root, "usr/bin/dangling"), 0);
	return 0;
}

static int remove_root(void **state)
{
	(void)state;
	close(root);
	return remove_tree(directory);
}

/* The path for a process, "" if it can't be told. */
static const char *found(const char *process, const char *mounts)
{
	static char path[PATH_MAX];
	struct oci_config config;
	struct fault fault;
	char text[1024];
	struct input input = { text, 0 };

	input.length = (size_t)snprintf(text, sizeof(text), "{\"process\":{%s},\"mounts\":[%s]}",
					process, mounts);
	assert_int_equal(oci_config_read(&input, &config, &fault), 0);
	if (!oci_entry_find(&config, root, path))
		*path = 0;
	oci_config_free(&config);
	return path;
}

#define ENV ",\"env\":[\"A=b\",\"PATH=/usr/local:/usr/bin:/bin\"]"
#define PROC "{\"destination\":\"/proc\"},{\"destination\":\"/etc/hosts\"}"

/* valgrind does not know openat2 */
#define NEED_OPENAT2()                                                                             \
	do {                                                                                       \
		if (getenv("VALGRIND"))                                                            \
			skip();                                                                    \
	} while (0)

static void follows_what_a_runtime_follows(void **state)
{
	(void)state;
	NEED_OPENAT2();
	assert_string_equal(found("\"args\":[\"/usr/bin/nginx\",\"-g\"]", ""), "/usr/bin/nginx");
	assert_string_equal(found("\"args\":[\"/bin/nginx\"]", PROC), "/usr/bin/nginx");
	assert_string_equal(found("\"args\":[\"nginx\"]" ENV, PROC), "/usr/bin/nginx");
	assert_string_equal(found("\"args\":[\"data\"]" ENV, PROC), "/usr/local/data");
	assert_string_equal(found("\"args\":[\"./nginx\"],\"cwd\":\"/usr/bin\"", ""),
			    "/usr/bin/nginx");
	assert_string_equal(found("\"args\":[\"../../opt/real\"],\"cwd\":\"/usr/bin\"", ""),
			    "/opt/real");
	assert_string_equal(found("\"args\":[\"linked\"]" ENV, PROC), "/opt/real");
	assert_string_equal(found("\"args\":[\"climbs\"]" ENV, PROC), "/opt/real");
}

static void says_nothing_where_it_cannot_know(void **state)
{
	static const char *const processes[] = {
		"",
		"\"args\":[]",
		"\"args\":[\"\"]",
		"\"args\":[7]",
		"\"args\":{}",
		"\"args\":[\"/usr/bin/none\"]",
		"\"args\":[\"/usr/bin/data\"]",
		"\"args\":[\"/usr/bin\"]",
		"\"args\":[\"dangling\"]" ENV,
		"\"args\":[\"nginx\"]",
		"\"args\":[\"nginx\"],\"env\":[\"PATH=bin:/usr/bin\"]",
		"\"args\":[\"nginx\\u0000x\"]" ENV,
		"\"args\":[\"bin/nginx\"]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(processes) / sizeof(processes[0]); i++)
		assert_string_equal(found(processes[i], ""), "");
}

static void mounts_of_the_container_hide_it(void **state)
{
	(void)state;
	NEED_OPENAT2();
	assert_string_equal(found("\"args\":[\"/vol/tool\"]", PROC), "/vol/tool");
	assert_string_equal(found("\"args\":[\"/vol/tool\"]", "{\"destination\":\"/vol/\"}"), "");
	assert_string_equal(found("\"args\":[\"/vol/tool\"]", "{\"destination\":\"/vol/tool\"}"),
			    "");
	assert_string_equal(found("\"args\":[\"/vol/tool\"]", "{\"destination\":\"/volume\"}"),
			    "/vol/tool");
	assert_string_equal(found("\"args\":[\"/vol/tool\"]", "{\"destination\":\"vol\"}"), "");
	assert_string_equal(found("\"args\":[\"/vol/tool\"]", "{}"), "");
	assert_string_equal(found("\"args\":[\"/vol/tool\"]", "7"), "");
	assert_string_equal(found("\"args\":[\"/bin/nginx\"]", "{\"destination\":\"/usr\"}"), "");
	assert_string_equal(found("\"args\":[\"/bin/nginx\"]", "{\"destination\":\"/opt\"}"), "");
	assert_string_equal(found("\"args\":[\"/usr/bin/nginx\"]", "{\"destination\":\"/opt\"}"),
			    "/usr/bin/nginx");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_what_a_runtime_follows),
		cmocka_unit_test(says_nothing_where_it_cannot_know),
		cmocka_unit_test(mounts_of_the_container_hide_it),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
