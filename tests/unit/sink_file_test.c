/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/audit_make.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/sink_file.h"

static struct audit_record an_event = { .kind = AUDIT_EVENT };
static struct audit_record a_loss = { .kind = AUDIT_LOST };

struct fixture {
	char dir[64], path[96], other[96];
	struct audit_sink *sink;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->dir, "/tmp/sink_file_test.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/audit.jsonl", f->dir);
	snprintf(f->other, sizeof(f->other), "%s/audit.jsonl.1", f->dir);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	audit_sink_free(f->sink);
	unlink(f->path);
	unlink(f->other);
	rmdir(f->dir);
	free(f);
	return 0;
}

static int put(struct fixture *f, const char *line)
{
	return audit_sink_write(f->sink, &an_event, audit_slice_of(line));
}

static const char *content(const char *path)
{
	static char buf[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, buf, sizeof(buf) - 1);
	assert_true(n >= 0);
	buf[n] = '\0';
	close(fd);
	return buf;
}

static void appends_lines(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	umask(0);
	assert_int_equal(audit_sink_file_new(f->path, &f->sink), 0);
	assert_int_equal(put(f, "{1}"), 0);
	assert_int_equal(put(f, "{2}"), 0);
	assert_string_equal(content(f->path), "{1}\n{2}\n");
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(f->sink->stats.written, 2);
	assert_int_equal(f->sink->stats.bytes, 8);
	audit_sink_free(f->sink);
	assert_int_equal(audit_sink_file_new(f->path, &f->sink), 0);
	assert_int_equal(put(f, "{3}"), 0);
	assert_string_equal(content(f->path), "{1}\n{2}\n{3}\n");
}

static void rotates(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(audit_sink_file_new(f->path, &f->sink), 0);
	assert_int_equal(put(f, "{1}"), 0);
	assert_int_equal(rename(f->path, f->other), 0);
	assert_int_equal(put(f, "{2}"), 0);
	assert_int_equal(audit_sink_reopen(f->sink), 0);
	assert_int_equal(put(f, "{3}"), 0);
	assert_string_equal(content(f->other), "{1}\n{2}\n");
	assert_string_equal(content(f->path), "{3}\n");
}

/* A rotation that went wrong must not cost the old file. */
static void keeps_the_old_file_if_it_must(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(audit_sink_file_new(f->path, &f->sink), 0);
	assert_int_equal(rename(f->path, f->other), 0);
	assert_int_equal(mkdir(f->path, 0700), 0);
	assert_int_equal(audit_sink_reopen(f->sink), -EISDIR);
	assert_int_equal(put(f, "{1}"), 0);
	assert_string_equal(content(f->other), "{1}\n");
	assert_int_equal(rmdir(f->path), 0);
	assert_int_equal(mkfifo(f->path, 0600), 0);
	assert_int_equal(audit_sink_reopen(f->sink), -ENXIO);
	assert_int_equal(put(f, "{2}"), 0);
	assert_string_equal(content(f->other), "{1}\n{2}\n");
}

static void counts_a_full_disk(void **state)
{
	struct fixture *f = *state;
	const char *got;

	assert_int_equal(symlink("/dev/full", f->path), 0);
	assert_int_equal(audit_sink_file_new(f->path, &f->sink), 0);
	assert_int_equal(put(f, "{1}"), -ENOSPC);
	assert_int_equal(put(f, "{2}"), -ENOSPC);
	assert_int_equal(audit_sink_write(f->sink, &a_loss, audit_slice_of("{l}")), -ENOSPC);
	assert_int_equal(f->sink->stats.lost[AUDIT_SINK_FULL], 2);
	assert_int_equal(f->sink->stats.written, 0);
	assert_int_equal(audit_sink_flush(f->sink, 0), -EAGAIN);
	assert_int_equal(unlink(f->path), 0);
	assert_int_equal(audit_sink_reopen(f->sink), 0);
	assert_int_equal(put(f, "{3}"), 0);
	got = content(f->path);
	assert_non_null(strstr(got, "\"event.action\":\"lost\""));
	assert_non_null(strstr(got, "\"bailiff.lost.file.full\":2}\n{3}\n"));
	assert_int_equal(put(f, "{4}"), 0);
	assert_non_null(strstr(content(f->path), "2}\n{3}\n{4}\n"));
}

static void tells_losses_without_a_new_line(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(symlink("/dev/full", f->path), 0);
	assert_int_equal(audit_sink_file_new(f->path, &f->sink), 0);
	assert_int_equal(put(f, "{1}"), -ENOSPC);
	assert_int_equal(unlink(f->path), 0);
	assert_int_equal(audit_sink_reopen(f->sink), 0);
	assert_int_equal(audit_sink_flush(f->sink, 0), 0);
	assert_non_null(strstr(content(f->path), "\"bailiff.lost.file.full\":1}\n"));
}

static void limit_file_size(rlim_t size)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size < limit.rlim_max ? size : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The kernel takes what fits: the stump stays a line of its own. */
static void survives_a_partial_write(void **state)
{
	struct fixture *f = *state;
	const char *got;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(audit_sink_file_new(f->path, &f->sink), 0);
	assert_int_equal(put(f, "{123}"), 0);
	limit_file_size(10);
	assert_int_equal(put(f, "{456789}"), -EFBIG);
	assert_int_equal(put(f, "{a}"), -EFBIG);
	limit_file_size(RLIM_INFINITY);
	assert_string_equal(content(f->path), "{123}\n{456");
	assert_int_equal(f->sink->stats.lost[AUDIT_SINK_IO], 2);
	assert_int_equal(put(f, "{b}"), 0);
	got = content(f->path);
	assert_memory_equal(got, "{123}\n{456\n{\"@timestamp\"", 24);
	assert_non_null(strstr(got, "\"bailiff.lost.file.io\":2}\n{b}\n"));
}

/* A line whose newline alone did not fit is whole, and counts as written. */
static void loses_no_line_for_its_newline(void **state)
{
	struct fixture *f = *state;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(audit_sink_file_new(f->path, &f->sink), 0);
	limit_file_size(5);
	assert_int_equal(put(f, "{123}"), 0);
	limit_file_size(RLIM_INFINITY);
	assert_int_equal(put(f, "{456}"), 0);
	assert_string_equal(content(f->path), "{123}\n{456}\n");
	assert_int_equal(f->sink->stats.written, 2);
}

static void ends_the_line_of_a_writer_that_died(void **state)
{
	struct fixture *f = *state;
	FILE *file = fopen(f->path, "we");

	assert_non_null(file);
	fputs("{1}\n{stump", file);
	fclose(file);
	assert_int_equal(audit_sink_file_new(f->path, &f->sink), 0);
	assert_int_equal(put(f, "{2}"), 0);
	assert_string_equal(content(f->path), "{1}\n{stump\n{2}\n");
}

static void refuses_what_is_no_file(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(audit_sink_file_new("/nonexistent/x", &f->sink), -ENOENT);
	assert_int_equal(audit_sink_file_new(f->dir, &f->sink), -EISDIR);
	assert_null(f->sink);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(appends_lines),
		TEST(rotates),
		TEST(keeps_the_old_file_if_it_must),
		TEST(counts_a_full_disk),
		TEST(tells_losses_without_a_new_line),
		TEST(survives_a_partial_write),
		TEST(loses_no_line_for_its_newline),
		TEST(ends_the_line_of_a_writer_that_died),
		TEST(refuses_what_is_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
