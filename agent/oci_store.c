/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/oci_input.h"
#include "agent/oci_store.h"
#include "agent/request.h"

#define SUFFIX "-containers"
#define ROOT_DEPTH 4 /* directories between the store and a container's root, at most */

static bool ends_with(const char *text, size_t length, const char *end)
{
	size_t n = strlen(end);

	return length > n && !memcmp(text + length - n, end, n);
}

bool store_of_bundle(const char *bundle, const char *id, char directory[PATH_MAX])
{
	char end[REQUEST_NAME_MAX + 16];
	size_t length = strlen(bundle);
	int n = snprintf(end, sizeof(end), "/%s/userdata", id);

	if (n <= 0 || n >= (int)sizeof(end) || length >= PATH_MAX ||
	    !ends_with(bundle, length, end))
		return false;
	length -= (size_t)n;
	if (!ends_with(bundle, length, SUFFIX) || bundle[length - strlen(SUFFIX) - 1] == '/')
		return false;
	memcpy(directory, bundle, length);
	directory[length] = 0;
	return true;
}

bool store_of_root(const char *root, char directory[PATH_MAX])
{
	size_t end = strlen(root);

	if (*root != '/' || end + sizeof(SUFFIX) > PATH_MAX)
		return false;
	for (int i = 0; i < ROOT_DEPTH && end > 1; i++) {
		while (end > 1 && root[end - 1] != '/')
			end--;
		while (end > 1 && root[end - 1] == '/')
			end--;
		memcpy(directory, root, end);
		memcpy(directory + end, SUFFIX, sizeof(SUFFIX));
		if (!access(directory, F_OK))
			return true;
	}
	return false;
}

/* The end of the object that begins here; NULL if there is none. */
static const char *object_end(const char *at, const char *end)
{
	bool quoted = false;
	unsigned int depth = 0;

	for (; at < end; at++) {
		if (quoted && *at == '\\')
			at++;
		else if (*at == '"')
			quoted = !quoted;
		else if (!quoted && *at == '{')
			depth++;
		else if (!quoted && *at == '}' && !--depth)
			return at + 1;
	}
	return NULL;
}

/* The list is one of megabytes with a thousand containers: only the one that is wanted is parsed.
 * Its first member is the id, written without blanks. Inside a string every quote has a backslash
 * before it, so that nothing there can look like this. */
int store_find_in(const char *text, size_t length, const char *id, struct json_object **entry)
{
	const char *at, *end, *found;
	char begin[REQUEST_NAME_MAX + 16];
	int n = snprintf(begin, sizeof(begin), "{\"id\":\"%s\"", id);

	if (n <= 0 || n >= (int)sizeof(begin) || strpbrk(id, "\"\\"))
		return -ENOENT;
	at = memmem(text, length, begin, (size_t)n);
	if (!at)
		return -ENOENT;
	end = object_end(at, text + length);
	if (!end || input_parse(at, (size_t)(end - at), entry))
		return -EBADMSG;
	found = input_text(*entry, "id", REQUEST_NAME_MAX);
	if (found && !strcmp(found, id))
		return 0;
	input_put(entry);
	return -EBADMSG;
}

int store_find(const char *directory, const char *id, struct json_object **entry)
{
	static const char *const lists[] = { "containers.json", "volatile-containers.json" };
	OWNED(close_fd) int fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int error = -ENOENT;

	if (fd < 0)
		return -errno;
	for (size_t i = 0; error == -ENOENT && i < sizeof(lists) / sizeof(*lists); i++) {
		OWNED(input_free) struct input list = { 0 };

		error = input_read_file(fd, lists[i], OCI_STORE_MAX, &list);
		if (!error)
			error = store_find_in(list.data, list.length, id, entry);
	}
	return error;
}
