// SPDX-License-Identifier: GPL-2.0-or-later
/* Reaching for other processes, namespaces, and mounts without a path. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* PID: attaches and detaches */
static int run_attach(int n, char **args)
{
	pid_t pid = atoi(args[0]);

	(void)n;
	if (ptrace(PTRACE_ATTACH, pid, NULL, NULL) < 0)
		return -errno;
	waitpid(pid, NULL, __WALL);
	return result(ptrace(PTRACE_DETACH, pid, NULL, NULL));
}

/* PID: without stopping it; the end of this thread's interest lets it go */
static int run_seize(int n, char **args)
{
	pid_t pid = atoi(args[0]);

	(void)n;
	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
		return -errno;
	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0)
		return -errno;
	waitpid(pid, NULL, __WALL);
	return result(ptrace(PTRACE_DETACH, pid, NULL, NULL));
}

/* A child asks its parent to trace it. */
static int run_traceme(int n, char **args)
{
	pid_t pid = fork();

	(void)n, (void)args;
	if (!pid)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? errno : 0);
	n = pid < 0 ? -errno : op_ended(pid);
	return n > OP_STATUS(0) ? -(n - OP_STATUS(0)) : n;
}

static char word[8] = "data"; /* at the same address in each process of this program */

static int vm(const char *pid, long number)
{
	char buffer[sizeof(word)] = "data";
	struct iovec here = { buffer, sizeof(buffer) }, there = { word, sizeof(word) };

	return result(syscall(number, atoi(pid), &here, 1, &there, 1, 0));
}

static int run_vm_read(int n, char **args)
{
	(void)n;
	return vm(args[0], SYS_process_vm_readv);
}

static int run_vm_write(int n, char **args)
{
	(void)n;
	return vm(args[0], SYS_process_vm_writev);
}

static int pidfd_open(const char *pid)
{
	return (int)syscall(SYS_pidfd_open, atoi(pid), 0);
}

/* PID FD */
static int run_getfd(int n, char **args)
{
	int process = pidfd_open(args[0]), fd, r;

	(void)n;
	fd = (int)syscall(SYS_pidfd_getfd, process, atoi(args[1]), 0);
	r = result(fd);
	if (fd >= 0)
		close(fd);
	close(process);
	return r;
}

/* PID SIGNAL */
static int run_signal(int n, char **args)
{
	(void)n;
	return result(kill(atoi(args[0]), atoi(args[1])));
}

static int run_thread_signal(int n, char **args)
{
	(void)n;
	return result(syscall(SYS_tgkill, atoi(args[0]), atoi(args[0]), atoi(args[1])));
}

static int run_queue(int n, char **args)
{
	(void)n;
	return result(sigqueue(atoi(args[0]), atoi(args[1]), (union sigval){ 0 }));
}

static int run_pidfd_signal(int n, char **args)
{
	int process = pidfd_open(args[0]), r;

	(void)n;
	r = result(syscall(SYS_pidfd_send_signal, process, atoi(args[1]), NULL, 0));
	close(process);
	return r;
}

/* PID: its limit, to what it is */
static int run_limit(int n, char **args)
{
	struct rlimit limit;

	(void)n;
	if (prlimit(atoi(args[0]), RLIMIT_CORE, NULL, &limit) < 0)
		return -errno;
	return result(prlimit(atoi(args[0]), RLIMIT_CORE, &limit, NULL));
}

static int run_renice(int n, char **args)
{
	(void)n;
	return result(setpriority(PRIO_PROCESS, (id_t)atoi(args[0]), 1));
}

/* PID: of no pages */
static int run_move_pages(int n, char **args)
{
	(void)n;
	return result(syscall(SYS_move_pages, atoi(args[0]), 0UL, NULL, NULL, NULL, 0));
}

static int run_schedule(int n, char **args)
{
	struct sched_param param = { 0 };

	(void)n;
	return result(sched_setscheduler(atoi(args[0]), SCHED_OTHER, &param));
}

static int run_affinity(int n, char **args)
{
	cpu_set_t cpus;

	(void)n;
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	return result(sched_setaffinity(atoi(args[0]), sizeof(cpus), &cpus));
}

/* PID: best effort */
static int run_ioprio(int n, char **args)
{
	(void)n;
	return result(syscall(SYS_ioprio_set, 1, atoi(args[0]), 2 << 13 | 4));
}

static const struct {
	const char *name;
	uint64_t flag;
} spaces[] = {
	{ "mnt", CLONE_NEWNS },	   { "uts", CLONE_NEWUTS },   { "ipc", CLONE_NEWIPC },
	{ "user", CLONE_NEWUSER }, { "net", CLONE_NEWNET },   { "cgroup", CLONE_NEWCGROUP },
	{ "pid", CLONE_NEWPID },   { "time", CLONE_NEWTIME },
};

