/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/audit_make.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/pipeline.h"
#include "audit/sink_file.h"

#define SECOND 1000000000ULL

/* A sink that keeps what it is given, or refuses it. */
struct memory {
	struct audit_sink sink;
	struct audit_text *lines;
	int *count;
	bool *broken;
};

static int memory_write(struct audit_sink *sink, const struct audit_record *record,
			struct audit_slice line)
{
	struct memory *memory = (struct memory *)sink;

	if (*memory->broken) {
		if (record->kind != AUDIT_LOST)
			sink->stats.lost[AUDIT_SINK_IO]++;
		return -EIO;
	}
	++*memory->count;
	assert_int_equal(audit_text_add(memory->lines, line.data, line.len), 0);
	return audit_text_add(memory->lines, "\n", 1);
}

static void memory_free(struct audit_sink *sink)
{
	free(sink);
}

static const struct audit_sink_ops memory_ops = { .write = memory_write, .free = memory_free };

struct target {
	struct audit_text lines;
	int count;
	bool broken;
};

struct fixture {
	struct audit_pipeline *pipeline;
	struct target json, kv;
	int observed;
	struct audit_text observed_lines;
	struct audit_observer *observer;
};

static void add_sink(struct fixture *f, const char *name, enum audit_sink_format format,
		     struct target *target, const struct audit_limit_config *limit)
{
	struct memory *memory = calloc(1, sizeof(*memory));

	assert_non_null(memory);
	memory->sink = (struct audit_sink){ &memory_ops, name, format, -1, { 0 } };
	memory->lines = &target->lines;
	memory->count = &target->count;
	memory->broken = &target->broken;
	assert_int_equal(audit_pipeline_add_sink(f->pipeline, &memory->sink, limit), 0);
}

static int setup(void **state)
{
	static const struct audit_limit_config limit = { 1, 3, 10 };
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_int_equal(audit_pipeline_new(&make_lookups, "/nonexistent", &f->pipeline), 0);
	add_sink(f, "memory", AUDIT_SINK_JSON, &f->json, NULL);
	add_sink(f, "limited", AUDIT_SINK_KV, &f->kv, &limit);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	assert_null(audit_pipeline_free(f->pipeline));
	audit_text_free(&f->json.lines);
	audit_text_free(&f->kv.lines);
	audit_text_free(&f->observed_lines);
	free(f);
	return 0;
}

static void feed(struct fixture *f, int times)
{
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);

	RAW_PATH(&raw, "/etc/shadow");
	while (times--)
		assert_int_equal(audit_pipeline_feed(f->pipeline, RING_DENIED, &raw, raw.head.size),
				 0);
}

static void on_line(void *ctx, const struct audit_record *record, struct audit_slice json)
{
	struct fixture *f = ctx;

	f->observed += record->kind == AUDIT_EVENT;
	audit_text_cut(&f->observed_lines, 0);
	assert_int_equal(audit_text_add(&f->observed_lines, json.data, json.len), 0);
}

static void on_line_once(void *ctx, const struct audit_record *record, struct audit_slice json)
{
	struct fixture *f = ctx;

	on_line(ctx, record, json);
	f->observer = audit_pipeline_unobserve(f->pipeline, f->observer);
}

static void feeds_every_sink_in_its_format(void **state)
{
	struct fixture *f = *state;
	struct raw raw = raw_make(EVENT_OPEN, EVENT_ALLOWED);

	feed(f, 1);
	assert_int_equal(f->json.count, 1);
	assert_int_equal(f->kv.count, 1);
	assert_non_null(strstr(f->json.lines.data, "\"file.path\":\"/etc/shadow\""));
	assert_non_null(strstr(f->json.lines.data, "\"rule.name\":\"web.cfg:12\""));
	assert_non_null(strstr(f->kv.lines.data, " file.path=/etc/shadow "));
	RAW_PATH(&raw, "/etc/passwd");
	assert_int_equal(audit_pipeline_feed(f->pipeline, RING_OTHER, &raw, raw.head.size), 0);
	assert_non_null(strstr(f->json.lines.data, "\"file.path\":\"/etc/passwd\""));
	assert_non_null(strstr(f->kv.lines.data, " file.path=/etc/passwd "));
	assert_int_equal(audit_pipeline_stats(f->pipeline)->received[RING_DENIED], 1);
	assert_int_equal(audit_pipeline_stats(f->pipeline)->received[RING_OTHER], 1);
	assert_string_equal(audit_pipeline_sink(f->pipeline, 1)->name, "limited");
	assert_null(audit_pipeline_sink(f->pipeline, 2));
}

