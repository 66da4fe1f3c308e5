/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "agent/cgroup.h"
#include "agent/cleanup.h"
#include "agent/discover.h"
#include "agent/engine.h"
#include "agent/repair.h"
#include "agent/selected.h"

void engine_init(struct engine *engine)
{
	*engine = (struct engine){ .cgroup_root = -1 };
	objects_init(&engine->objects);
}

static int learn(struct engine *engine, struct fault *fault)
{
	struct maps *maps = &engine->objects.maps;
	int error = engine->objects.adopted ? repair_bindings(&engine->objects) : 0;

	if (!error)
		error = registry_open(&engine->registry, maps, engine->cgroup_root);

	if (!error)
		error = selected_learn(engine->objects.pin_dir, &engine->registry);
	if (!error)
		error = txn_clean(maps);
	if (!error)
		error = rules_learn(&engine->rules, maps);
	return error ? fault_errno(fault, error, "what is in force cannot be read") : 0;
}

int engine_open(struct engine *engine, const struct objects_options *options, struct fault *fault)
{
	int error;

	engine->cgroup_root = cgroup_open_root();
	if (engine->cgroup_root < 0)
		return fault_set(fault, -EOPNOTSUPP, "no cgroup2 hierarchy is mounted");
	error = objects_open(&engine->objects, options, fault);
	return error ? error : learn(engine, fault);
}

void engine_close(struct engine *engine)
{
	terms_free(engine->terms);
	selector_free(engine->selector);
	policy_image_free(engine->watch);
	abouts_clear(&engine->abouts);
	rules_free(&engine->rules);
	registry_close(&engine->registry);
	objects_close(&engine->objects);
	close_fd(&engine->cgroup_root);
}

int engine_drop_unused(struct engine *engine, struct fault *fault)
{
	int error = txn_drop_unused(&engine->objects.maps, &engine->registry, fault);

	if (!error && rules_learn(&engine->rules, &engine->objects.maps))
		error = fault_set(fault, -ENOMEM, "rule names cannot be read");
	return error;
}

int engine_find_policy(const struct engine *engine, const char *name, uint32_t *number)
{
	OWNED(free_memory) struct policy_head *heads = NULL;
	uint32_t count;
	int error = maps_read_directory(&engine->objects.maps, &heads, &count);

	if (error)
		return error;
	for (uint32_t i = 0; i < count; i++) {
		if (heads[i].in_use && heads[i].owner == POLICY_OF_DIRECTORY &&
		    !strncmp(heads[i].name, name, sizeof(heads[i].name))) {
			*number = i;
			return 0;
		}
	}
	return -ENOENT;
}

enum policy_default engine_on_failure(const struct engine *engine, const char *policy)
{
	const struct term *term = terms_find(engine->terms, policy);

	return term ? term->on_failure : DEFAULT_UNSET;
}

static const char *lookup_policy(void *ctx, uint32_t policy, uint32_t generation)
{
	const struct engine *engine = ctx;

	return rules_policy_name(&engine->rules, policy, generation);
}

static int lookup_rule(void *ctx, uint32_t policy, uint32_t generation, uint16_t rule, char *buffer,
		       size_t size)
{
	const struct engine *engine = ctx;

	return rules_source(&engine->rules, policy, generation, rule, buffer, size);
}

static int lookup_container(void *ctx, uint32_t container, uint64_t container_id,
			    struct audit_container *out)
{
	struct engine *engine = ctx;
	const struct registry_memory *memory =
		registry_recall(&engine->registry, container, container_id);

	if (!memory) {
		discover_bound(engine);
		memory = registry_recall(&engine->registry, container, container_id);
	}
	if (!memory)
		return -ENOENT;
	out->name = memory->name;
	out->cgroup = *memory->path ? memory->path : NULL;
	abouts_fill(&engine->abouts, container, memory, out);
	return 0;
}

struct audit_lookups engine_lookups(struct engine *engine)
{
	return (struct audit_lookups){
		.policy_name = lookup_policy,
		.rule_source = lookup_rule,
		.container = lookup_container,
		.ctx = engine,
	};
}