/* From "user,mnt". */
static uint64_t flags_of(const char *names)
{
	uint64_t flags = 0;

	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (strstr(names, spaces[i].name))
			flags |= spaces[i].flag;
	return flags;
}

static int run_space(int n, char **args)
{
	int r;

	(void)n;
	r = result(unshare((int)flags_of(args[0])));
	return r;
}

/* The same as a program of 32 bits would. */
static int run_space_i386(int n, char **args)
{
	long r = 310;

	(void)n;
	__asm__ volatile("int $0x80"
			 : "+a"(r)
			 : "b"(flags_of(args[0]))
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)r;
}

static int born(long pid)
{
	if (!pid)
		_exit(0);
	return pid < 0 ? -errno : op_ended((int)pid);
}

static int run_clone(int n, char **args)
{
	(void)n;
	return born(syscall(SYS_clone, flags_of(args[0]) | SIGCHLD, 0, 0, 0, 0));
}

static int run_clone3(int n, char **args)
{
	struct clone_args how = { .flags = flags_of(args[0]), .exit_signal = SIGCHLD };

	(void)n;
	return born(syscall(SYS_clone3, &how, sizeof(how)));
}

/* PID NAME: by the file in /proc */
static int run_enter(int n, char **args)
{
	char path[64];
	int fd, r;

	(void)n;
	snprintf(path, sizeof(path), "/proc/%s/ns/%s", args[0], args[1]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = result(setns(fd, 0));
	close(fd);
	return r;
}

/* FD */
static int run_enter_fd(int n, char **args)
{
	(void)n;
	return result(setns(atoi(args[0]), 0));
}

/* PID NAMES */
static int run_enter_process(int n, char **args)
{
	int process = pidfd_open(args[0]), r;

	(void)n;
	r = result(setns(process, (int)flags_of(args[1])));
	close(process);
	return r;
}

/* OP...: in a process whose parent is gone */
static int run_orphan(int n, char **args)
{
	int channel[2], told = -ECHILD;
	pid_t pid;

	if (pipe2(channel, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (!pid) {
		pid = getpid();
		if (fork())
			_exit(0);
		while (getppid() == pid)
			usleep(1000);
		told = op_run(n, args);
		_exit(write(channel[1], &told, sizeof(told)) != sizeof(told));
	}
	close(channel[1]);
	waitpid(pid, NULL, 0);
	if (read(channel[0], &told, sizeof(told)) != sizeof(told))
		told = -ECHILD;
	close(channel[0]);
	return told;
}

static int run_fsopen(int n, char **args)
{
	(void)n;
	return closed(syscall(SYS_fsopen, args[0], 0));
}

static int run_fspick(int n, char **args)
{
	(void)n;
	return closed(syscall(SYS_fspick, AT_FDCWD, args[0], 0));
}

/* PATH: a clone that is mounted nowhere */
static int run_clone_tree(int n, char **args)
{
	(void)n;
	return closed(syscall(SYS_open_tree, AT_FDCWD, args[0], OPEN_TREE_CLONE));
}

/* PATH: no clone, which changes nothing */
static int run_open_tree(int n, char **args)
{
	(void)n;
	return closed(syscall(SYS_open_tree, AT_FDCWD, args[0], 0));
}

static int run_mount_attributes(int n, char **args)
{
	uint64_t attributes[4] = { MOUNT_ATTR_NOSUID };

	(void)n;
	return result(
		syscall(SYS_mount_setattr, AT_FDCWD, args[0], 0, attributes, sizeof(attributes)));
}

const struct op op_escape[] = {
	{ "attach", 1, run_attach },
	{ "seize", 1, run_seize },
	{ "traceme", 0, run_traceme },
	{ "vm-read", 1, run_vm_read },
	{ "vm-write", 1, run_vm_write },
	{ "getfd", 2, run_getfd },
	{ "signal", 2, run_signal },
	{ "thread-signal", 2, run_thread_signal },
	{ "queue", 2, run_queue },
	{ "pidfd-signal", 2, run_pidfd_signal },
	{ "limit", 1, run_limit },
	{ "renice", 1, run_renice },
	{ "move-pages", 1, run_move_pages },
	{ "schedule", 1, run_schedule },
	{ "affinity", 1, run_affinity },
	{ "ioprio", 1, run_ioprio },
	{ "space", 1, run_space },
	{ "space-i386", 1, run_space_i386 },
	{ "clone", 1, run_clone },
	{ "clone3", 1, run_clone3 },
	{ "enter", 2, run_enter },
	{ "enter-fd", 1, run_enter_fd },
	{ "enter-process", 2, run_enter_process },
	{ "orphan", 1, run_orphan },
	{ "fsopen", 1, run_fsopen },
	{ "fspick", 1, run_fspick },
	{ "clone-tree", 1, run_clone_tree },
	{ "open-tree", 1, run_open_tree },
	{ "mount-attributes", 1, run_mount_attributes },
	{ 0 },
};
