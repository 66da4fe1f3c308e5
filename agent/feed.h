/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events of an engine, from its rings through the audit pipeline, driven by the loop. */
#ifndef BAILIFF_FEED_H
#define BAILIFF_FEED_H

#include "agent/engine.h"
#include "agent/loop.h"
#include "audit/pipeline.h"
#include "audit/ring.h"

struct feed {
	struct loop *loop;
	struct engine *engine;
	struct audit_pipeline *pipeline;
	struct audit_ring *ring;
	struct source ring_source, sink_source, timer_source;
	unsigned int ticks;
};

/* All zero may be closed. The feed must not move in memory while it is open; the engine must
 * outlive it. */
int feed_open(struct feed *feed, struct loop *loop, struct engine *engine, struct fault *fault);

/* Passes on all that the rings hold now. */
void feed_flush(struct feed *feed);

/* Flushes, then closes. */
void feed_close(struct feed *feed);

/* Adds a sink: JSON lines in a file, whose directory is made if need be; syslog, at most
 * `rate` records per second of one kind. */
int feed_to_file(struct feed *feed, const char *path, struct fault *fault);
int feed_to_syslog(struct feed *feed, uint32_t rate, struct fault *fault);

#endif
