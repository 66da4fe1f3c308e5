/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/seccomp_section.h"
#include "agent/terms.h"
#include "policy/arena.h"

struct terms {
	struct arena arena;
	size_t count;
	struct term items[];
};

static int take_section(struct arena *arena, const struct policy *policy, bool audit_only,
			const char **text)
{
	struct json_object *section;
	const char *plain;
	int error = seccomp_section(policy, audit_only, &section);

	if (error || !section)
		return error;
	plain = json_object_to_json_string_ext(section, JSON_C_TO_STRING_PLAIN);
	*text = plain ? arena_strdup(arena, plain) : NULL;
	json_object_put(section);
	return *text ? 0 : -ENOMEM;
}

int terms_new(struct terms **ret, const struct policy_set *set, bool audit_only)
{
	size_t count = policy_set_count(set);
	OWNED(terms_freep)
	struct terms *terms = calloc(1, sizeof(*terms) + count * sizeof(*terms->items));

	if (!terms)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct policy *policy = policy_set_at(set, i);
		struct term *term = &terms->items[i];

		term->policy = arena_strdup(&terms->arena, policy_name(policy));
		if (!term->policy ||
		    take_section(&terms->arena, policy, audit_only, &term->seccomp))
			return -ENOMEM;
		if (policy->has_on_failure)
			term->on_failure = policy->on_failure;
	}
	terms->count = count;
	*ret = terms;
	terms = NULL;
	return 0;
}

void terms_free(struct terms *terms)
{
	if (terms)
		arena_clear(&terms->arena);
	free(terms);
}

void terms_freep(struct terms **terms)
{
	terms_free(*terms);
	*terms = NULL;
}

const struct term *terms_find(const struct terms *terms, const char *policy)
{
	for (size_t i = 0; terms && i < terms->count; i++)
		if (!strcmp(terms->items[i].policy, policy))
			return &terms->items[i];
	return NULL;
}
