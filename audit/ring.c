/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/ring.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define OTHER_BATCH 64

struct source {
	struct audit_ring *owner;
	enum event_ring which;
	struct ring_buffer *buffer;
};

struct audit_ring {
	audit_ring_fn fn;
	void *ctx;
	int epoll;
	unsigned int done, limit; /* of the drain under way */
	struct source sources[EVENT_RINGS];
};

/* libbpf moves on before it calls, so a record at which it is told to stop is not seen twice. */
static int on_sample(void *ctx, void *data, size_t len)
{
	struct source *source = ctx;
	struct audit_ring *ring = source->owner;

	(void)ring->fn(ring->ctx, source->which, data, len);
	return ++ring->done >= ring->limit ? -ECANCELED : 0;
}

static int add_source(struct audit_ring *ring, enum event_ring which, int fd)
{
	struct source *source = &ring->sources[which];
	struct epoll_event event = { .events = EPOLLIN };

	source->owner = ring;
	source->which = which;
	source->buffer = ring_buffer__new(fd, on_sample, source, NULL);
	if (!source->buffer)
		return -errno;
	return epoll_ctl(ring->epoll, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

int audit_ring_new(int denied_fd, int other_fd, audit_ring_fn fn, void *ctx,
		   struct audit_ring **out)
{
	struct audit_ring *ring = calloc(1, sizeof(*ring));
	int r;

	if (!ring)
		return -ENOMEM;
	ring->fn = fn;
	ring->ctx = ctx;
	ring->epoll = epoll_create1(EPOLL_CLOEXEC);
	r = ring->epoll < 0 ? -errno : add_source(ring, RING_DENIED, denied_fd);
	if (r == 0)
		r = add_source(ring, RING_OTHER, other_fd);
	if (r < 0) {
		audit_ring_free(ring);
		return r;
	}
	*out = ring;
	return 0;
}

int audit_ring_fd(const struct audit_ring *ring)
{
	return ring->epoll;
}

/* Hands over at most max records of one ring; how many, or a negative errno. */
static int drain(struct audit_ring *ring, enum event_ring which, unsigned int max)
{
	int r;

	ring->done = 0;
	ring->limit = max;
	r = ring_buffer__consume(ring->sources[which].buffer);
	return r < 0 && r != -ECANCELED ? r : (int)ring->done;
}

int audit_ring_consume(struct audit_ring *ring, unsigned int max)
{
	unsigned int total = 0;
	int denied, other;

	do {
		denied = drain(ring, RING_DENIED, max > total ? max - total : 1);
		if (denied < 0)
			return denied;
		other = drain(ring, RING_OTHER, OTHER_BATCH);
		if (other < 0)
			return other;
		total += denied + other;
	} while (total < max && other == OTHER_BATCH);
	return (int)total;
}

struct audit_ring *audit_ring_free(struct audit_ring *ring)
{
	if (!ring)
		return NULL;
	for (int i = 0; i < EVENT_RINGS; i++)
		ring_buffer__free(ring->sources[i].buffer);
	if (ring->epoll >= 0)
		close(ring->epoll);
	free(ring);
	return NULL;
}
