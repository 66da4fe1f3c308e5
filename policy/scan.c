/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "policy/source.h"

#define SCAN_DEPTH 64

struct scan {
	const char *at;
	const char *name;
	unsigned line;
	char before;	       /* first byte of the token before; 0 at the beginning */
	char nest[SCAN_DEPTH]; /* brackets that are open */
	unsigned depth;
	struct source_lines lines;
	struct diag_list *diags;
	int error;
};

static void scan_error(struct scan *s, const char *text)
{
	diag_add(s->diags, DIAG_ERROR, s->name, s->line, "%s", text);
	s->error = -EINVAL;
}

static void add_line(struct scan *s)
{
	if (!(s->lines.count & (s->lines.count - 1))) {
		size_t capacity = s->lines.count ? s->lines.count * 2 : 1;
		unsigned *grown = reallocarray(s->lines.items, capacity, sizeof(*grown));

		if (!grown) {
			s->error = -ENOMEM;
			return;
		}
		s->lines.items = grown;
	}
	s->lines.items[s->lines.count++] = s->line;
}

static void skip_line(struct scan *s)
{
	s->at += strcspn(s->at, "\n");
}

/* What has no end would be an error of libconfig too, but at the last line. */
static void no_end(struct scan *s, unsigned line, const char *text)
{
	s->line = line;
	scan_error(s, text);
}

static void skip_comment(struct scan *s)
{
	unsigned line = s->line;

	for (s->at += 2; *s->at && strncmp(s->at, "*/", 2); s->at++)
		s->line += *s->at == '\n';
	if (*s->at)
		s->at += 2;
	else
		no_end(s, line, "the comment has no end: write \"*/\"");
}

/* libconfig never frees a string that it reads where none can stand, so that each broken file
 * would cost the agent memory for good: it does not get to see one. */
static bool string_may_stand(const struct scan *s)
{
	switch (s->before) {
	case '"':
	case '=':
	case ':':
	case '(':
	case '[':
		return true;
	case ',':
		return s->depth > SCAN_DEPTH || (s->depth && s->nest[s->depth - 1] != '{');
	default:
		return false;
	}
}

static void scan_string(struct scan *s)
{
	unsigned line = s->line;

	if (!string_may_stand(s))
		scan_error(s,
			   "a string can't stand here: look for a missing \"=\", \",\" or bracket");
	if (s->before != '"')
		add_line(s);
	for (s->at++; *s->at && *s->at != '"'; s->at++) {
		s->line += *s->at == '\n';
		if (*s->at != '\\' || !s->at[1])
			continue;
		s->at++;
		s->line += *s->at == '\n';
		if (!strncasecmp(s->at, "x00", 3))
			scan_error(s, "\"\\x00\" ends a string: write it without a NUL byte");
	}
	if (*s->at)
		s->at++;
	else
		no_end(s, line, "the string has no end: write the closing quote");
}

/* A number as libconfig splits it off: anything that begins with a digit. */
static void scan_number(struct scan *s)
{
	char *end;
	long long value;

	errno = 0;
	value = strtoll(s->at, &end, !strncasecmp(s->at, "0x", 2) ? 16 : 10);
	if (errno || (value > INT_MAX && *end != 'L'))
		scan_error(s, "the number is too large: at most 2147483647, or with an L behind it "
			      "9223372036854775807");
	s->at = end;
	while (isalnum((unsigned char)*s->at) || *s->at == '.')
		s->at++;
}

static void scan_word(struct scan *s)
{
	while (isalnum((unsigned char)*s->at) || (*s->at && strchr("_-*", *s->at)))
		s->at++;
}

static void scan_bracket(struct scan *s)
{
	if (!strchr("([{", *s->at)) {
		s->depth -= s->depth > 0;
	} else {
		if (s->depth < SCAN_DEPTH)
			s->nest[s->depth] = *s->at;
		else if (s->depth == SCAN_DEPTH)
			scan_error(s, "too many brackets in brackets: at most 64");
		s->depth++;
	}
	s->at++;
}

static void scan_token(struct scan *s)
{
	char first = *s->at;

	if (first == '"') {
		scan_string(s);
	} else if (strchr("([{}])", first)) {
		scan_bracket(s);
	} else if (first == '@') {
		scan_error(s, "@include is not supported: name both files, or use extends");
		skip_line(s);
	} else if (isdigit((unsigned char)first)) {
		scan_number(s);
	} else if (isalpha((unsigned char)first) || first == '*') {
		scan_word(s);
	} else {
		s->at++;
	}
	s->before = first;
}

int source_scan(const char *text, const char *name, struct source_lines *ret,
		struct diag_list *diags)
{
	struct scan s = { .at = text, .name = name, .line = 1, .diags = diags };

	while (*s.at) {
		if (*s.at == '#' || !strncmp(s.at, "//", 2)) {
			skip_line(&s);
		} else if (!strncmp(s.at, "/*", 2)) {
			skip_comment(&s);
		} else if (isspace((unsigned char)*s.at)) {
			s.line += *s.at == '\n';
			s.at++;
		} else {
			scan_token(&s);
		}
	}
	if (s.error) {
		free(s.lines.items);
		return s.error;
	}
	*ret = s.lines;
	return 0;
}
