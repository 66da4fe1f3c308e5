// SPDX-License-Identifier: GPL-2.0-or-later
/* Reaching a port of this machine by every call there is, and whether something arrived. */
#include "op.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#define ARRIVAL_MS 2000
#define STRAY_MS 30 /* what was sent to this machine is there when the call is back */

struct way {
	int fd;
	struct sockaddr_storage to;
	socklen_t size;
};

/* "6/ADDRESS": an IPv4 address that is given to an IPv6 socket as it is. "ADDRESS%DEVICE": of
 * IPv6, with a scope. */
static int to_address(const char *text, const char *port, struct way *way)
{
	struct sockaddr_in *v4 = (void *)&way->to;
	struct sockaddr_in6 *v6 = (void *)&way->to;
	bool six = !strncmp(text, "6/", 2);
	char address[64];

	memset(&way->to, 0, sizeof(way->to));
	if (inet_pton(AF_INET, text + (six ? 2 : 0), &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)atoi(port));
		way->size = sizeof(*v4);
		return six ? AF_INET6 : AF_INET;
	}
	snprintf(address, sizeof(address), "%.*s", (int)strcspn(text, "%"), text);
	if (inet_pton(AF_INET6, address, &v6->sin6_addr) != 1)
		return -1;
	if (strchr(text, '%'))
		v6->sin6_scope_id = if_nametoindex(strchr(text, '%') + 1);
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)atoi(port));
	way->size = sizeof(*v6);
	return AF_INET6;
}

static int by_connect(struct way *way)
{
	int r = result(connect(way->fd, (void *)&way->to, way->size));

	return r ? r : result(write(way->fd, "x", 1));
}

static int by_sendto(struct way *way)
{
	return result(sendto(way->fd, "x", 1, 0, (void *)&way->to, way->size));
}

/* A family of 0 is taken for IPv4 here. */
static int by_sendto_unspec(struct way *way)
{
	way->to.ss_family = AF_UNSPEC;
	return by_sendto(way);
}

static int by_fastopen(struct way *way)
{
	return result(sendto(way->fd, "x", 1, MSG_FASTOPEN, (void *)&way->to, way->size));
}

static int message(struct way *way, int flags, bool many)
{
	struct iovec data = { "x", 1 };
	struct mmsghdr m = { .msg_hdr = { .msg_name = &way->to,
					  .msg_namelen = way->size,
					  .msg_iov = &data,
					  .msg_iovlen = 1 } };

	return result(many ? sendmmsg(way->fd, &m, 1, flags) : sendmsg(way->fd, &m.msg_hdr, flags));
}

static int by_sendmsg(struct way *way)
{
	return message(way, 0, false);
}

static int by_sendmmsg(struct way *way)
{
	return message(way, 0, true);
}

static int by_fastopen_sendmmsg(struct way *way)
{
	return message(way, MSG_FASTOPEN, true);
}

/* The connection is opened by the first write. */
static int by_fastopen_connect(struct way *way)
{
	int on = 1;

	if (setsockopt(way->fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on)) < 0)
		return -errno;
	return by_connect(way);
}

static const struct method {
	const char *name;
	int type, protocol;
	int (*reach)(struct way *way);
} methods[] = {
	{ "udp", SOCK_DGRAM, 0, by_connect },
	{ "sendto", SOCK_DGRAM, 0, by_sendto },
	{ "sendto-unspec", SOCK_DGRAM, 0, by_sendto_unspec },
	{ "sendmsg", SOCK_DGRAM, 0, by_sendmsg },
	{ "sendmmsg", SOCK_DGRAM, 0, by_sendmmsg },
	{ "udplite", SOCK_DGRAM, IPPROTO_UDPLITE, by_sendto },
	{ "tcp", SOCK_STREAM, 0, by_connect },
	{ "mptcp", SOCK_STREAM, IPPROTO_MPTCP, by_connect },
	{ "mptcp-fastopen", SOCK_STREAM, IPPROTO_MPTCP, by_fastopen },
	{ "fastopen", SOCK_STREAM, 0, by_fastopen },
	{ "fastopen-sendmmsg", SOCK_STREAM, 0, by_fastopen_sendmmsg },
	{ "fastopen-connect", SOCK_STREAM, 0, by_fastopen_connect },
};

