/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Borrowed bytes and a growing buffer, the two ways in which this library passes text on. */
#ifndef BAILIFF_AUDIT_TEXT_H
#define BAILIFF_AUDIT_TEXT_H

#include <stddef.h>
#include <string.h>

/* Bytes that belong to somebody else: any value, NUL included, and no NUL behind them.
 * data NULL: there is none, which is not the same as an empty one. */
struct audit_slice {
	const char *data;
	size_t len;
};

/* A buffer that is given back with audit_text_free(); all zero is an empty one. While data
 * is not NULL, data[len] is NUL. */
struct audit_text {
	char *data;
	size_t len;
	size_t size;
};

static inline struct audit_slice audit_slice_of(const char *string)
{
	return (struct audit_slice){ string, string ? strlen(string) : 0 };
}

static inline struct audit_slice audit_text_slice(const struct audit_text *text)
{
	return (struct audit_slice){ text->data, text->len };
}

/* Appends len bytes. 0 or -ENOMEM, the buffer then being as before. */
int audit_text_add(struct audit_text *text, const char *data, size_t len);

/* Appends a C string. 0 or -ENOMEM. */
int audit_text_puts(struct audit_text *text, const char *string);

/* Appends as printf does. 0, -ENOMEM or -EINVAL. */
int audit_text_printf(struct audit_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Cuts the buffer back to len bytes, at most what it has; keeps the memory. */
void audit_text_cut(struct audit_text *text, size_t len);

/* Frees the memory and leaves an empty buffer. */
void audit_text_free(struct audit_text *text);

#endif
