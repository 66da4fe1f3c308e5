/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/sink_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct file {
	struct audit_sink sink;
	struct audit_sink_stats told; /* losses that the file itself already has */
	bool told_all;
	bool torn; /* the file ends within a line */
	int fd;
	char path[];
};

/* Opening never waits, not even for a FIFO that somebody put in the file's place. */
static int open_target(const char *path)
{
	int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int fd = open(path, flags, 0600);
	struct stat st;
	int r = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode))
		r = -EINVAL;
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

/* Drops the first n bytes from the vector. */
static void advance(struct iovec **iov, int *count, size_t n)
{
	while (*count && n >= (*iov)->iov_len) {
		n -= (*iov)->iov_len;
		(*iov)++;
		(*count)--;
	}
	if (*count) {
		(*iov)->iov_base = (char *)(*iov)->iov_base + n;
		(*iov)->iov_len -= n;
	}
}

/* Writes the vector, and how much of it got into the file before an error. */
static int write_vector(int fd, struct iovec *iov, int count, size_t *done)
{
	while (count) {
		ssize_t n = writev(fd, iov, count);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		*done += n;
		advance(&iov, &count, n);
	}
	return 0;
}

static int put_line(struct file *file, struct audit_slice line)
{
	struct iovec vector[] = {
		{ (char *)"\n", file->torn ? 1 : 0 },
		{ (char *)line.data, line.len },
		{ (char *)"\n", 1 },
	};
	size_t before = vector[0].iov_len, done = 0;
	int r = write_vector(file->fd, vector, 3, &done);

	if (done > 0) /* a newline alone makes the file whole again */
		file->torn = r < 0 && done > before;
	if (done < before + line.len || done == 0)
		return r;
	/* Of a whole line without its newline nothing is lost: the next one brings it. */
	file->sink.stats.written++;
	file->sink.stats.bytes += done;
	return 0;
}

static enum audit_sink_loss loss_of(int error)
{
	return error == -ENOSPC || error == -EDQUOT ? AUDIT_SINK_FULL : AUDIT_SINK_IO;
}

/* The report of what was lost goes before the first line that can be written again. */
static int tell_losses(struct file *file)
{
	struct audit_text text = { 0 };
	int r;

	if (file->told_all)
		return 0;
	r = audit_sink_lost_line(&file->sink, &file->told, &text);
	if (r == 0)
		r = put_line(file, audit_text_slice(&text));
	audit_text_free(&text);
	if (r < 0)
		return r;
	file->told = file->sink.stats;
	file->told_all = true;
	return 0;
}

static int file_write(struct audit_sink *sink, const struct audit_record *record,
		      struct audit_slice line)
{
	struct file *file = (struct file *)sink;
	int r = tell_losses(file);

	if (r == 0)
		r = put_line(file, line);
	if (r < 0 && record->kind != AUDIT_LOST) {
		sink->stats.lost[loss_of(r)]++;
		file->told_all = false;
	}
	return r;
}

/* Without new lines the losses must be told too. */
static int file_flush(struct audit_sink *sink, uint64_t now)
{
	(void)now;
	return tell_losses((struct file *)sink) < 0 ? -EAGAIN : 0;
}

static int file_reopen(struct audit_sink *sink)
{
	struct file *file = (struct file *)sink;
	struct stat st;
	int fd = open_target(file->path);

	if (fd < 0)
		return fd;
	close(file->fd);
	file->fd = fd;
	/* A file that was not rotated away may still end within a line. */
	if (fstat(fd, &st) == 0 && st.st_size == 0)
		file->torn = false;
	return 0;
}

static void file_free(struct audit_sink *sink)
{
	struct file *file = (struct file *)sink;

	(void)tell_losses(file);
	close(file->fd);
	free(file);
}

static const struct audit_sink_ops ops = {
	.write = file_write,
	.flush = file_flush,
	.reopen = file_reopen,
	.free = file_free,
};

/* Whether an earlier writer was cut off within its last line. */
static bool ends_torn(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	char last;
	bool torn;

	if (fd < 0)
		return false;
	torn = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	       pread(fd, &last, 1, st.st_size - 1) == 1 && last != '\n';
	close(fd);
	return torn;
}

int audit_sink_file_new(const char *path, struct audit_sink **out)
{
	struct file *file;
	int fd = open_target(path);

	if (fd < 0)
		return fd;
	file = calloc(1, sizeof(*file) + strlen(path) + 1);
	if (!file) {
		close(fd);
		return -ENOMEM;
	}
	file->sink = (struct audit_sink){ &ops, "file", AUDIT_SINK_JSON, -1, { 0 } };
	file->told_all = true;
	file->torn = ends_torn(path);
	file->fd = fd;
	strcpy(file->path, path);
	*out = &file->sink;
	return 0;
}
