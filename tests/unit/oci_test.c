/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a hook reads off a runtime's state, config.json and cgroups. */
#include "tests/unit/agent_make.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "agent/oci_cgroup.h"
#include "agent/oci_config.h"
#include "agent/oci_state.h"

static struct input text(const char *data)
{
	return (struct input){ (char *)data, strlen(data) };
}

static void reads_a_state(void **state)
{
	struct input crun = text("{\"ociVersion\":\"1.0\",\"id\":\"c1\",\"pid\":77,\"root\":\"r\","
				 "\"bundle\":\"/b\",\"status\":\"created\"}\n");
	struct input runc = text(" {\"ociVersion\":\"1.0.2\",\"id\":\"c_1+x.y\",\"status\":"
				 "\"stopped\",\"bundle\":\"/b\",\"annotations\":{}}");
	struct fault fault = { "" };
	struct oci_state s;

	(void)state;
	assert_int_equal(oci_state_read(&crun, &s, &fault), 0);
	assert_string_equal(s.id, "c1");
	assert_string_equal(s.bundle, "/b");
	assert_int_equal(s.pid, 77);
	oci_state_free(&s);
	assert_int_equal(oci_state_read(&runc, &s, &fault), 0);
	assert_int_equal(s.pid, 0);
	oci_state_free(&s);
}

static void refuses_a_wrong_state(void **state)
{
	static const char *const bad[] = {
		"",
		"[]",
		"{}",
		"{\"id\":\"a\"",
		"{\"id\":\"a\"}{}",
		"{\"id\":\"\"}",
		"{\"id\":1}",
		"{\"id\":\"..\"}",
		"{\"id\":\"a/b\"}",
		"{\"id\":\"a b\"}",
		"{\"id\":\"a\\nb\"}",
		"{\"id\":\"a\\u0000b\"}",
		"{\"id\":\"a\",\"bundle\":\"b\"}",
		"{\"id\":\"a\",\"pid\":\"1\"}",
		"{\"id\":\"a\",\"pid\":-1}",
		"{\"id\":\"a\",\"pid\":2147483648}",
		"{\"id\":\"a\",\"pid\":1.5}",
	};
	char deep[200];

	(void)state;
	for (size_t i = 0; i <= sizeof(bad) / sizeof(bad[0]); i++) {
		struct fault fault = { "" };
		struct oci_state s;
		struct input input;

		memset(deep, '[', sizeof(deep));
		memcpy(deep, "{\"id\":", 6);
		deep[sizeof(deep) - 1] = 0;
		input = text(i < sizeof(bad) / sizeof(bad[0]) ? bad[i] : deep);
		if (oci_state_read(&input, &s, &fault) != -EINVAL || !*fault.text)
			fail_msg("%s", input.data);
	}
}

static void reads_a_config(void **state)
{
	struct input full = text(
		"{\"root\":{\"path\":\"rootfs\"},\"linux\":{\"cgroupsPath\":\"/a\",\"seccomp\":{}},"
		"\"annotations\":{\"a\":\"b\"},\"process\":{\"args\":[\"x\"]}}");
	struct input bare = text("{\"root\":null,\"linux\":{\"cgroupsPath\":\"\",\"seccomp\":null},"
				 "\"annotations\":null}");
	struct fault fault = { "" };
	struct oci_config c;

	(void)state;
	assert_int_equal(oci_config_read(&full, &c, &fault), 0);
	assert_string_equal(c.root, "rootfs");
	assert_string_equal(c.cgroups_path, "/a");
	assert_true(c.seccomp && c.annotations);
	assert_null(oci_config_handler(&c));
	oci_config_free(&c);
	assert_int_equal(oci_config_read(&bare, &c, &fault), 0);
	assert_true(!c.root && !c.cgroups_path && !c.seccomp && !c.annotations);
	assert_null(oci_config_handler(&c));
	oci_config_free(&c);
}

