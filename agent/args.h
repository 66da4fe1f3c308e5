/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of a program or a verb, with messages in one manner. */
#ifndef BAILIFF_ARGS_H
#define BAILIFF_ARGS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

/* The next option: its `val`, -1 when there are no more (optind is the first argument), or
 * '?' after a message on stderr that starts with `who` ("bailiff: bind") and, for an unknown
 * option, names the nearest one. letters: as getopt's, without '+' and ':'; options stop at
 * the first argument. */
int args_next(int argc, char **argv, const char *who, const char *letters,
	      const struct option *options);

/* The candidate that is most like the word, NULL if none is like it at all. The list ends
 * with NULL. */
const char *args_nearest(const char *word, const char *const *candidates);

/* Parses a decimal number of min to max; false if it is anything else. */
bool args_number(const char *text, unsigned long min, unsigned long max, unsigned long *number);

#endif
