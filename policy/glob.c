/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/glob.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bpf/abi_limits.h"

struct glob_parser {
	struct arena *arena;
	const char *at;
	unsigned depth;
	char *why;
	size_t size;
};

#define REFUSE(parser, ...) (snprintf((parser)->why, (parser)->size, __VA_ARGS__), -EINVAL)

static void set_add(struct glob_set *set, unsigned byte)
{
	set->bits[byte >> 6] |= 1ULL << (byte & 63);
}

static void set_invert(struct glob_set *set)
{
	for (size_t i = 0; i < 4; i++)
		set->bits[i] = ~set->bits[i];
}

/* No path has a NUL, and only `**` and a plain '/' match a '/'. */
static bool set_finish(struct glob_set *set)
{
	set->bits[0] &= ~(1ULL | 1ULL << '/');
	return set->bits[0] | set->bits[1] | set->bits[2] | set->bits[3];
}

/* One byte of a bracket, its escape resolved; -EINVAL at the end of the pattern. */
static int bracket_byte(struct glob_parser *p)
{
	if (*p->at == '\\')
		p->at++;
	if (!*p->at)
		return REFUSE(p, "\"[\" has no end: write \"]\", or \"\\[\" for the byte itself");
	if (*p->at == '/')
		return REFUSE(p, "brackets never match \"/\": write {x,/} for a choice with it");
	return (uint8_t)*p->at++;
}

static int bracket_range(struct glob_parser *p, struct glob_set *set)
{
	const char *from = p->at;
	int first = bracket_byte(p), last = first;

	if (first < 0)
		return first;
	if (p->at[0] == '-' && p->at[1] && p->at[1] != ']') {
		p->at++;
		last = bracket_byte(p);
		if (last < 0)
			return last;
		if (last < first)
			return REFUSE(p, "range \"%.*s\" is reversed: write \"%c-%c\"",
				      (int)(p->at - from), from, last, first);
	}
	for (int byte = first; byte <= last; byte++)
		set_add(set, (unsigned)byte);
	return 0;
}

static int parse_bracket(struct glob_parser *p, struct glob_node *node)
{
	struct glob_set *set = arena_alloc(p->arena, sizeof(*set));
	bool inverted;
	int r;

	if (!set)
		return -ENOMEM;
	p->at++;
	if (*p->at == '^')
		return REFUSE(p, "\"[^\" is no negation: write \"[!\", or \"[\\^\" for the byte");
	inverted = *p->at == '!';
	if (inverted)
		p->at++;
	if (*p->at == ']')
		return REFUSE(p, "brackets are empty: write a byte or a range, or \"\\[\" for "
				 "the byte itself");
	while (*p->at != ']') {
		r = bracket_range(p, set);
		if (r < 0)
			return r;
	}
	p->at++;
	if (inverted)
		set_invert(set);
	if (!set_finish(set))
		return REFUSE(p, "brackets match no byte: write a byte or a range");
	*node = (struct glob_node){ .kind = GLOB_SET, .set = set };
	return 0;
}

static int parse_stars(struct glob_parser *p, struct glob_node *node)
{
	size_t stars = strspn(p->at, "*");

	if (stars > 2)
		return REFUSE(p, "\"***\" is no wildcard: write \"**\" or \"*\"");
	p->at += stars;
	node->kind = stars == 2 ? GLOB_STARS : GLOB_STAR;
	return 0;
}

static int parse_question(struct glob_parser *p, struct glob_node *node)
{
	static const struct glob_set any = { { ~(1ULL | 1ULL << '/'), ~0ULL, ~0ULL, ~0ULL } };

	p->at++;
	*node = (struct glob_node){ .kind = GLOB_SET, .set = &any };
	return 0;
}

static int parse_byte(struct glob_parser *p, struct glob_node *node)
{
	if (*p->at == '\\' && !*++p->at)
		return REFUSE(p, "\"\\\" at the end escapes nothing: write \"\\\\\" for the byte");
	*node = (struct glob_node){ .kind = GLOB_BYTE, .byte = (uint8_t)*p->at++ };
	return 0;
}

static int parse_seq(struct glob_parser *p, struct glob_seq *seq);

static int parse_group(struct glob_parser *p, struct glob_node *node)
{
	struct glob_group *group = arena_alloc(p->arena, sizeof(*group));
	const char *start = p->at;
	int r;

	if (!group)
		return -ENOMEM;
	if (++p->depth > GLOB_MAX_DEPTH)
		return REFUSE(p, "groups nest too deeply: at most %d levels", GLOB_MAX_DEPTH);
	do {
		p->at++;
		group->alts =
			arena_grow(p->arena, group->alts, group->n_alts, sizeof(*group->alts));
		if (!group->alts)
			return -ENOMEM;
		group->alts[group->n_alts] = (struct glob_seq){ 0 };
		r = parse_seq(p, &group->alts[group->n_alts++]);
		if (r < 0)
			return r;
	} while (*p->at == ',');
	if (*p->at != '}')
		return REFUSE(p, "\"{\" has no end: write \"}\", or \"\\{\" for the byte itself");
	p->at++;
	p->depth--;
	group->text = start;
	group->len = (size_t)(p->at - start);
	*node = (struct glob_node){ .kind = GLOB_GROUP, .group = group };
	return 0;
}

