// SPDX-License-Identifier: GPL-2.0-or-later
/* Operations through io_uring, with and without a worker thread of the kernel's. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct ring {
	int fd;
	char *queues;
	struct io_uring_sqe *entries;
	struct io_uring_params params;
};

static int ring_open(struct ring *ring)
{
	size_t size;

	memset(ring, 0, sizeof(*ring));
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

	array[0] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return -errno;
	return done[0].res;
}

static int open_through(unsigned int flags, char **args)
{
	struct ring ring;
	int r = ring_open(&ring);

	if (!r) {
		ring.entries[0] = (struct io_uring_sqe){
			.opcode = IORING_OP_OPENAT,
			.flags = (uint8_t)flags,
			.fd = AT_FDCWD,
			.addr = (uintptr_t)args[1],
			.len = 0644,
			.open_flags = (unsigned int)op_open_flags(args[0]) | O_CLOEXEC,
		};
		r = ring_submit(&ring);
	}
	if (r >= 0)
		close(r);
	if (ring.fd >= 0)
		close(ring.fd);
	return r < 0 ? r : 0;
}

/* FLAGS PATH */
static int run_uring(int n, char **args)
{
	(void)n;
	return open_through(0, args);
}

static int run_uring_worker(int n, char **args)
{
	(void)n;
	return open_through(IOSQE_ASYNC, args);
}

static int submit_one(struct io_uring_sqe entry)
{
	struct ring ring;
	int r = ring_open(&ring);

	if (!r) {
		ring.entries[0] = entry;
		r = ring_submit(&ring);
	}
	if (ring.fd >= 0)
		close(ring.fd);
	return r < 0 ? r : 0;
}

/* unlink|rmdir|mkdir PATH, rename|exchange|link OLD NEW, symlink TARGET NEW */
static int run_uring_name(int n, char **args)
{
	static const struct {
		const char *name;
		uint8_t opcode;
		uint32_t flags;
	} names[] = {
		{ "unlink", IORING_OP_UNLINKAT, 0 },
		{ "rmdir", IORING_OP_UNLINKAT, AT_REMOVEDIR },
		{ "mkdir", IORING_OP_MKDIRAT, 0755 },
		{ "rename", IORING_OP_RENAMEAT, 0 },
		{ "exchange", IORING_OP_RENAMEAT, RENAME_EXCHANGE },
		{ "link", IORING_OP_LINKAT, 0 },
		{ "symlink", IORING_OP_SYMLINKAT, 0 },
	};
	struct io_uring_sqe entry = { .fd = AT_FDCWD, .addr = (uintptr_t)args[1] };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(args[0], names[i].name) != 0)
			continue;
		entry.opcode = names[i].opcode;
		if (!strcmp(args[0], "mkdir"))
			entry.len = names[i].flags;
		else if (n > 2 && strcmp(args[0], "symlink") != 0)
			entry.len = (uint32_t)AT_FDCWD;
		entry.rename_flags = entry.opcode == IORING_OP_MKDIRAT ? 0 : names[i].flags;
		entry.addr2 = n > 2 ? (uintptr_t)args[2] : 0;
		return submit_one(entry);
	}
	return OP_USAGE;
}

const struct op op_uring[] = {
	{ "uring", 2, run_uring },
	{ "uring-name", 2, run_uring_name },
	{ "uring-worker", 2, run_uring_worker },
	{ 0 },
};
