/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/device_name.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

#include "bpf/abi_policy.h"
#include "policy/cleanup.h"

struct wanted {
	const char *root, *name;
	size_t length;
};

static void close_stream(FILE **in)
{
	if (*in)
		fclose(*in);
}

static void close_directory(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

static const char *type_name(uint32_t type)
{
	return type == DEVICE_BLOCK ? "block" : "char";
}

/* Whether the kernel has this name for the number, "1:3". */
static bool has_name(const struct wanted *w, uint32_t type, const char *number)
{
	POLICY_CLEANUP(close_stream) FILE *in = NULL;
	static const char key[] = "DEVNAME=";
	char path[PATH_MAX], line[512];

	if (snprintf(path, sizeof(path), "%s/sys/dev/%s/%s/uevent", w->root, type_name(type),
		     number) >= (int)sizeof(path))
		return false;
	in = fopen(path, "re");
	while (in && fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, key, strlen(key)))
			return strlen(line + strlen(key)) == w->length &&
			       !strncmp(line + strlen(key), w->name, w->length);
	}
	return false;
}

static bool take_number(const char *text, uint32_t type, struct device_number *ret)
{
	struct device_number found = { .type = type };
	char end;

	if (sscanf(text, "%u:%u%c", &found.major, &found.minor, &end) != 2 || found.major > 4095 ||
	    found.minor > 1048575)
		return false;
	*ret = found;
	return true;
}

/* The node of that name is a good guess, which is not believed. */
static bool guess(const struct wanted *w, struct device_number *ret)
{
	char path[PATH_MAX], number[32];
	struct stat node;
	uint32_t type;

	if (snprintf(path, sizeof(path), "%s/dev/%.*s", w->root, (int)w->length, w->name) >=
		    (int)sizeof(path) ||
	    stat(path, &node) || (!S_ISBLK(node.st_mode) && !S_ISCHR(node.st_mode)))
		return false;
	type = S_ISBLK(node.st_mode) ? DEVICE_BLOCK : DEVICE_CHAR;
	snprintf(number, sizeof(number), "%u:%u", major(node.st_rdev), minor(node.st_rdev));
	return has_name(w, type, number) && take_number(number, type, ret);
}

static bool look_through(const struct wanted *w, uint32_t type, struct device_number *ret)
{
	POLICY_CLEANUP(close_directory) DIR *directory = NULL;
	struct dirent *entry;
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/sys/dev/%s", w->root, type_name(type)) >=
	    (int)sizeof(path))
		return false;
	directory = opendir(path);
	while (directory && (entry = readdir(directory)))
		if (take_number(entry->d_name, type, ret) && has_name(w, type, entry->d_name))
			return true;
	return false;
}

/* "fuse fuse c10:229": of the module fuse, the device /dev/fuse. */
static bool take_line(const struct wanted *w, const char *line, struct device_number *ret)
{
	char name[256], number[32];

	if (*line == '#' || sscanf(line, "%*s %255s %31s", name, number) != 2)
		return false;
	if (strlen(name) != w->length || strncmp(name, w->name, w->length) != 0)
		return false;
	if (*number != 'b' && *number != 'c')
		return false;
	return take_number(number + 1, *number == 'b' ? DEVICE_BLOCK : DEVICE_CHAR, ret);
}

static bool look_at_modules(const struct wanted *w, struct device_number *ret)
{
	POLICY_CLEANUP(close_stream) FILE *in = NULL;
	char path[PATH_MAX], line[512];
	struct utsname host;

	if (uname(&host) || snprintf(path, sizeof(path), "%s/lib/modules/%s/modules.devname",
				     w->root, host.release) >= (int)sizeof(path))
		return false;
	in = fopen(path, "re");
	while (in && fgets(line, sizeof(line), in))
		if (take_line(w, line, ret))
			return true;
	return false;
}

int device_find(const char *root, const char *name, size_t length, struct device_number *ret)
{
	const struct wanted w = { root, name, length };
	struct device_number found;

	if (!guess(&w, &found) && !look_through(&w, DEVICE_CHAR, &found) &&
	    !look_through(&w, DEVICE_BLOCK, &found) && !look_at_modules(&w, &found))
		return -ENODEV;
	*ret = found;
	return 0;
}
