/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/format_human.h"

#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdbool.h>

#include "audit/escape.h"

#define TIME_SHOWN 23 /* up to the milliseconds */

/* A line under way: the object that it is made from, and the first error. */
struct human {
	struct json_object *object;
	struct audit_text *out;
	int result;
};

static void puts_human(struct human *human, const char *text)
{
	if (human->result == 0)
		human->result = audit_text_puts(human->out, text);
}

static bool needs_quotes(struct audit_slice text)
{
	return text.len == 0 || memchr(text.data, ' ', text.len) ||
	       memchr(text.data, '"', text.len);
}

static void put_quoted(struct human *human, struct audit_slice text)
{
	bool quotes = needs_quotes(text);

	if (quotes)
		puts_human(human, "\"");
	for (size_t i = 0; i < text.len && human->result == 0; i++) {
		if (text.data[i] == '"')
			puts_human(human, "\\");
		if (human->result == 0)
			human->result = audit_text_add(human->out, text.data + i, 1);
	}
	if (quotes)
		puts_human(human, "\"");
}

/* Text of a line that we made is escaped already; undone and done again it is the same. Text
 * that is not ours becomes harmless. */
static void put_text(struct human *human, struct audit_slice text)
{
	struct audit_text bytes = { 0 }, safe = { 0 };

	if (audit_unescape(text, &bytes) == 0)
		text = audit_text_slice(&bytes);
	if (audit_escape(text, &safe) < 0)
		human->result = -ENOMEM;
	put_quoted(human, audit_text_slice(&safe));
	audit_text_free(&bytes);
	audit_text_free(&safe);
}

static void put_value(struct human *human, struct json_object *value)
{
	struct audit_slice text = audit_slice_of(json_object_get_string(value) ?: "");

	if (json_object_is_type(value, json_type_string))
		text.len = json_object_get_string_len(value);
	put_text(human, text);
}

/* before, the field's value and after, or nothing if there is no such field. */
static bool put_field(struct human *human, const char *before, const char *name, const char *after)
{
	struct json_object *value;

	if (!json_object_object_get_ex(human->object, name, &value))
		return false;
	puts_human(human, before);
	put_value(human, value);
	puts_human(human, after);
	return true;
}

static void put_time(struct human *human)
{
	struct json_object *value = NULL;
	const char *text;
	bool good;

	json_object_object_get_ex(human->object, "@timestamp", &value);
	text = value ? json_object_get_string(value) : NULL;
	good = text && strspn(text, "0123456789-:.TZ") >= TIME_SHOWN;
	if (human->result == 0 && good)
		human->result = audit_text_add(human->out, text, TIME_SHOWN);
	puts_human(human, good ? "Z" : "-");
}

static void put_args(struct human *human)
{
	struct json_object *args;

	if (!json_object_object_get_ex(human->object, "process.args", &args) ||
	    !json_object_is_type(args, json_type_array))
		return;
	puts_human(human, " args");
	for (size_t i = 0; i < json_object_array_length(args); i++) {
		puts_human(human, " ");
		put_value(human, json_object_array_get_idx(args, i));
	}
}

static void put_end(struct human *human, const char *ip, const char *port)
{
	if (!put_field(human, " ", ip, ""))
		return;
	put_field(human, " port ", port, "");
	put_field(human, " ", "network.transport", "");
}

static bool action_is(struct human *human, const char *action)
{
	struct json_object *value;

	return json_object_object_get_ex(human->object, "event.action", &value) &&
	       strcmp(json_object_get_string(value) ?: "", action) == 0;
}

static void put_event(struct human *human)
{
	if (!put_field(human, " ", "container.name", "") &&
	    !put_field(human, " ", "container.id", ""))
		put_field(human, " #", "bailiff.container_id", "");
	put_field(human, " ", "bailiff.verdict", "");
	put_field(human, " ", "event.action", "");
	put_field(human, " ", "bailiff.access", "");
	put_field(human, " ", "bailiff.capability", "");
	put_field(human, " on ", "bailiff.target_pid", "");
	put_field(human, " ", "file.path", "");
	put_field(human, " -> ", "file.target_path", "");
	put_field(human, " -> ", "bailiff.new_path", "");
	put_field(human, " ", "bailiff.xattr", "");
	put_field(human, " ", "bailiff.ioctl", "");
	put_field(human, " ", "bailiff.device", "");
	put_field(human, " ", "bailiff.sysctl.name", "");
	put_field(human, " = ", "bailiff.sysctl.value", "");
	if (action_is(human, "accept"))
		put_field(human, " to port ", "destination.port", " from");
	put_end(human, "destination.ip", "destination.port");
	put_end(human, "source.ip", "source.port");
	put_field(human, " ", "bailiff.socket", "");
	if (action_is(human, "process-start"))
		put_field(human, " ", "process.executable", "");
	put_args(human);
	put_field(human, " status ", "process.exit_code", "");
	if (put_field(human, " by ", "process.name", ""))
		put_field(human, "[", "process.pid", "]");
	if (!put_field(human, " (", "rule.name", ")"))
		put_field(human, " (", "event.reason", ")");
}

static void put_lost(struct human *human)
{
	static const char prefix[] = "bailiff.lost.";

	put_field(human, " lost ", "bailiff.lost.total", " records:");
	json_object_object_foreach(human->object, name, value)
	{
		if (strncmp(name, prefix, sizeof(prefix) - 1) != 0 ||
		    strcmp(name, "bailiff.lost.total") == 0)
			continue;
		puts_human(human, " ");
		put_text(human, audit_slice_of(name + sizeof(prefix) - 1));
		puts_human(human, "=");
		put_value(human, value);
	}
}

static void put_suppressed(struct human *human)
{
	put_field(human, " ", "container.name", "");
	put_field(human, " suppressed ", "bailiff.suppressed", " records");
	put_field(human, " ", "bailiff.verdict", "");
	put_field(human, " ", "bailiff.suppressed_action", "");
	put_field(human, " (", "rule.name", ")");
}

static int parse(struct audit_slice json, struct json_object **out)
{
	struct json_tokener *tokener;
	struct json_object *object;

	if (json.len > INT_MAX)
		return -EBADMSG;
	tokener = json_tokener_new();
	if (!tokener)
		return -ENOMEM;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	object = json_tokener_parse_ex(tokener, json.data, (int)json.len);
	json_tokener_free(tokener);
	if (!json_object_is_type(object, json_type_object)) {
		json_object_put(object);
		return -EBADMSG;
	}
	*out = object;
	return 0;
}

int audit_format_human(struct audit_slice json, struct audit_text *out)
{
	struct human human = { .out = out };
	size_t start = out->len;
	int r = parse(json, &human.object);

	if (r < 0)
		return r;
	put_time(&human);
	if (action_is(&human, "lost"))
		put_lost(&human);
	else if (action_is(&human, "suppressed"))
		put_suppressed(&human);
	else
		put_event(&human);
	json_object_put(human.object);
	if (human.result < 0)
		audit_text_cut(out, start);
	return human.result;
}
