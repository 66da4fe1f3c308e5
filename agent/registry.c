/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cgroup.h"
#include "agent/registry.h"

#define GROWTH 64

static bool in_use(const struct registry *registry, uint32_t number, struct container *copy)
{
	const struct container *container = &registry->maps->containers[number];

	uint32_t state = __atomic_load_n(&container->state, __ATOMIC_ACQUIRE);

	if (state == CONTAINER_FREE || state == CONTAINER_BINDING)
		return false;
	memcpy(copy, container, sizeof(*copy));
	copy->name[sizeof(copy->name) - 1] = 0;
	return copy->cgroup_id != 0;
}

static int learn(struct registry *registry)
{
	for (uint32_t i = 0; i < registry->maps->max_containers; i++) {
		struct container container;
		char path[PATH_MAX] = "";
		int error;

		if (!in_use(registry, i, &container))
			continue;
		if (cgroup_path(registry->cgroup_root, container.cgroup_id, path))
			*path = 0;
		error = registry_remember(registry, i, container.cgroup_id, container.name, path);
		if (error)
			return error;
	}
	return 0;
}

int registry_open(struct registry *registry, const struct maps *maps, int cgroup_root)
{
	int error;

	*registry = (struct registry){ .maps = maps, .cgroup_root = cgroup_root };
	error = learn(registry);
	if (error)
		registry_close(registry);
	return error;
}

void registry_close(struct registry *registry)
{
	for (uint32_t i = 0; i < registry->n_memory; i++) {
		free(registry->memory[i].name);
		free(registry->memory[i].path);
		free(registry->memory[i].selection);
	}
	free(registry->memory);
	*registry = (struct registry){ .cgroup_root = -1 };
}

static int grow(struct registry *registry, uint32_t number)
{
	uint32_t count = (number / GROWTH + 1) * GROWTH;
	struct registry_memory *memory;

	if (number < registry->n_memory)
		return 0;
	memory = realloc(registry->memory, count * sizeof(*memory));
	if (!memory)
		return -ENOMEM;
	memset(memory + registry->n_memory, 0, (count - registry->n_memory) * sizeof(*memory));
	registry->memory = memory;
	registry->n_memory = count;
	return 0;
}

int registry_remember(struct registry *registry, uint32_t number, uint64_t cgroup_id,
		      const char *name, const char *path)
{
	char *copy = strdup(path), *name_copy = strdup(name);
	struct registry_memory *memory;

	if (!copy || !name_copy || grow(registry, number)) {
		free(copy);
		free(name_copy);
		return -ENOMEM;
	}
	memory = &registry->memory[number];
	free(memory->name);
	free(memory->path);
	free(memory->selection);
	memory->cgroup_id = cgroup_id;
	memory->serial = ++registry->serial;
	memory->path = copy;
	memory->selection = NULL;
	memory->pinned = false;
	memory->name = name_copy;
	return 0;
}

static int replace(char **kept, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return -ENOMEM;
	free(*kept);
	*kept = copy;
	return 0;
}

int registry_remember_name(struct registry *registry, uint32_t number, uint64_t cgroup_id,
			   const char *name)
{
	if (!registry_recall(registry, number, cgroup_id))
		return -ENOENT;
	return replace(&registry->memory[number].name, name);
}

int registry_remember_selection(struct registry *registry, uint32_t number, uint64_t cgroup_id,
				const char *selection)
{
	struct registry_memory *memory;
	int error;

	if (!registry_recall(registry, number, cgroup_id))
		return -ENOENT;
	memory = &registry->memory[number];
	error = replace(&memory->selection, selection);
	if (error)
		return error;
	memory->pinned = true;
	memory->serial = ++registry->serial;
	return 0;
}

const struct registry_memory *registry_recall(const struct registry *registry, uint32_t number,
					      uint64_t cgroup_id)
{
	if (number >= registry->n_memory || registry->memory[number].cgroup_id != cgroup_id)
		return NULL;
	return &registry->memory[number];
}

static bool fill(const struct registry *registry, uint32_t number, struct registry_entry *entry)
{
	const struct registry_memory *memory;
	struct container container;

	if (!in_use(registry, number, &container))
		return false;
	memory = registry_recall(registry, number, container.cgroup_id);
	*entry = (struct registry_entry){
		.number = number,
		.policy = container.policy,
		.state = container.state,
		.origin = container.origin,
		.cgroup_id = container.cgroup_id,
		.bound_at = container.bound_at,
		.tasks = __atomic_load_n(&registry->maps->tasks[number], __ATOMIC_RELAXED),
		.name = memory ? memory->name : "",
		.path = memory ? memory->path : "",
		.selection = memory ? memory->selection : NULL,
	};
	return true;
}

bool registry_next(const struct registry *registry, uint32_t number, struct registry_entry *entry)
{
	for (; number < registry->maps->max_containers; number++)
		if (fill(registry, number, entry))
			return true;
	return false;
}

bool registry_find_id(const struct registry *registry, uint64_t id, struct registry_entry *entry)
{
	for (uint32_t i = 0; registry_next(registry, i, entry); i = entry->number + 1)
		if (entry->cgroup_id == id && entry->state == CONTAINER_BOUND)
			return true;
	return false;
}

bool registry_find_name(const struct registry *registry, const char *name,
			struct registry_entry *entry)
{
	for (uint32_t i = 0; registry_next(registry, i, entry); i = entry->number + 1)
		if (entry->state == CONTAINER_BOUND && !strcmp(entry->name, name))
			return true;
	return false;
}

bool registry_find_path(const struct registry *registry, const char *path,
			struct registry_entry *entry)
{
	for (uint32_t i = 0; registry_next(registry, i, entry); i = entry->number + 1)
		if (entry->state == CONTAINER_BOUND && !strcmp(entry->path, path))
			return true;
	return false;
}

bool registry_find_policy(const struct registry *registry, uint32_t policy,
			  struct registry_entry *entry)
{
	for (uint32_t i = 0; registry_next(registry, i, entry); i = entry->number + 1)
		if (entry->policy == policy)
			return true;
	return false;
}
