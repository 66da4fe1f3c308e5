/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/parallel.h"
#include "agent/plan.h"
#include "agent/rules.h"
#include "policy/image.h"

/* The part of an image that names rules, and a head whose offsets fit it. Generations with
 * the same policy share it. */
struct rules_table {
	unsigned int references;
	uint32_t image_words;
	struct policy_head head;
	uint64_t words[];
};

static void release(struct rules_table *table)
{
	if (table && !--table->references)
		free(table);
}

static void free_generation(struct rules_generation *generation)
{
	for (uint32_t i = 0; i < generation->count; i++)
		release(generation->tables[i]);
	free(generation->tables);
	*generation = (struct rules_generation){ 0 };
}

void rules_free(struct rules *rules)
{
	for (int i = 0; i < RULES_GENERATIONS; i++)
		free_generation(&rules->generations[i]);
}

/* A policy keeps its number from one generation to the next. */
static struct rules_table *find_known(const struct rules *rules, uint32_t policy,
				      const struct policy_head *head)
{
	const struct rules_generation *newest = &rules->generations[0];
	struct rules_table *table = policy < newest->count ? newest->tables[policy] : NULL;

	if (table && table->head.digest == head->digest && table->image_words == head->words &&
	    !memcmp(table->head.name, head->name, sizeof(head->name)))
		return table;
	return NULL;
}

static void include(uint32_t offset, uint32_t count, uint32_t *first, uint32_t *end)
{
	if (!count)
		return;
	if (offset < *first)
		*first = offset;
	if (offset + count > *end)
		*end = offset + count;
}

static int read_table(const struct maps *maps, const struct policy_head *head,
		      struct rules_table **made)
{
	uint32_t first = head->words, end = 0;
	struct rules_table *table;
	int error;

	include(head->rules_off, head->rules_count, &first, &end);
	include(head->files_off, head->files_count, &first, &end);
	include(head->strings_off, head->strings_words, &first, &end);
	if (end > head->words)
		return -EBADMSG;
	if (first > end)
		first = end = 0;
	table = malloc(sizeof(*table) + (end - first) * sizeof(table->words[0]));
	if (!table)
		return -ENOMEM;
	*table = (struct rules_table){ .references = 1, .image_words = head->words, .head = *head };
	table->head.rules_off -= first;
	table->head.files_off -= first;
	table->head.strings_off -= first;
	table->head.words = end - first;
	error = maps_read_image(maps, head->slot, first, end - first, table->words);
	if (error) {
		free(table);
		return error;
	}
	*made = table;
	return 0;
}

struct learning {
	const struct rules *rules;
	const struct maps *maps;
	const struct policy_head *heads;
	struct rules_generation *generation;
};

static int learn_one(void *context, uint32_t policy)
{
	const struct learning *learning = context;
	const struct policy_head *head = &learning->heads[policy];
	struct rules_table **table = &learning->generation->tables[policy];

	if (!head->in_use)
		return 0;
	*table = find_known(learning->rules, policy, head);
	if (!*table)
		return read_table(learning->maps, head, table);
	(*table)->references++;
	return 0;
}

int rules_learn(struct rules *rules, const struct maps *maps)
{
	OWNED(free_memory) struct policy_head *heads = NULL;
	struct rules_generation learnt = { 0 };
	struct learning learning = { rules, maps, NULL, &learnt };
	int error = maps_read_directory(maps, &heads, &learnt.count);

	if (error)
		return error;
	learning.heads = heads;
	learnt.generation = plan_generation(heads, learnt.count);
	if (learnt.generation == rules->generations[0].generation)
		return 0;
	learnt.tables = calloc(learnt.count, sizeof(*learnt.tables));
	/* Up to 6.7 the kernel waits for its programs with each image that is looked up. */
	error = learnt.tables ? parallel_run(learnt.count, learn_one, &learning) : -ENOMEM;
	if (error) {
		if (learnt.tables)
			free_generation(&learnt);
		return error;
	}
	free_generation(&rules->generations[RULES_GENERATIONS - 1]);
	memmove(&rules->generations[1], &rules->generations[0],
		(RULES_GENERATIONS - 1) * sizeof(learnt));
	rules->generations[0] = learnt;
	return 0;
}

static const struct rules_table *find(const struct rules *rules, uint32_t policy,
				      uint32_t generation)
{
	for (int i = 0; i < RULES_GENERATIONS; i++) {
		const struct rules_generation *g = &rules->generations[i];

		if (g->generation == generation && policy < g->count)
			return g->tables[policy];
	}
	return NULL;
}

const char *rules_policy_name(const struct rules *rules, uint32_t policy, uint32_t generation)
{
	const struct rules_table *table = find(rules, policy, generation);

	return table ? table->head.name : NULL;
}

int rules_source(const struct rules *rules, uint32_t policy, uint32_t generation, uint16_t rule,
		 char *buffer, size_t size)
{
	const struct rules_table *table = find(rules, policy, generation);
	int length;

	if (!table)
		return -ENOENT;
	length = image_rule_source(&table->head, table->words, rule, buffer, size);
	return length < 0 ? length : 0;
}
