/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the bytes of a ring's record to an event whose every field and length was checked. */
#ifndef BAILIFF_AUDIT_DECODE_H
#define BAILIFF_AUDIT_DECODE_H

#include <stddef.h>

#include "audit/text.h"
#include "bpf/abi_event.h"

/* A checked event. head is a copy; the slices point into the bytes that were decoded and
 * live as long as those. */
struct audit_event {
	struct event head;
	struct audit_slice comm;  /* 0 to 16 bytes */
	struct audit_slice path;  /* 0 to BAILIFF_PATH_MAX - 1 bytes */
	struct audit_slice path2; /* the same */
	struct audit_slice args;  /* 0 to BAILIFF_ARGS_MAX bytes, arguments separated by NUL */
};

/* Decodes one record of exactly len bytes, at any alignment. 0; -EBADMSG if the version is
 * unknown, a length does not add up to len, a length is over its limit, or a field has a
 * value that its enum or mask does not know; *event is then untouched. */
int audit_decode(const void *data, size_t len, struct audit_event *event);

#endif