static void refuses_a_wrong_config(void **state)
{
	static const char *const bad[] = {
		"",
		"[]",
		"{",
		"{\"root\":\"/\"}",
		"{\"root\":{\"path\":1}}",
		"{\"root\":{\"path\":\"a\\u0000b\"}}",
		"{\"linux\":[]}",
		"{\"linux\":{\"seccomp\":[]}}",
		"{\"linux\":{\"cgroupsPath\":{}}}",
		"{\"annotations\":[]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct input input = text(bad[i]);
		struct fault fault = { "" };
		struct oci_config c;

		if (oci_config_read(&input, &c, &fault) != -EINVAL || !*fault.text)
			fail_msg("%s", bad[i]);
	}
}

static void knows_what_never_executes(void **state)
{
	static const char *const keys[] = { "run.oci.handler", "module.wasm.image/variant" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct fault fault = { "" };
		struct oci_config c;
		struct input input;
		char config[128];

		snprintf(config, sizeof(config), "{\"annotations\":{\"x\":\"y\",\"%s\":\"\"}}",
			 keys[i]);
		input = text(config);
		assert_int_equal(oci_config_read(&input, &c, &fault), 0);
		assert_string_equal(oci_config_handler(&c), keys[i]);
		oci_config_free(&c);
	}
}

static void knows_runtimes_that_execute_nothing(void **state)
{
	static const char *const some[] = { "krun", "/usr/bin/krun", "/usr/bin/crun-wasm",
					    "crun-krun", "crun-wasmtime" };
	static const char *const others[] = { "",      "crun",	    "/usr/bin/runc", "/krun/crun",
					      "krun/", "crun-1.20", "xcrun-wasm" };

	(void)state;
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		assert_non_null(oci_runtime_handler(some[i]));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_null(oci_runtime_handler(others[i]));
}

static void bounds_what_it_reads(void **state)
{
	char *path = make_file(".json", "{\"a\":1}");
	struct input input = { 0 };
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(input_read(zero, 1000, &input), -EFBIG);
	assert_int_equal(input_read(zero, OCI_STATE_MAX, &input), -EFBIG);
	assert_null(input.data);
	close(zero);
	assert_int_equal(input_read_file(AT_FDCWD, path, 6, &input), -EFBIG);
	assert_int_equal(input_read_file(AT_FDCWD, path, 7, &input), 0);
	assert_int_equal(input.length, 7);
	input_free(&input);
	assert_int_equal(input_read_file(AT_FDCWD, "/tmp", 100, &input), -EINVAL);
	assert_int_equal(input_read_file(AT_FDCWD, "/nonexistent", 100, &input), -ENOENT);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(input_read_file(AT_FDCWD, path, 100, &input), -EINVAL);
	remove_file(path);
}

