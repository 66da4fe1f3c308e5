/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy/cleanup.h"
#include "policy/merge.h"
#include "policy/names.h"
#include "policy/set.h"

/* The chain of policies that are being resolved, innermost first. */
struct extends_frame {
	const struct extends_frame *outer;
	struct policy *policy;
};

struct extends {
	struct policy_set *set;
	const char *preset_dir;
	struct diag_list *diags;
	struct policy **done;
	size_t n_done;
};

static struct policy *find_in(struct policy *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i]->name, name))
			return list[i];
	return NULL;
}

static struct policy *find(struct policy_set *set, const char *name)
{
	struct policy *policy = find_in(set->policies, set->count, name);

	return policy ? policy : find_in(set->presets, set->n_presets, name);
}

static void unknown(struct extends *e, const struct policy_entry *entry)
{
	size_t n = 0;
	const char **names = calloc(e->set->count + e->set->n_presets + 1, sizeof(*names));
	const char *nearest = NULL;

	if (names) {
		for (size_t i = 0; i < e->set->count; i++)
			names[n++] = e->set->policies[i]->name;
		for (size_t i = 0; i < e->set->n_presets; i++)
			names[n++] = e->set->presets[i]->name;
		nearest = names_nearest(&(struct name_table){ names, n }, entry->text);
	}
	free(names);
	if (nearest)
		diag_add(e->diags, DIAG_ERROR, entry->pos.file, entry->pos.line,
			 "extends unknown policy \"%s\": did you mean \"%s\"?", entry->text,
			 nearest);
	else
		diag_add(e->diags, DIAG_ERROR, entry->pos.file, entry->pos.line,
			 "extends unknown policy \"%s\": write the name of a policy or preset",
			 entry->text);
}

static bool is_plain_name(const char *text)
{
	return *text && !strchr("._-", *text) &&
	       !text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-")];
}

/* Reads the preset that an entry names, if there is such a file. */
static int read_preset(struct extends *e, const struct policy_entry *entry)
{
	POLICY_CLEANUP(policy_freep) char *path = NULL;

	if (!e->preset_dir || !is_plain_name(entry->text))
		return 0;
	if (asprintf(&path, "%s/%s.cfg", e->preset_dir, entry->text) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	return parse_file(e->set, path, true, e->diags);
}

static int cycle(struct extends *e, const struct policy_entry *entry,
		 const struct extends_frame *frame)
{
	POLICY_CLEANUP(policy_freep) char *chain = strdup(entry->text);

	for (; chain; frame = frame->outer) {
		POLICY_CLEANUP(policy_freep) char *tail = chain;

		if (asprintf(&chain, "%s -> %s", frame->policy->name, tail) < 0)
			chain = NULL;
		if (!strcmp(frame->policy->name, entry->text))
			break;
	}
	diag_add(e->diags, DIAG_ERROR, entry->pos.file, entry->pos.line,
		 "extends makes a cycle, %s: leave one of them out", chain ? chain : entry->text);
	return -EINVAL;
}

static bool is_done(const struct extends *e, const struct policy *policy)
{
	for (size_t i = 0; i < e->n_done; i++)
		if (e->done[i] == policy)
			return true;
	return false;
}

static int mark_done(struct extends *e, struct policy *policy)
{
	struct policy **grown = reallocarray(e->done, e->n_done + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	e->done = grown;
	e->done[e->n_done++] = policy;
	return 0;
}

static int resolve(struct extends *e, struct policy *policy, const struct extends_frame *outer);

static int resolve_entry(struct extends *e, const struct policy_entry *entry,
			 const struct extends_frame *frame, struct policy *merged)
{
	struct policy *base = find(e->set, entry->text);
	int r = 0;

	if (!base)
		r = read_preset(e, entry);
	if (r < 0)
		return r;
	if (!base)
		base = find(e->set, entry->text);
	if (!base) {
		unknown(e, entry);
		return -EINVAL;
	}
	for (const struct extends_frame *f = frame; f; f = f->outer)
		if (f->policy == base)
			return cycle(e, entry, frame);
	r = resolve(e, base, frame);
	return r < 0 ? r : policy_merge(&e->set->arena, merged, base);
}

static int resolve(struct extends *e, struct policy *policy, const struct extends_frame *outer)
{
	struct extends_frame frame = { outer, policy };
	struct policy merged = { .mode = POLICY_MODE_ENFORCE };
	int ret = 0, r;

	if (is_done(e, policy))
		return 0;
	for (size_t i = 0; i < policy->extends.count; i++) {
		r = resolve_entry(e, &policy->extends.items[i], &frame, &merged);
		if (r < 0 && (!ret || ret == -EINVAL))
			ret = r;
	}
	if (!ret)
		ret = policy_merge(&e->set->arena, &merged, policy);
	if (!ret) {
		merged.name = policy->name;
		merged.pos = policy->pos;
		merged.select = policy->select;
		*policy = merged;
	}
	r = mark_done(e, policy);
	return r < 0 ? r : ret;
}

int extends_resolve(struct policy_set *set, const char *preset_dir, struct diag_list *diags)
{
	struct extends e = { .set = set, .preset_dir = preset_dir, .diags = diags };
	int ret = 0;

	for (size_t i = 0; i < set->count; i++) {
		int r = resolve(&e, set->policies[i], NULL);

		if (r < 0 && (!ret || ret == -EINVAL))
			ret = r;
	}
	free(e.done);
	return ret;
}