static int parse_node(struct glob_parser *p, struct glob_node *node)
{
	switch (*p->at) {
	case '[':
		return parse_bracket(p, node);
	case '{':
		return parse_group(p, node);
	case '*':
		return parse_stars(p, node);
	case '?':
		return parse_question(p, node);
	default:
		return parse_byte(p, node);
	}
}

static int parse_seq(struct glob_parser *p, struct glob_seq *seq)
{
	int r;

	while (*p->at && !(p->depth && (*p->at == ',' || *p->at == '}'))) {
		struct glob_node node = { 0 };

		if (*p->at == '}')
			return REFUSE(p, "\"}\" closes nothing: write \"\\}\" for the byte itself");
		r = parse_node(p, &node);
		if (r < 0)
			return r;
		seq->items = arena_grow(p->arena, seq->items, seq->count, sizeof(node));
		if (!seq->items)
			return -ENOMEM;
		seq->items[seq->count++] = node;
	}
	return 0;
}

int glob_parse(struct arena *arena, const char *text, struct glob_seq *ret, char *why, size_t size)
{
	struct glob_parser p = { .arena = arena, .at = text, .why = why, .size = size };
	struct glob_seq seq = { 0 };
	int r = parse_seq(&p, &seq);

	if (r < 0)
		return r;
	*ret = seq;
	return 0;
}

/* What the bytes so far may end in, as a set: a group leads to several. */
enum path_end {
	END_START = 1 << 0,
	END_ROOT = 1 << 1,  /* the first '/' */
	END_SLASH = 1 << 2, /* a further '/' */
	END_DOT = 1 << 3,   /* a component "." so far */
	END_DOTS = 1 << 4,
	END_NAME = 1 << 5,
};

static const char never[] = "can never match a path";

static int slash_follows(unsigned ends, char *why, size_t size)
{
	const char *bad = ends & (END_ROOT | END_SLASH) ? "//"
			  : ends & END_DOT		? "/./"
			  : ends & END_DOTS		? "/../"
							: NULL;

	if (bad) {
		snprintf(why, size, "\"%s\" %s: write \"/\"", bad, never);
		return -EINVAL;
	}
	return (ends & END_START ? END_ROOT : 0) | (ends & END_NAME ? END_SLASH : 0);
}

static int node_follows(const struct glob_node *node, unsigned ends, char *why, size_t size)
{
	if (node->kind == GLOB_BYTE && node->byte == '/')
		return slash_follows(ends, why, size);
	if (ends & END_START) {
		snprintf(why, size, "a path begins with \"/\": write \"/...\" or \"/**/...\"");
		return -EINVAL;
	}
	if (node->kind != GLOB_BYTE || node->byte != '.')
		return END_NAME;
	return (ends & (END_ROOT | END_SLASH) ? END_DOT : 0) | (ends & END_DOT ? END_DOTS : 0) |
	       (ends & (END_DOTS | END_NAME) ? END_NAME : 0);
}

static int seq_follows(const struct glob_seq *seq, int ends, char *why, size_t size)
{
	for (size_t i = 0; i < seq->count && ends > 0; i++) {
		const struct glob_node *node = &seq->items[i];
		int all = 0;

		if (node->kind != GLOB_GROUP) {
			ends = node_follows(node, (unsigned)ends, why, size);
			continue;
		}
		for (size_t j = 0; j < node->group->n_alts; j++) {
			int one = seq_follows(&node->group->alts[j], ends, why, size);

			if (one < 0)
				return one;
			all |= one;
		}
		ends = all;
	}
	return ends;
}

int glob_check_path(const struct glob_seq *seq, size_t len, char *why, size_t size)
{
	int ends;

	if (len >= BAILIFF_PATH_MAX) {
		snprintf(why, size, "is longer than a path may be: at most %d bytes",
			 BAILIFF_PATH_MAX - 1);
		return -EINVAL;
	}
	ends = seq_follows(seq, END_START, why, size);
	if (ends < 0)
		return ends;
	if (ends & END_START)
		snprintf(why, size, "a path is not empty: write \"/...\"");
	else if (ends & END_SLASH)
		snprintf(why, size,
			 "a trailing \"/\" %s: leave it out, or write \"/**\" for "
			 "everything below",
			 never);
	else if (ends & (END_DOT | END_DOTS))
		snprintf(why, size, "a component \".\" or \"..\" %s: leave it out", never);
	else
		return 0;
	return -EINVAL;
}
