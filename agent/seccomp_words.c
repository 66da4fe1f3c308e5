/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "agent/seccomp_words.h"

static const char *const kinds[] = {
	[CALL_ALLOW] = "SCMP_ACT_ALLOW",      [CALL_LOG] = "SCMP_ACT_LOG",
	[CALL_TRACE] = "SCMP_ACT_TRACE",      [CALL_NOTIFY] = "SCMP_ACT_NOTIFY",
	[CALL_ERRNO] = "SCMP_ACT_ERRNO",      [CALL_TRAP] = "SCMP_ACT_TRAP",
	[CALL_KILL_THREAD] = "SCMP_ACT_KILL", [CALL_KILL_PROCESS] = "SCMP_ACT_KILL_PROCESS",
};

static const char *const ops[] = {
	[COND_NE] = "SCMP_CMP_NE",
	[COND_LT] = "SCMP_CMP_LT",
	[COND_LE] = "SCMP_CMP_LE",
	[COND_EQ] = "SCMP_CMP_EQ",
	[COND_GE] = "SCMP_CMP_GE",
	[COND_GT] = "SCMP_CMP_GT",
	[COND_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
};

static int find_word(const char *const *words, size_t count, struct json_object *value)
{
	const char *word =
		json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";

	for (size_t i = 0; i < count; i++)
		if (!strcmp(words[i], word))
			return (int)i;
	return -1;
}

/* A number of 0 to UINT64_MAX; absent and null are 0. */
static bool take_number(struct json_object *object, const char *key, uint64_t *number)
{
	struct json_object *value = json_object_object_get(object, key);

	*number = value ? json_object_get_uint64(value) : 0;
	return !value ||
	       (json_object_is_type(value, json_type_int) && (json_object_get_int64(value) >= 0));
}

static bool has_errno(enum call_kind kind)
{
	return kind == CALL_ERRNO || kind == CALL_TRACE;
}

bool seccomp_words_action(struct json_object *object, const char *key, const char *errno_key,
			  struct call_action *action)
{
	struct json_object *word = json_object_object_get(object, key);
	int kind = find_word(kinds, sizeof(kinds) / sizeof(*kinds), word);
	uint64_t data;

	if (kind < 0 && json_object_is_type(word, json_type_string) &&
	    !strcmp(json_object_get_string(word), "SCMP_ACT_KILL_THREAD"))
		kind = CALL_KILL_THREAD;
	if (kind < 0 || !take_number(object, errno_key, &data) || data > UINT16_MAX)
		return false;
	*action = (struct call_action){ (enum call_kind)kind, 0 };
	if (has_errno(action->kind))
		action->data = json_object_object_get(object, errno_key) ? (uint16_t)data : EPERM;
	return true;
}

void seccomp_words_put_action(struct json_object *object, const char *key, const char *errno_key,
			      struct call_action action)
{
	json_object_object_add(object, key, json_object_new_string(kinds[action.kind]));
	if (has_errno(action.kind))
		json_object_object_add(object, errno_key, json_object_new_int(action.data));
}

bool seccomp_words_tests(struct json_object *object, struct cond_test tests[COND_ARGUMENTS],
			 size_t *count)
{
	struct json_object *args = json_object_object_get(object, "args");

	*count = 0;
	if (!args)
		return true;
	if (!json_object_is_type(args, json_type_array) ||
	    json_object_array_length(args) > COND_ARGUMENTS)
		return false;
	for (size_t i = 0; i < json_object_array_length(args); i++) {
		struct json_object *arg = json_object_array_get_idx(args, i);
		struct cond_test *test = &tests[i];
		uint64_t index;
		int op;

		if (!json_object_is_type(arg, json_type_object))
			return false;
		op = find_word(ops, sizeof(ops) / sizeof(*ops), json_object_object_get(arg, "op"));
		if (op < 0 || !take_number(arg, "index", &index) || index >= COND_ARGUMENTS ||
		    !take_number(arg, "value", &test->value) ||
		    !take_number(arg, "valueTwo", &test->masked))
			return false;
		test->argument = (unsigned int)index;
		test->op = (enum cond_op)op;
	}
	*count = json_object_array_length(args);
	return true;
}

void seccomp_words_put_tests(struct json_object *object, const struct cond *cond)
{
	struct json_object *args = json_object_new_array();

	for (size_t i = 0; i < cond->count; i++) {
		const struct cond_test *test = &cond->tests[i];
		struct json_object *arg = json_object_new_object();

		json_object_object_add(arg, "index", json_object_new_int((int)test->argument));
		json_object_object_add(arg, "value", json_object_new_uint64(test->value));
		if (test->op == COND_MASKED_EQ)
			json_object_object_add(arg, "valueTwo",
					       json_object_new_uint64(test->masked));
		json_object_object_add(arg, "op", json_object_new_string(ops[test->op]));
		json_object_array_add(args, arg);
	}
	json_object_object_add(object, "args", args);
}
