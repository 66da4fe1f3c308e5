/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Diagnostics: what is wrong with a policy, where, and what would be right. The front end
 * collects them; printing is the caller's.
 */
#ifndef BAILIFF_POLICY_DIAG_H
#define BAILIFF_POLICY_DIAG_H

#include <stddef.h>
#include <stdio.h>

enum diag_level {
	DIAG_ERROR,
	DIAG_WARNING,
	DIAG_NOTE,
};

/* `line` counts from 1; 0 means that the whole file is meant. `file` may be NULL. */
struct diag {
	enum diag_level level;
	char *file;
	unsigned line;
	char *text; /* "what, and what would be right" */
};

/* Starts as {0}; `errors` may exceed the errors in `items` if memory ran out. */
struct diag_list {
	struct diag *items;
	size_t count;
	size_t errors;
};

/* Appends one diagnostic, its control bytes as \xNN; an error is counted even if it can't be
 * stored. */
void diag_add(struct diag_list *list, enum diag_level level, const char *file, unsigned line,
	      const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Prints "file:line: text" lines, warnings and notes with
 * that word before the text. */
void diag_print(const struct diag_list *list, FILE *out);

/* Frees the content; the list is empty and usable afterwards. */
void diag_clear(struct diag_list *list);

#endif
