/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two ring buffers that the BPF programs write to. */
#ifndef BAILIFF_AUDIT_RING_H
#define BAILIFF_AUDIT_RING_H

#include <stddef.h>

#include "bpf/abi_event.h"

/* Gets the bytes of one record, which are gone when it returns. What it returns is ignored:
 * a bad record holds up no other. */
typedef int (*audit_ring_fn)(void *ctx, enum event_ring ring, const void *data, size_t len);

struct audit_ring;

/* denied_fd, other_fd: the ring buffer maps; they stay the caller's and must outlive the
 * ring. 0 or a negative errno. */
int audit_ring_new(int denied_fd, int other_fd, audit_ring_fn fn, void *ctx,
		   struct audit_ring **out);

/* An epoll descriptor that is readable when a ring has records and the kernel woke us; the
 * ring's, for its whole life. Records without a wakeup may be there at any time: consume on
 * a timer as well. */
int audit_ring_fd(const struct audit_ring *ring);

/* Hands over what is there, all of `denied` first and again after every 64 records of
 * `other`, but not more than about max records: a container that floods a ring does not keep
 * the caller here. The number handed over (max or more: there may be some left) or a negative
 * errno. */
int audit_ring_consume(struct audit_ring *ring, unsigned int max);

/* Takes NULL; returns NULL. */
struct audit_ring *audit_ring_free(struct audit_ring *ring);

#endif
