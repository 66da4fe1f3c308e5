// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * multisets LOG KEY=VALUE LOG KEY=VALUE: do the records of two runs say the same? Takes from
 * each log of JSON lines the judgements that have the value, and compares what was asked for
 * and why it was decided so, as multisets: not who asked, when, or in which mode.
 *
 * Prints "N decisions, N judged against" and, on stderr, what is in one run only. Status: 1 if
 * anything is.
 */
#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 40 /* differences */

static const char *const compared[] = {
	"event.action",		"file.path",	     "bailiff.new_path", "file.target_path",
	"bailiff.access",	"destination.ip",    "destination.port", "source.ip",
	"source.port",		"network.transport", "network.type",	 "network.iana_number",
	"event.reason",		"rule.name",	     "process.args",	 "user.id",
	"bailiff.capability",	"bailiff.device",    "bailiff.socket",	 "bailiff.sysctl.name",
	"bailiff.sysctl.value", "bailiff.xattr",     "bailiff.ioctl",
};

struct multiset {
	char **texts;
	size_t count, against;
};

static const char *text_of(struct json_object *record, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(record, key, &value) ? json_object_get_string(value) : "";
}

static bool has(struct json_object *record, const char *word)
{
	char key[128];
	const char *equals = strchr(word, '=');

	if (!equals || (size_t)(equals - word) >= sizeof(key))
		return false;
	snprintf(key, sizeof(key), "%.*s", (int)(equals - word), word);
	return !strcmp(text_of(record, key), equals + 1);
}

static bool is_against(struct json_object *record)
{
	return strcmp(text_of(record, "bailiff.verdict"), "allowed") != 0;
}

/* The life of processes and containers is recorded with the verdict "allowed" and without a rule.
 */
static bool is_judgement(struct json_object *record)
{
	return *text_of(record, "bailiff.verdict") &&
	       (is_against(record) || *text_of(record, "rule.name"));
}

/* A file without a name is shown by the number of its inode, which is another each time. */
static struct json_object *without_number(struct json_object *value)
{
	const char *text = json_object_get_string(value), *last = strrchr(text, '/');

	if (!last || last[1] != '#' || last[2 + strspn(last + 2, "0123456789")])
		return json_object_get(value);
	return json_object_new_string_len(text, (int)(last - text) + 2);
}

static char *describe(struct json_object *record)
{
	struct json_object *object = json_object_new_object(), *value;
	/* the far end's port was chosen by the kernel */
	bool accept = !strcmp(text_of(record, "event.action"), "accept");
	char *text;

	json_object_object_add(object, "judged against",
			       json_object_new_boolean(is_against(record)));
	for (size_t i = 0; i < sizeof(compared) / sizeof(compared[0]); i++)
		if (json_object_object_get_ex(record, compared[i], &value) &&
		    !(accept && !strcmp(compared[i], "source.port")))
			json_object_object_add(object, compared[i], without_number(value));
	text = strdup(json_object_to_json_string_ext(
		object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	return text;
}

static void take(struct multiset *set, const char *line, const char *word)
{
	struct json_object *record = json_tokener_parse(line);

	if (!record) {
		fprintf(stderr, "no JSON: %s\n", line);
		exit(1);
	}
	if (has(record, word) && is_judgement(record)) {
		set->texts = realloc(set->texts, (set->count + 1) * sizeof(*set->texts));
		set->texts[set->count++] = describe(record);
		set->against += is_against(record);
	}
	json_object_put(record);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static struct multiset read_log(const char *path, const char *word)
{
	struct multiset set = { 0 };
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	if (!in) {
		perror(path);
		exit(1);
	}
	while (getline(&line, &size, in) > 0)
		take(&set, line, word);
	free(line);
	fclose(in);
	if (set.count)
		qsort(set.texts, set.count, sizeof(*set.texts), by_text);
	return set;
}

static size_t compare(const struct multiset *a, const struct multiset *b)
{
	size_t i = 0, k = 0, differences = 0;

	while (i < a->count || k < b->count) {
		int order = i == a->count   ? 1
			    : k == b->count ? -1
					    : strcmp(a->texts[i], b->texts[k]);

		if (order && differences++ < SHOWN)
			fprintf(stderr, "only in the %s: %s\n", order < 0 ? "first" : "second",
				order < 0 ? a->texts[i] : b->texts[k]);
		i += order <= 0;
		k += order >= 0;
	}
	return differences;
}

static void forget(struct multiset *set)
{
	for (size_t i = 0; i < set->count; i++)
		free(set->texts[i]);
	free(set->texts);
}

int main(int argc, char **argv)
{
	struct multiset a, b;
	size_t differences;

	if (argc != 5)
		return 2;
	a = read_log(argv[1], argv[2]);
	b = read_log(argv[3], argv[4]);
	differences = compare(&a, &b);
	printf("%zu decisions, %zu judged against\n", a.count, a.against);
	forget(&a);
	forget(&b);
	return differences > 0;
}
