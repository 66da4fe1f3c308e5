/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that becomes the confined command. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "agent/cgroup.h"
#include "agent/cleanup.h"
#include "agent/cmd.h"
#include "agent/run.h"

static int wait_for_go(int go)
{
	char byte;
	ssize_t got;

	do {
		got = read(go, &byte, 1);
	} while (got < 0 && errno == EINTR);
	return got == 1 ? 0 : -ECANCELED;
}

/* Joins first: the binding must find it inside. The parent says why if it never lets go. */
static _Noreturn void become(const struct sandbox *sandbox, int go, char *const *command,
			     const sigset_t *mask)
{
	int error = cgroup_attach(sandbox->directory, 0);

	if (error)
		_exit(cmd_fail(EXIT_RUN_FAILED, "run", "cgroup %s: %s", sandbox->path,
			       strerror(-error)));
	if (wait_for_go(go))
		_exit(EXIT_RUN_FAILED);
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(command[0], command);
	error = errno;
	cmd_fail(EXIT_RUN_FAILED, "run", "%s: %s", command[0], strerror(error));
	_exit(error == ENOENT ? EXIT_RUN_NOT_FOUND : EXIT_RUN_NOT_EXECUTABLE);
}

int run_child_start(struct run_child *child, const struct sandbox *sandbox, char *const *command,
		    const sigset_t *mask, struct fault *fault)
{
	OWNED(close_fd) int receive = -1;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return fault_errno(fault, -errno, "pipe");
	receive = ends[0];
	child->go = ends[1];
	child->pid = fork();
	if (child->pid < 0)
		return fault_errno(fault, -errno, "fork");
	if (!child->pid) {
		close_fd(&child->go);
		become(sandbox, receive, command, mask);
	}
	child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	return child->pidfd < 0 ? fault_errno(fault, -errno, "pidfd") : 0;
}

int run_child_release(struct run_child *child, struct fault *fault)
{
	ssize_t sent = write(child->go, "", 1);
	int error = sent == 1 ? 0 : -errno;

	close_fd(&child->go);
	return error ? fault_errno(fault, error, "the command cannot be started") : 0;
}

int run_child_reap(struct run_child *child)
{
	bool released = child->go < 0;
	int status = 0;

	if (child->pid <= 0)
		return EXIT_RUN_FAILED;
	close_fd(&child->go);
	if (!released)
		kill(child->pid, SIGKILL);
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	close_fd(&child->pidfd);
	child->pid = -1;
	if (!released)
		return EXIT_RUN_FAILED;
	return WIFSIGNALED(status) ? EXIT_RUN_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}
