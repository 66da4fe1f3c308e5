/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/set.h"
#include "policy/source.h"

void policy_set_free(struct policy_set *set)
{
	if (!set)
		return;
	arena_clear(&set->arena);
	free(set);
}

void policy_set_freep(struct policy_set **set)
{
	policy_set_free(*set);
}

static int no_memory(struct diag_list *diags)
{
	diag_add(diags, DIAG_ERROR, NULL, 0, "out of memory");
	return -ENOMEM;
}

/* Everything after the texts were parsed with the result `r`. What is wrong in one step
 * would only be repeated by the next one. */
static int set_finish(struct policy_set *set, int r, const char *preset_dir,
		      struct diag_list *diags)
{
	if (!r)
		r = extends_resolve(set, preset_dir, diags);
	if (!r)
		r = validate_set(set, diags);
	return r == -ENOMEM ? no_memory(diags) : r;
}

int policy_set_load(struct policy_set **ret, const char *const *paths, size_t n,
		    const char *preset_dir, struct diag_list *diags)
{
	POLICY_CLEANUP(source_list_clear) struct source_list sources = { 0 };
	POLICY_CLEANUP(policy_set_freep) struct policy_set *set = calloc(1, sizeof(*set));
	int r;

	if (!set)
		return no_memory(diags);
	r = source_find(&sources, paths, n, diags);
	for (size_t i = 0; i < sources.count; i++) {
		int one = parse_file(set, sources.paths[i], false, diags);

		/* trouble with the system is told apart from trouble with the text */
		if (one < 0 && (!r || r == -EINVAL))
			r = one;
	}
	r = set_finish(set, r, preset_dir, diags);
	if (r < 0)
		return r;
	*ret = POLICY_TAKE(set);
	return 0;
}

int policy_set_load_stream(struct policy_set **ret, FILE *in, const char *display_name,
			   const char *preset_dir, struct diag_list *diags)
{
	POLICY_CLEANUP(policy_set_freep) struct policy_set *set = calloc(1, sizeof(*set));
	POLICY_CLEANUP(policy_freep) char *text = NULL;
	int r;

	if (!set)
		return no_memory(diags);
	r = source_read(in, display_name, &text, diags);
	if (!r)
		r = parse_text(set, text, display_name, false, diags);
	r = set_finish(set, r, preset_dir, diags);
	if (r < 0)
		return r;
	*ret = POLICY_TAKE(set);
	return 0;
}

size_t policy_set_count(const struct policy_set *set)
{
	return set->count;
}

const struct policy *policy_set_at(const struct policy_set *set, size_t index)
{
	return index < set->count ? set->policies[index] : NULL;
}

const struct policy *policy_set_find(const struct policy_set *set, const char *name)
{
	for (size_t i = 0; i < set->count; i++)
		if (!strcmp(set->policies[i]->name, name))
			return set->policies[i];
	return NULL;
}

const char *policy_name(const struct policy *p)
{
	return p->name;
}

enum policy_mode policy_mode(const struct policy *p)
{
	return p->mode;
}
