// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses that are connected to, sent to and bound. */
#include "op.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static int parse(const char *text, const char *port, union address *address, socklen_t *size)
{
	*address = (union address){ 0 };
	if (inet_pton(AF_INET, text, &address->v4.sin_addr) == 1) {
		address->v4.sin_family = AF_INET;
		address->v4.sin_port = htons((uint16_t)atoi(port));
		*size = sizeof(address->v4);
		return AF_INET;
	}
	if (inet_pton(AF_INET6, text, &address->v6.sin6_addr) != 1)
		return -1;
	address->v6.sin6_family = AF_INET6;
	address->v6.sin6_port = htons((uint16_t)atoi(port));
	*size = sizeof(address->v6);
	return AF_INET6;
}

/* A socket for PROTO ADDR PORT, reusable at once. */
static int make_socket(char **args, union address *address, socklen_t *size)
{
	int type = strcmp(args[0], "udp") ? SOCK_STREAM : SOCK_DGRAM, on = 1, off = 0;
	int family = parse(args[1], args[2], address, size);
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	return fd;
}

static int finish(int fd, int r)
{
	int error = r < 0 ? -errno : 0;

	close(fd);
	return error;
}

static int run_connect(int n, char **args)
{
	union address address;
	socklen_t size;
	int fd = make_socket(args, &address, &size);

	(void)n;
	return fd < 0 ? fd : finish(fd, connect(fd, &address.any, size));
}

static int run_send(int n, char **args)
{
	union address address;
	socklen_t size;
	int fd = make_socket(args, &address, &size);

	(void)n;
	return fd < 0 ? fd : finish(fd, (int)sendto(fd, "x", 1, 0, &address.any, size));
}

static int run_bind(int n, char **args)
{
	union address address;
	socklen_t size;
	int fd = make_socket(args, &address, &size);

	(void)n;
	return fd < 0 ? fd : finish(fd, bind(fd, &address.any, size));
}

static int start_listening(char **args)
{
	union address address;
	socklen_t size;
	int fd = make_socket(args, &address, &size);

	if (fd < 0 || bind(fd, &address.any, size) < 0)
		return -errno;
	if (strcmp(args[0], "udp") && listen(fd, 16) < 0)
		return -errno;
	return fd;
}

static void take(int fd)
{
	char byte;
	int peer = accept(fd, NULL, NULL);

	if (peer >= 0)
		close(peer);
	else if (recv(fd, &byte, 1, MSG_DONTWAIT) < 0)
		usleep(1000);
}

/* PROTO ADDR PORT...: accepts and closes until it is killed; a line is printed when it is
 * ready */
static int run_listen(int n, char **args)
{
	struct pollfd fds[OP_WORDS];
	int count = 0;

	for (int i = 0; i + 2 < n; i += 3) {
		fds[count].fd = start_listening(args + i);
		if (fds[count].fd < 0)
			return fds[count].fd;
		fds[count++].events = POLLIN;
	}
	if (write(STDOUT_FILENO, "listening\n", 10) < 0)
		return -errno;
	for (;;) {
		poll(fds, (nfds_t)count, -1);
		for (int i = 0; i < count; i++)
			if (fds[i].revents)
				take(fds[i].fd);
	}
}

const struct op op_net[] = {
	{ "connect", 3, run_connect },
	{ "send", 3, run_send },
	{ "bind", 3, run_bind },
	{ "listen", 3, run_listen },
	{ 0 },
};
