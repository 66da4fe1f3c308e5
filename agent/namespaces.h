/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mount namespaces that the processes of a cgroup and of those below it are in. */
#ifndef BAILIFF_NAMESPACES_H
#define BAILIFF_NAMESPACES_H

#include <sys/types.h>

#define NAMESPACES_MAX 64

struct namespaces {
	int fd[NAMESPACES_MAX];
	ino_t inode[NAMESPACES_MAX];
	unsigned int count;
};

/* That of the caller if there is no process. -E2BIG if there are more than NAMESPACES_MAX. On
 * error too namespaces_close() is due. */
int namespaces_of_cgroup(int directory, struct namespaces *namespaces);
void namespaces_close(struct namespaces *namespaces);

#endif
