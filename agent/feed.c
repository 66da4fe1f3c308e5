/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>

#include "agent/cleanup.h"
#include "agent/feed.h"
#include "audit/sink_file.h"
#include "audit/sink_syslog.h"

#define TICK_MS 250 /* records of `other` come without a wakeup */
#define TICKS_PER_SECOND 4
#define AT_ONCE 512 /* records, before other sources get their turn */
#define DRAIN_ROUNDS 512
#define REPORT_SECONDS 10

#define FEED_OF(pointer, member) ((struct feed *)((char *)(pointer)-offsetof(struct feed, member)))

static void account(struct feed *feed)
{
	uint64_t counters[COUNTERS];

	if (!maps_read_counters(&feed->engine->objects.maps, counters))
		audit_pipeline_counters(feed->pipeline, counters);
}

/* The next agent goes on from here: what is lost while there is none is told by that one. */
static void report(struct feed *feed)
{
	struct shared *shared = feed->engine->objects.shared;

	audit_pipeline_tick(feed->pipeline, loop_boot_time());
	memcpy(shared->lost_told, audit_pipeline_stats(feed->pipeline)->reported.ring,
	       sizeof(shared->lost_told));
}

static void ring_ready(struct source *source, uint32_t events)
{
	struct feed *feed = FEED_OF(source, ring_source);

	(void)events;
	audit_ring_consume(feed->ring, AT_ONCE);
}

static void sink_ready(struct source *source, uint32_t events)
{
	struct feed *feed = FEED_OF(source, sink_source);

	(void)events;
	report(feed);
}

static void tick(struct source *source, uint32_t events)
{
	struct feed *feed = FEED_OF(source, timer_source);
	uint64_t expirations;

	(void)events;
	if (read(source->fd, &expirations, sizeof(expirations)) < 0)
		return;
	audit_ring_consume(feed->ring, AT_ONCE);
	if (++feed->ticks % TICKS_PER_SECOND == 0)
		account(feed);
	report(feed);
}

static int watch(struct feed *feed)
{
	int error;

	feed->ring_source = (struct source){ audit_ring_fd(feed->ring), ring_ready };
	feed->sink_source = (struct source){ audit_pipeline_fd(feed->pipeline), sink_ready };
	feed->timer_source = (struct source){ loop_timer(TICK_MS), tick };
	if (feed->timer_source.fd < 0)
		return feed->timer_source.fd;
	error = loop_add(feed->loop, &feed->ring_source, EPOLLIN);
	if (!error)
		error = loop_add(feed->loop, &feed->sink_source, EPOLLIN);
	if (!error)
		error = loop_add(feed->loop, &feed->timer_source, EPOLLIN);
	return error;
}

int feed_open(struct feed *feed, struct loop *loop, struct engine *engine, struct fault *fault)
{
	const struct audit_lookups lookups = engine_lookups(engine);
	const struct maps *maps = &engine->objects.maps;
	int error;

	*feed = (struct feed){ .loop = loop, .engine = engine, .timer_source.fd = -1 };
	error = audit_pipeline_new(&lookups, NULL, &feed->pipeline);
	if (!error)
		error = audit_ring_new(maps->fd[MAP_RING_DENIED], maps->fd[MAP_RING_OTHER],
				       audit_pipeline_on_record, feed->pipeline, &feed->ring);
	if (!error)
		error = watch(feed);
	if (!error) {
		audit_pipeline_resume(feed->pipeline,
				      (const uint64_t *)engine->objects.shared->lost_told);
		account(feed);
		return 0;
	}
	feed_close(feed);
	return fault_errno(fault, error, "events");
}

void feed_flush(struct feed *feed)
{
	/* A flood may go on for ever: what is left then is counted as unread. */
	for (int i = 0; i < DRAIN_ROUNDS; i++)
		if (audit_ring_consume(feed->ring, AT_ONCE) < AT_ONCE)
			break;
	account(feed);
	report(feed);
}

void feed_close(struct feed *feed)
{
	if (!feed->pipeline)
		return;
	if (feed->ring)
		feed_flush(feed);
	if (feed->timer_source.ready) {
		loop_remove(feed->loop, &feed->ring_source);
		loop_remove(feed->loop, &feed->sink_source);
		loop_remove(feed->loop, &feed->timer_source);
		close_fd(&feed->timer_source.fd);
	}
	audit_ring_free(feed->ring);
	audit_pipeline_free(feed->pipeline);
	*feed = (struct feed){ 0 };
}

static int add_sink(struct feed *feed, struct audit_sink *sink,
		    const struct audit_limit_config *limit)
{
	int error = audit_pipeline_add_sink(feed->pipeline, sink, limit);

	if (error)
		audit_sink_free(sink);
	return error;
}

static int make_directory_of(const char *path)
{
	OWNED(free_memory) char *directory = strdup(path);
	char *slash = directory ? strrchr(directory, '/') : NULL;

	if (!directory)
		return -ENOMEM;
	if (!slash || slash == directory)
		return 0;
	*slash = 0;
	return mkdir(directory, 0750) && errno != EEXIST ? -errno : 0;
}

int feed_to_file(struct feed *feed, const char *path, struct fault *fault)
{
	struct audit_sink *sink;
	int error = make_directory_of(path);

	if (!error)
		error = audit_sink_file_new(path, &sink);
	if (!error)
		error = add_sink(feed, sink, NULL);
	return error ? fault_errno(fault, error, "%s", path) : 0;
}

int feed_to_syslog(struct feed *feed, uint32_t rate, struct fault *fault)
{
	const struct audit_limit_config limit = { rate, rate, REPORT_SECONDS };
	struct audit_sink *sink;
	int error = audit_sink_syslog_new(NULL, 0, &sink);

	if (!error)
		error = add_sink(feed, sink, &limit);
	return error ? fault_errno(fault, error, "syslog") : 0;
}
