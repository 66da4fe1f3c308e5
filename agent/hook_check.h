/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether bailiff-hook is registered with a container runtime, and would run. */
#ifndef BAILIFF_HOOK_CHECK_H
#define BAILIFF_HOOK_CHECK_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define HOOK_CHECK_NAME "bailiff-hook"

enum { HOOK_CHECK_CREATE_RUNTIME, HOOK_CHECK_PRECREATE, HOOK_CHECK_POSTSTOP, HOOK_CHECK_STAGES };

extern const char *const hook_check_stages[HOOK_CHECK_STAGES];

enum hook_check_state {
	HOOK_CHECK_MISSING, /* nothing registers it for createRuntime */
	HOOK_CHECK_BROKEN,  /* it is registered and would not run, or not for all containers */
	HOOK_CHECK_READY,
};

struct hook_check {
	enum hook_check_state state;
	bool stages[HOOK_CHECK_STAGES];
	char file[PATH_MAX];	/* that registers it for createRuntime; "" if missing */
	char program[PATH_MAX]; /* that it names */
	char why[2 * PATH_MAX]; /* what is wrong, "" if nothing */
};

/* Looks through directories of hooks (oci-hooks(5)) below `root`, see agent/tree.h: a file in a
 * later one stands for those of its name in earlier ones. */
void hook_check_directories(struct hook_check *check, int root, char *const *directories,
			    size_t count);

/* Looks at the hooks of an OCI configuration. */
void hook_check_spec(struct hook_check *check, int root, const char *file);

#endif
