/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of a tree that may be another one than this host's: absolute paths and symbolic links
 * are taken from the tree's root on, and never lead out of it. */
#ifndef BAILIFF_TREE_H
#define BAILIFF_TREE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define TREE_FILE_MAX (4U << 20) /* bytes of a file that is read */

/* A descriptor of the directory, the caller's, or a negative errno. */
int tree_open(const char *root);

/* A descriptor, the caller's, or a negative errno. `flags`: of open(2); O_CLOEXEC is added. */
int tree_open_inside(int root, const char *path, uint64_t flags);

/* 0 or a negative errno; a symbolic link is followed. */
int tree_stat(int root, const char *path, struct stat *ret);

/* The text of a regular file, the caller's; NULL with errno, EFBIG if it is too large. */
char *tree_read(int root, const char *path);

/* The names in a directory that fit a pattern of fnmatch(3), sorted by bytes, hidden ones left
 * out: how many, or a negative errno. tree_free_names() is due for 0 and more. */
int tree_list(int root, const char *directory, const char *pattern, char ***names);
void tree_free_names(char **names, int count);

#endif
