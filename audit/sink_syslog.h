/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines for the system's log: facility authpriv, tag "bailiff".
 *
 * This is not syslog(3). That one sends on a blocking socket under a lock: when the daemon
 * is stopped or slow, it waits (a unix datagram socket holds ten messages, max_dgram_qlen),
 * the consumer of the rings waits with it, and the kernel's rings overflow; when there is no
 * daemon, the message is gone and nobody is told. Here the same datagram that glibc would
 * send (`<PRI>Mmm dd hh:mm:ss bailiff[pid]: line`, local time of the event) goes out on a
 * non-blocking socket. What can't be sent is kept, in order, in a queue of bounded size
 * that is sent when the socket is writable or every 200 ms; a daemon that comes back is
 * connected to again. A full queue drops the new line and counts it; as soon as there is room
 * a loss report stands where the lines would have been.
 */
#ifndef BAILIFF_AUDIT_SINK_SYSLOG_H
#define BAILIFF_AUDIT_SINK_SYSLOG_H

#include "audit/sink.h"

#define AUDIT_SYSLOG_QUEUE (4U << 20) /* bytes */

/* path: the daemon's datagram socket, "/dev/log" if NULL; it need not exist yet. queue:
 * bytes that may wait, counted with what keeping them costs, AUDIT_SYSLOG_QUEUE if 0. 0 or
 * a negative errno. */
int audit_sink_syslog_new(const char *path, size_t queue, struct audit_sink **out);

#endif
