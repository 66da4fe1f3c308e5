/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/limit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000000000ULL
#define NONE UINT32_MAX
#define SHARED AUDIT_LIMIT_BUCKETS /* the bucket of those that found none */

/* full_at: when the bucket will be full of tokens again; every record that passes moves it
 * on by the time that one token takes (GCRA). */
struct bucket {
	struct event head;
	uint64_t full_at;
	uint64_t suppressed;
	uint64_t since; /* the first that was held back */
	uint32_t next;
	bool used;
};

struct audit_limit {
	uint64_t token, depth, interval; /* ns */
	uint64_t now;
	uint32_t cursor;
	uint32_t unused; /* chain */
	uint32_t heads[AUDIT_LIMIT_BUCKETS];
	struct bucket buckets[AUDIT_LIMIT_BUCKETS + 1];
};

int audit_limit_new(const struct audit_limit_config *config, struct audit_limit **out)
{
	struct audit_limit *limit;

	if (!config->rate || !config->burst || !config->interval)
		return -EINVAL;
	limit = calloc(1, sizeof(*limit));
	if (!limit)
		return -ENOMEM;
	limit->token = SECOND / config->rate ? SECOND / config->rate : 1;
	limit->depth = limit->token * config->burst;
	limit->interval = config->interval * SECOND;
	for (uint32_t i = 0; i < AUDIT_LIMIT_BUCKETS; i++) {
		limit->heads[i] = NONE;
		limit->buckets[i].next = i + 1 < AUDIT_LIMIT_BUCKETS ? i + 1 : NONE;
	}
	limit->buckets[SHARED].used = true;
	*out = limit;
	return 0;
}

static bool same_key(const struct event *a, const struct event *b)
{
	return a->container_id == b->container_id && a->policy == b->policy &&
	       a->generation == b->generation && a->rule == b->rule && a->action == b->action &&
	       a->verdict == b->verdict && a->reason == b->reason;
}

static uint32_t *find_chain(struct audit_limit *limit, const struct event *head)
{
	uint64_t hash = head->container_id * 0x9e3779b97f4a7c15ULL;

	hash ^= (uint64_t)head->policy << 40 ^ (uint64_t)head->generation << 20;
	hash ^= (uint64_t)head->rule << 24 ^ (uint64_t)head->action << 16 ^
		(uint64_t)head->verdict << 8 ^ head->reason;
	hash *= 0xff51afd7ed558ccdULL;
	return &limit->heads[(hash >> 32) % AUDIT_LIMIT_BUCKETS];
}

static struct bucket *find_bucket(struct audit_limit *limit, const struct event *head)
{
	uint32_t *chain = find_chain(limit, head);
	uint32_t i;

	for (i = *chain; i != NONE; i = limit->buckets[i].next)
		if (same_key(&limit->buckets[i].head, head))
			return &limit->buckets[i];
	i = limit->unused;
	if (i == NONE)
		return &limit->buckets[SHARED];
	limit->unused = limit->buckets[i].next;
	limit->buckets[i] = (struct bucket){ .head = *head, .next = *chain, .used = true };
	*chain = i;
	return &limit->buckets[i];
}

static void release(struct audit_limit *limit, uint32_t i)
{
	uint32_t *link = find_chain(limit, &limit->buckets[i].head);

	while (*link != i)
		link = &limit->buckets[*link].next;
	*link = limit->buckets[i].next;
	limit->buckets[i] = (struct bucket){ .next = limit->unused };
	limit->unused = i;
}

bool audit_limit_pass(struct audit_limit *limit, const struct event *head, uint64_t now)
{
	struct bucket *bucket = find_bucket(limit, head);
	uint64_t full_at;

	/* The rings are read one after the other, so time may seem to go back a little. */
	if (now > limit->now)
		limit->now = now;
	full_at = bucket->full_at > limit->now ? bucket->full_at : limit->now;
	if (full_at - limit->now + limit->token <= limit->depth) {
		bucket->full_at = full_at + limit->token;
		return true;
	}
	if (!bucket->suppressed++)
		bucket->since = limit->now;
	return false;
}

bool audit_limit_report(struct audit_limit *limit, uint64_t now, struct event *head,
			uint64_t *count)
{
	if (now > limit->now)
		limit->now = now;
	for (; limit->cursor <= SHARED; limit->cursor++) {
		struct bucket *bucket = &limit->buckets[limit->cursor];

		if (!bucket->used)
			continue;
		if (bucket->suppressed && limit->now - bucket->since >= limit->interval) {
			*head = bucket->head;
			*count = bucket->suppressed;
			bucket->suppressed = 0;
			return true;
		}
		if (!bucket->suppressed && bucket->full_at <= limit->now && limit->cursor != SHARED)
			release(limit, limit->cursor);
	}
	limit->cursor = 0;
	return false;
}

struct audit_limit *audit_limit_free(struct audit_limit *limit)
{
	free(limit);
	return NULL;
}