static const struct method *find(const char *name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (!strcmp(methods[i].name, name))
			return &methods[i];
	return NULL;
}

/* For IPv4 and IPv6 on all addresses. */
static int listener_for(int type, int protocol, const char *port)
{
	struct sockaddr_in6 at = {
		.sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)atoi(port)),
	};
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC | SOCK_NONBLOCK,
			protocol == IPPROTO_MPTCP ? 0 : protocol);
	int on = 1, off = 0;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, (void *)&at, sizeof(at)) < 0 || (type == SOCK_STREAM && listen(fd, 4) < 0))
		return -errno;
	return fd;
}

/* Closes the listener, too. */
static bool arrived(int listener, bool expected)
{
	struct pollfd ready = { .fd = listener, .events = POLLIN };
	bool any = poll(&ready, 1, expected ? ARRIVAL_MS : STRAY_MS) == 1;

	close(listener);
	return any;
}

static int from_address(int fd, const char *source)
{
	int family = 0;
	socklen_t size = sizeof(family);
	struct way from;

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
	if (to_address(source, "0", &from) != family)
		return -EINVAL;
	return result(bind(fd, (void *)&from.to, from.size));
}

/* METHOD ADDRESS PORT [SOURCE]: the call's error; ETIMEDOUT if it gave none and nothing
 * arrived, EBADE if it gave one and something did */
static int run_deliver(int n, char **args)
{
	const struct method *method = find(args[0]);
	int listener, family, r = 0;
	struct way way;
	bool any;

	family = to_address(args[1], args[2], &way);
	if (!method || family < 0)
		return OP_USAGE;
	listener = listener_for(method->type, method->protocol, args[2]);
	if (listener < 0)
		return listener;
	way.fd = socket(family, method->type | SOCK_CLOEXEC, method->protocol);
	if (way.fd < 0)
		r = -errno;
	else if (n > 3)
		r = from_address(way.fd, args[3]);
	if (!r)
		r = method->reach(&way);
	any = arrived(listener, !r);
	close(way.fd);
	if (r)
		return any ? -EBADE : r;
	return any ? 0 : -ETIMEDOUT;
}

static int reconnected(struct way *way, const char *how, const char *address, char **ports)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	int r;

	to_address(address, ports[0], way);
	r = by_connect(way);
	if (r)
		return OP_USAGE;
	if (!strcmp(how, "unspec") && connect(way->fd, &none, sizeof(none)) < 0)
		return -errno;
	to_address(address, ports[1], way);
	return by_connect(way);
}

/* tcp|udp unspec|again ADDRESS ALLOWED DENIED: connects to one port and then to another */
static int run_reconnect(int n, char **args)
{
	const struct method *method = find(args[0]);
	int first, second, family, r;
	struct way way;
	bool any;

	(void)n;
	family = to_address(args[2], args[3], &way);
	first = listener_for(method->type, 0, args[3]);
	second = listener_for(method->type, 0, args[4]);
	if (first < 0 || second < 0)
		return -EADDRINUSE;
	way.fd = socket(family, method->type | SOCK_CLOEXEC, 0);
	r = reconnected(&way, args[1], args[2], args + 3);
	any = arrived(second, !r);
	close(first);
	close(way.fd);
	if (r)
		return any ? -EBADE : r;
	return any ? 0 : -ETIMEDOUT;
}

/* tcp|udp: a bind that names no family */
static int run_bind_unspec(int n, char **args)
{
	struct sockaddr_in none = { .sin_family = AF_UNSPEC };
	int fd = socket(AF_INET, find(args[0])->type | SOCK_CLOEXEC, 0), r;

	if (n > 1)
		none.sin_port = htons((uint16_t)atoi(args[1]));
	r = result(bind(fd, (void *)&none, sizeof(none)));
	close(fd);
	return r;
}

const struct op op_deliver[] = {
	{ "deliver", 3, run_deliver },
	{ "reconnect", 5, run_reconnect },
	{ "bind-unspec", 1, run_bind_unspec },
	{ 0 },
};
