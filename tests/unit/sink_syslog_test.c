/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/audit_make.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "audit/sink_syslog.h"

#define QUEUE (64U << 10)

/* A log daemon that reads only when it is told to. */
struct fixture {
	char dir[64], path[96];
	int daemon;
	struct audit_sink *sink;
	struct audit_event event;
	struct audit_record record;
	char got[16384];
};

static void start_daemon(struct fixture *f)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strcpy(address.sun_path, f->path);
	unlink(f->path);
	f->daemon = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(f->daemon >= 0);
	assert_int_equal(bind(f->daemon, (struct sockaddr *)&address, sizeof(address)), 0);
}

static void stop_daemon(struct fixture *f)
{
	close(f->daemon);
	f->daemon = -1;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);

	assert_non_null(f);
	setenv("TZ", "UTC", 1);
	tzset();
	strcpy(f->dir, "/tmp/sink_syslog_test.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/log", f->dir);
	f->daemon = -1;
	raw_decode(&raw, &f->event);
	f->record = make_record(&f->event);
	assert_int_equal(audit_sink_syslog_new(f->path, QUEUE, &f->sink), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	assert_null(audit_sink_free(f->sink));
	if (f->daemon >= 0)
		close(f->daemon);
	unlink(f->path);
	rmdir(f->dir);
	free(f);
	return 0;
}

static int put(struct fixture *f, const char *line)
{
	return audit_sink_write(f->sink, &f->record, audit_slice_of(line));
}

/* The next datagram, or NULL. */
static const char *get(struct fixture *f)
{
	ssize_t n = recv(f->daemon, f->got, sizeof(f->got) - 1, 0);

	f->got[n > 0 ? n : 0] = '\0';
	return n > 0 ? f->got : NULL;
}

static void speaks_the_wire_format(void **state)
{
	struct fixture *f = *state;
	char expected[128];

	start_daemon(f);
	assert_int_equal(put(f, "event.action=open"), 0);
	snprintf(expected, sizeof(expected), "<84>Nov 14 22:13:20 bailiff[%d]: event.action=open",
		 (int)getpid());
	assert_string_equal(get(f), expected);
	f->event.head.verdict = EVENT_ALLOWED;
	f->record.time -= 10 * 86400 * 1000000000LL;
	assert_int_equal(put(f, "x"), 0);
	assert_memory_equal(get(f), "<86>Nov  4 22:13:20 ", 20);
	f->event.head.verdict = EVENT_WOULD_DENY;
	assert_int_equal(put(f, "x"), 0);
	assert_memory_equal(get(f), "<85>", 4);
	assert_int_equal(f->sink->stats.written, 3);
	assert_int_equal(audit_sink_timeout(f->sink, 0), -1);
}

/* Nobody reads: the socket holds a few, the queue the rest, the others are counted; nothing
 * blocks. */
static void never_blocks(void **state)
{
	struct fixture *f = *state;
	struct timespec began, ended;
	uint64_t lost;
	int kept = 0;

	start_daemon(f);
	clock_gettime(CLOCK_MONOTONIC, &began);
	for (int i = 0; i < 10000; i++)
		kept += put(f, "event.action=open file.path=/etc/shadow") == 0;
	clock_gettime(CLOCK_MONOTONIC, &ended);
	assert_true(ended.tv_sec - began.tv_sec < 5);
	lost = f->sink->stats.lost[AUDIT_SINK_QUEUE];
	assert_true(lost > 5000);
	assert_int_equal(kept + lost, 10000);
	assert_true(f->sink->stats.queued > 100);
	assert_true(f->sink->stats.queued_bytes <= QUEUE);
	assert_int_equal(f->sink->stats.queued + f->sink->stats.written, kept);
}

static void pump(struct fixture *f, int *lines, int *reports, int *last)
{
	struct pollfd poller = { .fd = f->sink->fd, .events = POLLIN };
	const char *line;

	for (int round = 0; round < 1000; round++) {
		while ((line = get(f))) {
			const char *number = strstr(line, "n=");

			if (strstr(line, "event.action=lost")) {
				++*reports;
				continue;
			}
			assert_non_null(number);
			assert_true(atoi(number + 2) > *last); /* in order */
			*last = atoi(number + 2);
			++*lines;
		}
		if (poll(&poller, 1, 0) == 0)
			return;
		(void)audit_sink_flush(f->sink, 0);
	}
	fail_msg("the sink never rests");
}

static void recovers_in_order(void **state)
{
	struct fixture *f = *state;
	int lines = 0, reports = 0, last = -1;
	char line[64];

	start_daemon(f);
	for (int i = 0; i < 2000; i++) {
		snprintf(line, sizeof(line), "n=%d", i);
		(void)put(f, line);
	}
	assert_true(f->sink->stats.lost[AUDIT_SINK_QUEUE] > 0);
	pump(f, &lines, &reports, &last);
	assert_int_equal(f->sink->stats.queued, 0);
	assert_int_equal(f->sink->stats.queued_bytes, 0);
	assert_int_equal(lines + f->sink->stats.lost[AUDIT_SINK_QUEUE], 2000);
	assert_int_equal(reports, 1);
	assert_int_equal(put(f, "n=2000"), 0);
	assert_non_null(strstr(get(f), "n=2000"));
}

