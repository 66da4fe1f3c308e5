/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "agent/toml.h"

#define BARE "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

struct reader {
	const char *at;
	const struct toml_visitor *visitor;
	char table[TOML_MAX], name[TOML_MAX], value[TOML_MAX];
};

static void skip_blanks(struct reader *r)
{
	r->at += strspn(r->at, " \t");
}

/* Blanks, line ends and comments. */
static void skip_lines(struct reader *r)
{
	for (;;) {
		r->at += strspn(r->at, " \t\r\n");
		if (*r->at != '#')
			return;
		r->at += strcspn(r->at, "\n");
	}
}

static bool take(struct reader *r, char c)
{
	if (*r->at != c)
		return false;
	r->at++;
	return true;
}

static bool put(char *text, size_t *length, char c)
{
	if (*length + 1 >= TOML_MAX)
		return false;
	text[(*length)++] = c;
	text[*length] = 0;
	return true;
}

/* Adds a string with quotes, of either kind, in three quotes too. */
static bool read_quoted(struct reader *r, char *text, size_t *length)
{
	char quote = *r->at;
	bool three = r->at[1] == quote && r->at[2] == quote;

	r->at += three ? 3 : 1;
	text[*length] = 0;
	for (;; r->at++) {
		if (*r->at == quote && (!three || (r->at[1] == quote && r->at[2] == quote))) {
			r->at += three ? 3 : 1;
			return true;
		}
		if (!*r->at || (*r->at == '\n' && !three))
			return false;
		if (*r->at == '\\' && quote == '"' && (r->at[1] == '"' || r->at[1] == '\\'))
			r->at++;
		if (!put(text, length, *r->at))
			return false;
	}
}

/* Adds a key, the parts of which may have quotes; "a . b" is "a.b". */
static bool read_key(struct reader *r, char *text, size_t *length)
{
	do {
		size_t bare;

		skip_blanks(r);
		if (*length && !put(text, length, '.'))
			return false;
		if (*r->at == '"' || *r->at == '\'') {
			if (!read_quoted(r, text, length))
				return false;
		} else {
			bare = strspn(r->at, BARE);
			if (!bare)
				return false;
			while (bare--)
				if (!put(text, length, *r->at++))
					return false;
		}
		skip_blanks(r);
	} while (take(r, '.'));
	return true;
}

static bool read_string(struct reader *r)
{
	size_t length = 0;

	if (!read_quoted(r, r->value, &length))
		return false;
	r->visitor->string(r->visitor->context, r->name, r->value);
	return true;
}

/* Up to the end of an inline table or an array in an array. */
static bool skip_nested(struct reader *r)
{
	unsigned int depth = 0;

	do {
		size_t length = 0;

		if (*r->at == '"' || *r->at == '\'') {
			if (!read_quoted(r, r->value, &length))
				return false;
			continue;
		}
		if (*r->at == '#')
			r->at += strcspn(r->at, "\n");
		if (!*r->at)
			return false;
		depth += *r->at == '{' || *r->at == '[';
		depth -= *r->at == '}' || *r->at == ']';
		r->at++;
	} while (depth);
	return true;
}

static bool read_element(struct reader *r)
{
	size_t plain;

	if (*r->at == '"' || *r->at == '\'')
		return read_string(r);
	if (*r->at == '{' || *r->at == '[')
		return skip_nested(r);
	plain = strcspn(r->at, ",]}#\r\n");
	r->at += plain;
	return plain;
}

static bool read_array(struct reader *r)
{
	r->at++;
	for (;;) {
		skip_lines(r);
		if (take(r, ']'))
			return true;
		if (!read_element(r))
			return false;
		skip_lines(r);
		if (!take(r, ',') && *r->at != ']')
			return false;
	}
}

static bool read_table(struct reader *r)
{
	bool array = r->at[1] == '[';
	size_t length = 0;

	r->at += array ? 2 : 1;
	return read_key(r, r->table, &length) && take(r, ']') && (!array || take(r, ']'));
}

static bool read_line(struct reader *r)
{
	size_t length = strlen(r->table);

	if (*r->at == '[')
		return read_table(r);
	memcpy(r->name, r->table, length + 1);
	if (!read_key(r, r->name, &length) || !take(r, '='))
		return false;
	skip_blanks(r);
	r->visitor->key(r->visitor->context, r->name);
	return *r->at == '[' ? read_array(r) : read_element(r);
}

unsigned int toml_visit(const char *text, const struct toml_visitor *visitor)
{
	struct reader r = { .at = text, .visitor = visitor };
	unsigned int line = 1;

	for (;;) {
		const char *start;

		skip_lines(&r);
		if (!*r.at)
			return 0;
		start = r.at;
		if (read_line(&r)) {
			skip_blanks(&r);
			if (!*r.at || strchr("#\r\n", *r.at))
				continue;
		}
		while (text < start)
			line += *text++ == '\n';
		return line;
	}
}
