/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/sink_syslog.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define RETRY_NS 200000000ULL
#define BATCH 256 /* lines that one flush sends at most */

struct message {
	STAILQ_ENTRY(message) next;
	size_t len;
	char data[];
};

struct log {
	struct audit_sink sink;
	struct sockaddr_un address;
	int socket;   /* -1: not connected */
	bool watched; /* the socket is in sink.fd, an epoll descriptor */
	STAILQ_HEAD(, message) queue;
	size_t max;
	bool overflowed; /* until half of the queue is sent, so that reports stay few */
	bool told_all;
	struct audit_sink_stats told; /* losses that are already reported */
	uint64_t retry_at;
	struct audit_text text; /* scratch */
};

static int severity(const struct audit_record *record)
{
	if (record->kind == AUDIT_LOST)
		return LOG_ERR;
	if (record->kind == AUDIT_SUPPRESSED)
		return LOG_NOTICE;
	switch (record->event->head.verdict) {
	case EVENT_DENIED:
	case EVENT_KILLED:
		return LOG_WARNING;
	case EVENT_WOULD_DENY:
		return LOG_NOTICE;
	default:
		return LOG_INFO;
	}
}

/* The datagram of one line in log->text. The months are those of RFC 3164, in any locale. */
static int compose(struct log *log, int level, int64_t time, struct audit_slice line)
{
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t seconds = time / 1000000000;
	struct tm tm = { 0 };
	int r;

	localtime_r(&seconds, &tm);
	audit_text_cut(&log->text, 0);
	r = audit_text_printf(
		&log->text, "<%d>%s %2d %02d:%02d:%02d bailiff[%d]: ", LOG_AUTHPRIV | level,
		months[tm.tm_mon], tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)getpid());
	return r == 0 ? audit_text_add(&log->text, line.data, line.len) : r;
}

static void disconnect(struct log *log)
{
	if (log->socket >= 0)
		close(log->socket); /* leaves the epoll set by itself */
	log->socket = -1;
	log->watched = false;
}

static int reconnect(struct log *log)
{
	int r;

	disconnect(log);
	log->socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (log->socket < 0)
		return -errno;
	if (connect(log->socket, (struct sockaddr *)&log->address, sizeof(log->address)) == 0)
		return 0;
	r = -errno;
	disconnect(log);
	return r;
}

static bool is_lasting(int error)
{
	return error != -EAGAIN && error != -ENOBUFS && error != -EINTR && error != -ENOMEM &&
	       error != -EMSGSIZE;
}

