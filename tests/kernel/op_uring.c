// SPDX-License-Identifier: GPL-2.0-or-later
/* Operations through io_uring: at once, in a worker thread of the kernel's, or by a thread that
 * polls the queue. */
#include "op.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct ring {
	int fd;
	char *queues;
	struct io_uring_sqe *entries;
	struct io_uring_params params;
};

static int ring_open(struct ring *ring, unsigned int flags)
{
	size_t size;

	memset(ring, 0, sizeof(*ring));
	ring->params.flags = flags;
	ring->params.sq_thread_idle = 1000;
	ring->fd = (int)syscall(SYS_io_uring_setup, 4, &ring->params);
	if (ring->fd < 0)
		return -errno;
	size = ring->params.sq_off.array + ring->params.sq_entries * sizeof(uint32_t);
	if (size < ring->params.cq_off.cqes + ring->params.cq_entries * sizeof(struct io_uring_cqe))
		size = ring->params.cq_off.cqes +
		       ring->params.cq_entries * sizeof(struct io_uring_cqe);
	ring->queues = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd,
			    IORING_OFF_SQ_RING);
	ring->entries =
		mmap(NULL, ring->params.sq_entries * sizeof(struct io_uring_sqe),
		     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
	return ring->queues == MAP_FAILED || ring->entries == MAP_FAILED ? -ENOMEM : 0;
}

static int ring_submit(struct ring *ring)
{
	uint32_t *tail = (void *)(ring->queues + ring->params.sq_off.tail);
	uint32_t *array = (void *)(ring->queues + ring->params.sq_off.array);
	struct io_uring_cqe *done = (void *)(ring->queues + ring->params.cq_off.cqes);
	unsigned int flags = IORING_ENTER_GETEVENTS;

	if (ring->params.flags & IORING_SETUP_SQPOLL)
		flags |= IORING_ENTER_SQ_WAKEUP;
	array[0] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, flags, NULL, 0) < 0)
		return -errno;
	return done[0].res;
}

/* Gives the ring the caller's credentials, and the caller others that say the same: the number to
 * use them by. */
static int lend(struct ring *ring)
{
	int number =
		(int)syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_PERSONALITY, NULL, 0);

	if (number >= 0 && setgroups(0, NULL) < 0)
		return -errno;
	return number < 0 ? -errno : number;
}

static int perform_as(const struct io_uring_sqe *entry, const char *mode, bool as)
{
	struct ring ring;
	int r = ring_open(&ring, strcmp(mode, "sqpoll") ? 0 : IORING_SETUP_SQPOLL);
	int number = !r && as ? lend(&ring) : 0;

	if (number < 0)
		r = number;
	if (!r) {
		ring.entries[0] = *entry;
		ring.entries[0].personality = (uint16_t)number;
		if (!strcmp(mode, "async"))
			ring.entries[0].flags |= IOSQE_ASYNC;
		r = ring_submit(&ring);
	}
	if (ring.fd >= 0)
		close(ring.fd);
	return r;
}

int op_ring(const struct io_uring_sqe *entry, const char *mode)
{
	return perform_as(entry, mode, false);
}

int op_ring_as(const struct io_uring_sqe *entry, const char *mode)
{
	return perform_as(entry, mode, true);
}

static void ring_add(struct ring *ring, const struct io_uring_sqe *entry)
{
	uint32_t *tail = (void *)(ring->queues + ring->params.sq_off.tail);
	uint32_t *array = (void *)(ring->queues + ring->params.sq_off.array);

	array[*tail] = *tail;
	ring->entries[*tail] = *entry;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
}

