/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/glob.h"
#include "policy/parse.h"

struct policy_pos parse_pos(const struct parse *p, const config_setting_t *s)
{
	unsigned line = (unsigned)(uintptr_t)config_setting_get_hook(s);

	return (struct policy_pos){ p->file, line ? line : config_setting_source_line(s) };
}

void parse_error(struct parse *p, const config_setting_t *s, const char *fmt, ...)
{
	POLICY_CLEANUP(policy_freep) char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	diag_add(p->diags, DIAG_ERROR, p->file, parse_pos(p, s).line, "%s",
		 text ? text : "out of memory");
}

void parse_unknown(struct parse *p, const config_setting_t *s, const char *what, const char *text,
		   const struct name_table *table)
{
	char buf[SUGGEST_MAX];

	parse_error(p, s, "unknown %s \"%s\": %s", what, text,
		    names_suggest(table, text, buf, sizeof(buf)));
}

#define GROUP_KEYS_MAX 16

static void unknown_key(struct parse *p, const config_setting_t *s, const char *what,
			const struct parse_key *keys, size_t n)
{
	const char *names[GROUP_KEYS_MAX];
	struct name_table table = { names, n };
	char buf[SUGGEST_MAX];

	for (size_t i = 0; i < n; i++)
		names[i] = keys[i].name;
	parse_error(p, s, "unknown key \"%s\" in %s: %s", config_setting_name(s), what,
		    names_suggest(&table, config_setting_name(s), buf, sizeof(buf)));
}

static const struct parse_key *find_key(const struct parse_key *keys, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

bool parse_group(struct parse *p, const config_setting_t *s, const char *what,
		 const struct parse_key *keys, size_t n, void *target)
{
	int length = config_setting_length(s);

	if (!config_setting_is_group(s)) {
		parse_error(p, s, "%s is no group: write { ... }", what);
		return false;
	}
	if (!length)
		parse_error(p, s, "%s is empty: leave it out, or say something in it", what);
	for (int i = 0; i < length; i++) {
		const config_setting_t *member = config_setting_get_elem(s, (unsigned)i);
		const struct parse_key *key = find_key(keys, n, config_setting_name(member));

		if (key)
			key->take(p, member, target);
		else
			unknown_key(p, member, what, keys, n);
	}
	return true;
}

/* What to call a setting in a message: its key, or that of the list it stands in. */
static const char *setting_name(const config_setting_t *s)
{
	while (s && !config_setting_name(s))
		s = config_setting_parent(s);
	return s ? config_setting_name(s) : "the value";
}

const char *parse_string(struct parse *p, const config_setting_t *s)
{
	if (config_setting_type(s) == CONFIG_TYPE_STRING)
		return config_setting_get_string(s);
	parse_error(p, s, "%s takes a string: write \"...\"", setting_name(s));
	return NULL;
}

bool parse_bool(struct parse *p, const config_setting_t *s, bool *ret)
{
	if (config_setting_type(s) != CONFIG_TYPE_BOOL) {
		parse_error(p, s, "%s takes true or false", setting_name(s));
		return false;
	}
	*ret = config_setting_get_bool(s);
	return true;
}

bool parse_int(struct parse *p, const config_setting_t *s, long long *ret)
{
	int type = config_setting_type(s);

	if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) {
		parse_error(p, s, "%s takes a whole number", setting_name(s));
		return false;
	}
	*ret = type == CONFIG_TYPE_INT ? config_setting_get_int(s) : config_setting_get_int64(s);
	return true;
}

int parse_name(struct parse *p, const config_setting_t *s, const char *what,
	       const struct name_table *table)
{
	const char *text = parse_string(p, s);
	int index = text ? names_find(table, text) : -1;

	if (text && index < 0)
		parse_unknown(p, s, what, text, table);
	return index;
}

void parse_each(struct parse *p, const config_setting_t *s, const char *what,
		void (*take)(struct parse *p, const config_setting_t *s, void *target),
		void *target)
{
	int n;

	if (!config_setting_is_array(s) && !config_setting_is_list(s)) {
		take(p, s, target);
		return;
	}
	n = config_setting_length(s);
	if (!n)
		parse_error(p, s, "%s is an empty list: leave it out, or write what it holds",
			    what);
	for (int i = 0; i < n; i++)
		take(p, config_setting_get_elem(s, (unsigned)i), target);
}

static bool check_glob(struct parse *p, const config_setting_t *s, const char *text, bool path)
{
	struct arena arena = { 0 };
	struct glob_seq seq;
	char why[160];
	int r = glob_parse(&arena, text, &seq, why, sizeof(why));

	if (!r && path)
		r = glob_check_path(&seq, strlen(text), why, sizeof(why));
	if (r == -ENOMEM)
		p->no_memory = true;
	else if (r < 0)
		parse_error(p, s, "glob \"%.80s%s\": %s", text, strlen(text) > 80 ? "..." : "",
			    why);
	arena_clear(&arena);
	return !r;
}

bool parse_check_path(struct parse *p, const config_setting_t *s, const char *text)
{
	return check_glob(p, s, text, true);
}

bool parse_check_glob(struct parse *p, const config_setting_t *s, const char *text)
{
	if (*text)
		return check_glob(p, s, text, false);
	parse_error(p, s, "%s has an empty glob: write \"*\" for any", setting_name(s));
	return false;
}
