/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Globs once more, in the simplest way: a pattern becomes the list of all that its groups
 * make of it, and each is matched by recursion. Shares nothing with policy/.
 */
#ifndef BAILIFF_TESTS_NAIVE_GLOB_H
#define BAILIFF_TESTS_NAIVE_GLOB_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NAIVE_TOKENS 256
#define NAIVE_LISTS 512

enum {
	NAIVE_STAR = 256,
	NAIVE_STARS,
	NAIVE_SET, /* NAIVE_SET + offset of the bracket in the pattern */
};

struct naive_list {
	int tokens[NAIVE_TOKENS];
	int count;
};

struct naive_pattern {
	const char *text;
	struct naive_list lists[NAIVE_LISTS];
	int count;
};

static inline const char *naive_skip(const char *at)
{
	if (*at == '\\')
		return at + 2;
	if (*at == '[') {
		for (at++; *at != ']'; at++)
			at += *at == '\\';
	}
	return at + 1;
}

/* The end of the alternative that begins at `at`: its ',' or '}'. */
static inline const char *naive_alternative_end(const char *at)
{
	int depth = 0;

	while (depth || (*at != ',' && *at != '}')) {
		depth += (*at == '{') - (*at == '}');
		at = naive_skip(at);
	}
	return at;
}

/* Writes every expansion of the pattern text `at`, appended to `prefix`. `rest` is a stack of
 * texts that follow: after the end of `at`, each with its own end. */
struct naive_rest {
	const char *from, *to;
	const struct naive_rest *next;
};

static inline void naive_expand(struct naive_pattern *p, struct naive_list prefix, const char *from,
				const char *to, const struct naive_rest *rest)
{
	while (from == to) {
		if (!rest) {
			if (p->count == NAIVE_LISTS)
				abort(); /* the test made too large a pattern */
			p->lists[p->count++] = prefix;
			return;
		}
		from = rest->from;
		to = rest->to;
		rest = rest->next;
	}
	if (*from == '{') {
		const char *start = from + 1, *end = naive_alternative_end(start), *last = end;
		struct naive_rest after;

		while (*last != '}')
			last = naive_alternative_end(last + 1);
		after = (struct naive_rest){ last + 1, to, rest };
		for (;;) {
			naive_expand(p, prefix, start, end, &after);
			if (*end == '}')
				return;
			start = end + 1;
			end = naive_alternative_end(start);
		}
	}
	if (from[0] == '*' && from + 1 < to && from[1] == '*') {
		prefix.tokens[prefix.count++] = NAIVE_STARS;
		naive_expand(p, prefix, from + 2, to, rest);
		return;
	}
	if (*from == '*')
		prefix.tokens[prefix.count++] = NAIVE_STAR;
	else if (*from == '?' || *from == '[')
		prefix.tokens[prefix.count++] = NAIVE_SET + (int)(from - p->text);
	else
		prefix.tokens[prefix.count++] = (uint8_t)(*from == '\\' ? from[1] : *from);
	naive_expand(p, prefix, naive_skip(from), to, rest);
}

static inline void naive_parse(struct naive_pattern *p, const char *text)
{
	p->text = text;
	p->count = 0;
	naive_expand(p, (struct naive_list){ .count = 0 }, text, text + strlen(text), NULL);
}

static inline bool naive_set_has(const char *at, uint8_t byte)
{
	bool inverted, found = false;

	if (byte == '/')
		return false;
	if (*at == '?')
		return true;
	inverted = *++at == '!';
	at += inverted;
	while (*at != ']') {
		uint8_t first, last;

		at += *at == '\\';
		first = last = (uint8_t)*at++;
		if (*at == '-' && at[1] != ']') {
			at++;
			at += *at == '\\';
			last = (uint8_t)*at++;
		}
		found |= byte >= first && byte <= last;
	}
	return found != inverted;
}

static inline bool naive_match_list(const char *text, const int *t, int i, int n, const char *path)
{
	bool after_slash = i > 0 && t[i - 1] == '/';

	if (i == n)
		return !*path;
	if (t[i] == NAIVE_STARS) {
		if (after_slash && i == n - 1)
			return *path != '\0';
		if (after_slash && t[i + 1] == '/' && naive_match_list(text, t, i + 2, n, path))
			return true;
		for (;; path++) {
			if (naive_match_list(text, t, i + 1, n, path))
				return true;
			if (!*path)
				return false;
		}
	}
	if (t[i] == NAIVE_STAR) {
		for (;; path++) {
			if (naive_match_list(text, t, i + 1, n, path))
				return true;
			if (!*path || *path == '/')
				return false;
		}
	}
	if (!*path)
		return false;
	if (t[i] >= NAIVE_SET ? !naive_set_has(text + (t[i] - NAIVE_SET), (uint8_t)*path)
			      : t[i] != (uint8_t)*path)
		return false;
	return naive_match_list(text, t, i + 1, n, path + 1);
}

static inline bool naive_match(const struct naive_pattern *p, const char *path)
{
	for (int i = 0; i < p->count; i++)
		if (naive_match_list(p->text, p->lists[i].tokens, 0, p->lists[i].count, path))
			return true;
	return false;
}

#endif
