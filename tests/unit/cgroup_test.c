/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/agent_make.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "agent/cgroup.h"
#include "agent/sandbox.h"

static bool may_make_groups(void)
{
	struct sandbox sandbox = SANDBOX_NONE;
	struct fault fault;

	if (sandbox_create(&sandbox, &fault))
		return false;
	sandbox_remove(&sandbox);
	return true;
}

#define NEED_GROUPS()                                                                              \
	do {                                                                                       \
		if (!may_make_groups())                                                            \
			skip();                                                                    \
	} while (0)

static void path_and_id_agree(void **state)
{
	struct sandbox sandbox = SANDBOX_NONE;
	char path[PATH_MAX] = "";
	struct fault fault;
	uint64_t id;
	int fd;

	(void)state;
	NEED_GROUPS();
	assert_int_equal(sandbox_create(&sandbox, &fault), 0);
	assert_int_equal(cgroup_path(sandbox.root, sandbox.id, path), 0);
	assert_string_equal(path, sandbox.path);
	fd = cgroup_open(sandbox.root, path);
	assert_true(fd >= 0);
	assert_int_equal(cgroup_id(fd, &id), 0);
	assert_true(id == sandbox.id);
	close(fd);
	id = sandbox.id;
	sandbox_remove(&sandbox);
	fd = cgroup_open_root();
	assert_true(cgroup_path(fd, id, path) < 0);
	close(fd);
}

static void the_root_is_a_slash(void **state)
{
	int root = cgroup_open_root();
	char path[PATH_MAX];
	uint64_t id;

	(void)state;
	if (root < 0 || geteuid())
		skip();
	assert_int_equal(cgroup_id(root, &id), 0);
	assert_int_equal(cgroup_path(root, id, path), 0);
	assert_string_equal(path, "/");
	close(root);
}

static void only_cgroups_have_ids(void **state)
{
	int fd = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t id = 7;

	(void)state;
	assert_int_equal(cgroup_id(fd, &id), -EINVAL);
	assert_int_equal(id, 7);
	close(fd);
}

static void paths_are_normalized(void **state)
{
	char path[PATH_MAX], mount[PATH_MAX], given[PATH_MAX + 16];

	(void)state;
	assert_int_equal(cgroup_normalize("/", path), 0);
	assert_string_equal(path, "/");
	assert_int_equal(cgroup_normalize("//a///b.slice/", path), 0);
	assert_string_equal(path, "/a/b.slice");
	assert_int_equal(cgroup_normalize("a", path), -EINVAL);
	assert_int_equal(cgroup_normalize("", path), -EINVAL);
	assert_int_equal(cgroup_normalize("/a/../b", path), -EINVAL);
	assert_int_equal(cgroup_normalize("/a/./b", path), -EINVAL);
	assert_int_equal(cgroup_normalize("/a/..b/c..", path), 0);
	if (cgroup_mount_point(mount))
		return;
	snprintf(given, sizeof(given), "%s/x/y", mount);
	assert_int_equal(cgroup_normalize(given, path), 0);
	assert_string_equal(path, "/x/y");
}

static void a_path_does_not_leave_the_hierarchy(void **state)
{
	int root;

	(void)state;
	if (getenv("VALGRIND")) /* which does not know openat2 */
		skip();
	root = cgroup_open_root();
	if (root < 0)
		skip();
	assert_true(cgroup_open(root, "/../..") < 0);
	assert_true(cgroup_open(root, "../") < 0);
	assert_int_equal(cgroup_open(root, "/no-such-group"), -ENOENT);
	close(root);
}

/* A tree of groups with processes that ignore signals and fork: none is left, nor is a group. */
static void the_end_is_complete(void **state)
{
	struct sandbox sandbox = SANDBOX_NONE;
	struct fault fault;
	struct stat st;
	pid_t pid;
	int parent;

	(void)state;
	NEED_GROUPS();
	assert_int_equal(sandbox_create(&sandbox, &fault), 0);
	assert_int_equal(mkdirat(sandbox.directory, "a", 0755), 0);
	assert_int_equal(mkdirat(sandbox.directory, "a/b", 0755), 0);
	pid = fork();
	if (!pid) {
		int fd = openat(sandbox.directory, "a/b", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		signal(SIGTERM, SIG_IGN);
		_exit(cgroup_attach(fd, 0) ? 1 : fork() < 0 || pause());
	}
	while (cgroup_populated(sandbox.directory) == 0)
		usleep(1000);
	parent = dup(sandbox.parent);
	sandbox_remove(&sandbox);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(fstatat(parent, sandbox.name, &st, 0), -1);
	close(parent);
}

static void an_occupied_group_is_refused(void **state)
{
	struct sandbox first = SANDBOX_NONE, second = SANDBOX_NONE;
	struct fault fault;
	pid_t pid;

	(void)state;
	NEED_GROUPS();
	assert_int_equal(sandbox_create(&first, &fault), 0);
	pid = fork();
	if (!pid)
		_exit(cgroup_attach(first.directory, 0) ? 1 : pause());
	while (cgroup_populated(first.directory) == 0)
		usleep(1000);
	assert_int_equal(sandbox_create(&second, &fault), -EBUSY);
	sandbox_remove(&first);
	waitpid(pid, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_and_id_agree),
		cmocka_unit_test(the_root_is_a_slash),
		cmocka_unit_test(only_cgroups_have_ids),
		cmocka_unit_test(paths_are_normalized),
		cmocka_unit_test(a_path_does_not_leave_the_hierarchy),
		cmocka_unit_test(the_end_is_complete),
		cmocka_unit_test(an_occupied_group_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
