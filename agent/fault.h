/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a failure, for functions whose errno alone would not tell what went wrong. */
#ifndef BAILIFF_FAULT_H
#define BAILIFF_FAULT_H

#define FAULT_TEXT_MAX 4096

struct fault {
	char text[FAULT_TEXT_MAX]; /* "what: why", one line, empty if nothing was said */
};

/* Writes the text and ": " with the meaning of `error`, a negative errno; returns `error`. */
int fault_errno(struct fault *fault, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Writes the text as it is; returns `error`, a negative errno. */
int fault_set(struct fault *fault, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