/* A line that comes while older ones wait goes behind them, even if the socket has room. */
static void keeps_the_order(void **state)
{
	struct fixture *f = *state;
	int lines = 0, reports = 0, last = -1, i = 0;
	char line[64];

	start_daemon(f);
	while (f->sink->stats.queued < 5) {
		snprintf(line, sizeof(line), "n=%d", i++);
		assert_int_equal(put(f, line), 0);
	}
	assert_non_null(strstr(get(f), "n=0"));
	snprintf(line, sizeof(line), "n=%d", i++);
	assert_int_equal(put(f, line), 0);
	pump(f, &lines, &reports, &last);
	assert_int_equal(lines, i - 1);
	assert_int_equal(last, i - 1);
}

/* A daemon that is merely too slow gets lines, not one loss report after each. */
static void reports_seldom_while_it_is_slow(void **state)
{
	struct fixture *f = *state;
	int reports = 0, lines = 0;
	const char *line;

	start_daemon(f);
	for (int i = 0; i < 3000; i++) {
		for (int k = 0; k < 5; k++)
			(void)put(f, "event.action=open");
		line = get(f);
		if (line && strstr(line, "event.action=lost"))
			reports++;
		else
			lines += line != NULL;
		(void)audit_sink_flush(f->sink, 0);
	}
	assert_true(lines > 2900);
	assert_in_range(reports, 1, 30);
}

static void says_how_many_were_lost(void **state)
{
	struct fixture *f = *state;
	char expected[64];
	const char *line;
	bool found = false;

	start_daemon(f);
	for (int i = 0; i < 2000; i++)
		(void)put(f, "event.action=open");
	snprintf(expected, sizeof(expected), " bailiff.lost.syslog.queue=%d",
		 (int)f->sink->stats.lost[AUDIT_SINK_QUEUE]);
	for (int i = 0; i < 1000; i++) {
		while ((line = get(f)))
			found = found || (strncmp(line, "<83>", 4) == 0 && strstr(line, expected));
		(void)audit_sink_flush(f->sink, 0);
	}
	assert_true(found);
}

static void waits_for_the_daemon(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(put(f, "first"), 0); /* there is none yet */
	assert_int_equal(put(f, "second"), 0);
	assert_int_equal(f->sink->stats.queued, 2);
	assert_int_equal(audit_sink_timeout(f->sink, 0), 0);
	assert_int_equal(audit_sink_flush(f->sink, 1000000000), -EAGAIN);
	assert_int_equal(audit_sink_timeout(f->sink, 1000000000), 200);
	assert_int_equal(audit_sink_timeout(f->sink, 1150000000), 50);
	start_daemon(f);
	assert_int_equal(audit_sink_flush(f->sink, 1200000000), 0);
	assert_non_null(strstr(get(f), ": first"));
	assert_non_null(strstr(get(f), ": second"));
	assert_null(get(f));
	assert_int_equal(f->sink->stats.lost[AUDIT_SINK_QUEUE], 0);
}

static void follows_a_restart(void **state)
{
	struct fixture *f = *state;

	start_daemon(f);
	assert_int_equal(put(f, "one"), 0);
	assert_non_null(get(f));
	stop_daemon(f);
	start_daemon(f);
	assert_int_equal(put(f, "two"), 0); /* a new socket under the old name */
	assert_non_null(strstr(get(f), ": two"));
	stop_daemon(f);
	assert_int_equal(put(f, "three"), 0);
	assert_int_equal(f->sink->stats.queued, 1);
	start_daemon(f);
	assert_int_equal(audit_sink_flush(f->sink, 0), 0);
	assert_non_null(strstr(get(f), ": three"));
}

/* The owner is woken when there is room again, and only while something waits. */
static void wakes_its_owner(void **state)
{
	struct fixture *f = *state;
	struct pollfd poller = { .fd = f->sink->fd, .events = POLLIN };

	start_daemon(f);
	assert_int_equal(put(f, "x"), 0);
	assert_int_equal(poll(&poller, 1, 0), 0);
	while (f->sink->stats.queued == 0)
		assert_int_equal(put(f, "x"), 0);
	assert_int_equal(poll(&poller, 1, 0), 0); /* the socket is full */
	while (get(f))
		;
	assert_int_equal(poll(&poller, 1, 0), 1);
	assert_int_equal(audit_sink_flush(f->sink, 0), 0);
	assert_int_equal(poll(&poller, 1, 0), 0);
}

static void counts_what_no_socket_takes(void **state)
{
	struct fixture *f = *state;
	size_t len = 4U << 20;
	char *line = malloc(len);

	assert_non_null(line);
	start_daemon(f);
	memset(line, 'x', len);
	assert_int_equal(audit_sink_write(f->sink, &f->record, (struct audit_slice){ line, len }),
			 -EMSGSIZE);
	assert_int_equal(f->sink->stats.lost[AUDIT_SINK_SIZE], 1);
	free(line);
	assert_int_equal(put(f, "next"), 0);
	assert_non_null(strstr(get(f), " bailiff.lost.syslog.size=1"));
	assert_non_null(strstr(get(f), ": next"));
}

static void refuses_a_long_path(void **state)
{
	struct audit_sink *sink = NULL;
	char path[200];

	(void)state;
	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(audit_sink_syslog_new(path, 0, &sink), -ENAMETOOLONG);
	assert_null(sink);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(speaks_the_wire_format),
		TEST(never_blocks),
		TEST(recovers_in_order),
		TEST(keeps_the_order),
		TEST(reports_seldom_while_it_is_slow),
		TEST(says_how_many_were_lost),
		TEST(waits_for_the_daemon),
		TEST(follows_a_restart),
		TEST(wakes_its_owner),
		TEST(counts_what_no_socket_takes),
		TEST(refuses_a_long_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
