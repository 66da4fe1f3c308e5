/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What doctor says of the container runtimes of a tree. */
#include "tests/unit/agent_make.h"
#include "tests/unit/remove_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "agent/cmd.h"
#include "agent/tree.h"

#define HOOKS "usr/share/containers/oci/hooks.d"
#define PROGRAM "usr/libexec/bailiff/bailiff-hook"

static char root[64];
static char said[16384];

/* An empty path is the root itself. */
static void name(char path[4096], const char *relative)
{
	snprintf(path, 4096, "%s/%s", root, relative);
}

/* Writes a file with the directories above it. */
static void put(const char *relative, mode_t mode, const char *text)
{
	char path[4096];
	FILE *file;

	name(path, relative);
	for (char *slash = strchr(path + strlen(root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(path, 0755);
		*slash = '/';
	}
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void drop(const char *relative)
{
	char path[4096];

	name(path, relative);
	assert_int_equal(remove(path), 0);
}

static void change(const char *relative, mode_t mode)
{
	char path[4096];

	name(path, relative);
	assert_int_equal(chmod(path, mode), 0);
}

static void put_hook(const char *file, const char *path, const char *stage, const char *argument,
		     const char *more)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "{ \"version\": \"1.0.0\", \"hook\": { \"path\": \"%s\", "
		 "\"args\": [ \"bailiff-hook\", \"%s\" ] }, \"stages\": [ \"%s\" ], %s }",
		 path, argument, stage, more);
	put(file, 0644, text);
}

#define ALWAYS "\"when\": { \"always\": true }"

static void put_hooks(void)
{
	put_hook(HOOKS "/50-bailiff.json", "/" PROGRAM, "createRuntime", "createRuntime", ALWAYS);
	put_hook(HOOKS "/50-bailiff-seccomp.json", "/" PROGRAM, "precreate", "precreate", ALWAYS);
	put(PROGRAM, 0755, "#!/bin/sh\n");
}

static int run_verb(bool json)
{
	char *text[] = { "doctor", "--root", root, NULL };
	char *object[] = { "doctor", "--root", root, "-o", "json", NULL };

	return json ? capture_verb(cmd_doctor, 5, object, said, sizeof(said))
		    : capture_verb(cmd_doctor, 3, text, said, sizeof(said));
}

static int run(bool json)
{
	struct stat status;
	int fd = tree_open(root);

	if (tree_stat(fd, "/", &status) == -ENOSYS) { /* valgrind does not know openat2 */
		close(fd);
		skip();
	}
	close(fd);
	return run_verb(json);
}

static void says(const char *expected)
{
	int status = run(false);

	if (!strstr(said, expected))
		fail_msg("\"%s\" is not in:\n%s", expected, said);
	assert_int_equal(status, strstr(expected, "registered") ? EXIT_DONE : EXIT_REFUSED);
}

#define UNCONFINED                                                                                 \
	"podman hook                  hook missing: containers of podman start unconfined: "
#define BROKEN "hook broken: containers of podman start unconfined or not at all: /" PROGRAM ": "

static int setup(void **state)
{
	(void)state;
	strcpy(root, "/tmp/bailiff-test-XXXXXX");
	assert_non_null(mkdtemp(root));
	assert_int_equal(chmod(root, 0755), 0);
	umask(022);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return remove_tree(root);
}

static void is_content_with_nothing(void **state)
{
	(void)state;
	assert_int_equal(run(false), EXIT_DONE);
	assert_string_equal(said, "");
	put_hooks();
	put("usr/bin/podman", 0644, "not executable");
	assert_int_equal(run(false), EXIT_DONE);
	assert_string_equal(said, "");
}

static void finds_the_hook_of_podman(void **state)
{
	(void)state;
	put("usr/bin/podman", 0755, "");
	says(UNCONFINED "no file in /usr/share/containers/oci/hooks.d names bailiff-hook");
	put_hooks();
	says("podman hook                  registered: /" PROGRAM ", by /" HOOKS
	     "/50-bailiff.json");
	drop(HOOKS "/50-bailiff.json"); /* precreate alone confines nothing */
	says(UNCONFINED);
	put(HOOKS "/50-bailiff.json", 0644, "{ no JSON");
	says(UNCONFINED);
	put_hook(HOOKS "/50-bailiff.json", "/usr/bin/other", "createRuntime", "createRuntime",
		 ALWAYS);
	says(UNCONFINED);
	put_hook(HOOKS "/.hidden.json", "/" PROGRAM, "createRuntime", "createRuntime", ALWAYS);
	put_hook(HOOKS "/50-bailiff.conf", "/" PROGRAM, "createRuntime", "createRuntime", ALWAYS);
	says(UNCONFINED);
}

static void sees_that_it_would_not_run(void **state)
{
	char path[4096];

	(void)state;
	put("usr/bin/podman", 0755, "");
	put_hooks();
	change(PROGRAM, 0644);
	says(BROKEN "cannot be executed");
	change(PROGRAM, 0775);
	says(BROKEN "can be written by others");
	change(PROGRAM, 0755);
	says("registered");
	if (!getuid()) {
		name(path, PROGRAM);
		assert_int_equal(chown(path, 1000, 0), 0);
		says(BROKEN "belongs to user 1000");
		assert_int_equal(chown(path, 0, 0), 0);
	}
	change("usr/libexec", 0777);
	says("hook broken: containers of podman start unconfined or not at all: /usr/libexec: "
	     "can be written by others");
	change("usr/libexec", 0755);
	says("registered");
	drop(PROGRAM);
	says(BROKEN "does not exist");
	name(path, PROGRAM);
	assert_int_equal(mkdir(path, 0755), 0);
	says(BROKEN "cannot be executed");
	drop(PROGRAM);
	assert_int_equal(symlink("/elsewhere", path), 0); /* of the tree, not of this host */
	put("elsewhere", 0755, "");
	says("registered");
}

static void sees_that_it_would_do_something_else(void **state)
{
	static const char *const faults[][3] = {
		{ "poststop", ALWAYS,
		  "args of createRuntime: write [ \"bailiff-hook\", \"createRuntime\" ]" },
		{ "createRuntime", "\"when\": { \"hasBindMounts\": true }",
		  "when: not for all containers: write { \"always\": true }" },
		{ "createRuntime", "\"when\": { \"always\": false }",
		  "when: not for all containers" },
		{ "createRuntime", ALWAYS ", \"version\": \"0.1.0\"", "version: write \"1.0.0\"" },
	};

	(void)state;
	put("usr/bin/podman", 0755, "");
	put_hooks();
	put_hook(HOOKS "/50-bailiff.json", "/" PROGRAM, "createRuntime",
		 "--control-socket\", \"/run/x\", \"createRuntime", ALWAYS);
	says("registered");
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		char expected[512];

		put_hook(HOOKS "/50-bailiff.json", "/" PROGRAM, "createRuntime", faults[i][0],
			 faults[i][1]);
		snprintf(expected, sizeof(expected),
			 "podman hook                  hook broken: containers of podman start "
			 "unconfined or not at all: /" HOOKS "/50-bailiff.json: %s",
			 faults[i][2]);
		says(expected);
	}
	put_hook(HOOKS "/50-bailiff.json", PROGRAM, "createRuntime", "createRuntime", ALWAYS);
	says("not an absolute path");
	put(HOOKS "/50-bailiff.json", 0644,
	    "{ \"version\": \"1.0.0\", \"hook\": { \"path\": \"/" PROGRAM
	    "\" }, \"stages\": [ \"createRuntime\" ], " ALWAYS " }");
	says("args of createRuntime: write");
}

