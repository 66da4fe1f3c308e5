/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/format_json.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>

#include "audit/cleanup.h"
#include "audit/escape.h"
#include "audit/fields.h"

struct json {
	struct json_object *object;
	struct audit_text escaped; /* scratch */
};

static void free_json(struct json *json)
{
	json_object_put(json->object);
	audit_text_free(&json->escaped);
}

/* Takes value over, NULL (no memory) too. */
static int add(struct json *json, const char *name, struct json_object *value)
{
	if (value &&
	    json_object_object_add_ex(json->object, name, value, JSON_C_OBJECT_ADD_KEY_IS_NEW) == 0)
		return 0;
	json_object_put(value);
	return -ENOMEM;
}

static struct json_object *make_text(struct json *json, struct audit_slice value)
{
	audit_text_cut(&json->escaped, 0);
	if (audit_escape(value, &json->escaped) < 0 || json->escaped.len > INT_MAX)
		return NULL;
	return json_object_new_string_len(json->escaped.data ? json->escaped.data : "",
					  (int)json->escaped.len);
}

static int add_text(void *ctx, const char *name, struct audit_slice value)
{
	return add(ctx, name, make_text(ctx, value));
}

static int add_number(void *ctx, const char *name, uint64_t value)
{
	return add(ctx, name, json_object_new_uint64(value));
}

static int add_flag(void *ctx, const char *name)
{
	return add(ctx, name, json_object_new_boolean(1));
}

static int add_list(void *ctx, const char *name, struct audit_slice values)
{
	struct json_object *array = json_object_new_array();
	struct audit_slice value;

	while (array && audit_list_next(&values, &value)) {
		struct json_object *text = make_text(ctx, value);

		if (text && json_object_array_add(array, text) == 0)
			continue;
		json_object_put(text);
		json_object_put(array);
		return -ENOMEM;
	}
	return add(ctx, name, array);
}

int audit_format_json(const struct audit_record *record, struct audit_text *out)
{
	AUDIT_CLEANUP(free_json) struct json json = { .object = json_object_new_object() };
	const struct audit_visitor visitor = { add_text, add_list, add_number, add_flag, &json };
	const char *line;
	size_t len;

	if (!json.object || audit_fields_visit(record, &visitor) < 0)
		return -ENOMEM;
	line = json_object_to_json_string_length(
		json.object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
	return line ? audit_text_add(out, line, len) : -ENOMEM;
}
