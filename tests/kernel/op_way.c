// SPDX-License-Identifier: GPL-2.0-or-later
/* Operations one after the other, descriptors that come from elsewhere, and resolution. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* OP... [-- OP...]...: one after the other; the first that fails is the result */
static int run_seq(int n, char **args)
{
	int from = 0, r = 0;

	while (!r && from < n) {
		int to = from;

		while (to < n && strcmp(args[to], "--"))
			to++;
		r = op_run(to - from, args + from);
		from = to + 1;
	}
	return r;
}

/* FILE RESULTS: an operation a line, a result a line */
static int run_lines(int n, char **args)
{
	FILE *from = fopen(args[0], "re"), *to = fopen(args[1], "we");
	char line[4096];

	(void)n;
	if (!from || !to)
		return -errno;
	while (fgets(line, sizeof(line), from))
		op_print(to, op_line(line));
	fclose(from);
	return fclose(to) ? -errno : 0;
}

static int map_ids(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = result(write(fd, text, strlen(text)));
	close(fd);
	return r;
}

static int own_namespaces(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return -errno;
	map_ids("/proc/self/setgroups", "deny");
	if (map_ids("/proc/self/uid_map", "0 0 1") || map_ids("/proc/self/gid_map", "0 0 1"))
		return -EIO;
	return 0;
}

