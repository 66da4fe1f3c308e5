/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "agent/cleanup.h"
#include "agent/lock.h"

#define LOCK_DIR "/run/bailiff"

/* Not the pin directory itself: that one comes and goes. */
int lock_instance(const char *pin_dir)
{
	OWNED(close_fd) int fd = -1;
	char path[PATH_MAX];
	int length = snprintf(path, sizeof(path), LOCK_DIR "/lock%s", pin_dir);

	if (length >= (int)sizeof(path))
		return -ENAMETOOLONG;
	for (char *c = path + strlen(LOCK_DIR "/"); *c; c++)
		if (*c == '/')
			*c = '-';
	if (mkdir(LOCK_DIR, 0700) && errno != EEXIST)
		return -errno;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB))
		return -errno;
	return take_fd(&fd);
}
