// SPDX-License-Identifier: GPL-2.0-or-later
/* Operations from a child, another directory, root, namespace or cgroup. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child, in that cgroup if it is one. */
static pid_t start(int cgroup)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)cgroup,
	};

	return cgroup < 0 ? fork() : (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

/* Runs the operation in a child after `prepare`; what came out is told through a pipe. */
static int in_cgroup(int cgroup, int (*prepare)(const char *), const char *arg, int n, char **words)
{
	int channel[2], told = 0, error;
	pid_t pid;

	if (pipe2(channel, O_CLOEXEC) < 0)
		return -errno;
	pid = start(cgroup);
	if (!pid) {
		told = prepare ? prepare(arg) : 0;
		if (!told)
			told = op_run(n, words);
		_exit(write(channel[1], &told, sizeof(told)) != sizeof(told));
	}
	close(channel[1]);
	error = pid < 0 ? -errno : 0;
	if (!error && read(channel[0], &told, sizeof(told)) == sizeof(told))
		waitpid(pid, NULL, 0);
	else if (!error)
		error = op_ended(pid);
	close(channel[0]);
	return error ? error : told;
}

static int in_child(int (*prepare)(const char *), const char *arg, int n, char **words)
{
	return in_cgroup(-1, prepare, arg, n, words);
}

static int run_child(int n, char **args)
{
	return in_child(NULL, NULL, n, args);
}

static int enter_root(const char *dir)
{
	return chroot(dir) < 0 || chdir("/") < 0 ? -errno : 0;
}

static int run_chroot(int n, char **args)
{
	return in_child(enter_root, args[0], n - 1, args + 1);
}

static int enter_directory(const char *dir)
{
	return result(chdir(dir));
}

static int run_chdir(int n, char **args)
{
	return in_child(enter_directory, args[0], n - 1, args + 1);
}

static int enter_depth(const char *dir)
{
	char name[256];

	snprintf(name, sizeof(name), "%0200d", 0);
	if (chdir(dir) < 0)
		return -errno;
	for (int i = 0; i < 25; i++) {
		if (mkdir(name, 0755) < 0 && errno != EEXIST)
			return -errno;
		if (chdir(name) < 0)
			return -errno;
	}
	return 0;
}

/* DIR OP...: in a directory whose path is 5,000 bytes longer; it is made */
static int run_depth(int n, char **args)
{
	return in_child(enter_depth, args[0], n - 1, args + 1);
}

static int become(const char *uid)
{
	return result(setresuid((uid_t)atoi(uid), (uid_t)atoi(uid), (uid_t)atoi(uid)));
}

static int run_uid(int n, char **args)
{
	return in_child(become, args[0], n - 1, args + 1);
}

static int enter_namespace(const char *pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/ns/mnt", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : result(setns(fd, CLONE_NEWNS));
}

/* PID OP...: in the mount namespace of that process */
static int run_setns(int n, char **args)
{
	return in_child(enter_namespace, args[0], n - 1, args + 1);
}

static int leave_namespace(const char *unused)
{
	(void)unused;
	if (unshare(CLONE_NEWNS) < 0)
		return -errno;
	/* in a chroot "/" is no mount, and nothing is mounted there */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 && errno != EINVAL)
		return -errno;
	return 0;
}

static int run_unshare(int n, char **args)
{
	return in_child(leave_namespace, NULL, n, args);
}

/* CGROUP: the process moves itself */
static int run_join(int n, char **args)
{
	char path[4096];
	int fd, r;

	(void)n;
	snprintf(path, sizeof(path), "%s/cgroup.procs", args[0]);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = result(write(fd, "0", 1));
	close(fd);
	return r;
}

/* CGROUP OP...: in a child that is born there */
static int run_into(int n, char **args)
{
	int cgroup = open(args[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

	if (cgroup < 0)
		return -errno;
	r = in_cgroup(cgroup, NULL, NULL, n - 1, args + 1);
	close(cgroup);
	return r;
}

const struct op op_where[] = {
	{ "child", 1, run_child },     { "chroot", 2, run_chroot },
	{ "chdir", 2, run_chdir },     { "depth", 2, run_depth },
	{ "uid", 2, run_uid },	       { "setns", 2, run_setns },
	{ "unshare", 1, run_unshare }, { "join", 1, run_join },
	{ "into", 2, run_into },       { 0 },
};
