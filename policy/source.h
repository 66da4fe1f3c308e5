/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of policy files: which files there are, what is in them, and what libconfig would
 * read wrongly.
 */
#ifndef BAILIFF_POLICY_SOURCE_H
#define BAILIFF_POLICY_SOURCE_H

#include <stddef.h>
#include <stdio.h>

#include "policy/diag.h"

#define SOURCE_MAX_BYTES (16U << 20) /* of one file */

struct source_list {
	char **paths;
	size_t count;
};

/* Expands directories to their *.cfg files, sorted by name, dotfiles left out. Returns 0 or
 * a negative errno with an error in `diags`. Frees nothing on failure that
 * source_list_clear() does not. */
int source_find(struct source_list *list, const char *const *paths, size_t n,
		struct diag_list *diags);
void source_list_clear(struct source_list *list);

/* Reads a whole stream into a NUL-terminated string for the caller to free, its last line
 * ended. Returns 0 or a negative errno (-EFBIG, -EINVAL for a NUL byte) with an error in
 * `diags`. */
int source_read(FILE *in, const char *name, char **ret, struct diag_list *diags);

/* Line of each string of a text, in order; adjacent strings are one, as in libconfig. */
struct source_lines {
	unsigned *items;
	size_t count;
};

/* Looks over a text before libconfig reads it. libconfig gives the position of a string as
 * that of the token after it, so the lines of strings are taken here; it includes other
 * files, cuts strings at \x00 and numbers at 32 bits without a word, and never frees a string
 * that can't stand where it is, so these are refused.
 * Returns 0, -EINVAL with errors in `diags`, or -ENOMEM. `ret->items` is the caller's. */
int source_scan(const char *text, const char *name, struct source_lines *ret,
		struct diag_list *diags);

#endif
