/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/facts.h"

static const char *take_text(struct facts *facts, const char *key, struct json_object *value,
			     struct fault *fault)
{
	const char *text;

	if (!json_object_is_type(value, json_type_string)) {
		fault_set(fault, -EINVAL, "%.64s: not a text", key);
		return NULL;
	}
	text = json_object_get_string(value);
	if (!*text || strlen(text) != (size_t)json_object_get_string_len(value)) {
		fault_set(fault, -EINVAL, "%.64s: empty, or with a NUL byte", key);
		return NULL;
	}
	text = arena_strdup(&facts->arena, text);
	if (!text)
		fault_errno(fault, -ENOMEM, "%.64s", key);
	return text;
}

/* "key=value"; the value may be empty. */
static const char *take_pair(struct facts *facts, const char *what, const char *key,
			     struct json_object *value, struct fault *fault)
{
	OWNED(free_memory) char *pair = NULL;
	const char *text;

	if (!json_object_is_type(value, json_type_string)) {
		fault_set(fault, -EINVAL, "%s: \"%.64s\" has no text", what, key);
		return NULL;
	}
	text = json_object_get_string(value);
	if (!*key || strchr(key, '=')) {
		fault_set(fault, -EINVAL, "%s: \"%.64s\" is no key: empty, or with a '='", what,
			  key);
		return NULL;
	}
	if (strlen(text) != (size_t)json_object_get_string_len(value)) {
		fault_set(fault, -EINVAL, "%s: \"%.64s\" has a NUL byte", what, key);
		return NULL;
	}
	if (asprintf(&pair, "%s=%s", key, text) < 0)
		pair = NULL;
	text = pair ? arena_strdup(&facts->arena, pair) : NULL;
	if (!text)
		fault_errno(fault, -ENOMEM, "%s", what);
	return text;
}

static int take_pairs(struct facts *facts, const char *what, struct json_object *object,
		      struct select_pairs *ret, struct fault *fault)
{
	const char **items;
	size_t count = 0;

	if (!json_object_is_type(object, json_type_object))
		return fault_set(fault, -EINVAL, "%s: no object of keys and texts", what);
	items = arena_alloc(&facts->arena,
			    (size_t)(json_object_object_length(object) + 1) * sizeof(*items));
	if (!items)
		return fault_errno(fault, -ENOMEM, "%s", what);
	json_object_object_foreach(object, key, value)
	{
		items[count] = take_pair(facts, what, key, value, fault);
		if (!items[count++])
			return -EINVAL;
	}
	*ret = (struct select_pairs){ items, count };
	return 0;
}

static int take(struct facts *facts, const char *key, struct json_object *value,
		struct fault *fault)
{
	struct select_facts *known = &facts->known;
	const char **text = !strcmp(key, "name")     ? &known->name
			    : !strcmp(key, "image")  ? &known->image
			    : !strcmp(key, "cgroup") ? &known->cgroup
						     : NULL;

	if (text) {
		*text = take_text(facts, key, value, fault);
		return *text ? 0 : -EINVAL;
	}
	if (!strcmp(key, "runtime_id")) /* which nothing selects */
		return take_text(facts, key, value, fault) ? 0 : -EINVAL;
	if (!strcmp(key, "annotations"))
		return take_pairs(facts, key, value, &known->annotations, fault);
	if (!strcmp(key, "image_annotations"))
		return take_pairs(facts, key, value, &known->image_annotations, fault);
	if (!strcmp(key, "labels"))
		return take_pairs(facts, key, value, &known->labels, fault);
	return fault_set(
		fault, -EINVAL,
		"unknown key \"%.64s\": write name, image, cgroup, runtime_id, annotations, "
		"image_annotations or labels",
		key);
}

int facts_read(struct facts *facts, struct json_object *object, struct fault *fault)
{
	*facts = (struct facts){ 0 };
	if (!json_object_is_type(object, json_type_object))
		return fault_set(fault, -EINVAL, "not one JSON object");
	json_object_object_foreach(object, key, value)
	{
		int error = take(facts, key, value, fault);

		if (error)
			return error;
	}
	return 0;
}

int facts_read_any(struct facts *facts, struct json_object *object, struct fault *fault)
{
	struct json_object *value;
	int error = 0;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, "ociVersion", NULL))
		return facts_read(facts, object, fault);
	*facts = (struct facts){ 0 };
	if (json_object_object_get_ex(object, "id", &value))
		error = take(facts, "name", value, fault);
	if (!error && json_object_object_get_ex(object, "annotations", &value))
		error = take(facts, "annotations", value, fault);
	return error;
}

void facts_clear(struct facts *facts)
{
	arena_clear(&facts->arena);
	*facts = (struct facts){ 0 };
}
