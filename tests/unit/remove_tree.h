/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a test has made below a directory of its own goes with it. */
#ifndef BAILIFF_TESTS_REMOVE_TREE_H
#define BAILIFF_TESTS_REMOVE_TREE_H

#include <ftw.h>
#include <stdio.h>

static inline int remove_tree_entry(const char *path, const struct stat *status, int type,
				    struct FTW *walk)
{
	(void)status, (void)type, (void)walk;
	return remove(path);
}

/* 0, or what remove(3) said; symbolic links are not followed. */
static inline int remove_tree(const char *directory)
{
	return nftw(directory, remove_tree_entry, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
