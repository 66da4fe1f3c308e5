/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sysctls and their values, by the words of bailiff-policy(5), SYSCTLS. */
#include "tests/property/matches.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "tests/unit/naive_glob.h"

#define BLANKS " \t\n"
#define VALUE_BYTES 511
#define NUMBERS 300 /* of a value */

static struct naive_pattern expanded;

static bool is_limited(const struct model_rule *rule)
{
	return rule->has_min || rule->has_max;
}

static int64_t random_limit(void)
{
	static const int64_t limits[] = { 0,	      1,	  -1,		255,
					  4096,	      INT_MAX,	  INT64_MAX,	INT64_MAX,
					  -INT64_MAX, 5000000000, INT64_MAX - 1 };

	return one_in(2) ? limits[random_below(11)] : (int64_t)random_below(40) - 10;
}

static void random_limits(struct model_rule *rule)
{
	int64_t a = random_limit(), b = random_limit();

	rule->min = a < b ? a : b;
	rule->max = a < b ? b : a;
	rule->has_max = one_in(2);
	rule->has_min = !rule->has_max || one_in(2);
}

/* With dots between the parts, or as the path that it is. */
void random_sysctl_rule(struct model_rule *rule)
{
	static const char *const parts[] = { "a",   "b",     "net",	"*",	 "**",
					     "a*",  "?",     "[ab]",	"{a,b}", "[!a-c]",
					     "*b",  "x{,y}", "{a,net}", "\\*",	 "[.b]",
					     "n*t", "e%c0",  "e%c[0-9]" };
	bool slashes = one_in(4);
	char part[32], *glob = rule->pattern[0];

	*glob = '\0';
	rule->n_patterns = 1;
	for (unsigned n = 1 + random_below(3); n; n--) {
		/* no dot in the first part: "e/0.x" is the path of another */
		const char *text = parts[random_below(*glob ? 18 : 16)];

		snprintf(part, sizeof(part), text, slashes ? '.' : '/');
		if (*glob)
			strcat(glob, slashes ? "/" : ".");
		strcat(glob, part);
	}
	if (rule->section == SECTION_SYSCTL_WRITE && rule->act == ACT_ALLOW && !one_in(3))
		random_limits(rule);
}

/* What is a part's end and what a dot within it is told by the first of the two, outside of
 * brackets: the kernel has slashes and dots. */
static void as_kernel(const char *text, char *buf)
{
	bool swap = false, known = false, brackets = false;

	for (; *text; text++) {
		char c = *text;

		if (!brackets && (c == '.' || c == '/')) {
			swap = known ? swap : c == '.';
			known = true;
			c = !swap ? c : c == '.' ? '/' : '.';
		} else if (c == '\\') {
			*buf++ = c;
			c = *++text;
		} else if (c == '[' || c == ']') {
			brackets = c == '[';
		}
		*buf++ = c;
	}
	*buf = '\0';
}

/* Away with what no name may have, and what can't be written: dots in the first part. */
static void as_name(char *buf)
{
	char name[MODEL_WORD], *to = name;
	bool first = true;

	for (const char *c = buf; *c; c++) {
		if (*c == '/' && (to == name || to[-1] == '/' || !c[1]))
			continue;
		first &= *c != '/';
		*to++ = strchr("*?[]{}\\", *c) || (first && *c == '.') ? 'a' : *c;
	}
	*to = '\0';
	if (to > name && to[-1] == '/')
		to[-1] = '\0';
	strcpy(buf, *name ? name : "a");
}

static void random_sysctl_name(const struct model *m, enum model_section section, char *buf)
{
	static const char *const names[] = { "a",	  "a/b", "a/c",	   "a/b/c",
					     "net/e.0/b", "b/b", "net/x/y" };
	const struct model_rule *rule = NULL;
	char glob[MODEL_GLOB];

	for (int i = 0; i < m->n_rules; i++)
		if (m->rules[i].section == section &&
		    (!rule || one_in(2) || is_limited(&m->rules[i])))
			rule = &m->rules[i];
	strcpy(buf, names[random_below(7)]);
	if (rule && !one_in(5)) {
		as_kernel(rule->pattern[0], glob);
		path_of_glob(glob, buf);
	}
	as_name(buf);
}

static void near_limit(const struct model *m, __int128 *value)
{
	*value = random_limit();
	for (int i = 0; i < m->n_rules; i++) {
		const struct model_rule *rule = &m->rules[i];

		if (rule->has_min && one_in(2))
			*value = rule->min;
		if (rule->has_max && one_in(2))
			*value = rule->max;
	}
	*value += (int)random_below(3) - 1;
	if (one_in(8)) /* of what has 64 bits without a sign */
		*value = ((__int128)1 << (63 + random_below(2))) - random_below(3);
}

static void put_value(char *buf, __int128 value)
{
	static const char *const formats[] = { "%llu",	"%llu",	  "%llu",  "%llx",
					       "0%llo", "0x%llx", "0X%llX" };
	char *at = buf + strlen(buf);
	unsigned __int128 magnitude =
		value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;

	if (value < 0)
		*at++ = '-';
	if (magnitude >> 64) { /* one bit too many */
		strcpy(at, "18446744073709551616");
		return;
	}
	sprintf(at, formats[random_below(7)], (unsigned long long)magnitude);
}

