/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The places in the text that the pattern so far can have come to, as sets: nothing is tried
 * twice, so that no text makes it slow.
 */
#include "policy/glob_match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* By what came last, since a double star after a slash means more than elsewhere. */
enum place_kind {
	PLACE_PLAIN,
	PLACE_SLASH,
	PLACE_STARS, /* a double star after a slash, which has taken nothing yet */
	PLACE_KINDS,
};

struct match {
	const char *text;
	size_t places; /* one more than bytes */
	int error;
};

/* `places` bytes of each kind, 1 for a place in the set. */
struct sets {
	uint8_t *of[PLACE_KINDS];
};

static bool sets_init(struct match *m, struct sets *s)
{
	uint8_t *memory = calloc(PLACE_KINDS, m->places);

	for (int kind = 0; memory && kind < PLACE_KINDS; kind++)
		s->of[kind] = memory + (size_t)kind * m->places;
	if (!memory)
		m->error = -ENOMEM;
	return memory;
}

static void sets_free(struct sets *s)
{
	free(s->of[PLACE_PLAIN]);
}

static void merge(const struct match *m, uint8_t *to, const uint8_t *from)
{
	for (size_t i = 0; i < m->places; i++)
		to[i] |= from[i];
}

/* Adds all places behind, up to a slash unless `across`. */
static void extend(const struct match *m, uint8_t *set, bool across)
{
	for (size_t i = 0; i + 1 < m->places; i++)
		if (set[i] && (across || m->text[i] != '/'))
			set[i + 1] = 1;
}

/* Makes PLACE_PLAIN of all kinds, for whatever follows but a slash or a double star. */
static void gather(const struct match *m, struct sets *s)
{
	extend(m, s->of[PLACE_STARS], true);
	merge(m, s->of[PLACE_PLAIN], s->of[PLACE_SLASH]);
	merge(m, s->of[PLACE_PLAIN], s->of[PLACE_STARS]);
	memset(s->of[PLACE_SLASH], 0, m->places);
	memset(s->of[PLACE_STARS], 0, m->places);
}

static bool takes(const struct glob_node *node, uint8_t byte)
{
	return node->kind == GLOB_SET ? glob_set_has(node->set, byte) : node->byte == byte;
}

static void follow_byte(const struct match *m, struct sets *s, const struct glob_node *node)
{
	uint8_t *plain = s->of[PLACE_PLAIN];

	gather(m, s);
	for (size_t i = m->places - 1; i > 0; i--)
		plain[i] = plain[i - 1] && takes(node, (uint8_t)m->text[i - 1]);
	plain[0] = 0;
}

static void follow_slash(struct match *m, struct sets *s, const struct glob_node *node)
{
	uint8_t *none = malloc(m->places);

	if (!none) {
		m->error = -ENOMEM;
		return;
	}
	memcpy(none, s->of[PLACE_STARS], m->places); /* the double star may stand for nothing */
	follow_byte(m, s, node);
	memcpy(s->of[PLACE_SLASH], s->of[PLACE_PLAIN], m->places);
	merge(m, s->of[PLACE_SLASH], none);
	memset(s->of[PLACE_PLAIN], 0, m->places);
	free(none);
}

static void follow_stars(const struct match *m, struct sets *s)
{
	extend(m, s->of[PLACE_STARS], true);
	merge(m, s->of[PLACE_PLAIN], s->of[PLACE_STARS]);
	extend(m, s->of[PLACE_PLAIN], true);
	memcpy(s->of[PLACE_STARS], s->of[PLACE_SLASH], m->places);
	memset(s->of[PLACE_SLASH], 0, m->places);
}

static void follow(struct match *m, struct sets *s, const struct glob_seq *seq);

static void follow_group(struct match *m, struct sets *s, const struct glob_group *group)
{
	struct sets all, one;
	bool ready = sets_init(m, &all);

	for (size_t i = 0; ready && i < group->n_alts && sets_init(m, &one); i++) {
		memcpy(one.of[0], s->of[0], PLACE_KINDS * m->places);
		follow(m, &one, &group->alts[i]);
		for (int kind = 0; kind < PLACE_KINDS; kind++)
			merge(m, all.of[kind], one.of[kind]);
		sets_free(&one);
	}
	if (!ready)
		return;
	memcpy(s->of[0], all.of[0], PLACE_KINDS * m->places);
	sets_free(&all);
}

static bool is_empty(const struct match *m, const struct sets *s)
{
	return !memchr(s->of[0], 1, PLACE_KINDS * m->places);
}

static void follow(struct match *m, struct sets *s, const struct glob_seq *seq)
{
	for (size_t i = 0; i < seq->count && !m->error && !is_empty(m, s); i++) {
		const struct glob_node *node = &seq->items[i];

		if (node->kind == GLOB_GROUP) {
			follow_group(m, s, node->group);
		} else if (node->kind == GLOB_STARS) {
			follow_stars(m, s);
		} else if (node->kind == GLOB_STAR) {
			gather(m, s);
			extend(m, s->of[PLACE_PLAIN], false);
		} else if (node->kind == GLOB_BYTE && node->byte == '/') {
			follow_slash(m, s, node);
		} else {
			follow_byte(m, s, node);
		}
	}
}

int glob_match(const struct glob_seq *seq, const char *text)
{
	struct match m = { .text = text, .places = strlen(text) + 1 };
	size_t end = m.places - 1;
	struct sets s;
	int matches;

	if (!sets_init(&m, &s))
		return -ENOMEM;
	s.of[PLACE_PLAIN][0] = 1;
	follow(&m, &s, seq);
	matches = s.of[PLACE_PLAIN][end] || s.of[PLACE_SLASH][end] ||
		  memchr(s.of[PLACE_STARS], 1, end) != NULL;
	sets_free(&s);
	return m.error ? m.error : matches;
}
