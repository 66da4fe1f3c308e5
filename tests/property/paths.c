/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Globs of every kind, and paths that they match or nearly match. */
#include "tests/property/model.h"

#include <string.h>

#include "policy/glob.h"
#include "tests/unit/naive_glob.h"

#define PATH_BYTES 200 /* of most paths */
#define GROUPS 3       /* of one glob, so that it has few expansions */

static struct naive_pattern expanded;

static void put(char *buf, const char *text)
{
	if (strlen(buf) + strlen(text) < MODEL_GLOB - 1)
		strcat(buf, text);
}

static void random_pieces(char *buf, int depth, unsigned most, int *groups)
{
	static const char *const pieces[] = {
		"a",  "b",    "c",    "/",	"/a",	     "/b",     "/usr",	  "/lib",
		".",  "x.so", "etc/", "-",	"\\*",	     "\\\\",   "\\{",	  "\\[",
		"?",  "*",    "**",   "/**",	"/*",	     "/**/",   "*.so",	  "\\?",
		",a", "[ab]", "[!a]", "[a-b.]", "[!\\]b-c]", "[\\-x]", "[!.a-y]", "\xc3\xa4",
	};

	for (unsigned n = 1 + random_below(most); n && strlen(buf) < 60; n--) {
		if (!one_in(5) || depth > 2 || !*groups) {
			const char *piece = pieces[random_below(32)];

			put(buf, depth && *piece == ',' ? "a" : piece);
			continue;
		}
		--*groups;
		put(buf, "{");
		for (unsigned i = 1 + random_below(3); i; i--) {
			if (!one_in(5))
				random_pieces(buf, depth + 1, 3, groups);
			put(buf, i > 1 ? "," : "}");
		}
	}
}

static void plain_pieces(char *buf)
{
	static const char *const pieces[] = { "a", "b", "/a", "/b", "/lib", "/usr", ".so", "[ab]" };
	static const char *const ends[] = { "/**", "", "/**/b", "*", "?" };

	for (unsigned n = 1 + random_below(4); n; n--)
		put(buf, pieces[random_below(8)]);
	put(buf, ends[random_below(5)]);
}

bool right_glob(const char *text)
{
	struct arena arena = { 0 };
	struct glob_seq seq;
	char why[160];
	bool right = strlen(text) < MODEL_GLOB &&
		     !glob_parse(&arena, text, &seq, why, sizeof(why)) &&
		     !glob_check_path(&seq, strlen(text), why, sizeof(why));

	arena_clear(&arena);
	return right;
}

void random_glob(char *buf, bool plain)
{
	do {
		int groups = GROUPS;

		strcpy(buf, "/");
		if (plain)
			plain_pieces(buf);
		else
			random_pieces(buf, 0, 6, &groups);
	} while (!right_glob(buf));
}

static void put_byte(char *buf, uint8_t byte)
{
	size_t length = strlen(buf);

	if (length + 2 < MODEL_WORD) {
		buf[length] = (char)byte;
		buf[length + 1] = '\0';
	}
}

static void put_any(char *buf, bool slashes, bool is_long)
{
	static const char *const fill[] = { "", "a", "b", "ab", "c.", "x", "a/b", "/a", "b/" };
	unsigned n = is_long ? random_below(1200) : 1;

	while (n--)
		for (const char *c = fill[random_below(slashes ? 9 : 6)]; *c; c++)
			put_byte(buf, (uint8_t)*c);
}

/* A byte of the set that is written there, nearly always. */
static void put_member(char *buf, const char *set)
{
	static const char likely[] = "abcxz.]-[!uk\xff\x01";

	for (int i = 0; i < 40; i++) {
		uint8_t byte = (uint8_t)likely[random_below(sizeof(likely) - 1)];

		if (naive_set_has(set, byte)) {
			put_byte(buf, byte);
			return;
		}
	}
	put_byte(buf, 'a');
}

/* A path that the glob matches, but for what canonical() takes away. */
static void derive(const char *glob, char *buf, bool is_long)
{
	const struct naive_list *list;

	naive_parse(&expanded, glob);
	list = &expanded.lists[random_below((unsigned)expanded.count)];
	buf[0] = '\0';
	for (int i = 0; i < list->count; i++) {
		int token = list->tokens[i];

		if (token == NAIVE_STARS)
			put_any(buf, true, is_long);
		else if (token == NAIVE_STAR)
			put_any(buf, false, false);
		else if (token >= NAIVE_SET)
			put_member(buf, glob + (token - NAIVE_SET));
		else
			put_byte(buf, (uint8_t)token);
	}
}

void path_of_glob(const char *glob, char *buf)
{
	derive(glob, buf, false);
}

/* One byte or component more, less or other. */
static void mutate(char *buf)
{
	static const char bytes[] = "abcx/.*-\\{[,\xff \n";
	size_t length = strlen(buf), at = random_below((unsigned)length + 1);
	char *slash = strrchr(buf, '/');

	switch (random_below(6)) {
	case 0:
		memmove(buf + at, buf + at + (at < length), length - at + (at == length));
		return;
	case 1:
		if (at < length)
			buf[at] = bytes[random_below(sizeof(bytes) - 1)];
		return;
	case 2:
		if (length + 2 >= MODEL_WORD)
			return;
		memmove(buf + at + 1, buf + at, length - at + 1);
		buf[at] = bytes[random_below(sizeof(bytes) - 1)];
		return;
	case 3:
		put_any(buf, true, false);
		return;
	case 4:
		if (slash && slash > buf)
			*slash = '\0';
		return;
	default:
		put_byte(buf, '/');
		put_any(buf, true, false);
	}
}

/* As a kernel's path: no empty component, no `.` or `..`, none of more than 255 bytes. */
static void canonical(char *buf)
{
	char path[MODEL_WORD] = "", *to = path;

	for (char *part = strtok(buf, "/"); part; part = strtok(NULL, "/")) {
		size_t length = strlen(part) > 255 ? 255 : strlen(part);

		if (!strcmp(part, ".") || !strcmp(part, "..") ||
		    to + length + 2 > path + sizeof(path))
			continue;
		*to++ = '/';
		memcpy(to, part, length);
		to += length;
	}
	*to = '\0';
	strcpy(buf, *path ? path : "/");
}

static void any_path(char *buf)
{
	static const char bytes[] = "aabbcx///.*-\\\xff";

	buf[0] = '\0';
	for (unsigned n = 1 + random_below(12); n; n--)
		put_byte(buf, (uint8_t)bytes[random_below(sizeof(bytes) - 1)]);
}

void random_path(const struct model *m, char *buf)
{
	const char *globs[MODEL_RULES * MODEL_PATTERNS];
	unsigned n = 0;
	bool plain = true;

	for (int i = 0; i < m->n_rules; i++)
		for (int k = 0; has_paths(&m->rules[i]) && k < m->rules[i].n_patterns; k++) {
			const char *stars = strstr(m->rules[i].pattern[k], "*");

			globs[n++] = m->rules[i].pattern[k];
			/* the reference is slow where many wildcards meet a long path */
			plain &= !stars || (!strpbrk(stars + 2, "*{") && n <= 4);
		}
	if (!n || one_in(12))
		any_path(buf);
	else
		derive(globs[random_below(n)], buf, plain && one_in(6));
	while (one_in(3))
		mutate(buf);
	canonical(buf);
}
