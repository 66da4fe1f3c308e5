/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A directory of policies that others change while it is read. Kubernetes mounts a ConfigMap so:
 * each file is a symbolic link into `..data`, which is one to a directory that is never changed;
 * a new set is another directory, and one rename of `..data` puts it in place.
 */
#ifndef BAILIFF_POLICY_DIR_H
#define BAILIFF_POLICY_DIR_H

#include <stdbool.h>

#include "agent/loop.h"
#include "policy/diag.h"
#include "policy/policy.h"

#define POLICY_DIR_LINK "..data"

/* policy_set_load() of the directory, again if `..data` was put in place meanwhile: no set is
 * half of one and half of another. -EAGAIN if that happens time after time. */
int policy_dir_load(struct policy_set **set, const char *directory, const char *preset_dir,
		    struct diag_list *diags);

/* Whether a name in the directory is one that policies come from. */
bool policy_dir_is_part(const char *name);

/* Waits for changes. All zero but the descriptors, which are -1, is one that is not open. */
struct policy_watch {
	struct loop *loop;
	const char *directory;
	unsigned int settle_ms;
	void (*changed)(void *context);
	void *context;
	struct source events, timer;
	bool lost; /* the directory is not there */
};

/* Calls `changed` settle_ms (at least 1) after the first of some changes of the directory; what
 * changes from then on is another one. The directory, the caller's text, may go and come again
 * afterwards, but is there now. 0 or a negative errno. */
int policy_watch_open(struct policy_watch *watch, struct loop *loop, const char *directory,
		      unsigned int settle_ms, void (*changed)(void *context), void *context);
void policy_watch_close(struct policy_watch *watch);

#endif
