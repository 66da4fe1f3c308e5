/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/pipeline.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <unistd.h>

#include "audit/decode.h"
#include "audit/format_json.h"
#include "audit/format_kv.h"

struct slot {
	struct audit_limit *limit; /* NULL: none */
	struct audit_loss pending; /* losses that this sink has not been told yet */
};

struct audit_observer {
	LIST_ENTRY(audit_observer) next;
	audit_observe_fn fn;
	void *ctx;
};

struct audit_pipeline {
	struct audit_enrich *enrich;
	struct audit_stats stats;
	int epoll;
	size_t count;
	struct audit_sink *sinks[AUDIT_MAX_SINKS];
	struct slot slots[AUDIT_MAX_SINKS];
	struct audit_text lines[AUDIT_SINK_FORMATS]; /* of the present record, made when wanted */
	LIST_HEAD(, audit_observer) observers;
};

int audit_pipeline_new(const struct audit_lookups *lookups, const char *proc,
		       struct audit_pipeline **out)
{
	struct audit_pipeline *pipeline = calloc(1, sizeof(*pipeline));
	int r;

	if (!pipeline)
		return -ENOMEM;
	pipeline->epoll = epoll_create1(EPOLL_CLOEXEC);
	r = pipeline->epoll < 0 ? -errno : audit_enrich_new(lookups, proc, &pipeline->enrich);
	if (r < 0) {
		audit_pipeline_free(pipeline);
		return r;
	}
	*out = pipeline;
	return 0;
}

int audit_pipeline_add_sink(struct audit_pipeline *pipeline, struct audit_sink *sink,
			    const struct audit_limit_config *limit)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct slot *slot;
	int r = 0;

	if (pipeline->count == AUDIT_MAX_SINKS)
		return -ENOSPC;
	slot = &pipeline->slots[pipeline->count];
	if (limit)
		r = audit_limit_new(limit, &slot->limit);
	if (r == 0 && sink->fd >= 0 &&
	    epoll_ctl(pipeline->epoll, EPOLL_CTL_ADD, sink->fd, &event) < 0)
		r = -errno;
	if (r < 0) {
		slot->limit = audit_limit_free(slot->limit);
		return r;
	}
	pipeline->sinks[pipeline->count++] = sink;
	return 0;
}

static void forget_lines(struct audit_pipeline *pipeline)
{
	for (int i = 0; i < AUDIT_SINK_FORMATS; i++)
		audit_text_cut(&pipeline->lines[i], 0);
}

/* The record's line in that format; a line is never empty. */
static int get_line(struct audit_pipeline *pipeline, const struct audit_record *record,
		    enum audit_sink_format format, struct audit_slice *line)
{
	struct audit_text *text = &pipeline->lines[format];
	int r = 0;

	if (!text->len)
		r = format == AUDIT_SINK_KV ? audit_format_kv(record, text)
					    : audit_format_json(record, text);
	if (r < 0) {
		pipeline->stats.memory++;
		return r;
	}
	*line = audit_text_slice(text);
	return 0;
}

static int write_sink(struct audit_pipeline *pipeline, size_t i, const struct audit_record *record)
{
	struct audit_slice line;
	int r = get_line(pipeline, record, pipeline->sinks[i]->format, &line);

	return r < 0 ? r : audit_sink_write(pipeline->sinks[i], record, line);
}

static int observe(struct audit_pipeline *pipeline, const struct audit_record *record)
{
	struct audit_observer *observer, *next;
	struct audit_slice line;
	int r;

	if (LIST_EMPTY(&pipeline->observers))
		return 0;
	r = get_line(pipeline, record, AUDIT_SINK_JSON, &line);
	if (r < 0)
		return r;
	for (observer = LIST_FIRST(&pipeline->observers); observer; observer = next) {
		next = LIST_NEXT(observer, next);
		observer->fn(observer->ctx, record, line);
	}
	return 0;
}

int audit_pipeline_feed(struct audit_pipeline *pipeline, enum event_ring ring, const void *data,
			size_t len)
{
	struct audit_record record;
	struct audit_event event;
	int r;

	pipeline->stats.received[ring]++;
	r = audit_decode(data, len, &event);
	if (r < 0) {
		pipeline->stats.malformed++;
		return r;
	}
	audit_enrich_event(pipeline->enrich, &event, &record);
	forget_lines(pipeline);
	for (size_t i = 0; i < pipeline->count; i++) {
		struct audit_limit *limit = pipeline->slots[i].limit;

		if (limit && !audit_limit_pass(limit, &event.head, event.head.time))
			continue;
		if (write_sink(pipeline, i, &record) == -ENOMEM)
			r = -ENOMEM;
	}
	if (observe(pipeline, &record) < 0)
		r = -ENOMEM;
	return r;
}

int audit_pipeline_on_record(void *ctx, enum event_ring ring, const void *data, size_t len)
{
	return audit_pipeline_feed(ctx, ring, data, len);
}

void audit_pipeline_resume(struct audit_pipeline *pipeline, const uint64_t reported[EVENT_RINGS])
{
	audit_stats_resume(&pipeline->stats, reported);
}

