// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * timed FILE PROGRAM NAME [ARGUMENT]...: runs the program under that name, appends a line to the
 * file with the microseconds it took, and ends as it did. What it costs itself is not counted.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	long began = microseconds();
	int file, status = 0;
	pid_t pid;

	if (argc < 4)
		return 2;
	pid = vfork();
	if (pid == 0) {
		execv(argv[2], argv + 3);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 126;
	file = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (file < 0 || dprintf(file, "%ld\n", microseconds() - began) < 0)
		return 126;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