static void random_value(const struct model *m, char *buf)
{
	static const char *const odd[] = { "",	   " ",	   "x",	  "0x",	   "08",  "1-2",
					   "--1",  "+1",   "1,2", "0x7\n", "010", "\t9 ",
					   "-",	   "- 1",  "0b1", "1e2",   "000", "-0",
					   "0x0g", "1\v2", "a",	  "00x1" };
	__int128 value;

	*buf = '\0';
	if (one_in(6)) {
		strcpy(buf, odd[random_below(22)]);
		return;
	}
	for (unsigned n = one_in(2) ? 1 : 1 + random_below(3); n; n--) {
		strcat(buf, one_in(3) ? "\t" : *buf || one_in(4) ? " " : "");
		near_limit(m, &value);
		put_value(buf, value);
	}
	if (one_in(4))
		strcat(buf, "\n");
	if (one_in(12)) /* at the most that is looked at, or above */
		while (strlen(buf) < VALUE_BYTES - 1 + random_below(3))
			strcat(buf, one_in(2) ? " " : " 1" + !*buf);
}

void random_sysctl(const struct model *m, struct model_action *action)
{
	bool write = m->sysctl_read && m->sysctl_write ? !one_in(3) : !m->sysctl_read;
	char name[MODEL_WORD];

	random_sysctl_name(m, write ? SECTION_SYSCTL_WRITE : SECTION_SYSCTL_READ, name);
	action->count = 0;
	strcpy(action->word[action->count++], "sysctl");
	strcpy(action->word[action->count++], write ? "write" : "read");
	if (!one_in(4)) /* the other way to write it */
		for (char *c = name; *c; c++)
			*c = *c == '/' ? '.' : *c == '.' ? '/' : *c;
	strcpy(action->word[action->count++], name);
	if (write)
		random_value(m, action->word[action->count++]);
}

/* "-17", "0x11" or "021"; of 64 bits without a sign, or 63 and one. */
static bool take_number(const char *text, size_t length, __int128 *ret)
{
	bool negative = *text == '-';
	const char *digits = "0123456789";
	char number[MODEL_WORD], *from = number, *end;
	unsigned long long magnitude;
	int base = 10;

	memcpy(number, text, length);
	number[length] = '\0';
	from += negative;
	if (from[0] == '0' && (from[1] == 'x' || from[1] == 'X')) {
		base = 16;
		digits = "0123456789abcdefABCDEF";
		from += 2;
	} else if (from[0] == '0') {
		base = 8;
		digits = "01234567";
	}
	if (!*from || strspn(from, digits) != strlen(from))
		return false;
	errno = 0;
	magnitude = strtoull(from, &end, base);
	if (errno || *end || (negative && magnitude > 1ULL << 63))
		return false;
	*ret = negative ? -(__int128)magnitude : (__int128)magnitude;
	return true;
}

/* The numbers of a value; -1 if it is no list of integers. */
static int take_numbers(const char *value, __int128 *numbers)
{
	int n = 0;

	if (strlen(value) > VALUE_BYTES)
		return -1;
	for (value += strspn(value, BLANKS); *value; value += strspn(value, BLANKS)) {
		size_t length = strcspn(value, BLANKS);

		if (!take_number(value, length, &numbers[n++]))
			return -1;
		value += length;
	}
	return n ? n : -1;
}

static bool all_fit(const struct model_rule *rule, const __int128 *numbers, int n)
{
	for (int i = 0; i < n; i++)
		if ((rule->has_min && numbers[i] < rule->min) ||
		    (rule->has_max && numbers[i] > rule->max))
			return false;
	return true;
}

static bool is_on(const struct model_rule *rule, const char *name)
{
	char glob[MODEL_GLOB];

	as_kernel(rule->pattern[0], glob);
	naive_parse(&expanded, glob);
	return naive_match(&expanded, name);
}

/* Limits decide where nothing without them says more than the default. */
static void decide_value(const struct model *m, const char *name, const char *value,
			 struct model_answer *ret)
{
	__int128 numbers[NUMBERS];
	int n = take_numbers(value, numbers);
	unsigned first = 0;

	for (int i = 0; i < m->n_rules; i++) {
		const struct model_rule *rule = &m->rules[i];

		if (rule->section != SECTION_SYSCTL_WRITE || !is_limited(rule) ||
		    !is_on(rule, name))
			continue;
		if (n > 0 && all_fit(rule, numbers, n)) {
			*ret = (struct model_answer){ .judged = true,
						      .line = rule->line,
						      .limited = true };
			return;
		}
		first = first ? first : rule->line;
	}
	if (first)
		*ret = (struct model_answer){ .judged = true,
					      .verdict = SAYS_DENIED,
					      .record = true,
					      .line = first,
					      .why = n > 0 ? WHY_RANGE : WHY_INTEGER };
}

void decide_sysctl(const struct model *m, const struct model_action *action,
		   struct model_answer *ret)
{
	bool write = !strcmp(action->word[1], "write");
	enum model_section section = write ? SECTION_SYSCTL_WRITE : SECTION_SYSCTL_READ;
	enum model_default dflt = write ? m->sysctl_write : m->sysctl_read;
	struct matches found = { 0 };
	char name[MODEL_WORD];

	if (!dflt)
		return;
	as_kernel(action->word[2], name);
	for (int i = 0; i < m->n_rules; i++)
		if (m->rules[i].section == section && !is_limited(&m->rules[i]) &&
		    is_on(&m->rules[i], name))
			note_rule(&found, &m->rules[i]);
	*ret = conclude(&found, dflt);
	if (write && !ret->line)
		decide_value(m, name, action->word[3], ret);
}
