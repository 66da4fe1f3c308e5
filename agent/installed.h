/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The container runtimes of a host or of an image of one, and how bailiff gets at what they
 * start. */
#ifndef BAILIFF_INSTALLED_H
#define BAILIFF_INSTALLED_H

#include <limits.h>

#include "agent/hook_check.h"

enum installed_way {
	INSTALLED_HOOKS,   /* it runs hooks that are registered with it */
	INSTALLED_CALLER,  /* its hooks are those of the config.json that its caller wrote */
	INSTALLED_CGROUPS, /* it runs none; its containers are found by their cgroups */
};

struct installed {
	const char *name;
	enum installed_way way;
	char program[PATH_MAX];	      /* "": not in PATH */
	char configuration[PATH_MAX]; /* "": none at its usual place */
	struct hook_check hook;	      /* INSTALLED_HOOKS */
};

/* Calls `found` for each runtime that is known, there or not, with what is below `root` (see
 * agent/tree.h). search: the value of PATH, to look in after the usual directories; NULL: only
 * in those. */
void installed_each(int root, const char *search,
		    void (*found)(void *context, const struct installed *runtime), void *context);

#endif
