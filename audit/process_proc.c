/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of process.h that asks procfs. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/cleanup.h"
#include "audit/process.h"

#define START_TIME_FIELD 22 /* of stat; comm is field 2 and may hold anything but its end */

/* The start time in clock ticks, from the text of /proc/PID/stat. */
static int parse_start_time(const char *stat, uint64_t *ticks)
{
	const char *at = strrchr(stat, ')');
	char *end;

	for (int field = 2; at && field < START_TIME_FIELD; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		return -EBADMSG;
	errno = 0;
	*ticks = strtoull(at + 1, &end, 10);
	return errno || end == at + 1 ? -EBADMSG : 0;
}

static int read_start_time(int dir, uint64_t *ticks)
{
	AUDIT_CLEANUP(audit_cleanup_close)
	int fd = openat(dir, "stat", O_RDONLY | O_CLOEXEC);
	char buf[1024];
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, sizeof(buf) - 1);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return parse_start_time(buf, ticks);
}

int audit_process_readlink(const char *proc, struct audit_process_key key, char *buf, size_t size)
{
	AUDIT_CLEANUP(audit_cleanup_close) int dir = -1;
	uint64_t tick = 1000000000ULL / (uint64_t)sysconf(_SC_CLK_TCK);
	char path[256];
	uint64_t ticks = 0;
	ssize_t n;
	int r;

	n = snprintf(path, sizeof(path), "%s/%" PRIu32, proc, key.pid);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	/* The directory stands for this process only, even if the number is used again. */
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	r = read_start_time(dir, &ticks);
	if (r < 0)
		return r;
	if (ticks != key.start_time / tick)
		return -ESRCH;
	n = readlinkat(dir, "exe", buf, size);
	if (n < 0)
		return -errno;
	return (size_t)n < size ? (int)n : -ENAMETOOLONG;
}