static int send_once(struct log *log, const char *data, size_t len)
{
	if (send(log->socket, data, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return -errno;
	return 0;
}

/* 0 if it was sent, -EMSGSIZE if it never will be, another error if it may be later. A
 * daemon that was restarted has a new socket, so one new connection is tried. */
static int try_send(struct log *log, const char *data, size_t len)
{
	int r = log->socket >= 0 ? send_once(log, data, len) : -ENOTCONN;

	if (is_lasting(r) && r != 0) {
		r = reconnect(log);
		if (r == 0)
			r = send_once(log, data, len);
	}
	if (r < 0 && is_lasting(r))
		disconnect(log);
	if (r == 0) {
		log->sink.stats.written++;
		log->sink.stats.bytes += len;
	}
	return r;
}

/* Wakes the owner on a writable socket only while something waits. */
static void watch(struct log *log)
{
	struct epoll_event event = { .events = EPOLLOUT };
	bool wanted = !STAILQ_EMPTY(&log->queue);
	int change = wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL;

	if (wanted == log->watched || log->socket < 0)
		return;
	if (epoll_ctl(log->sink.fd, change, log->socket, &event) == 0)
		log->watched = wanted;
}

static size_t cost(size_t len)
{
	return sizeof(struct message) + len + 16; /* what malloc adds */
}

/* Sends the text that was composed, or keeps it. */
static int submit(struct log *log)
{
	struct audit_sink_stats *stats = &log->sink.stats;
	struct message *message;
	int r = -EAGAIN;

	if (STAILQ_EMPTY(&log->queue))
		r = try_send(log, log->text.data, log->text.len);
	if (r == 0 || r == -EMSGSIZE)
		return r;
	if (stats->queued_bytes + cost(log->text.len) > log->max)
		return -ENOBUFS;
	message = malloc(sizeof(*message) + log->text.len);
	if (!message)
		return -ENOMEM;
	message->len = log->text.len;
	memcpy(message->data, log->text.data, log->text.len);
	STAILQ_INSERT_TAIL(&log->queue, message, next);
	stats->queued++;
	stats->queued_bytes += cost(message->len);
	return 0;
}

/* Puts the report of what was lost where the lines would have been. */
static int tell_losses(struct log *log)
{
	struct audit_text line = { 0 };
	int r;

	if (log->overflowed && log->sink.stats.queued_bytes > log->max / 2)
		return -ENOBUFS;
	log->overflowed = false;
	if (log->told_all)
		return 0;
	r = audit_sink_lost_line(&log->sink, &log->told, &line);
	if (r == 0)
		r = compose(log, LOG_ERR, time(NULL) * 1000000000LL, audit_text_slice(&line));
	audit_text_free(&line);
	if (r == 0)
		r = submit(log);
	if (r < 0)
		return r;
	log->told = log->sink.stats;
	log->told_all = true;
	return 0;
}

static void count_loss(struct log *log, int error)
{
	struct audit_sink_stats *stats = &log->sink.stats;

	log->told_all = false;
	if (error == -EMSGSIZE) {
		stats->lost[AUDIT_SINK_SIZE]++;
	} else if (error == -ENOMEM) {
		stats->lost[AUDIT_SINK_MEMORY]++;
	} else {
		stats->lost[AUDIT_SINK_QUEUE]++;
		log->overflowed = true;
	}
}

static int log_write(struct audit_sink *sink, const struct audit_record *record,
		     struct audit_slice line)
{
	struct log *log = (struct log *)sink;
	int r = tell_losses(log);

	if (r == 0)
		r = compose(log, severity(record), record->time, line);
	if (r == 0)
		r = submit(log);
	if (r < 0 && record->kind != AUDIT_LOST)
		count_loss(log, r);
	watch(log);
	return r;
}

static void pop(struct log *log)
{
	struct message *message = STAILQ_FIRST(&log->queue);

	STAILQ_REMOVE_HEAD(&log->queue, next);
	log->sink.stats.queued--;
	log->sink.stats.queued_bytes -= cost(message->len);
	free(message);
}

static int log_flush(struct audit_sink *sink, uint64_t now)
{
	struct log *log = (struct log *)sink;

	for (int i = 0; i < BATCH && !STAILQ_EMPTY(&log->queue); i++) {
		struct message *message = STAILQ_FIRST(&log->queue);
		int r = try_send(log, message->data, message->len);

		if (r < 0 && r != -EMSGSIZE)
			break;
		pop(log);
		if (r < 0)
			count_loss(log, r);
	}
	(void)tell_losses(log);
	watch(log);
	log->retry_at = now + RETRY_NS;
	return STAILQ_EMPTY(&log->queue) ? 0 : -EAGAIN;
}

static int log_timeout(const struct audit_sink *sink, uint64_t now)
{
	const struct log *log = (const struct log *)sink;

	if (STAILQ_EMPTY(&log->queue))
		return -1;
	return log->retry_at > now ? (int)((log->retry_at - now + 999999) / 1000000) : 0;
}

static void log_free(struct audit_sink *sink)
{
	struct log *log = (struct log *)sink;

	(void)log_flush(sink, 0);
	while (!STAILQ_EMPTY(&log->queue))
		pop(log);
	disconnect(log);
	close(sink->fd);
	audit_text_free(&log->text);
	free(log);
}

static const struct audit_sink_ops ops = {
	.write = log_write,
	.flush = log_flush,
	.timeout = log_timeout,
	.free = log_free,
};

int audit_sink_syslog_new(const char *path, size_t queue, struct audit_sink **out)
{
	struct log *log;
	int fd;

	if (!path)
		path = "/dev/log";
	if (strlen(path) >= sizeof(log->address.sun_path))
		return -ENAMETOOLONG;
	fd = epoll_create1(EPOLL_CLOEXEC);
	if (fd < 0)
		return -errno;
	log = calloc(1, sizeof(*log));
	if (!log) {
		close(fd);
		return -ENOMEM;
	}
	log->sink = (struct audit_sink){ &ops, "syslog", AUDIT_SINK_KV, fd, { 0 } };
	log->address.sun_family = AF_UNIX;
	strcpy(log->address.sun_path, path);
	log->socket = -1;
	log->max = queue ? queue : AUDIT_SYSLOG_QUEUE;
	log->told_all = true;
	STAILQ_INIT(&log->queue);
	*out = &log->sink;
	return 0;
}
