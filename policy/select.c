/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/select.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/glob_match.h"

struct globs {
	struct glob_seq *items;
	size_t count; /* 0: the key is not given */
};

struct rule {
	struct select_candidate candidate;
	struct globs name, image, annotations, labels, cgroup;
	bool trust_annotations;
	bool is_default;
};

struct selector {
	struct arena arena;
	struct rule *rules;
	size_t count;
};

static int take_globs(struct arena *arena, const struct policy_entries *list, struct globs *ret)
{
	char why[160];

	if (!list->count)
		return 0;
	ret->items = arena_alloc(arena, list->count * sizeof(*ret->items));
	if (!ret->items)
		return -ENOMEM;
	for (size_t i = 0; i < list->count; i++) {
		const char *text = arena_strdup(arena, list->items[i].text);
		int r = text ? glob_parse(arena, text, &ret->items[i], why, sizeof(why)) : -ENOMEM;

		if (r < 0)
			return r;
	}
	ret->count = list->count;
	return 0;
}

/* The file without its directories, as in the records. */
static const char *source_text(struct arena *arena, const struct policy_pos *pos)
{
	POLICY_CLEANUP(policy_freep) char *text = NULL;
	const char *slash = strrchr(pos->file, '/');

	if (asprintf(&text, "%s:%u", slash ? slash + 1 : pos->file, pos->line) < 0) {
		text = NULL;
		return NULL;
	}
	return arena_strdup(arena, text);
}

static int take_rule(struct selector *s, const struct policy *policy)
{
	const struct policy_select *select = &policy->select;
	struct rule *rule = &s->rules[s->count];
	int r;

	rule->candidate.policy = arena_strdup(&s->arena, policy->name);
	if (!rule->candidate.policy)
		return -ENOMEM;
	s->count++;
	if (!select->present)
		return 0;
	rule->candidate.source = source_text(&s->arena, &select->pos);
	rule->candidate.priority = select->priority;
	rule->trust_annotations = select->trust_annotations;
	rule->is_default = select->is_default;
	r = rule->candidate.source ? 0 : -ENOMEM;
	if (!r)
		r = take_globs(&s->arena, &select->name, &rule->name);
	if (!r)
		r = take_globs(&s->arena, &select->image, &rule->image);
	if (!r)
		r = take_globs(&s->arena, &select->annotations, &rule->annotations);
	if (!r)
		r = take_globs(&s->arena, &select->labels, &rule->labels);
	return r ? r : take_globs(&s->arena, &select->cgroup, &rule->cgroup);
}

int selector_new(struct selector **ret, const struct policy_set *set)
{
	POLICY_CLEANUP(selector_freep) struct selector *s = calloc(1, sizeof(*s));
	size_t count = policy_set_count(set);
	int r = 0;

	if (s)
		s->rules = arena_alloc(&s->arena, (count + 1) * sizeof(*s->rules));
	if (!s || !s->rules)
		return -ENOMEM;
	for (size_t i = 0; i < count && !r; i++)
		r = take_rule(s, policy_set_at(set, i));
	if (r < 0)
		return r;
	*ret = POLICY_TAKE(s);
	return 0;
}

void selector_free(struct selector *selector)
{
	if (!selector)
		return;
	arena_clear(&selector->arena);
	free(selector);
}

void selector_freep(struct selector **selector)
{
	selector_free(*selector);
}

size_t selector_count(const struct selector *selector)
{
	return selector->count;
}

const struct select_candidate *selector_at(const struct selector *selector, size_t index)
{
	return index < selector->count ? &selector->rules[index].candidate : NULL;
}

static int any_glob(const struct globs *globs, const char *text)
{
	int r = 0;

	for (size_t i = 0; i < globs->count && !r; i++)
		r = glob_match(&globs->items[i], text);
	return r;
}

static int any_pair(const struct globs *globs, const struct select_pairs *pairs)
{
	int r = 0;

	for (size_t i = 0; i < pairs->count && !r; i++)
		r = any_glob(globs, pairs->items[i]);
	return r;
}

/* Whether a single text fits a key: 1, 0 with the reason, or -ENOMEM. */
static int text_fits(const char *key, const struct globs *globs, const char *text, char *why,
		     size_t size)
{
	int r = globs->count ? 0 : 1;

	if (r)
		return r;
	if (text)
		r = any_glob(globs, text);
	if (!r && text)
		snprintf(why, size, "%s: \"%s\" matches none of its globs", key, text);
	else if (!r)
		snprintf(why, size, "%s: that of the container is not known", key);
	return r;
}

static int annotations_fit(const struct rule *rule, const struct select_facts *facts, char *why,
			   size_t size)
{
	int r = rule->annotations.count ? 0 : 1;

	if (!r)
		r = any_pair(&rule->annotations, &facts->annotations);
	if (!r && rule->trust_annotations)
		r = any_pair(&rule->annotations, &facts->image_annotations);
	if (r)
		return r;
	r = any_pair(&rule->annotations, &facts->image_annotations);
	if (r > 0)
		snprintf(why, size,
			 "annotations: only one of the image's own fits, and there is "
			 "no trust = \"annotation\"");
	else
		snprintf(why, size, "annotations: none of %zu fits", facts->annotations.count);
	return r < 0 ? r : 0;
}

static int labels_fit(const struct rule *rule, const struct select_facts *facts, char *why,
		      size_t size)
{
	int r = rule->labels.count ? any_pair(&rule->labels, &facts->labels) : 1;

	if (!r)
		snprintf(why, size, "labels: none of %zu fits", facts->labels.count);
	return r;
}

static int fits(const struct rule *rule, const struct select_facts *facts, char *why, size_t size)
{
	int r = 1;

	if (!rule->candidate.source) {
		snprintf(why, size, "it has no select");
		return 0;
	}
	r = text_fits("name", &rule->name, facts->name, why, size);
	if (r > 0)
		r = text_fits("image", &rule->image, facts->image, why, size);
	if (r > 0)
		r = annotations_fit(rule, facts, why, size);
	if (r > 0)
		r = labels_fit(rule, facts, why, size);
	if (r > 0)
		r = text_fits("cgroup", &rule->cgroup, facts->cgroup, why, size);
	return r;
}

int selector_fits(const struct selector *selector, size_t index, const struct select_facts *facts,
		  char *why, size_t size)
{
	int r = fits(&selector->rules[index], facts, why, size);

	if (r && size)
		*why = 0;
	return r;
}

int selector_choose(const struct selector *selector, const struct select_facts *facts,
		    struct select_choice *ret)
{
	const struct select_candidate *chosen = NULL, *rival = NULL, *fallback = NULL;
	char why[1];

	for (size_t i = 0; i < selector->count; i++) {
		const struct select_candidate *candidate = &selector->rules[i].candidate;
		int r = 0;

		if (selector->rules[i].is_default) {
			fallback = candidate;
			continue;
		}
		if (!chosen || candidate->priority >= chosen->priority)
			r = fits(&selector->rules[i], facts, why, sizeof(why));
		if (r < 0)
			return r;
		if (!r)
			continue;
		if (!chosen || candidate->priority > chosen->priority) {
			chosen = candidate;
			rival = NULL;
		} else if (!rival) {
			rival = candidate;
		}
	}
	if (!chosen)
		chosen = fallback;
	*ret = (struct select_choice){ chosen, rival };
	return !chosen ? -ENOENT : rival ? -ENOTUNIQ : 0;
}
