/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/json_text.h"

static void free_tokener(struct json_tokener **tokener)
{
	if (*tokener)
		json_tokener_free(*tokener);
}

int json_text_parse(const char *text, size_t length, size_t max, int depth, int flags,
		    struct json_object **object)
{
	OWNED(free_tokener) struct json_tokener *tokener = json_tokener_new_ex(depth);
	struct json_object *parsed;

	if (!tokener || !length || length > max || memchr(text, 0, length))
		return -EBADMSG;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | flags);
	parsed = json_tokener_parse_ex(tokener, text, (int)length);
	if (json_tokener_get_error(tokener) == json_tokener_success &&
	    json_tokener_get_parse_end(tokener) == length &&
	    json_object_is_type(parsed, json_type_object)) {
		*object = parsed;
		return 0;
	}
	json_object_put(parsed);
	return -EBADMSG;
}
