/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A denied file stays denied under its other names. Those that are made later are judged when
 * they are made; hard links that were there before are found here: the parts of the file
 * system in which a policy denies something are walked, and a denied file that has several
 * links is entered into `identities`, as an inode.
 */
#ifndef BAILIFF_IDENTITY_H
#define BAILIFF_IDENTITY_H

#include <stdint.h>

#include "agent/objects.h"

/* A container and the policy that it has come under. */
struct identity_job {
	int cgroup;	 /* directory descriptor, the caller's */
	uint32_t policy; /* number in the directory in force */
	/* Where the container's root is in these namespaces, as long as it is not their root yet;
	 * NULL: it is. */
	const char *root;
};

/* Walks, for each job, the mount namespaces of the processes inside; that of the caller if
 * there is none yet. A child process does it, which can't be held up for longer than
 * IDENTITY_SECONDS. What was not seen by then is not entered, which a warning says: rules on
 * paths hold nevertheless. */
void identity_find(const struct objects *objects, const struct identity_job *jobs, uint32_t count);

#define IDENTITY_SECONDS 2

#endif
