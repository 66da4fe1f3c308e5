/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/capture.h"

#define KEPT (64U << 10)

static char kept[KEPT];
static size_t used;
static char first[512];

static void make_room(size_t more)
{
	size_t drop = used + more < KEPT ? 0 : used + more + 1 - KEPT;

	if (drop > used)
		drop = used;
	memmove(kept, kept + drop, used - drop);
	used -= drop;
	kept[used] = 0;
}

/* A long message, such as the verifier's log, keeps its end: there it says what is wrong. */
static int keep(enum libbpf_print_level level, const char *format, va_list args)
{
	char *message = NULL;
	const char *from;
	int length;

	if (level != LIBBPF_WARN)
		return 0;
	length = vasprintf(&message, format, args);
	if (length <= 0)
		return 0;
	if (!first[0] && !strncmp(message, "libbpf: ", 8))
		snprintf(first, sizeof(first), "%.*s", (int)strcspn(message + 8, "\n"),
			 message + 8);
	from = message;
	if ((size_t)length >= KEPT / 2) {
		from += (size_t)length - KEPT / 2;
		length = KEPT / 2;
	}
	make_room((size_t)length);
	memcpy(kept + used, from, (size_t)length + 1);
	used += (size_t)length;
	free(message);
	return 0;
}

void capture_start(void)
{
	used = 0;
	kept[0] = 0;
	first[0] = 0;
	libbpf_set_print(keep);
}

const char *capture_text(void)
{
	return kept;
}

const char *capture_failure(void)
{
	return first;
}
