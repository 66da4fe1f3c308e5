/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "agent/hooks.h"

static const char *const names[] = {
	[HOOK_TRACKING] = "tracking",
	[HOOK_EXEC] = "exec",
	[HOOK_FILE] = "file",
	[HOOK_NETWORK] = "network",
};

/* The first prefix that fits. */
static const struct {
	const char *prefix;
	enum hook_class class;
} sections[] = {
	{ "lsm/bprm_", HOOK_EXEC },	 { "lsm/task_", HOOK_EXEC },
	{ "lsm/mmap_file", HOOK_EXEC },	 { "lsm/file_mprotect", HOOK_EXEC },
	{ "lsm/socket_", HOOK_NETWORK }, { "lsm/", HOOK_FILE },
	{ "cgroup", HOOK_NETWORK },
};

enum hook_class hook_class(const char *section)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		if (!strncmp(section, sections[i].prefix, strlen(sections[i].prefix)))
			return sections[i].class;
	return HOOK_TRACKING;
}

const char *hook_class_name(enum hook_class class)
{
	return names[class];
}

static uint32_t find_class(const char *name, size_t length)
{
	for (unsigned int i = HOOK_EXEC; i < HOOK_CLASSES; i++)
		if (strlen(names[i]) == length && !strncmp(names[i], name, length))
			return 1U << i;
	return 0;
}

int hook_classes_parse(const char *list, uint32_t *classes, struct fault *fault)
{
	uint32_t found = 0;

	for (;;) {
		size_t length = strcspn(list, ",");
		uint32_t class = find_class(list, length);

		if (!class)
			return fault_set(fault, -EINVAL,
					 "unknown class '%.*s': one of exec, file and network",
					 (int)length, list);
		found |= class;
		if (!list[length])
			break;
		list += length + 1;
	}
	*classes = found;
	return 0;
}