static void follows_hooks_dir(void **state)
{
	(void)state;
	put("usr/bin/podman", 0755, "");
	put_hooks();
	put("etc/containers/containers.conf", 0644, "[engine]\nhooks_dir = [ \"/etc/hooks\" ]\n");
	says(UNCONFINED "no file in /etc/hooks names bailiff-hook");
	put("etc/containers/containers.conf.d/50-bailiff.conf", 0644,
	    "[engine]\nhooks_dir = [\n  '/" HOOKS "',\n  \"/etc/hooks\" ]\n");
	says("registered");
	put("etc/hooks/50-bailiff.json", 0644, "{}"); /* stands for that of the same name */
	says(UNCONFINED "no file in /" HOOKS " or /etc/hooks names");
	put_hook("etc/hooks/50-bailiff.json", "/" PROGRAM, "createRuntime", "createRuntime",
		 ALWAYS);
	says("registered: /" PROGRAM ", by /etc/hooks/50-bailiff.json");
	put("etc/containers/containers.conf.d/60-x.conf", 0644, "[engine\n");
	says("hook broken: containers of podman start unconfined or not at all: "
	     "/etc/containers/containers.conf.d/60-x.conf:1: not understood");
}

static void knows_crio(void **state)
{
	(void)state;
	put("etc/crio/crio.conf.d/10-x.conf", 0644, "[crio.runtime]\nhooks_dir = []\n");
	put_hooks();
	says("cri-o                        /etc/crio/crio.conf.d, no program in PATH");
	says("cri-o hook                   hook missing: containers of cri-o start unconfined");
	put("etc/crio/crio.conf.d/20-bailiff.conf", 0644,
	    "[crio.runtime]\nhooks_dir = [ \"/" HOOKS "\" ]\n");
	says("hook broken: containers of cri-o start unconfined or not at all: one is for the "
	     "stage "
	     "precreate, which CRI-O does not know");
	drop(HOOKS "/50-bailiff-seccomp.json");
	says("cri-o hook                   registered");
}

