/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/args.h"

#define WORD_MAX 32
#define OPTIONS_MAX 32

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* Levenshtein: insertions, deletions and replacements from one word to the other. */
static size_t distance(const char *a, const char *b)
{
	size_t la = strnlen(a, WORD_MAX), lb = strnlen(b, WORD_MAX);
	size_t row[WORD_MAX + 1];

	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t above = row[j];

			row[j] = smallest(above + 1, row[j - 1] + 1,
					  diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[lb];
}

const char *args_nearest(const char *word, const char *const *candidates)
{
	size_t limit = strlen(word) / 2;
	const char *nearest = NULL;

	limit = limit > 3 ? 3 : limit;
	for (; *candidates; candidates++) {
		size_t d = distance(word, *candidates);

		if (d <= limit && strlen(word) <= WORD_MAX) {
			nearest = *candidates;
			limit = d ? d - 1 : 0;
		}
		if (!d)
			break;
	}
	return nearest;
}

static void report_unknown(const char *who, const char *given, const struct option *options)
{
	const char *names[OPTIONS_MAX + 1] = { NULL };
	char word[WORD_MAX + 1];
	const char *nearest;

	if (strncmp(given, "--", 2)) {
		fprintf(stderr, "%s: unknown option '-%c': see --help\n", who, optopt);
		return;
	}
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(given + 2, "="), given + 2);
	for (size_t i = 0; options[i].name && i < OPTIONS_MAX; i++)
		names[i] = options[i].name;
	nearest = args_nearest(word, names);
	if (nearest)
		fprintf(stderr, "%s: unknown option '--%s': did you mean --%s?\n", who, word,
			nearest);
	else
		fprintf(stderr, "%s: unknown option '--%s': see --help\n", who, word);
}

static bool known(const char *given, const struct option *options)
{
	size_t length = strcspn(given + 2, "=");

	for (; options->name; options++)
		if (!strncmp(options->name, given + 2, length) && !options->name[length])
			return true;
	return false;
}

int args_next(int argc, char **argv, const char *who, const char *letters,
	      const struct option *options)
{
	const char *given = argv[optind ? optind : 1];
	char all[64];
	int option;

	opterr = 0;
	snprintf(all, sizeof(all), "+:%s", letters);
	option = getopt_long(argc, argv, all, options, NULL);
	if (option == ':')
		fprintf(stderr, "%s: option '%s' needs a value\n", who, argv[optind - 1]);
	else if (option == '?' && !strncmp(given, "--", 2) && known(given, options))
		fprintf(stderr, "%s: option '%.*s' takes no value\n", who, (int)strcspn(given, "="),
			given);
	else if (option == '?')
		report_unknown(who, given, options);
	return option == ':' ? '?' : option;
}

bool args_number(const char *text, unsigned long min, unsigned long max, unsigned long *number)
{
	unsigned long value;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || value < min || value > max)
		return false;
	*number = value;
	return true;
}
