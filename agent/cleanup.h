/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ownership by scope: OWNED(f) runs f on the variable when it goes out of scope. */
#ifndef BAILIFF_CLEANUP_H
#define BAILIFF_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define OWNED(destroy) __attribute__((cleanup(destroy)))

/* Closes *fd if it is one, and leaves -1 and errno as it was. */
static inline void close_fd(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

/* Hands the descriptor over to the caller. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

static inline void free_memory(void *pointer)
{
	void **memory = pointer;

	free(*memory);
	*memory = NULL;
}

/* Hands the string over to the caller. */
static inline char *take_string(char **string)
{
	char *taken = *string;

	*string = NULL;
	return taken;
}

static inline void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
	*file = NULL;
}

static inline void close_directory(DIR **directory)
{
	if (*directory)
		closedir(*directory);
	*directory = NULL;
}

#endif
