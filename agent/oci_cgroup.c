/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/oci_cgroup.h"

#define SLICE ".slice"

bool cgroup_is_in(const char *path, const char *above)
{
	size_t length = strlen(above);

	if (!strcmp(above, "/"))
		return true;
	return !strncmp(path, above, length) && (!path[length] || path[length] == '/');
}

/* Copies a path without doubled and trailing slashes. */
static bool copy_clean(char path[PATH_MAX], const char *from)
{
	size_t used = 0;

	for (;;) {
		size_t length;

		from += strspn(from, "/");
		length = strcspn(from, "/");
		if (!length)
			break;
		if (used + length + 2 > PATH_MAX || (*from == '.' && length == 1) ||
		    (length == 2 && !strncmp(from, "..", 2)))
			return false;
		path[used++] = '/';
		memcpy(path + used, from, length);
		used += length;
		from += length;
	}
	if (!used)
		path[used++] = '/';
	path[used] = 0;
	return true;
}

/* "a-b.slice" is /a.slice/a-b.slice, "-.slice" the root: systemd.slice(5). */
static bool expand_slice(char path[PATH_MAX], const char *slice, size_t length)
{
	size_t used = 0, name = length - strlen(SLICE);

	if (length <= strlen(SLICE) || memcmp(slice + name, SLICE, strlen(SLICE)) ||
	    memchr(slice, '/', length))
		return false;
	*path = 0;
	if (name == 1 && *slice == '-')
		return true;
	for (size_t i = 0; i <= name; i++) {
		int n;

		if (i < name && slice[i] != '-')
			continue;
		if (!i || slice[i - 1] == '-')
			return false;
		n = snprintf(path + used, PATH_MAX - used, "/%.*s" SLICE, (int)i, slice);
		if (n <= 0 || (size_t)n >= PATH_MAX - used)
			return false;
		used += (size_t)n;
	}
	return true;
}

/* PREFIX and NAME as a unit; false if it is not systemd's form. */
static bool unit_of(const char *cgroups_path, char unit[NAME_MAX + 1])
{
	const char *prefix = strchr(cgroups_path, ':'), *name;
	size_t length;
	int n;

	if (*cgroups_path == '/' || !prefix)
		return false;
	name = strchr(++prefix, ':');
	if (!name || strchr(name + 1, ':') || strchr(prefix, '/') || !name[1])
		return false;
	length = strlen(++name);
	if (length > strlen(SLICE) && !strcmp(name + length - strlen(SLICE), SLICE))
		n = snprintf(unit, NAME_MAX + 1, "%s", name);
	else if (name - 1 == prefix)
		n = snprintf(unit, NAME_MAX + 1, "%s.scope", name);
	else
		n = snprintf(unit, NAME_MAX + 1, "%.*s-%s.scope", (int)(name - 1 - prefix), prefix,
			     name);
	return n > 0 && n <= NAME_MAX;
}

bool cgroups_path_expand(const char *cgroups_path, char path[PATH_MAX])
{
	char slice[PATH_MAX] = "/system" SLICE, unit[NAME_MAX + 1];
	size_t length = strcspn(cgroups_path, ":");
	int n;

	if (*cgroups_path == '/')
		return copy_clean(path, cgroups_path);
	if (!unit_of(cgroups_path, unit) || (length && !expand_slice(slice, cgroups_path, length)))
		return false;
	n = snprintf(path, PATH_MAX, "%s/%s", slice, unit);
	return n > 0 && n < PATH_MAX;
}

bool cgroups_path_id(const char *cgroups_path, char id[REQUEST_NAME_MAX])
{
	static const char *const prefixes[] = { "libpod-payload-", "libpod-" };
	const char *name = strrchr(cgroups_path, '/');
	char unit[NAME_MAX + 1];

	name = unit_of(cgroups_path, unit) ? strrchr(cgroups_path, ':') + 1
	       : name			   ? name + 1
					   : cgroups_path;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) != 0)
			continue;
		name += strlen(prefixes[i]);
		break;
	}
	if (!*name || strlen(name) >= REQUEST_NAME_MAX)
		return false;
	memcpy(id, name, strlen(name) + 1);
	return true;
}

/* Where the component ends, as the first of that name; 0 if there is none. */
static size_t component_end(const char *path, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/'))
		if (!strncmp(at + 1, name, length) && (!at[1 + length] || at[1 + length] == '/'))
			return (size_t)(at + 1 + length - path);
	return 0;
}

int oci_cgroup_choose(const struct oci_config *config, const char *inside, char path[PATH_MAX],
		      struct fault *fault)
{
	const char *given = config->cgroups_path, *mover = oci_config_cgroup_moved(config);
	char named[PATH_MAX], unit[NAME_MAX + 1];
	size_t length = strlen(inside);

	if (given && unit_of(given, unit) && component_end(inside, unit))
		length = component_end(inside, unit);
	else if (given && *given == '/' && cgroups_path_expand(given, named) &&
		 cgroup_is_in(inside, named))
		length = strlen(named);
	else if (mover)
		return fault_set(fault, -EXDEV,
				 "annotation %s has put it into another cgroup than its own, %s",
				 mover, inside);
	memcpy(path, inside, length);
	path[length] = 0;
	return 0;
}