static void expands_cgroups_paths(void **state)
{
	static const struct {
		const char *given, *path, *id;
	} cases[] = {
		{ "/a/b", "/a/b", "b" },
		{ "//a//libpod-12/", "/a/libpod-12", NULL },
		{ "/libpod_parent/libpod-12", "/libpod_parent/libpod-12", "12" },
		{ "/x/libpod-payload-12", "/x/libpod-payload-12", "12" },
		{ "machine.slice:libpod:12", "/machine.slice/libpod-12.scope", "12" },
		{ "a-b-c.slice:p:n", "/a.slice/a-b.slice/a-b-c.slice/p-n.scope", "n" },
		{ "-.slice:p:n", "/p-n.scope", "n" },
		{ ":p:n", "/system.slice/p-n.scope", "n" },
		{ "a.slice::n", "/a.slice/n.scope", "n" },
		{ "a.slice::n.slice", "/a.slice/n.slice", "n.slice" },
		{ "a.slice:p:", NULL, "a.slice:p:" },
		{ "a--b.slice:p:n", NULL, "n" },
		{ "-a.slice:p:n", NULL, "n" },
		{ "a-.slice:p:n", NULL, "n" },
		{ "a:p:n", NULL, "n" },
		{ ".slice:p:n", NULL, "n" },
		{ "a.slice:p:n:m", NULL, "a.slice:p:n:m" },
		{ "a.slice:p/q:n", NULL, "q:n" },
		{ "a", NULL, "a" },
		{ "/a/../b", NULL, "b" },
		{ "/a/./b", NULL, "b" },
		{ "/", "/", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[PATH_MAX] = "", id[REQUEST_NAME_MAX] = "";

		if (cgroups_path_expand(cases[i].given, path) != !!cases[i].path ||
		    (cases[i].path && strcmp(path, cases[i].path)))
			fail_msg("%s: %s", cases[i].given, path);
		if (cgroups_path_id(cases[i].given, id) != !!cases[i].id ||
		    (cases[i].id && strcmp(id, cases[i].id)))
			fail_msg("%s: id %s", cases[i].given, id);
	}
}

static int choose(const char *given, const char *annotation, const char *inside, char *path)
{
	struct fault fault = { "" };
	struct oci_config c;
	struct input input;
	char config[512];
	int error;

	snprintf(config, sizeof(config),
		 "{\"linux\":{\"cgroupsPath\":\"%s\"},\"annotations\":{%s}}", given, annotation);
	input = text(config);
	assert_int_equal(oci_config_read(&input, &c, &fault), 0);
	error = oci_cgroup_choose(&c, inside, path, &fault);
	oci_config_free(&c);
	return error;
}

static void chooses_the_containers_cgroup(void **state)
{
	static const char moved[] = "\"run.oci.systemd.subgroup\":\"x\"";
	static const struct {
		const char *given, *annotation, *inside, *path;
	} cases[] = {
		{ "", "", "/a/b", "/a/b" },
		{ "/a", "", "/a", "/a" },
		{ "/a", "", "/a/b", "/a" },
		{ "/a", "", "/ab", "/ab" },
		{ "m.slice:p:n", "", "/m.slice/p-n.scope", "/m.slice/p-n.scope" },
		{ "m.slice:p:n", "", "/m.slice/p-n.scope/container", "/m.slice/p-n.scope" },
		{ "m.slice:p:n", "", "/u/m.slice/p-n.scope/container", "/u/m.slice/p-n.scope" },
		{ "m.slice:p:n", "", "/m.slice/p-nn.scope/x", "/m.slice/p-nn.scope/x" },
		{ "m.slice:p:n", moved, "/m.slice/p-n.scope/x", "/m.slice/p-n.scope" },
		{ "m.slice:p:n", moved, "/m.slice/x", NULL },
		{ "/a", "\"run.oci.delegate-cgroup\":\"x\"", "/a/x", "/a" },
		{ "/a", "\"run.oci.delegate-cgroup\":\"x\"", "/b", NULL },
		{ "", moved, "/a/b", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[PATH_MAX] = "";
		int error = choose(cases[i].given, cases[i].annotation, cases[i].inside, path);

		if (error != (cases[i].path ? 0 : -EXDEV) ||
		    (cases[i].path && strcmp(path, cases[i].path)))
			fail_msg("%s, %s: %s", cases[i].given, cases[i].inside, path);
	}
	assert_true(cgroup_is_in("/a", "/a") && cgroup_is_in("/a/b", "/a") &&
		    cgroup_is_in("/", "/"));
	assert_true(cgroup_is_in("/a", "/"));
	assert_false(cgroup_is_in("/ab", "/a") || cgroup_is_in("/", "/a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_state),
		cmocka_unit_test(refuses_a_wrong_state),
		cmocka_unit_test(reads_a_config),
		cmocka_unit_test(refuses_a_wrong_config),
		cmocka_unit_test(knows_what_never_executes),
		cmocka_unit_test(knows_runtimes_that_execute_nothing),
		cmocka_unit_test(bounds_what_it_reads),
		cmocka_unit_test(expands_cgroups_paths),
		cmocka_unit_test(chooses_the_containers_cgroup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
