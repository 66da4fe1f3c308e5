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

/* Joins first: the binding must find it inside. The parent says why if it never lets go. The
 * filter comes last: it is the command's, and needs not allow what we do. */
static _Noreturn void become(const struct sandbox *sandbox, int go, char *const *command,
			     const sigset_t *mask)
{
	struct seccomp_program filter;
	int error = cgroup_attach(sandbox->directory, 0);

	if (error)
		_exit(cmd_fail(EXIT_RUN_FAILED, "run", "cgroup %s: %s", sandbox->path,
			       strerror(-error)));
	if (filter_receive(go, &filter))
		_exit(EXIT_RUN_FAILED);
	sigprocmask(SIG_SETMASK, mask, NULL);
	error = filter_install(&filter);
	if (error)
		_exit(cmd_fail(EXIT_RUN_FAILED, "run", "seccomp filter: %s", strerror(-error)));
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

int run_child_release(struct run_child *child, const struct seccomp_program *filter,
		      struct fault *fault)
{
	int error = filter_send(child->go, filter);

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
