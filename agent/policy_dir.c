/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/policy_dir.h"

#define TRIES 5

/* "" if there is none, which is the rule. */
static void read_link(const char *directory, char target[PATH_MAX])
{
	char path[PATH_MAX];
	ssize_t length = -1;

	if (snprintf(path, sizeof(path), "%s/" POLICY_DIR_LINK, directory) < (int)sizeof(path))
		length = readlink(path, target, PATH_MAX - 1);
	target[length < 0 ? 0 : length] = 0;
}

int policy_dir_load(struct policy_set **set, const char *directory, const char *preset_dir,
		    struct diag_list *diags)
{
	const char *paths[] = { directory };
	char before[PATH_MAX], after[PATH_MAX];

	for (int i = 0; i < TRIES; i++) {
		struct policy_set *loaded = NULL;
		int error;

		read_link(directory, before);
		error = policy_set_load(&loaded, paths, 1, preset_dir, diags);
		read_link(directory, after);
		if (!strcmp(before, after)) {
			*set = loaded;
			return error;
		}
		policy_set_free(loaded);
		diag_clear(diags);
	}
	return -EAGAIN;
}

bool policy_dir_is_part(const char *name)
{
	size_t length = strlen(name);

	return !strcmp(name, POLICY_DIR_LINK) ||
	       (*name != '.' && length > 4 && !strcmp(name + length - 4, ".cfg"));
}
