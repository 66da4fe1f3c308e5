/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is freed all at once. */
#ifndef BAILIFF_POLICY_ARENA_H
#define BAILIFF_POLICY_ARENA_H

#include <stddef.h>

struct arena_block;

/* Starts as {0}. */
struct arena {
	struct arena_block *blocks;
	size_t used; /* bytes of all blocks */
};

/* Zeroed memory, aligned for every type; NULL if there is none. */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy of `len` bytes and a NUL. */
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_strdup(struct arena *arena, const char *text);

/* Makes room for one more element of `size` bytes after the `count` that `items` has;
 * returns where the array is now, NULL if there is no memory. Arrays that grow in this way
 * start as NULL. */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t size);

/* Frees everything; the arena is usable afterwards. */
void arena_clear(struct arena *arena);

#endif
