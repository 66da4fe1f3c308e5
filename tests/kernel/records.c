// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * records LOG: judges what stands in a log of JSON lines by expectations on stdin, one a line
 * of words separated by tabs:
 *
 *   NAME  COUNT  KEY=VALUE...  [--  KEY=VALUE...]
 *
 * The records that have all the values before "--" must be COUNT in number (+COUNT: or more; +: one
 * or more), and each must have those behind it. KEY=* is any value, KEY=!VALUE another one or none.
 * A list has a value if an element is it. Records of the life of processes count only where
 * event.action= is given. Every line of the log must be one object of valid JSON in valid UTF-8, no
 * key twice.
 *
 * Prints "ok NAME" or "not ok NAME" with what was found. Status: 1 if any is not ok.
 */
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 64

static struct json_object **records;
static size_t n_records;

static struct json_object *parse(const char *line)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object;

	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	object = json_tokener_parse_ex(tokener, line, (int)strlen(line) + 1);
	if (json_tokener_get_error(tokener) != json_tokener_success ||
	    !json_object_is_type(object, json_type_object)) {
		json_object_put(object);
		object = NULL;
	}
	json_tokener_free(tokener);
	return object;
}

/* 0, or the number of the line that is none. */
static size_t read_log(const char *path)
{
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t size = 0, bad = 0, number = 0;
	ssize_t length;

	while (in && (length = getline(&line, &size, in)) > 0) {
		struct json_object *object = NULL;

		number++;
		if (line[length - 1] == '\n' && strlen(line) == (size_t)length)
			object = parse(line);
		if (!object) {
			fprintf(stdout, "# line %zu: %s\n", number, line);
			bad = number;
			continue;
		}
		records = realloc(records, (n_records + 1) * sizeof(*records));
		records[n_records++] = object;
	}
	free(line);
	if (in)
		fclose(in);
	return bad;
}

static bool value_is(struct json_object *value, const char *text)
{
	if (!value)
		return false;
	if (!json_object_is_type(value, json_type_array))
		return !strcmp(text, "*") || !strcmp(json_object_get_string(value), text);
	for (size_t i = 0; i < json_object_array_length(value); i++)
		if (value_is(json_object_array_get_idx(value, i), text))
			return true;
	return false;
}

static bool has(struct json_object *record, const char *word)
{
	const char *equals = strchr(word, '=');
	char key[128];

	if (!equals || (size_t)(equals - word) >= sizeof(key))
		return false;
	snprintf(key, sizeof(key), "%.*s", (int)(equals - word), word);
	if (equals[1] == '!')
		return !value_is(json_object_object_get(record, key), equals + 2);
	return value_is(json_object_object_get(record, key), equals + 1);
}

static bool has_all(struct json_object *record, char **words)
{
	for (; *words && strcmp(*words, "--"); words++)
		if (!has(record, *words))
			return false;
	return true;
}

static bool is_life(struct json_object *record)
{
	static const char *const actions[] = {
		"event.action=process-start",
		"event.action=process-exit",
		"event.action=container-start",
		"event.action=container-end",
		"event.action=lost",
		"event.action=suppressed",
	};

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (has(record, actions[i]))
			return true;
	return false;
}

static bool asks_for_action(char **words)
{
	for (; *words && strcmp(*words, "--"); words++)
		if (!strncmp(*words, "event.action=", 13))
			return true;
	return false;
}

static void show(struct json_object *record)
{
	printf("#   %s\n",
	       json_object_to_json_string_ext(record, JSON_C_TO_STRING_PLAIN |
							      JSON_C_TO_STRING_NOSLASHESCAPE));
}

/* The first few of those that were found. */
static void explain(char **select, bool action)
{
	int shown = 0;

	for (char **word = select; *word; word++)
		printf("%s%s", word == select ? "# expected: " : " ", *word);
	putchar('\n');
	for (size_t i = 0; i < n_records && shown < 6; i++) {
		if ((!action && is_life(records[i])) || !has_all(records[i], select))
			continue;
		show(records[i]);
		shown++;
	}
}

static bool judge(char **words)
{
	static char *none[] = { NULL };
	char **select = words + 2, **check = select;
	bool action = asks_for_action(select), right = true;
	bool or_more = words[1][0] == '+';
	long wanted = strcmp(words[1], "+") ? strtol(words[1], NULL, 10) : 1, found = 0;

	while (*check && strcmp(*check, "--"))
		check++;
	check = *check ? check + 1 : none;
	for (size_t i = 0; i < n_records; i++) {
		if ((!action && is_life(records[i])) || !has_all(records[i], select))
			continue;
		found++;
		right = right && has_all(records[i], check);
	}
	if (right && (found == wanted || (or_more && found >= wanted))) {
		printf("ok %s\n", words[0]);
		return true;
	}
	printf("not ok %s\n# %ld records, %s wanted%s\n", words[0], found, words[1],
	       right ? "" : ", and not all are right");
	explain(select, action);
	return false;
}

static bool judge_line(char *line)
{
	char *words[WORDS + 1] = { NULL };
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *word = strtok(line, "\t"); word && n < WORDS; word = strtok(NULL, "\t"))
		words[n++] = word;
	return n < 3 || judge(words);
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	bool right = argc == 2 && !read_log(argv[1]);

	if (!right)
		printf("not ok records: each line of the log is an object of JSON\n");
	while (getline(&line, &size, stdin) > 0)
		right = judge_line(line) && right;
	free(line);
	for (size_t i = 0; i < n_records; i++)
		json_object_put(records[i]);
	free(records);
	return !right;
}
