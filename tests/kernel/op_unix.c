// SPDX-License-Identifier: GPL-2.0-or-later
/* Unix sockets. A NAME is a path, "@name" of the abstract namespace, in which "%" is a NUL, or
 * "-" for one that the kernel chooses. TYPE: stream, dgram, seqpacket. */
#include "op.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define HELD 16

static int held[HELD], n_held;

static int type_of(const char *name)
{
	return !strcmp(name, "stream")	? SOCK_STREAM
	       : !strcmp(name, "dgram") ? SOCK_DGRAM
					: SOCK_SEQPACKET;
}

static socklen_t address_of(const char *name, struct sockaddr_un *to)
{
	size_t length = strlen(name);

	*to = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (!strcmp(name, "-"))
		return sizeof(to->sun_family);
	if (length > sizeof(to->sun_path))
		length = sizeof(to->sun_path);
	memcpy(to->sun_path, name, length);
	if (*name != '@')
		return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
	for (size_t i = 0; i < length; i++)
		if (!i || to->sun_path[i] == '%')
			to->sun_path[i] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

static int bound(const char *type, const char *name)
{
	int fd = socket(AF_UNIX, type_of(type) | SOCK_CLOEXEC, 0), r;
	struct sockaddr_un at;
	socklen_t size = address_of(name, &at);

	if (fd < 0)
		return -errno;
	if (!bind(fd, (void *)&at, size) && (type_of(type) == SOCK_DGRAM || !listen(fd, 64)))
		return fd;
	r = -errno;
	close(fd);
	return r;
}

/* TYPE NAME: bound from now on */
static int run_hold(int n, char **args)
{
	int fd = bound(args[0], args[1]);

	(void)n;
	if (fd >= 0)
		held[n_held++ % HELD] = fd;
	return fd < 0 ? fd : 0;
}

/* TYPE NAME: binds; the socket and its file are gone afterwards */
static int run_bind(int n, char **args)
{
	int fd = bound(args[0], args[1]);

	(void)n;
	if (fd < 0)
		return fd;
	close(fd);
	if (*args[1] == '/')
		unlink(args[1]);
	return 0;
}

/* TYPE NAME */
static int run_connect(int n, char **args)
{
	int fd = socket(AF_UNIX, type_of(args[0]) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), r;
	struct sockaddr_un to;
	socklen_t size = address_of(args[1], &to);

	(void)n;
	r = fd < 0 || connect(fd, (void *)&to, size) < 0 ? -errno : 0;
	if (!r && n > 2) /* and what follows is sent there */
		r = write(fd, args[2], 1) < 0 ? -errno : 0;
	if (fd >= 0)
		close(fd);
	return r;
}

/* NAME: a datagram, without a connect */
static int run_send(int n, char **args)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), r;
	struct sockaddr_un to;
	socklen_t size = address_of(args[0], &to);

	(void)n;
	r = fd < 0 || sendto(fd, "x", 1, MSG_DONTWAIT, (void *)&to, size) < 0 ? -errno : 0;
	if (fd >= 0)
		close(fd);
	return r;
}

/* TYPE: from one socket of a pair to the other, which have no names */
static int run_pair_send(int n, char **args)
{
	int fd[2], r;

	(void)n;
	if (socketpair(AF_UNIX, type_of(args[0]) | SOCK_CLOEXEC, 0, fd) < 0)
		return -errno;
	r = write(fd[0], "x", 1) < 0 ? -errno : 0;
	close(fd[0]);
	close(fd[1]);
	return r;
}

static int kept = -1;

/* NAME: connects a datagram socket, and stays so */
static int run_keep(int n, char **args)
{
	struct sockaddr_un to;
	socklen_t size = address_of(args[0], &to);

	(void)n;
	kept = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return connect(kept, (void *)&to, size) < 0 ? -errno : 0;
}

static int run_kept_send(int n, char **args)
{
	(void)n;
	(void)args;
	return write(kept, "x", 1) < 0 ? -errno : 0;
}

const struct op op_unix[] = {
	{ "unix-hold", 2, run_hold },		{ "unix-bind", 2, run_bind },
	{ "unix-connect", 2, run_connect },	{ "unix-send", 1, run_send },
	{ "unix-keep", 1, run_keep },		{ "unix-pair-send", 1, run_pair_send },
	{ "unix-kept-send", 0, run_kept_send }, { 0 },
};
