/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "agent/bind.h"
#include "agent/cgroup.h"
#include "agent/cleanup.h"
#include "agent/discover.h"
#include "agent/identity.h"
#include "agent/log.h"
#include "agent/loop.h"
#include "agent/oci_cgroup.h"
#include "agent/runtime_states.h"
#include "agent/runtimes.h"
#include "agent/selected.h"

#define SETTLE_NS 4000000000ULL /* by then a container has the mounts that it starts with */

static void name_of(const char *path, char name[NAME_MAX + 1])
{
	struct runtimes_cgroup known;
	const char *text = bind_name(NULL, path);

	if (runtimes_recognise(path, &known) && *known.name)
		text = known.name;
	memset(name, 0, NAME_MAX + 1);
	memcpy(name, text, strnlen(text, NAME_MAX));
}

static struct json_object *facts_of(const char *path, const char *name)
{
	struct json_object *facts = json_object_new_object();

	if (facts) {
		json_object_object_add(facts, "name", json_object_new_string(name));
		json_object_object_add(facts, "cgroup", json_object_new_string(path));
	}
	return facts;
}

/* Of a container that a runtime keeps a state of there is more to know than its path. */
static const char *name_in(struct json_object *facts)
{
	struct json_object *value;

	return json_object_object_get_ex(facts, "name", &value) ? json_object_get_string(value)
								: "";
}

/* What is remembered of a container whose policy only its path selected. */
static struct json_object *unmatched(struct json_object *facts, const struct fault *why)
{
	struct json_object *selection = json_object_new_object();

	if (selection) {
		json_object_object_add(selection, "facts", json_object_get(facts));
		json_object_object_add(selection, "unmatched", json_object_new_string(why->text));
	}
	return selection;
}

static void select_one(struct engine *engine, uint32_t number, uint64_t id, const char *path,
		       struct json_object *facts)
{
	struct container *container = &engine->objects.maps.containers[number];
	struct json_object *selection = NULL;
	struct select_choice choice;
	struct fault fault = { "" };
	uint32_t policy;
	int error = facts ? selected_choose(engine->selector, facts, &choice, &selection, &fault)
			  : -ENOMEM;

	if (!error && !engine_find_policy(engine, choice.chosen->policy, &policy) &&
	    container->cgroup_id == id)
		__atomic_store_n(&container->policy, policy, __ATOMIC_SEQ_CST);
	if (error && facts)
		selection = unmatched(facts, &fault);
	error = selection ? selected_keep(engine->objects.pin_dir, &engine->registry, number, id,
					  selection)
			  : -ENOMEM;
	if (error)
		log_warning("%s: how its policy was selected cannot be kept: %s", path,
			    strerror(-error));
	json_object_put(selection);
}

static bool is_discovered(const struct container *container)
{
	return __atomic_load_n(&container->state, __ATOMIC_ACQUIRE) == CONTAINER_BOUND &&
	       (container->origin == ORIGIN_WATCH || container->origin == ORIGIN_FOUND);
}

static void learn_one(struct engine *engine, uint32_t number)
{
	struct container *container = &engine->objects.maps.containers[number];
	struct registry *registry = &engine->registry;
	uint64_t id = container->cgroup_id;
	const struct registry_memory *memory = registry_recall(registry, number, id);
	struct json_object *facts;
	char path[PATH_MAX], name[NAME_MAX + 1];

	if (!is_discovered(container) || (memory && (memory->selection || !engine->selector)))
		return;
	if (cgroup_path(engine->cgroup_root, id, path))
		*path = 0;
	name_of(path, name);
	bind_remember_name(container, name);
	if (registry_remember(registry, number, id, name, path))
		return;
	if (!memory)
		log_info("bound %s, which was just made", *path ? path : "a cgroup that is gone");
	if (!*path || !engine->selector)
		return;
	facts = facts_of(path, name);
	select_one(engine, number, id, path, facts);
	json_object_put(facts);
}

/* Files that its policy denies and that have other names, in the mounts that it has by now. */
static void look_for_names(struct engine *engine, uint32_t number)
{
	const struct container *container = &engine->objects.maps.containers[number];
	const struct registry_memory *memory =
		registry_recall(&engine->registry, number, container->cgroup_id);
	OWNED(close_fd) int cgroup = -1;

	if (memory && *memory->path)
		cgroup = cgroup_open(engine->cgroup_root, memory->path + 1);
	if (cgroup >= 0)
		identity_find(
			&engine->objects,
			&(struct identity_job){ .cgroup = cgroup, .policy = container->policy }, 1);
}

void discover_names(struct engine *engine)
{
	const struct container *containers = engine->objects.maps.containers;
	uint64_t now = loop_boot_time();

	if (now > engine->names_due)
		return;
	for (uint32_t i = 0; i < engine->objects.maps.max_containers; i++)
		if (is_discovered(&containers[i]) && containers[i].origin == ORIGIN_WATCH &&
		    now - containers[i].bound_at < SETTLE_NS)
			look_for_names(engine, i);
}

