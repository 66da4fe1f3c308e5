/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The whole way of a record: decode, enrich, limit, format, sinks and observers. */
#ifndef BAILIFF_AUDIT_PIPELINE_H
#define BAILIFF_AUDIT_PIPELINE_H

#include "audit/enrich.h"
#include "audit/limit.h"
#include "audit/sink.h"
#include "audit/stats.h"

struct audit_pipeline;
struct audit_observer;

/* Sees each record with its JSON line (no newline); both are gone when it returns. It may
 * remove itself, and adds or removes no other. */
typedef void (*audit_observe_fn)(void *ctx, const struct audit_record *record,
				 struct audit_slice json);

/* lookups is copied; proc as in audit_enrich_new(). 0 or -ENOMEM. */
int audit_pipeline_new(const struct audit_lookups *lookups, const char *proc,
		       struct audit_pipeline **out);

/* Adds a sink, which the pipeline owns from then on; limit: NULL for none. 0; -ENOSPC for
 * more than AUDIT_MAX_SINKS; -EINVAL, -ENOMEM: the sink is still the caller's. */
int audit_pipeline_add_sink(struct audit_pipeline *pipeline, struct audit_sink *sink,
			    const struct audit_limit_config *limit);

/* Takes one raw record of a ring. 0; -EBADMSG or -ENOMEM if it is lost, which is counted and
 * reported at the next tick. A sink's trouble is no error. */
int audit_pipeline_feed(struct audit_pipeline *pipeline, enum event_ring ring, const void *data,
			size_t len);

/* The same as an audit_ring_fn: ctx is the pipeline. */
int audit_pipeline_on_record(void *ctx, enum event_ring ring, const void *data, size_t len);

/* See audit_stats_resume(). */
void audit_pipeline_resume(struct audit_pipeline *pipeline, const uint64_t reported[EVENT_RINGS]);

/* Takes the kernel's counters; see audit_stats_kernel(). */
void audit_pipeline_counters(struct audit_pipeline *pipeline, const uint64_t counters[COUNTERS]);

/* Flushes the sinks and writes the reports that are due (suppressed, lost). now:
 * CLOCK_BOOTTIME, ns. Call it once a second, and when audit_pipeline_timeout() is over or
 * audit_pipeline_fd() is readable. */
void audit_pipeline_tick(struct audit_pipeline *pipeline, uint64_t now);

/* An epoll descriptor that is readable when a sink can go on; the pipeline's, for its whole
 * life. */
int audit_pipeline_fd(const struct audit_pipeline *pipeline);

/* Milliseconds until the next tick is wanted, or -1. */
int audit_pipeline_timeout(const struct audit_pipeline *pipeline, uint64_t now);

/* Opens the sinks' targets anew. 0, or the first error; all are tried. */
int audit_pipeline_reopen(struct audit_pipeline *pipeline);

/* Adds an observer; it is removed by audit_pipeline_unobserve() or with the pipeline. 0 or
 * -ENOMEM. */
int audit_pipeline_observe(struct audit_pipeline *pipeline, audit_observe_fn fn, void *ctx,
			   struct audit_observer **out);

/* Removes and frees it. Takes NULL; returns NULL. */
struct audit_observer *audit_pipeline_unobserve(struct audit_pipeline *pipeline,
						struct audit_observer *observer);

/* The pipeline's own numbers, for status. */
const struct audit_stats *audit_pipeline_stats(const struct audit_pipeline *pipeline);

/* The sink of that index, in the order in which they were added, or NULL. */
const struct audit_sink *audit_pipeline_sink(const struct audit_pipeline *pipeline, size_t index);

/* Reports what is due, flushes, frees the sinks. Takes NULL; returns NULL. */
struct audit_pipeline *audit_pipeline_free(struct audit_pipeline *pipeline);

#endif
