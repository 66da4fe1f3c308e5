/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy/hash.h"

void policy_image_free(struct policy_image *image)
{
	if (!image)
		return;
	free(image->words);
	free(image);
}

void policy_image_freep(struct policy_image **image)
{
	policy_image_free(*image);
}

uint64_t image_digest(const struct policy_head *head, const uint64_t *words)
{
	struct policy_head content = *head;
	uint64_t hash;

	content.digest = 0;
	content.generation = 0;
	content.slot = 0;
	content.mode = 0;
	content.in_use = 0;
	content.owner = 0;
	content.watch = 0;
	hash = hash_bytes(HASH_FNV, &content, sizeof(content));
	return hash_bytes(hash, words, head->words * sizeof(*words));
}

/* Whether `count` words from `off` are in the image. */
static bool within(const struct policy_head *head, uint32_t off, uint64_t count)
{
	return (uint64_t)off + count <= head->words;
}

/* Finds the name and line of a rule; the name is `*length` bytes. */
static int find_source(const struct policy_head *head, const uint64_t *words, uint16_t rule,
		       const char **name, uint32_t *length, uint32_t *line)
{
	uint64_t offset;
	uint32_t file;

	if (rule >= head->rules_count || !within(head, head->rules_off, head->rules_count) ||
	    !within(head, head->files_off, head->files_count) ||
	    !within(head, head->strings_off, head->strings_words))
		return -EBADMSG;
	file = (uint32_t)(words[head->rules_off + rule] >> 32);
	*line = (uint32_t)words[head->rules_off + rule];
	if (file >= head->files_count)
		return -EBADMSG;
	offset = words[head->files_off + file] >> 32;
	*length = (uint32_t)words[head->files_off + file];
	if (offset + *length > (uint64_t)head->strings_words * sizeof(*words))
		return -EBADMSG;
	*name = (const char *)(words + head->strings_off) + offset;
	return 0;
}

int image_rule_source(const struct policy_head *head, const uint64_t *words, uint16_t rule,
		      char *buf, size_t size)
{
	const char *name = NULL;
	uint32_t length = 0, line = 0;
	int n;

	if (size)
		buf[0] = '\0';
	if (rule == BAILIFF_RULE_NONE) {
		n = snprintf(buf, size, "default");
	} else {
		int r = find_source(head, words, rule, &name, &length, &line);

		if (r < 0)
			return r;
		if (length >= size)
			return -ENOSPC;
		n = snprintf(buf, size, "%.*s:%u", (int)length, name, line);
	}
	if (n >= 0 && (size_t)n < size)
		return n;
	if (size)
		buf[0] = '\0';
	return -ENOSPC;
}
