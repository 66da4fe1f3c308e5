/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/diag.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static int diag_store(struct diag_list *list, enum diag_level level, const char *file,
		      unsigned line, char *text)
{
	struct diag *grown;
	char *copy = NULL;

	/* capacity is the power of two that holds `count` */
	if (!(list->count & (list->count - 1))) {
		size_t capacity = list->count ? list->count * 2 : 1;

		grown = reallocarray(list->items, capacity, sizeof(*grown));
		if (!grown)
			return -1;
		list->items = grown;
	}
	if (file) {
		copy = strdup(file);
		if (!copy)
			return -1;
	}
	list->items[list->count++] = (struct diag){ level, copy, line, text };
	return 0;
}

/* Text of a policy may hold anything; no byte of it may pass for the end of a line. Takes
 * `text`, returns it or a copy. */
static char *diag_escape(char *text)
{
	size_t bad = 0;
	char *ret, *to;

	for (const char *c = text; *c; c++)
		bad += iscntrl((unsigned char)*c) != 0;
	if (!bad)
		return text;
	to = ret = malloc(strlen(text) + 3 * bad + 1);
	for (const char *c = text; ret && *c; c++) {
		if (iscntrl((unsigned char)*c))
			to += sprintf(to, "\\x%02x", (unsigned char)*c);
		else
			*to++ = *c;
	}
	if (ret)
		*to = '\0';
	free(text);
	return ret;
}

void diag_add(struct diag_list *list, enum diag_level level, const char *file, unsigned line,
	      const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	if (level == DIAG_ERROR)
		list->errors++;
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (text)
		text = diag_escape(text);
	if (text && diag_store(list, level, file, line, text))
		free(text);
}

void diag_print(const struct diag_list *list, FILE *out)
{
	static const char *const prefixes[] = {
		[DIAG_ERROR] = "", [DIAG_WARNING] = "warning: ", [DIAG_NOTE] = "note: "
	};
	size_t stored = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct diag *d = &list->items[i];

		if (d->file)
			fprintf(out, "%s:", d->file);
		if (d->file && d->line)
			fprintf(out, "%u:", d->line);
		fprintf(out, "%s%s%s\n", d->file ? " " : "", prefixes[d->level], d->text);
		stored += d->level == DIAG_ERROR;
	}
	if (stored < list->errors)
		fprintf(out, "out of memory: %zu further errors\n", list->errors - stored);
}

void diag_clear(struct diag_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].file);
		free(list->items[i].text);
	}
	free(list->items);
	*list = (struct diag_list){ 0 };
}
