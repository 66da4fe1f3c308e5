/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/property/model.h"

#include <string.h>

static void put_directory(char *word)
{
	size_t length = strlen(word);

	if (length > 1 && length + 2 < MODEL_WORD)
		strcpy(word + length, "/");
}

/* Mostly names that have something to do with each other. */
static void random_pair(const struct model *m, struct model_action *action)
{
	static const char *const verbs[] = { "rename", "rename", "replace", "exchange", "link" };
	bool is_link;

	strcpy(action->word[0], verbs[random_below(5)]);
	is_link = !strcmp(action->word[0], "link");
	random_path(m, action->word[1]);
	random_path(m, action->word[2]);
	action->count = 3;
	if (!is_link && one_in(2)) {
		char *slash = strrchr(action->word[1], '/');

		/* a directory, mostly one that rules look into */
		if (!one_in(3) && slash > action->word[1])
			*slash = '\0';
		put_directory(action->word[1]);
	}
	if (!strcmp(action->word[0], "exchange") && one_in(2))
		put_directory(action->word[2]);
}

void random_action(const struct model *m, struct model_action *action)
{
	static const char *const letters[] = { "r", "w", "a", "rw", "ra" };
	static const char *const verbs[] = {
		"exec",	  "exec",   "exec",	"create",      "mkdir", "mknod",    "symlink",
		"delete", "rmdir",  "truncate", "mmap",	       "mmap",	"mprotect", "chmod",
		"chown",  "utimes", "setxattr", "removexattr", "ioctl", "ioctl",
	};
	const unsigned n_verbs = sizeof(verbs) / sizeof(verbs[0]);

	if ((m->device || m->sysctl_read || m->sysctl_write) ? one_in(2) : one_in(40)) {
		if (m->device && !m->sysctl_read && !m->sysctl_write ? !one_in(4) : one_in(3))
			random_device(m, action);
		else
			random_sysctl(m, action);
		return;
	}
	if (one_in(6)) {
		random_number(m, action);
		return;
	}
	if (m->network && one_in(3)) {
		unsigned kind = random_below(8);

		if (kind < 2)
			random_socket(m, action);
		else if (kind == 2)
			random_unix(m, action);
		else
			random_address(m, action);
		return;
	}
	if (one_in(4)) {
		random_pair(m, action);
		return;
	}
	if (one_in(2)) {
		strcpy(action->word[0], "open");
		strcpy(action->word[1], letters[random_below(5)]);
		action->count = 2;
	} else {
		strcpy(action->word[0], verbs[random_below(n_verbs)]);
		action->count = 1;
	}
	random_path(m, action->word[action->count++]);
}
