/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK 16384
#define ARENA_ALIGN 16

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(ARENA_ALIGN) unsigned char bytes[];
};

static struct arena_block *arena_block_new(struct arena *arena, size_t need)
{
	size_t size = need > ARENA_BLOCK ? need : ARENA_BLOCK;
	struct arena_block *block = calloc(1, sizeof(*block) + size);

	if (!block)
		return NULL;
	block->size = size;
	arena->used += sizeof(*block) + size;
	/* a block of its own for what is large: the current one stays in use */
	if (need > ARENA_BLOCK / 4 && arena->blocks) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		block->next = arena->blocks;
		arena->blocks = block;
	}
	return block;
}

static size_t aligned(size_t size)
{
	return (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->blocks;
	void *ret;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = aligned(size);
	if (!block || block->size - block->used < size) {
		block = arena_block_new(arena, size);
		if (!block)
			return NULL;
	}
	ret = block->bytes + block->used;
	block->used += size;
	return ret;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (copy)
		memcpy(copy, text, len);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

/* Whether the last `size` bytes of the current block are those at `items`, and `more` are left,
 * which now belong to them too. */
static bool extend(struct arena *arena, const void *items, size_t size, size_t more)
{
	struct arena_block *block = arena->blocks;

	if (!items || (const unsigned char *)items + size != block->bytes + block->used ||
	    block->size - block->used < more)
		return false;
	block->used += more;
	return true;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t size)
{
	size_t used, wanted;
	void *grown;

	/* the capacity is the power of two that holds `count` */
	if (count & (count - 1))
		return items;
	if (count > SIZE_MAX / 4 / size)
		return NULL;
	used = aligned(count * size);
	wanted = aligned((count ? count * 2 : 1) * size);
	if (extend(arena, items, used, wanted - used))
		return items;
	grown = arena_alloc(arena, wanted);
	if (grown && count)
		memcpy(grown, items, count * size);
	return grown;
}

void arena_clear(struct arena *arena)
{
	struct arena_block *next;

	for (struct arena_block *block = arena->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	*arena = (struct arena){ 0 };
}
