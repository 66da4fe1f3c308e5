// SPDX-License-Identifier: GPL-2.0-or-later
/* Sockets of all families: creating them, reaching this machine over odd ones, listening. */
#include "op.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SCTP_SOCKOPT_BINDX_ADD 100
#define SCTP_SOCKOPT_CONNECTX 110
#define ARRIVAL_MS 2000
#define DIAL_MS 1300 /* the first packet is sent again after a second */

/* FAMILY TYPE PROTOCOL, as numbers */
static int run_socket(int n, char **args)
{
	int fd = socket(atoi(args[0]), atoi(args[1]) | SOCK_CLOEXEC, atoi(args[2]));
	int r = result(fd);

	(void)n;
	if (fd >= 0)
		close(fd);
	return r;
}

static int run_socketpair(int n, char **args)
{
	int fd[2], r = result(socketpair(atoi(args[0]), atoi(args[1]), atoi(args[2]), fd));

	(void)n;
	if (!r) {
		close(fd[0]);
		close(fd[1]);
	}
	return r;
}

static struct sockaddr_in at(const char *address, const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };

	inet_pton(AF_INET, address, &to.sin_addr);
	return to;
}

static struct sockaddr_in6 at6(const char *address, const char *port)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
				   .sin6_port = htons((uint16_t)atoi(port)) };

	inet_pton(AF_INET6, address, &to.sin6_addr);
	return to;
}

static int send_to(int fd, const void *bytes, size_t size, struct sockaddr_in *to)
{
	return result(sendto(fd, bytes, size, 0, (void *)to, sizeof(*to)));
}

static int by_sendto(int fd, struct sockaddr_in *to)
{
	return send_to(fd, "x", 1, to);
}

static int by_connect(int fd, struct sockaddr_in *to)
{
	int r = result(connect(fd, (void *)to, sizeof(*to)));

	return r ? r : result(write(fd, "x", 1));
}

/* A second address of its own, and then as the others. */
static int by_bindx(int fd, struct sockaddr_in *to)
{
	struct sockaddr_in from = at("127.0.0.5", "0");
	int r = setsockopt(fd, IPPROTO_SCTP, SCTP_SOCKOPT_BINDX_ADD, &from, sizeof(from));

	return r < 0 ? -errno : by_connect(fd, to);
}

static int by_connectx(int fd, struct sockaddr_in *to)
{
	int r = setsockopt(fd, IPPROTO_SCTP, SCTP_SOCKOPT_CONNECTX, to, sizeof(*to));

	return r < 0 ? -errno : 0; /* else the association's number */
}

static int by_echo(int fd, struct sockaddr_in *to)
{
	struct icmphdr echo = { .type = ICMP_ECHO, .checksum = htons(0xf7ff) };

	return send_to(fd, &echo, sizeof(echo), to);
}

struct datagram {
	struct iphdr ip;
	struct udphdr udp;
	char byte;
} __attribute__((packed));

static struct datagram datagram_to(const struct sockaddr_in *to)
{
	struct datagram d = {
		.ip = { .ihl = 5, .version = 4, .ttl = 64, .protocol = IPPROTO_UDP },
		.udp = { .source = htons(9), .dest = to->sin_port, .len = htons(9) },
		.byte = 'x',
	};
	const uint8_t *bytes = (const uint8_t *)&d;
	uint32_t sum = 0;

	d.ip.tot_len = htons(sizeof(d));
	d.ip.daddr = d.ip.saddr = to->sin_addr.s_addr;
	for (size_t i = 0; i < sizeof(d.ip); i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	d.ip.check = htons((uint16_t) ~(sum + (sum >> 16)));
	return d;
}

/* The header says where it goes; the address given is another. */
static int by_header(int fd, struct sockaddr_in *to)
{
	struct datagram d = datagram_to(to);
	struct sockaddr_in other = at("127.0.0.7", "0");
	int on = 1;

	if (setsockopt(fd, IPPROTO_IP, IP_HDRINCL, &on, sizeof(on)) < 0)
		return -errno;
	return send_to(fd, &d, sizeof(d), &other);
}

static int by_frame(int fd, struct sockaddr_in *to)
{
	struct sockaddr_ll link = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = (int)if_nametoindex("lo"),
		.sll_halen = 6,
	};
	struct datagram d = datagram_to(to);

	return result(sendto(fd, &d, sizeof(d), 0, (void *)&link, sizeof(link)));
}

/* `listens`: what receives it, 0 for nobody. */
static const struct method {
	const char *name;
	int family, type, protocol;
	int (*reach)(int fd, struct sockaddr_in *to);
	int listens, over;
} methods[] = {
	{ "udplite", AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE, by_sendto, SOCK_DGRAM, IPPROTO_UDPLITE },
	{ "udplite-connect", AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE, by_connect, SOCK_DGRAM,
	  IPPROTO_UDPLITE },
	{ "sctp", AF_INET, SOCK_STREAM, IPPROTO_SCTP, by_connect, SOCK_STREAM, IPPROTO_SCTP },
	{ "sctp-connectx", AF_INET, SOCK_STREAM, IPPROTO_SCTP, by_connectx, SOCK_STREAM,
	  IPPROTO_SCTP },
	{ "sctp-bindx", AF_INET, SOCK_STREAM, IPPROTO_SCTP, by_bindx, SOCK_STREAM, IPPROTO_SCTP },
	{ "sctp-many", AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP, by_sendto, SOCK_STREAM,
	  IPPROTO_SCTP },
	{ "ping", AF_INET, SOCK_DGRAM, IPPROTO_ICMP, by_echo, 0, 0 },
	{ "raw", AF_INET, SOCK_RAW, IPPROTO_ICMP, by_echo, 0, 0 },
	{ "header", AF_INET, SOCK_RAW, IPPROTO_UDP, by_header, SOCK_DGRAM, 0 },
	{ "frame", AF_PACKET, SOCK_DGRAM, 0, by_frame, SOCK_DGRAM, 0 },
};

