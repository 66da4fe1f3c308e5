/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/hook_file.h"
#include "agent/proto.h"
#include "agent/reply.h"

#define HOOK_FILE_MAX 256

/* The name beside the socket; false if it is too long. */
static bool beside(char path[PATH_MAX], const char *socket, const char *name)
{
	const char *slash = strrchr(socket, '/');
	int directory = slash ? (int)(slash + 1 - socket) : 0;
	int length = snprintf(path, PATH_MAX, "%.*s%s", directory, socket, name);

	return length > 0 && length < PATH_MAX;
}

static int write_text(const char *path, const char *text)
{
	OWNED(close_fd)
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	ssize_t length = (ssize_t)strlen(text);

	if (fd < 0)
		return -errno;
	return write(fd, text, (size_t)length) == length ? 0 : -EIO;
}

int hook_file_write(const char *socket, const char *on_failure)
{
	char path[PATH_MAX], fresh[PATH_MAX], text[HOOK_FILE_MAX];
	int error;

	if (!beside(path, socket, HOOK_FILE_NAME) || !beside(fresh, socket, HOOK_FILE_NAME ".new"))
		return -ENAMETOOLONG;
	snprintf(text, sizeof(text), "{\"on_failure\":\"%s\"}\n", on_failure);
	error = write_text(fresh, text);
	if (!error && rename(fresh, path))
		error = -errno;
	if (error)
		unlink(fresh);
	return error;
}

bool hook_file_allows(const char *socket)
{
	OWNED(close_fd) int fd = -1;
	char path[PATH_MAX], text[HOOK_FILE_MAX];
	struct json_object *object = NULL;
	ssize_t length;
	bool allows;

	if (!beside(path, socket, HOOK_FILE_NAME))
		return false;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	length = fd < 0 ? -1 : read(fd, text, sizeof(text));
	if (length <= 0 || length == (ssize_t)sizeof(text))
		return false;
	if (text[length - 1] == '\n')
		length--;
	if (proto_parse(text, (size_t)length, &object))
		return false;
	allows = reply_allows(object);
	json_object_put(object);
	return allows;
}

void hook_file_remove(const char *socket)
{
	char path[PATH_MAX];

	if (beside(path, socket, HOOK_FILE_NAME))
		unlink(path);
}