static void observers_come_and_go(void **state)
{
	struct fixture *f = *state;
	struct audit_observer *always;

	assert_int_equal(audit_pipeline_observe(f->pipeline, on_line, f, &always), 0);
	assert_int_equal(audit_pipeline_observe(f->pipeline, on_line_once, f, &f->observer), 0);
	feed(f, 2);
	assert_int_equal(f->observed, 3);
	assert_null(f->observer);
	assert_non_null(strstr(f->json.lines.data, f->observed_lines.data));
	assert_null(audit_pipeline_unobserve(f->pipeline, always));
	feed(f, 1);
	assert_int_equal(f->observed, 3);
	assert_int_equal(audit_pipeline_observe(f->pipeline, on_line, f, &always), 0);
}

static void limits_one_sink_only(void **state)
{
	struct fixture *f = *state;

	feed(f, 100);
	assert_int_equal(f->json.count, 100);
	assert_int_equal(f->kv.count, 3);
	audit_pipeline_tick(f->pipeline, 7 * SECOND);
	assert_int_equal(f->kv.count, 3);
	audit_pipeline_tick(f->pipeline, 17 * SECOND);
	assert_int_equal(f->kv.count, 4);
	assert_int_equal(f->json.count, 100);
	assert_non_null(strstr(f->kv.lines.data, " event.action=suppressed bailiff.suppressed=97 "
						 "bailiff.suppressed_action=open"));
	assert_non_null(strstr(f->kv.lines.data, " rule.name=web.cfg:12 "));
}

static void reports_suppressed_at_the_end(void **state)
{
	struct fixture *f = *state;

	feed(f, 10);
	f->pipeline = audit_pipeline_free(f->pipeline);
	assert_non_null(strstr(f->kv.lines.data, " bailiff.suppressed=7 "));
}

static void counts_what_is_malformed(void **state)
{
	struct fixture *f = *state;
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);

	assert_int_equal(audit_pipeline_on_record(f->pipeline, RING_OTHER, &raw, 12), -EBADMSG);
	assert_int_equal(f->json.count, 0);
	audit_pipeline_tick(f->pipeline, SECOND);
	assert_int_equal(f->json.count, 1);
	assert_non_null(strstr(f->json.lines.data, "\"event.action\":\"lost\","
						   "\"bailiff.lost.total\":1,"
						   "\"bailiff.lost.malformed\":1}"));
	assert_non_null(strstr(f->kv.lines.data, " bailiff.lost.malformed=1"));
	audit_pipeline_tick(f->pipeline, 2 * SECOND);
	assert_int_equal(f->json.count, 1);
}

static void reports_the_kernels_losses(void **state)
{
	struct fixture *f = *state;
	struct audit_observer *observer;
	uint64_t counters[COUNTERS] = { 0 };

	assert_int_equal(audit_pipeline_observe(f->pipeline, on_line, f, &observer), 0);
	audit_pipeline_counters(f->pipeline, counters);
	counters[COUNTER_LOST + RING_OTHER] = 12;
	audit_pipeline_counters(f->pipeline, counters);
	audit_pipeline_tick(f->pipeline, SECOND);
	assert_non_null(strstr(f->json.lines.data, "\"bailiff.lost.ring.other\":12}"));
	assert_non_null(strstr(f->observed_lines.data, "\"bailiff.lost.ring.other\":12}"));
}

/* A broken sink's losses are told to the others at once, and what it was not told itself
 * waits until it works again. */
