/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Doubles, so that adding byte by byte stays linear. */
static int reserve(struct audit_text *text, size_t more)
{
	size_t size = text->size ? text->size : 256;
	char *data;

	if (more >= SIZE_MAX / 4 - text->len)
		return -ENOMEM;
	while (size < text->len + more + 1)
		size *= 2;
	if (size == text->size)
		return 0;
	data = realloc(text->data, size);
	if (!data)
		return -ENOMEM;
	text->data = data;
	text->size = size;
	return 0;
}

int audit_text_add(struct audit_text *text, const char *data, size_t len)
{
	int r = reserve(text, len);

	if (r < 0)
		return r;
	if (len)
		memcpy(text->data + text->len, data, len);
	text->len += len;
	text->data[text->len] = '\0';
	return 0;
}

int audit_text_puts(struct audit_text *text, const char *string)
{
	return audit_text_add(text, string, strlen(string));
}

int audit_text_printf(struct audit_text *text, const char *format, ...)
{
	va_list list;
	int need, r;

	va_start(list, format);
	need = vsnprintf(NULL, 0, format, list);
	va_end(list);
	if (need < 0)
		return -EINVAL;
	r = reserve(text, need);
	if (r < 0)
		return r;
	va_start(list, format);
	vsnprintf(text->data + text->len, need + 1, format, list);
	va_end(list);
	text->len += need;
	return 0;
}

void audit_text_cut(struct audit_text *text, size_t len)
{
	if (len >= text->len)
		return;
	text->len = len;
	text->data[len] = '\0';
}

void audit_text_free(struct audit_text *text)
{
	free(text->data);
	*text = (struct audit_text){ 0 };
}