void discover_bound(struct engine *engine)
{
	struct shared *shared = engine->objects.shared;
	uint32_t watched = __atomic_load_n(&shared->watched, __ATOMIC_ACQUIRE);

	if (watched == engine->watched && engine->discovered)
		return;
	if (watched != engine->watched)
		engine->names_due = loop_boot_time() + SETTLE_NS;
	engine->watched = watched;
	engine->discovered = engine->selector != NULL;
	for (uint32_t i = 0; i < engine->objects.maps.max_containers; i++)
		learn_one(engine, i);
}

/* ---- what is there already */

struct search {
	struct engine *engine;
	struct runtime_states states;
	char path[PATH_MAX];
	unsigned int bound;
	int root; /* the agent's root directory */
};

static void bind_found(struct search *search, int cgroup, const struct watch_choice *choice,
		       struct json_object *facts)
{
	struct engine *engine = search->engine;
	struct bind_request request = {
		.cgroup = cgroup,
		.path = search->path,
		.policy = choice->policy,
		.name = name_in(facts),
		.origin = ORIGIN_FOUND,
		.root = choice->runtime ? search->root : -1,
		.same_root = true,
	};
	struct fault fault;
	uint32_t number;

	if (bind_container(&engine->objects, &engine->registry, &request, &number, &fault)) {
		log_error("%s: %s", search->path, fault.text);
		return;
	}
	log_info("bound %s, which was there already", search->path);
	search->bound++;
	select_one(engine, number, engine->objects.maps.containers[number].cgroup_id, search->path,
		   facts);
}

/* By its path alone as the kernel would, or by all that a runtime knows of it. */
static bool choose(const struct search *search, struct json_object *facts,
		   struct watch_choice *choice)
{
	struct json_object *selection = NULL;
	struct select_choice selected;
	struct fault ignored;
	bool found = watch_choose(search->engine->watch, search->path, choice);

	if (!facts)
		return found;
	choice->runtime = true;
	if (!selected_choose(search->engine->selector, facts, &selected, &selection, &ignored) &&
	    !engine_find_policy(search->engine, selected.chosen->policy, &choice->policy))
		found = true;
	json_object_put(selection);
	return found;
}

/* What was refused for want of room is not bound. */
static bool is_bound(const struct engine *engine, uint64_t id)
{
	uint32_t number;

	return !bpf_map_lookup_elem(engine->objects.maps.fd[MAP_CGROUPS], &id, &number) &&
	       number != CONTAINER_NONE;
}

/* True: what is below is a container's own. */
static bool look_at(struct search *search, int cgroup)
{
	struct json_object *facts = runtime_states_find(&search->states, search->path);
	char name[NAME_MAX + 1];
	struct watch_choice choice;
	uint64_t id;

	if (cgroup_id(cgroup, &id) || is_bound(search->engine, id))
		return true;
	if (!choose(search, facts, &choice))
		return facts != NULL;
	name_of(search->path, name);
	facts = facts ? json_object_get(facts) : facts_of(search->path, name);
	if (facts)
		bind_found(search, cgroup, &choice, facts);
	json_object_put(facts);
	return true;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the hierarchy, which the kernel limits */
static void look_below(struct search *search, int directory, size_t length)
{
	OWNED(close_directory) DIR *stream = fdopendir(directory);
	struct dirent *entry;

	if (!stream) {
		close(directory);
		return;
	}
	while ((entry = readdir(stream))) {
		size_t more = strlen(entry->d_name) + 1;
		int child;

		if (entry->d_type != DT_DIR || *entry->d_name == '.' ||
		    length + more >= sizeof(search->path))
			continue;
		snprintf(search->path + length, sizeof(search->path) - length, "/%s",
			 entry->d_name);
		child = openat(directory, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (child < 0)
			continue;
		if (look_at(search, child))
			close(child);
		else
			look_below(search, child, length + more);
	}
}

/* What a runtime keeps of containers that are bound is read no more: there may be very many. */
static bool is_known(void *context, const char *cgroup)
{
	const struct registry *registry = &((const struct engine *)context)->registry;
	struct registry_entry entry;

	for (uint32_t i = 0; registry_next(registry, i, &entry); i = entry.number + 1)
		if (entry.state == CONTAINER_BOUND && *entry.path &&
		    cgroup_is_in(cgroup, entry.path))
			return true;
	return false;
}

unsigned int discover_running(struct engine *engine)
{
	OWNED(close_fd) int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct search search = { .engine = engine, .root = root };
	int top;

	if (!engine->selector || root < 0)
		return 0;
	if (runtime_states_read(&search.states, "", is_known, engine))
		log_warning("not all containers that run are known: %s", strerror(ENOMEM));
	top = openat(engine->cgroup_root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (top >= 0)
		look_below(&search, top, 0);
	runtime_states_free(&search.states);
	return search.bound;
}
