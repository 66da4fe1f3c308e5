/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A container for the hook at createRuntime: a process in a cgroup of its own and a bundle. */
#ifndef BAILIFF_TESTS_HOOK_MAKE_H
#define BAILIFF_TESTS_HOOK_MAKE_H

#include "tests/unit/fake_agent.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "agent/cgroup.h"
#include "agent/hook.h"
#include "agent/sandbox.h"

static struct sandbox sandbox = SANDBOX_NONE;
static pid_t process; /* in a cgroup of its own */
static char bundle[] = "/tmp/bailiff-test-XXXXXX";
static struct hook hook;

static inline pid_t sleeper(void)
{
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	return pid;
}

static inline void reap(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static inline int begin(void **state)
{
	struct fault fault;

	assert_int_equal(fake_open(state), 0);
	assert_non_null(mkdtemp(bundle));
	process = sleeper();
	if (!sandbox_create(&sandbox, &fault))
		assert_int_equal(cgroup_attach(sandbox.directory, process), 0);
	return 0;
}

static inline int end(void **state)
{
	char path[64];

	reap(process);
	if (sandbox.directory >= 0)
		sandbox_remove(&sandbox);
	snprintf(path, sizeof(path), "%s/config.json", bundle);
	unlink(path);
	assert_int_equal(rmdir(bundle), 0);
	return fake_close(state);
}

static inline void configure(const char *config)
{
	char path[64];
	FILE *out;

	snprintf(path, sizeof(path), "%s/config.json", bundle);
	out = fopen(path, "w");
	assert_non_null(out);
	assert_true(fputs(config, out) >= 0);
	fclose(out);
}

static inline int start(const char *id, pid_t pid)
{
	char text[256];
	int length = snprintf(text, sizeof(text),
			      "{\"ociVersion\":\"1.0\",\"id\":\"%s\",\"pid\":%d,\"bundle\":\"%s\","
			      "\"status\":\"created\"}",
			      id, (int)pid, bundle);
	int in = fake_stdin(text, (size_t)length), error;

	hook = (struct hook){ .socket = fake.socket, .seconds = 1 };
	fake.asked[0] = 0;
	fake.requests = 0;
	error = hook_create_runtime(&hook, in);
	close(in);
	return error;
}

static inline void refuses(const char *id, pid_t pid, const char *why)
{
	assert_true(start(id, pid) < 0);
	if (!strstr(hook.fault.text, why))
		fail_msg("%s", hook.fault.text);
	assert_false(hook.may_start);
}

/* valgrind knows no pidfd_open(2). */
static inline bool can_hold_processes(void)
{
	OWNED(close_fd) int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	return fd >= 0;
}

#define NEED_GROUP()                                                                               \
	do {                                                                                       \
		if (sandbox.directory < 0 || !can_hold_processes())                                \
			skip();                                                                    \
	} while (0)

#endif
