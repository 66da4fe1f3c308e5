/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/cmd.h"
#include "agent/explain.h"
#include "agent/facts.h"

#define DEPTH 64	     /* of nested JSON: a config.json holds a seccomp section */
#define FILE_MAX (16U << 20) /* bytes */

static int read_text(const char *path, char **text, size_t *length)
{
	OWNED(close_file) FILE *in = fopen(path, "re");
	size_t size = 0;
	char *grown;

	*length = 0;
	*text = NULL;
	if (!in)
		return -errno;
	for (;;) {
		grown = realloc(*text, size += 65536);
		if (!grown)
			return -ENOMEM;
		*text = grown;
		*length += fread(*text + *length, 1, size - *length, in);
		if (ferror(in))
			return errno ? -errno : -EIO;
		if (*length < size)
			return 0;
		if (size > FILE_MAX)
			return -EFBIG;
	}
}

static unsigned int line_of(const char *text, size_t offset)
{
	unsigned int line = 1;

	for (size_t i = 0; i < offset; i++)
		line += text[i] == '\n';
	return line;
}

/* What is wrong with a text after json-c has parsed it, if anything: true after a message. */
static bool complain(const char *path, struct json_tokener *tokener, const char *text,
		     size_t length)
{
	enum json_tokener_error error = json_tokener_get_error(tokener);
	size_t end = json_tokener_get_parse_end(tokener);

	while (!error && end < length && text[end] && strchr(" \t\r\n", text[end]))
		end++;
	if (error == json_tokener_continue)
		cmd_fail(EXIT_REFUSED, "check", "%s: JSON that does not end", path);
	else if (error)
		cmd_fail(EXIT_REFUSED, "check", "%s:%u: no JSON: %s", path, line_of(text, end),
			 json_tokener_error_desc(error));
	else if (end < length)
		cmd_fail(EXIT_REFUSED, "check", "%s:%u: something follows the JSON", path,
			 line_of(text, end));
	return error || end < length;
}

static struct json_object *parse_text(const char *path, const char *text, size_t length)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH);
	struct json_object *object;

	if (!tokener) {
		cmd_fail(EXIT_REFUSED, "check", "%s: %s", path, strerror(ENOMEM));
		return NULL;
	}
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8 |
						JSON_TOKENER_ALLOW_TRAILING_CHARS);
	object = json_tokener_parse_ex(tokener, text, (int)length);
	if (complain(path, tokener, text, length)) {
		json_object_put(object);
		object = NULL;
	} else if (!object) {
		cmd_fail(EXIT_REFUSED, "check", "%s: not one JSON object", path);
	}
	json_tokener_free(tokener);
	return object;
}

/* The object in a file, NULL after a message. */
static struct json_object *read_object(const char *path)
{
	OWNED(free_memory) char *text = NULL;
	size_t length;
	int error = read_text(path, &text, &length);

	if (!error)
		return parse_text(path, text, length);
	cmd_fail(EXIT_REFUSED, "check", "%s: %s", path, strerror(-error));
	return NULL;
}

struct explanation {
	const struct selector *selector;
	const struct select_facts *facts;
	struct select_choice choice;
	int result; /* of selector_choose() */
};

#define WHY_MAX 4500

/* What became of one policy, and in `why` the reason. */
static const char *outcome(const struct explanation *e, size_t index, char *why)
{
	const struct select_candidate *candidate = selector_at(e->selector, index);
	int r = selector_fits(e->selector, index, e->facts, why, WHY_MAX);

	if (r <= 0)
		return "no";
	if (!e->result && candidate == e->choice.chosen)
		return "selected";
	if (e->result == -ENOTUNIQ && candidate->priority == e->choice.chosen->priority)
		snprintf(why, WHY_MAX, "it fits, as another one of the same priority does");
	else
		snprintf(why, WHY_MAX, "it fits, but '%s' has a higher priority",
			 e->choice.chosen->policy);
	return "no";
}

static void print_text(const struct explanation *e)
{
	char why[WHY_MAX];

	for (size_t i = 0; i < selector_count(e->selector); i++) {
		const struct select_candidate *c = selector_at(e->selector, i);
		const char *what = outcome(e, i, why);

		printf("%-24s %-8s", c->policy, what);
		if (c->source)
			printf(" %s, priority %d", c->source, c->priority);
		printf("%s%s\n", *why ? c->source ? ": " : " " : "", why);
	}
}

static void print_json(const struct explanation *e)
{
	struct json_object *object = json_object_new_object(), *list = json_object_new_array();
	char why[WHY_MAX];

	json_object_object_add(object, "ok", json_object_new_boolean(!e->result));
	if (!e->result)
		json_object_object_add(object, "policy",
				       json_object_new_string(e->choice.chosen->policy));
	for (size_t i = 0; i < selector_count(e->selector); i++) {
		const struct select_candidate *c = selector_at(e->selector, i);
		struct json_object *one = json_object_new_object();
		const char *what = outcome(e, i, why);

		json_object_object_add(one, "name", json_object_new_string(c->policy));
		json_object_object_add(one, "selected", json_object_new_boolean(*what == 's'));
		if (c->source) {
			json_object_object_add(one, "select", json_object_new_string(c->source));
			json_object_object_add(one, "priority", json_object_new_int(c->priority));
		}
		if (*why)
			json_object_object_add(one, "why", json_object_new_string(why));
		json_object_array_add(list, one);
	}
	json_object_object_add(object, "policies", list);
	cmd_print_json(object);
	json_object_put(object);
}

static int conclude(const struct explanation *e, bool json)
{
	if (json)
		print_json(e);
	else
		print_text(e);
	if (fflush(stdout))
		return cmd_fail(EXIT_REFUSED, "check", "output: %s", strerror(errno));
	if (e->result == -ENOENT)
		return cmd_fail(EXIT_REFUSED, "check", "no policy's select fits the container");
	if (e->result == -ENOTUNIQ)
		return cmd_fail(EXIT_REFUSED, "check",
				"policies '%s' and '%s' both fit with priority %d: give one of "
				"them a higher one",
				e->choice.chosen->policy, e->choice.rival->policy,
				e->choice.chosen->priority);
	return EXIT_DONE;
}

int explain(const char *path, const struct policy_set *set, bool json)
{
	OWNED(selector_freep) struct selector *selector = NULL;
	struct json_object *object = read_object(path);
	struct explanation e = { 0 };
	struct facts facts = { 0 };
	struct fault fault;
	int status;

	if (!object)
		return EXIT_REFUSED;
	if (facts_read_any(&facts, object, &fault)) {
		status = cmd_fail(EXIT_REFUSED, "check", "%s: %s", path, fault.text);
	} else if (selector_new(&selector, set)) {
		status = cmd_fail(EXIT_REFUSED, "check", "%s", strerror(ENOMEM));
	} else {
		e.selector = selector;
		e.facts = &facts.known;
		e.result = selector_choose(selector, e.facts, &e.choice);
		status = conclude(&e, json);
	}
	facts_clear(&facts);
	json_object_put(object);
	return status;
}
