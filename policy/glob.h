/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Globs, byte by byte.
 *
 *   ?        one byte, but not '/'
 *   *        any bytes, none included, but no '/'
 *   **       any bytes, none included, '/' too. At the end of a pattern and after a '/' at
 *            least one byte, so that "/usr/ **" is everything below /usr, not /usr itself.
 *            Between two '/' it may also stand for nothing at all: "/a/ ** /b" is /a/b too
 *            (both without the blanks).
 *   [a-z] [!x]  one byte of a set or not of it, never '/'
 *   {a,b}    one of several patterns, nested at will, empty ones included
 *   \        takes the next byte as it is
 *
 * A group means what the pattern would mean with each alternative written in its place.
 */
#ifndef BAILIFF_POLICY_GLOB_H
#define BAILIFF_POLICY_GLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/arena.h"

#define GLOB_MAX_DEPTH 32 /* of nested groups */

enum glob_kind {
	GLOB_BYTE,
	GLOB_SET, /* `?` and brackets */
	GLOB_STAR,
	GLOB_STARS, /* ** */
	GLOB_GROUP,
};

struct glob_set {
	uint64_t bits[4];
};

struct glob_group;

/* There is one for nearly each byte of each pattern: they are small. */
struct glob_node {
	enum glob_kind kind : 8;
	uint8_t byte; /* GLOB_BYTE */
	union {
		const struct glob_set *set;	/* GLOB_SET */
		const struct glob_group *group; /* GLOB_GROUP */
	};
};

struct glob_seq {
	struct glob_node *items;
	size_t count;
};

struct glob_group {
	struct glob_seq *alts;
	size_t n_alts;
	const char *text; /* as written, `len` bytes, in the pattern */
	size_t len;
};

static inline bool glob_set_has(const struct glob_set *set, uint8_t byte)
{
	return set->bits[byte >> 6] >> (byte & 63) & 1;
}

/* Parses a pattern into memory of `arena`; the result points into `text`. Returns 0,
 * -EINVAL with what is wrong in `why`, or -ENOMEM. */
int glob_parse(struct arena *arena, const char *text, struct glob_seq *ret, char *why, size_t size);

/* Whether each alternative of a pattern can match a path: absolute, without `//`, `/./`,
 * `/../` and a trailing '/', and not longer than a path may be. Returns 0 or -EINVAL with
 * what is wrong in `why`. */
int glob_check_path(const struct glob_seq *seq, size_t len, char *why, size_t size);

#endif