static void tells_each_sink_what_it_missed(void **state)
{
	struct fixture *f = *state;
	uint64_t counters[COUNTERS] = { 0 };

	audit_pipeline_counters(f->pipeline, counters);
	f->json.broken = true;
	feed(f, 2);
	for (uint64_t i = 1; i <= 3; i++) {
		counters[COUNTER_LOST + RING_OTHER] += 5;
		audit_pipeline_counters(f->pipeline, counters);
		audit_pipeline_tick(f->pipeline, i * SECOND);
	}
	assert_int_equal(f->json.count, 0);
	assert_int_equal(f->kv.count, 2 + 3);
	assert_non_null(strstr(f->kv.lines.data, " bailiff.lost.memory.io=2"));
	f->json.broken = false;
	audit_pipeline_tick(f->pipeline, 4 * SECOND);
	assert_int_equal(f->json.count, 1);
	assert_non_null(strstr(f->json.lines.data, "\"bailiff.lost.ring.other\":15}"));
	assert_null(strstr(f->json.lines.data, "memory.io")); /* its own it tells itself */
	audit_pipeline_tick(f->pipeline, 5 * SECOND);
	assert_int_equal(f->json.count, 1);
	assert_int_equal(f->kv.count, 2 + 3);
}

static int polling_flush(struct audit_sink *sink, uint64_t now)
{
	char byte;

	(void)now;
	return read(sink->fd, &byte, 1) == 1 ? 0 : -EAGAIN;
}

static int polling_timeout(const struct audit_sink *sink, uint64_t now)
{
	(void)sink;
	return now ? 30 : 70;
}

static void drives_sinks_by_one_descriptor(void **state)
{
	static const struct audit_sink_ops ops = { memory_write, polling_flush, NULL,
						   polling_timeout, memory_free };
	struct fixture *f = *state;
	struct audit_sink *sink = calloc(1, sizeof(struct memory));
	struct pollfd poller = { .fd = audit_pipeline_fd(f->pipeline), .events = POLLIN };
	int fds[2];

	assert_non_null(sink);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(audit_pipeline_timeout(f->pipeline, 0), -1);
	*sink = (struct audit_sink){ &ops, "polling", AUDIT_SINK_JSON, fds[0], { 0 } };
	assert_int_equal(audit_pipeline_add_sink(f->pipeline, sink, NULL), 0);
	assert_int_equal(poll(&poller, 1, 0), 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(poll(&poller, 1, 0), 1);
	audit_pipeline_tick(f->pipeline, SECOND);
	assert_int_equal(poll(&poller, 1, 0), 0);
	assert_int_equal(audit_pipeline_timeout(f->pipeline, 0), 70);
	assert_int_equal(audit_pipeline_timeout(f->pipeline, 1), 30);
	close(fds[1]);
	f->pipeline = audit_pipeline_free(f->pipeline);
	close(fds[0]);
}

static void takes_so_many_sinks(void **state)
{
	static const struct audit_limit_config bad = { 0, 0, 0 };
	struct fixture *f = *state;
	struct memory extra = { .sink = { &memory_ops, "extra", AUDIT_SINK_JSON, -1, { 0 } } };

	assert_int_equal(audit_pipeline_add_sink(f->pipeline, &extra.sink, &bad), -EINVAL);
	add_sink(f, "third", AUDIT_SINK_JSON, &f->json, NULL);
	add_sink(f, "fourth", AUDIT_SINK_JSON, &f->json, NULL);
	assert_int_equal(audit_pipeline_add_sink(f->pipeline, &extra.sink, NULL), -ENOSPC);
}

/* A full disk, the real file sink and the loss reports together: nothing feeds on itself. */
static void a_full_disk_makes_no_loop(void **state)
{
	struct fixture *f = *state;
	struct audit_sink *file;

	assert_int_equal(audit_sink_file_new("/dev/full", &file), 0);
	assert_int_equal(audit_pipeline_add_sink(f->pipeline, file, NULL), 0);
	feed(f, 3);
	for (uint64_t i = 1; i < 10; i++)
		audit_pipeline_tick(f->pipeline, i * SECOND);
	assert_int_equal(audit_pipeline_sink(f->pipeline, 2)->stats.lost[AUDIT_SINK_FULL], 3);
	assert_int_equal(f->json.count, 3 + 1);
	assert_non_null(strstr(f->json.lines.data, "\"bailiff.lost.file.full\":3}"));
	assert_int_equal(audit_pipeline_reopen(f->pipeline), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(feeds_every_sink_in_its_format),
		TEST(observers_come_and_go),
		TEST(limits_one_sink_only),
		TEST(reports_suppressed_at_the_end),
		TEST(counts_what_is_malformed),
		TEST(reports_the_kernels_losses),
		TEST(tells_each_sink_what_it_missed),
		TEST(drives_sinks_by_one_descriptor),
		TEST(takes_so_many_sinks),
		TEST(a_full_disk_makes_no_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