static int listener_at(struct sockaddr_in *to, int type, int protocol)
{
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, protocol), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (void *)to, sizeof(*to)) < 0 || (type == SOCK_STREAM && listen(fd, 4) < 0))
		return -errno;
	return fd;
}

static int reach_by(const struct method *m, int fd, struct sockaddr_in *to)
{
	struct pollfd ready = { .events = POLLIN };
	int r;

	if (m->listens)
		ready.fd = listener_at(to, m->listens, m->over);
	else /* the answer comes to the sender */
		ready.fd = fd;
	if (ready.fd < 0)
		return ready.fd;
	r = m->reach(fd, to);
	if (!r && poll(&ready, 1, ARRIVAL_MS) != 1)
		r = -ETIMEDOUT;
	if (ready.fd != fd)
		close(ready.fd);
	return r;
}

/* METHOD ADDRESS PORT: ok if it arrived; ETIMEDOUT if it was sent and did not */
static int run_odd(int n, char **args)
{
	struct sockaddr_in to = at(args[1], args[2]);

	(void)n;
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		const struct method *m = &methods[i];
		int fd, r;

		if (strcmp(m->name, args[0]) != 0)
			continue;
		fd = socket(m->family, m->type | SOCK_CLOEXEC, m->protocol);
		if (fd < 0)
			return -errno;
		r = reach_by(m, fd, &to);
		close(fd);
		return r;
	}
	return OP_USAGE;
}

/* ---- listening and accepting */

#define HELD 8

static int held[HELD];

static int listening(char **args)
{
	bool six = strchr(args[1], ':') != NULL, mptcp = !strcmp(args[0], "mptcp");
	struct sockaddr_in to = at(args[1], args[2]);
	struct sockaddr_in6 to6 = at6(args[1], args[2]);
	int fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, mptcp ? 262 : 0);
	int on = 1, r = 0;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (strcmp(args[2], "-") != 0)
		r = six ? bind(fd, (void *)&to6, sizeof(to6)) : bind(fd, (void *)&to, sizeof(to));
	if (fd < 0 || r < 0 || listen(fd, 8) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

/* tcp|mptcp ADDRESS PORT, "-" for no bind at all: listens, and is closed */
static int run_listen_once(int n, char **args)
{
	int fd = listening(args);

	(void)n;
	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

/* SLOT tcp|mptcp ADDRESS PORT: listens from now on */
static int run_hold_listen(int n, char **args)
{
	int slot = atoi(args[0]) % HELD, fd = listening(args + 1);

	(void)n;
	if (fd < 0)
		return fd;
	if (held[slot])
		close(held[slot]);
	held[slot] = fd;
	return 0;
}

/* SLOT: takes a connection that waits; EAGAIN if there is none */
static int run_take(int n, char **args)
{
	int slot = atoi(args[0]) % HELD, fd, r;

	(void)n;
	fcntl(held[slot], F_SETFL, O_NONBLOCK);
	fd = accept(held[slot], NULL, NULL);
	r = result(fd);
	if (fd >= 0)
		close(fd);
	return r;
}

/* SOURCE ADDRESS PORT: connects from an address; ETIMEDOUT if nobody answers */
static int run_dial(int n, char **args)
{
	bool six = strchr(args[0], ':') != NULL;
	struct sockaddr_in6 from6 = at6(args[0], "0"), to6 = at6(args[1], args[2]);
	struct sockaddr_in from = at(args[0], "0"), to = at(args[1], args[2]);
	const void *source = six ? (void *)&from6 : &from, *peer = six ? (void *)&to6 : &to;
	socklen_t length = six ? sizeof(to6) : sizeof(to), size = sizeof(int);
	struct pollfd ready = { .events = POLLOUT };
	int error = 0, r;

	(void)n;
	ready.fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	r = result(bind(ready.fd, source, length));
	if (!r && connect(ready.fd, peer, length) < 0 && errno != EINPROGRESS)
		r = -errno;
	if (!r && poll(&ready, 1, DIAL_MS) != 1)
		r = -ETIMEDOUT;
	if (!r && getsockopt(ready.fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0)
		r = -error;
	close(ready.fd);
	return r;
}

static int kept = -1;

/* ADDRESS PORT: connects over TCP, and stays so */
static int run_keep(int n, char **args)
{
	struct sockaddr_in to = at(args[0], args[1]);

	(void)n;
	kept = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return result(connect(kept, (void *)&to, sizeof(to)));
}

static int run_kept_send(int n, char **args)
{
	(void)n;
	(void)args;
	return result(write(kept, "x", 1));
}

const struct op op_socket[] = {
	{ "socket", 3, run_socket },
	{ "socketpair", 3, run_socketpair },
	{ "odd", 3, run_odd },
	{ "listen-once", 3, run_listen_once },
	{ "hold-listen", 4, run_hold_listen },
	{ "take-connection", 1, run_take },
	{ "dial", 3, run_dial },
	{ "keep", 2, run_keep },
	{ "kept-send", 0, run_kept_send },
	{ 0 },
};
