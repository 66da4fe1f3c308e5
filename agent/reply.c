/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <json-c/json.h>
#include <string.h>

#include "agent/reply.h"

struct json_object *reply_ok(void)
{
	struct json_object *reply = json_object_new_object();

	if (reply)
		json_object_object_add(reply, "ok", json_object_new_boolean(true));
	return reply;
}

static struct json_object *diagnostic(const struct diag *diag)
{
	static const char *const levels[] = {
		[DIAG_ERROR] = "error", [DIAG_WARNING] = "warning", [DIAG_NOTE] = "note"
	};
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "level", json_object_new_string(levels[diag->level]));
	if (diag->file)
		json_object_object_add(object, "file", json_object_new_string(diag->file));
	json_object_object_add(object, "line", json_object_new_int64(diag->line));
	json_object_object_add(object, "text", json_object_new_string(diag->text));
	return object;
}

void reply_add_diagnostics(struct json_object *reply, const struct diag_list *diags)
{
	struct json_object *list;

	if (!diags || !diags->count)
		return;
	list = json_object_new_array();
	for (size_t i = 0; i < diags->count; i++)
		json_object_array_add(list, diagnostic(&diags->items[i]));
	json_object_object_add(reply, "diagnostics", list);
}

struct json_object *reply_error(const struct fault *fault, const struct diag_list *diags)
{
	struct json_object *reply = json_object_new_object();

	if (!reply)
		return NULL;
	json_object_object_add(reply, "ok", json_object_new_boolean(false));
	json_object_object_add(reply, "error", json_object_new_string(fault->text));
	reply_add_diagnostics(reply, diags);
	return reply;
}

bool reply_is_ok(struct json_object *reply)
{
	struct json_object *ok;

	return json_object_object_get_ex(reply, "ok", &ok) && json_object_get_boolean(ok);
}

const char *reply_string(struct json_object *object, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, name, &value) ||
	    !json_object_is_type(value, json_type_string))
		return "";
	return json_object_get_string(value);
}

uint64_t reply_number(struct json_object *object, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, name, &value) ||
	    !json_object_is_type(value, json_type_int))
		return 0;
	return json_object_get_uint64(value);
}

bool reply_allows(struct json_object *object)
{
	return !strcmp(reply_string(object, "on_failure"), "allow");
}

const char *reply_error_text(struct json_object *reply)
{
	const char *text = reply_string(reply, "error");

	return *text ? text : "no reason given";
}

static void print_diagnostic(struct json_object *object, FILE *out)
{
	const char *file = reply_string(object, "file"), *level = reply_string(object, "level");
	uint64_t line = reply_number(object, "line");

	if (*file)
		fprintf(out, "%s:", file);
	if (line)
		fprintf(out, "%llu:", (unsigned long long)line);
	fprintf(out, "%s%s%s%s\n", *file || line ? " " : "", *level == 'e' ? "" : level,
		*level == 'e' ? "" : ": ", reply_string(object, "text"));
}

void reply_print_diagnostics(struct json_object *reply, FILE *out)
{
	struct json_object *list;

	if (!json_object_object_get_ex(reply, "diagnostics", &list) ||
	    !json_object_is_type(list, json_type_array))
		return;
	for (size_t i = 0; i < json_object_array_length(list); i++)
		print_diagnostic(json_object_array_get_idx(list, i), out);
}