/* It waits for a read from a pipe; meanwhile the process gets other credentials. */
static int late(struct ring *ring, const struct io_uring_sqe *entry, const int pipe[2])
{
	struct io_uring_cqe *done = (void *)(ring->queues + ring->params.cq_off.cqes);
	struct io_uring_sqe wait = { .opcode = IORING_OP_POLL_ADD,
				     .fd = pipe[0],
				     .poll32_events = 1 };
	struct io_uring_sqe drained = *entry;

	drained.flags |= IOSQE_IO_DRAIN;
	ring_add(ring, &wait);
	ring_add(ring, &drained);
	if (syscall(SYS_io_uring_enter, ring->fd, 2, 0, 0, NULL, 0) != 2)
		return -EIO;
	if (setgroups(0, NULL) < 0 || write(pipe[1], "x", 1) != 1)
		return -errno;
	if (syscall(SYS_io_uring_enter, ring->fd, 0, 2, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return -errno;
	return done[1].res;
}

int op_ring_late(const struct io_uring_sqe *entry)
{
	struct ring ring;
	int ends[2], r;

	if (pipe(ends) < 0)
		return -errno;
	r = ring_open(&ring, 0);
	if (!r)
		r = late(&ring, entry, ends);
	if (ring.fd >= 0)
		close(ring.fd);
	close(ends[0]);
	close(ends[1]);
	return r;
}

/* MODE FLAGS PATH */
static int run_open(int n, char **args)
{
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_OPENAT,
		.fd = AT_FDCWD,
		.addr = (uintptr_t)args[2],
		.len = 0644,
		.open_flags = (unsigned int)op_open_flags(args[1]) | O_CLOEXEC,
	};
	int r = op_ring(&entry, args[0]);

	(void)n;
	if (r >= 0)
		close(r);
	return r < 0 ? r : 0;
}

/* MODE FLAGS PATH */
static int run_openat2(int n, char **args)
{
	struct open_how how = { .flags = (unsigned int)op_open_flags(args[1]) | O_CLOEXEC };
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_OPENAT2,
		.fd = AT_FDCWD,
		.addr = (uintptr_t)args[2],
		.len = sizeof(how),
		.off = (uintptr_t)&how,
	};
	int r = op_ring(&entry, args[0]);

	(void)n;
	if (r >= 0)
		close(r);
	return r < 0 ? r : 0;
}

/* MODE unlink|rmdir|mkdir PATH */
static int run_one(int n, char **args)
{
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_UNLINKAT,
		.fd = AT_FDCWD,
		.addr = (uintptr_t)args[2],
	};

	(void)n;
	if (!strcmp(args[1], "mkdir")) {
		entry.opcode = IORING_OP_MKDIRAT;
		entry.len = 0755;
	} else if (!strcmp(args[1], "rmdir")) {
		entry.unlink_flags = AT_REMOVEDIR;
	}
	return op_ring(&entry, args[0]);
}

/* MODE rename|link|symlink OLD NEW */
static int run_two(int n, char **args)
{
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_RENAMEAT,
		.fd = AT_FDCWD,
		.addr = (uintptr_t)args[2],
		.len = (uint32_t)AT_FDCWD,
		.addr2 = (uintptr_t)args[3],
	};

	(void)n;
	if (!strcmp(args[1], "link")) {
		entry.opcode = IORING_OP_LINKAT;
	} else if (!strcmp(args[1], "symlink")) {
		entry.opcode = IORING_OP_SYMLINKAT;
		entry.len = 0;
	}
	return op_ring(&entry, args[0]);
}

/* MODE connect|sendmsg|send PORT: TCP or UDP, to 127.0.0.1 */
static int run_port(int n, char **args)
{
	int type = strcmp(args[1], "connect") ? SOCK_DGRAM : SOCK_STREAM, r;
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(args[2])),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	struct iovec data = { "x", 1 };
	struct msghdr m = {
		.msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &data, .msg_iovlen = 1
	};
	struct io_uring_sqe entry = { .fd = socket(AF_INET, type | SOCK_CLOEXEC, 0) };

	(void)n;
	if (type == SOCK_STREAM) {
		entry.opcode = IORING_OP_CONNECT;
		entry.addr = (uintptr_t)&to;
		entry.off = sizeof(to);
	} else if (!strcmp(args[1], "sendmsg")) {
		entry.opcode = IORING_OP_SENDMSG;
		entry.addr = (uintptr_t)&m;
	} else {
		entry.opcode = IORING_OP_SEND;
		entry.addr = (uintptr_t) "x";
		entry.len = 1;
		entry.addr2 = (uintptr_t)&to;
		entry.addr_len = sizeof(to);
	}
	r = op_ring(&entry, args[0]);
	close(entry.fd);
	return r < 0 ? r : 0;
}

/* FLAGS PATH */
static int run_uring(int n, char **args)
{
	char *words[] = { "inline", args[0], args[1] };

	return run_open(n + 1, words);
}

static int run_uring_worker(int n, char **args)
{
	char *words[] = { "async", args[0], args[1] };

	return run_open(n + 1, words);
}

const struct op op_uring[] = {
	{ "uring", 2, run_uring },    { "uring-worker", 2, run_uring_worker },
	{ "ring-open", 3, run_open }, { "ring-openat2", 3, run_openat2 },
	{ "ring-name", 3, run_one },  { "ring-names", 4, run_two },
	{ "ring-port", 3, run_port }, { 0 },
};
