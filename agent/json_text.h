/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON from others: a text that is one object and nothing else. */
#ifndef BAILIFF_JSON_TEXT_H
#define BAILIFF_JSON_TEXT_H

#include <stddef.h>

struct json_object;

/* Parses it strictly; json-c would end at a NUL as if the text did, and such a text is refused, not
 * cut. `max`: bytes; `depth`: of nesting; `flags`: of json_tokener_set_flags() beside
 * JSON_TOKENER_STRICT. 0 and a reference that is the caller's, or -EBADMSG. */
int json_text_parse(const char *text, size_t length, size_t max, int depth, int flags,
		    struct json_object **object);

#endif