/* OP...: in a child, in a user and a mount namespace of its own */
static int run_userns(int n, char **args)
{
	int channel[2], told = -EIO;
	pid_t pid;

	if (pipe2(channel, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (!pid) {
		told = own_namespaces();
		if (!told)
			told = op_run(n, args);
		_exit(write(channel[1], &told, sizeof(told)) != sizeof(told));
	}
	close(channel[1]);
	if (read(channel[0], &told, sizeof(told)) != sizeof(told))
		told = -EIO;
	close(channel[0]);
	waitpid(pid, NULL, 0);
	return told;
}

/* NAME OP...: under another name of the process */
static int run_comm(int n, char **args)
{
	char before[16];
	int r;

	prctl(PR_GET_NAME, before);
	prctl(PR_SET_NAME, args[0]);
	r = op_run(n - 1, args + 1);
	prctl(PR_SET_NAME, before);
	return r;
}

/* LETTERS DIR FLAGS PATH: openat2; m no magic links, s no symbolic links, b beneath, r in root,
 * x one mount, c cached */
static int run_resolve(int n, char **args)
{
	static const char names[] = "msbrxc";
	static const unsigned int bits[] = { RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS,
					     RESOLVE_BENEATH,	    RESOLVE_IN_ROOT,
					     RESOLVE_NO_XDEV,	    RESOLVE_CACHED };
	struct open_how how = { .flags = (unsigned int)op_open_flags(args[2]) | O_CLOEXEC };
	int dir = open(args[1], O_PATH | O_DIRECTORY | O_CLOEXEC), fd;

	(void)n;
	for (const char *letter = args[0]; *letter; letter++)
		if (strchr(names, *letter))
			how.resolve |= bits[strchr(names, *letter) - names];
	fd = (int)syscall(SYS_openat2, dir, args[3], &how, sizeof(how));
	if (fd < 0) {
		fd = -errno;
		close(dir);
		return fd;
	}
	close(fd);
	close(dir);
	return 0;
}

/* FD PATH: a copy of the file in a memfd, or in a file without a name in the directory DIR */
static int copied(int fd, const char *path, int number)
{
	int from = open(path, O_RDONLY | O_CLOEXEC), r = 0;
	char own[64];

	if (from < 0 || fd < 0)
		return -errno;
	r = op_copy(fd, from);
	if (r)
		return r;
	close(from);
	/* opened for reading only: what is open for writing can't be executed */
	snprintf(own, sizeof(own), "/proc/self/fd/%d", fd);
	from = open(own, O_PATH);
	if (from < 0 || dup2(from, number) < 0)
		r = -errno;
	close(from);
	close(fd);
	return r;
}

/* FD PATH */
static int run_hold_memfd(int n, char **args)
{
	(void)n;
	return copied(memfd_create("memory", 0), args[1], atoi(args[0]));
}

/* FD PATH DIR */
static int run_hold_tmpfile(int n, char **args)
{
	(void)n;
	return copied(open(args[2], O_TMPFILE | O_RDWR, 0755), args[1], atoi(args[0]));
}

/* FD NEW: another name for what the descriptor stands for */
static int run_link_fd(int n, char **args)
{
	char path[64];

	(void)n;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", atoi(args[0]));
	return result(linkat(AT_FDCWD, path, AT_FDCWD, args[1], AT_SYMLINK_FOLLOW));
}

/* FD TEXT */
static int run_put(int n, char **args)
{
	(void)n;
	return result(write(atoi(args[0]), args[1], strlen(args[1])));
}

/* PATH TEXT: what is there now */
static int run_contains(int n, char **args)
{
	char text[256] = { 0 };
	int fd = open(args[0], O_RDONLY | O_CLOEXEC);

	(void)n;
	if (fd < 0)
		return -errno;
	if (read(fd, text, sizeof(text) - 1) < 0)
		return -errno;
	close(fd);
	return strncmp(text, args[1], strlen(args[1])) ? -EBADE : 0;
}

/* ---- descriptors that another process sends */

union control {
	struct cmsghdr head;
	char space[CMSG_SPACE(sizeof(int))];
};

static int unix_at(const char *path, struct sockaddr_un *at)
{
	*at = (struct sockaddr_un){ .sun_family = AF_UNIX };
	strncpy(at->sun_path, path, sizeof(at->sun_path) - 1);
	return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
}

/* "2,3,1": a socket */
static int socket_of(const char *text)
{
	int family = 0, type = 0, protocol = 0;

	sscanf(text, "%d,%d,%d", &family, &type, &protocol);
	return socket(family, type | SOCK_CLOEXEC, protocol);
}

/* SOCKET FLAGS PATH, SOCKET socket FAMILY,TYPE,PROTOCOL, or SOCKET interface NAME: to the first
 * that asks */
static int run_give(int n, char **args)
{
	union control control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
					    .cmsg_level = SOL_SOCKET,
					    .cmsg_type = SCM_RIGHTS } };
	struct iovec data = { "x", 1 };
	struct msghdr m = { .msg_iov = &data,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	struct sockaddr_un at;
	int door, peer, fd;

	(void)n;
	if (!strcmp(args[1], "socket"))
		fd = socket_of(args[2]);
	else if (!strcmp(args[1], "interface"))
		fd = op_interface(args[2]);
	else
		fd = open(args[2], op_open_flags(args[1]) | O_CLOEXEC);
	door = unix_at(args[0], &at);
	if (fd < 0 || bind(door, (void *)&at, sizeof(at)) < 0 || listen(door, 1) < 0)
		return -errno;
	peer = accept(door, NULL, NULL);
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	return peer < 0 ? -errno : result(sendmsg(peer, &m, 0));
}

/* FD SOCKET: it is kept under that number */
static int run_take(int n, char **args)
{
	union control control = { 0 };
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr m = { .msg_iov = &data,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	struct sockaddr_un at;
	int door = unix_at(args[1], &at), fd, r;

	(void)n;
	if (connect(door, (void *)&at, sizeof(at)) < 0 || recvmsg(door, &m, 0) < 0)
		return -errno;
	close(door);
	if (!CMSG_FIRSTHDR(&m))
		return -ENOMSG;
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	r = result(dup2(fd, atoi(args[0])));
	close(fd);
	return r;
}

/* SOCKET FILE: a line of the file for each datagram, a control character in it as CONTROL */
static int run_sink(int n, char **args)
{
	FILE *out = fopen(args[1], "we");
	struct sockaddr_un at;
	char text[16384];
	int door;

	(void)n;
	unix_at(args[0], &at);
	door = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unlink(args[0]);
	if (!out || bind(door, (void *)&at, sizeof(at)) < 0)
		return -errno;
	for (;;) {
		ssize_t size = recv(door, text, sizeof(text), 0);

		for (ssize_t i = 0; i < size; i++)
			if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
				fputs("CONTROL", out);
			else
				fputc(text[i], out);
		fputc('\n', out);
		fflush(out);
	}
}

const struct op op_way[] = {
	{ "seq", 1, run_seq },
	{ "lines", 2, run_lines },
	{ "userns", 1, run_userns },
	{ "comm", 2, run_comm },
	{ "resolve", 4, run_resolve },
	{ "hold-memfd", 2, run_hold_memfd },
	{ "hold-tmpfile", 3, run_hold_tmpfile },
	{ "link-fd", 2, run_link_fd },
	{ "put", 2, run_put },
	{ "contains", 2, run_contains },
	{ "sink", 2, run_sink },
	{ "give", 3, run_give },
	{ "take", 2, run_take },
	{ 0 },
};