#define SPEC                                                                                       \
	"{ \"ociVersion\": \"1.0.2\", \"hooks\": { \"createRuntime\": [ { \"path\": \"/" PROGRAM   \
	"\", \"args\": [ \"bailiff-hook\", \"createRuntime\" ] } ] } }"

static void knows_containerd(void **state)
{
	static const char missing[] =
		"containerd hook              hook missing: containers of containerd start "
		"unconfined: ";
	char expected[512];

	(void)state;
	put("usr/local/bin/containerd", 0755, "");
	put(PROGRAM, 0755, "");
	snprintf(expected, sizeof(expected), "%sno handler has a base_runtime_spec", missing);
	says(expected);
	put("etc/containerd/config.toml", 0644,
	    "version = 2\nimports = [ \"/etc/containerd/conf.d/*.toml\" ]\n"
	    "[plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc.options]\n"
	    "SystemdCgroup = true\n");
	snprintf(expected, sizeof(expected), "%sno base_runtime_spec for handler runc", missing);
	says(expected);
	put("etc/containerd/conf.d/bailiff.toml", 0644,
	    "[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]\n"
	    "base_runtime_spec = \"/etc/containerd/base.json\"\n");
	says("hook broken: containers of containerd start unconfined or not at all: "
	     "/etc/containerd/base.json: No such file or directory");
	put("etc/containerd/base.json", 0644, "{ \"hooks\": {} }");
	says("/etc/containerd/base.json does not name bailiff-hook");
	put("etc/containerd/base.json", 0644, SPEC);
	says("containerd hook              registered: /" PROGRAM ", by /etc/containerd/base.json");
	put("etc/containerd/conf.d/kata.toml", 0644,
	    "[plugins.x.containerd.runtimes.kata]\nruntime_type = \"k\"\n");
	snprintf(expected, sizeof(expected), "%sno base_runtime_spec for handler kata", missing);
	says(expected);
}

static void knows_those_without_hooks(void **state)
{
	(void)state;
	put("usr/sbin/dockerd", 0755, "");
	put("usr/bin/crun", 0755, "");
	put("usr/sbin/runc", 0755, "");
	put("usr/bin/lxc-start", 0755, "");
	put("usr/bin/systemd-nspawn", 0755, "");
	assert_int_equal(run(false), EXIT_DONE);
	assert_string_equal(
		said, "docker                       /usr/sbin/dockerd\n"
		      "docker hook                  docker runs none: its containers are found by "
		      "their cgroups\n"
		      "crun                         /usr/bin/crun\n"
		      "crun hook                    those of the config.json of whoever calls it\n"
		      "runc                         /usr/sbin/runc\n"
		      "runc hook                    those of the config.json of whoever calls it\n"
		      "lxc                          /usr/bin/lxc-start\n"
		      "lxc hook                     lxc runs none: its containers are found by "
		      "their cgroups\n"
		      "systemd-nspawn               /usr/bin/systemd-nspawn\n"
		      "systemd-nspawn hook          systemd-nspawn runs none: its containers are "
		      "found by "
		      "their cgroups\n");
}

static void writes_json(void **state)
{
	(void)state;
	put("usr/bin/podman", 0755, "");
	put_hooks();
	assert_int_equal(run(true), EXIT_DONE);
	assert_non_null(strstr(said, "\"name\": \"podman\""));
	assert_non_null(strstr(said, "\"program\": \"/usr/bin/podman\""));
	assert_non_null(strstr(said, "\"state\": \"registered\""));
	assert_non_null(strstr(said, "\"createRuntime\",\n          \"precreate\"\n"));
	assert_non_null(strstr(said, "\"why\": null"));
	assert_non_null(strstr(said, "\"ok\": true"));
	drop(PROGRAM);
	assert_int_equal(run(true), EXIT_REFUSED);
	assert_non_null(strstr(said, "\"state\": \"broken\""));
	assert_non_null(strstr(said, "\"why\": \"/" PROGRAM ": does not exist\""));
	assert_non_null(strstr(said, "\"ok\": false"));
}

static void refuses_no_directory(void **state)
{
	char *argv[] = { "doctor", "--root", "/nowhere", NULL };

	(void)state;
	assert_int_equal(capture_verb(cmd_doctor, 3, argv, said, sizeof(said)), EXIT_REFUSED);
	assert_string_equal(said, "bailiff: doctor: /nowhere: No such file or directory\n");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(is_content_with_nothing),
		TEST(finds_the_hook_of_podman),
		TEST(sees_that_it_would_not_run),
		TEST(sees_that_it_would_do_something_else),
		TEST(follows_hooks_dir),
		TEST(knows_crio),
		TEST(knows_containerd),
		TEST(knows_those_without_hooks),
		TEST(writes_json),
		TEST(refuses_no_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
