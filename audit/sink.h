/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where lines go: the small table of verbs that every sink has. */
#ifndef BAILIFF_AUDIT_SINK_H
#define BAILIFF_AUDIT_SINK_H

#include <stddef.h>
#include <stdint.h>

#include "audit/record.h"
#include "audit/text.h"

enum audit_sink_format {
	AUDIT_SINK_JSON,
	AUDIT_SINK_KV,
	AUDIT_SINK_FORMATS,
};

enum audit_sink_loss {
	AUDIT_SINK_FULL,  /* no space left, or a quota */
	AUDIT_SINK_IO,	  /* any other error of the device */
	AUDIT_SINK_QUEUE, /* the queue is full: nobody reads at the other end */
	AUDIT_SINK_SIZE,  /* longer than the other end takes */
	AUDIT_SINK_MEMORY,
	AUDIT_SINK_LOSSES,
};

/* Since the sink was made. Loss reports that were lost are not in lost[]. */
struct audit_sink_stats {
	uint64_t written; /* lines that were handed over */
	uint64_t bytes;
	uint64_t queued; /* lines that wait */
	uint64_t queued_bytes;
	uint64_t lost[AUDIT_SINK_LOSSES];
};

struct audit_sink;

struct audit_sink_ops {
	int (*write)(struct audit_sink *sink, const struct audit_record *record,
		     struct audit_slice line);
	int (*flush)(struct audit_sink *sink, uint64_t now);
	int (*reopen)(struct audit_sink *sink);
	int (*timeout)(const struct audit_sink *sink, uint64_t now);
	void (*free)(struct audit_sink *sink);
};

/* The head of every sink. fd: readable (EPOLLIN) when flush has something to do, the same
 * for the sink's whole life; -1 if it never has. */
struct audit_sink {
	const struct audit_sink_ops *ops;
	const char *name; /* constant; names the sink in loss reports */
	enum audit_sink_format format;
	int fd;
	struct audit_sink_stats stats;
};

/* Takes one line of sink->format, without a newline. Never waits for a reader. 0, or a
 * negative errno if the line is lost, which is then counted. */
static inline int audit_sink_write(struct audit_sink *sink, const struct audit_record *record,
				   struct audit_slice line)
{
	return sink->ops->write(sink, record, line);
}

/* Sends on what waits, without blocking and a bounded number of lines at a time. now:
 * CLOCK_BOOTTIME, ns. 0, -EAGAIN if something still waits. */
static inline int audit_sink_flush(struct audit_sink *sink, uint64_t now)
{
	return sink->ops->flush ? sink->ops->flush(sink, now) : 0;
}

/* Opens the target anew, for rotation. 0 or a negative errno: the old target stays. */
static inline int audit_sink_reopen(struct audit_sink *sink)
{
	return sink->ops->reopen ? sink->ops->reopen(sink) : 0;
}

/* Milliseconds until flush should be called though fd says nothing; -1: no need. */
static inline int audit_sink_timeout(const struct audit_sink *sink, uint64_t now)
{
	return sink->ops->timeout ? sink->ops->timeout(sink, now) : -1;
}

/* Takes NULL; returns NULL. What waits is tried once more, then dropped. */
static inline struct audit_sink *audit_sink_free(struct audit_sink *sink)
{
	if (sink)
		sink->ops->free(sink);
	return NULL;
}

/* "full", "io", "queue", "size", "memory". */
const char *audit_sink_loss_name(enum audit_sink_loss loss);

/* Adds what the sink lost beyond `before` as "name.reason". */
void audit_sink_losses(const struct audit_sink *sink, const struct audit_sink_stats *before,
		       struct audit_loss *loss);

/* Appends, in the sink's format, a loss report of what it lost beyond `before`: what a sink
 * that works again says first. 0 or -ENOMEM. */
int audit_sink_lost_line(const struct audit_sink *sink, const struct audit_sink_stats *before,
			 struct audit_text *out);

#endif
