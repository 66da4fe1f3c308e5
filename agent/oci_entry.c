/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/cleanup.h"
#include "agent/oci_entry.h"
#include "agent/tree.h"

static const char *text_at(struct json_object *array, size_t index)
{
	struct json_object *value = array && index < json_object_array_length(array)
					    ? json_object_array_get_idx(array, index)
					    : NULL;
	const char *text;

	if (!json_object_is_type(value, json_type_string))
		return NULL;
	text = json_object_get_string(value);
	return strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

bool oci_path_of(int fd, char path[PATH_MAX])
{
	char link[32];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, PATH_MAX - 1);
	if (length <= 0 || *path != '/')
		return false;
	path[length] = 0;
	return true;
}

/* Where `path` leads below `root`, from there: a regular file that somebody may execute. */
static bool resolve(int root, const char *path, char found[PATH_MAX])
{
	OWNED(close_fd) int fd = tree_open_inside(root, path, O_PATH);
	char top[PATH_MAX], whole[PATH_MAX];
	struct stat stat_;
	size_t length;

	if (fd < 0 || fstat(fd, &stat_) || !S_ISREG(stat_.st_mode) || !(stat_.st_mode & 0111) ||
	    !oci_path_of(root, top) || !oci_path_of(fd, whole))
		return false;
	length = strcmp(top, "/") ? strlen(top) : 0;
	if (strncmp(whole, top, length) || whole[length] != '/')
		return false;
	memmove(found, whole + length, strlen(whole + length) + 1);
	return true;
}

static bool is_below(const char *path, const char *directory)
{
	size_t length = strlen(directory);

	while (length > 1 && directory[length - 1] == '/')
		length--;
	return length <= 1 ||
	       (!strncmp(path, directory, length) && (!path[length] || path[length] == '/'));
}

/* What every runtime mounts has no programs, and no links to any. */
static bool is_usual(const char *destination)
{
	static const char *const usual[] = { "/proc", "/sys", "/dev", "/run", "/etc" };

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (is_below(destination, usual[i]))
			return true;
	return false;
}

/* Will a mount hide what was found, or a link on the way to it? */
static bool is_hidden(const struct oci_config *config, const char *given, const char *found)
{
	struct json_object *mounts = input_member(config->object, "mounts", json_type_array);
	size_t count = mounts ? json_object_array_length(mounts) : 0;
	bool linked = strcmp(given, found) != 0;

	for (size_t i = 0; i < count; i++) {
		struct json_object *mount = json_object_array_get_idx(mounts, i);
		const char *to = json_object_is_type(mount, json_type_object)
					 ? input_text(mount, "destination", PATH_MAX)
					 : NULL;

		if (!to || *to != '/' || is_below(given, to) || is_below(found, to) ||
		    (linked && !is_usual(to)))
			return true;
	}
	return false;
}

static bool try_one(const struct oci_config *config, int root, const char *directory,
		    const char *name, char path[PATH_MAX])
{
	char given[PATH_MAX];
	int length = snprintf(given, sizeof(given), "%s/%s", directory, name);

	return length > 0 && (size_t)length < sizeof(given) && resolve(root, given, path) &&
	       !is_hidden(config, given, path);
}

static const char *search_path(struct json_object *process)
{
	struct json_object *env = input_member(process, "env", json_type_array);
	const char *found = NULL;

	for (size_t i = 0; env && i < json_object_array_length(env); i++) {
		const char *text = text_at(env, i);

		if (text && !strncmp(text, "PATH=", 5))
			found = text + 5;
	}
	return found;
}

/* The first that is there, like execvp(3). */
static bool search(const struct oci_config *config, int root, const char *list, const char *name,
		   char path[PATH_MAX])
{
	char directory[PATH_MAX], seen[PATH_MAX], given[2 * PATH_MAX];

	while (list && *list) {
		size_t length = strcspn(list, ":");

		if (*list != '/' || length >= sizeof(directory))
			return false;
		memcpy(directory, list, length);
		directory[length] = 0;
		snprintf(given, sizeof(given), "%s/%s", directory, name);
		if (resolve(root, given, seen))
			return try_one(config, root, directory, name, path);
		list += length + (list[length] == ':');
	}
	return false;
}

bool oci_entry_find(const struct oci_config *config, int root, char path[PATH_MAX])
{
	struct json_object *process = input_member(config->object, "process", json_type_object);
	struct json_object *args = process ? input_member(process, "args", json_type_array) : NULL;
	const char *name = text_at(args, 0), *cwd;

	if (!name || !*name)
		return false;
	if (!strchr(name, '/'))
		return search(config, root, search_path(process), name, path);
	cwd = input_text(process, "cwd", PATH_MAX);
	if (*name == '/')
		return try_one(config, root, "", name + 1, path);
	return cwd && try_one(config, root, cwd, name, path);
}
