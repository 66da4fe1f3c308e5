/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings of a TOML file: as much of the language as the configuration of container runtimes
 * needs. Other values and inline tables are passed over. */
#ifndef BAILIFF_TOML_H
#define BAILIFF_TOML_H

#define TOML_MAX 4096 /* bytes of a name or a string with its NUL */

struct toml_visitor {
	/* A key is given a value. name: table and key with dots between, quotes gone. */
	void (*key)(void *context, const char *name);
	/* The value is a string or an array that this string is in. */
	void (*string)(void *context, const char *name, const char *value);
	void *context;
};

/* 0, or the number of the line that is not understood; what is before it was visited. */
unsigned int toml_visit(const char *text, const struct toml_visitor *visitor);

#endif