void audit_pipeline_counters(struct audit_pipeline *pipeline, const uint64_t counters[COUNTERS])
{
	audit_stats_kernel(&pipeline->stats, counters);
}

/* The names of the first event that was held back serve for all of its bucket. */
static void report_suppressed(struct audit_pipeline *pipeline, size_t i, uint64_t now)
{
	struct audit_event event = { 0 };
	struct audit_record record;
	uint64_t count;

	while (audit_limit_report(pipeline->slots[i].limit, now, &event.head, &count)) {
		audit_enrich_suppressed(pipeline->enrich, &event, count, &record);
		forget_lines(pipeline);
		(void)write_sink(pipeline, i, &record);
	}
}

/* A sink tells its own losses itself, at the place where they happened. */
static void add_pending(struct slot *slot, const struct audit_loss *loss, const char *own)
{
	size_t len = strlen(own);

	for (size_t i = 0; i < loss->entries; i++) {
		const struct audit_loss_entry *entry = &loss->entry[i];

		if (strncmp(entry->name, own, len) != 0 || entry->name[len] != '.')
			audit_loss_add(&slot->pending, NULL, entry->name, entry->count);
	}
}

/* What a sink could not be told stays pending until it can. */
static void report_lost(struct audit_pipeline *pipeline)
{
	struct audit_record record;
	struct audit_loss loss;
	bool any = audit_stats_report(&pipeline->stats, pipeline->sinks, pipeline->count, &loss);

	for (size_t i = 0; i < pipeline->count; i++) {
		struct slot *slot = &pipeline->slots[i];

		add_pending(slot, &loss, pipeline->sinks[i]->name);
		if (!slot->pending.entries)
			continue;
		audit_enrich_lost(pipeline->enrich, &slot->pending, &record);
		forget_lines(pipeline);
		if (write_sink(pipeline, i, &record) == 0)
			slot->pending.entries = 0;
	}
	if (!any)
		return;
	audit_enrich_lost(pipeline->enrich, &loss, &record);
	forget_lines(pipeline);
	(void)observe(pipeline, &record);
}

void audit_pipeline_tick(struct audit_pipeline *pipeline, uint64_t now)
{
	for (size_t i = 0; i < pipeline->count; i++)
		(void)audit_sink_flush(pipeline->sinks[i], now);
	for (size_t i = 0; i < pipeline->count; i++)
		if (pipeline->slots[i].limit)
			report_suppressed(pipeline, i, now);
	report_lost(pipeline);
}

int audit_pipeline_fd(const struct audit_pipeline *pipeline)
{
	return pipeline->epoll;
}

int audit_pipeline_timeout(const struct audit_pipeline *pipeline, uint64_t now)
{
	int least = -1;

	for (size_t i = 0; i < pipeline->count; i++) {
		int timeout = audit_sink_timeout(pipeline->sinks[i], now);

		if (timeout >= 0 && (least < 0 || timeout < least))
			least = timeout;
	}
	return least;
}

int audit_pipeline_reopen(struct audit_pipeline *pipeline)
{
	int first = 0;

	for (size_t i = 0; i < pipeline->count; i++) {
		int r = audit_sink_reopen(pipeline->sinks[i]);

		if (r < 0 && first == 0)
			first = r;
	}
	return first;
}

int audit_pipeline_observe(struct audit_pipeline *pipeline, audit_observe_fn fn, void *ctx,
			   struct audit_observer **out)
{
	struct audit_observer *observer = calloc(1, sizeof(*observer));

	if (!observer)
		return -ENOMEM;
	observer->fn = fn;
	observer->ctx = ctx;
	LIST_INSERT_HEAD(&pipeline->observers, observer, next);
	*out = observer;
	return 0;
}

struct audit_observer *audit_pipeline_unobserve(struct audit_pipeline *pipeline,
						struct audit_observer *observer)
{
	(void)pipeline;
	if (observer)
		LIST_REMOVE(observer, next);
	free(observer);
	return NULL;
}

const struct audit_stats *audit_pipeline_stats(const struct audit_pipeline *pipeline)
{
	return &pipeline->stats;
}

const struct audit_sink *audit_pipeline_sink(const struct audit_pipeline *pipeline, size_t index)
{
	return index < pipeline->count ? pipeline->sinks[index] : NULL;
}

struct audit_pipeline *audit_pipeline_free(struct audit_pipeline *pipeline)
{
	if (!pipeline)
		return NULL;
	audit_pipeline_tick(pipeline, UINT64_MAX);
	while (!LIST_EMPTY(&pipeline->observers))
		audit_pipeline_unobserve(pipeline, LIST_FIRST(&pipeline->observers));
	for (size_t i = 0; i < pipeline->count; i++) {
		audit_limit_free(pipeline->slots[i].limit);
		audit_sink_free(pipeline->sinks[i]);
	}
	for (int i = 0; i < AUDIT_SINK_FORMATS; i++)
		audit_text_free(&pipeline->lines[i]);
	audit_enrich_free(pipeline->enrich);
	if (pipeline->epoll >= 0)
		close(pipeline->epoll);
	free(pipeline);
	return NULL;
}
