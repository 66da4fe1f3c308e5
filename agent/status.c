/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <json-c/json.h>
#include <time.h>

#include "agent/cleanup.h"
#include "agent/reply.h"
#include "agent/status.h"
#include "audit/names.h"

static void add_text(struct json_object *to, const char *key, const char *text)
{
	json_object_object_add(to, key, json_object_new_string(text ? text : "unknown"));
}

static void add_number(struct json_object *to, const char *key, uint64_t number)
{
	json_object_object_add(to, key, json_object_new_uint64(number));
}

static void add_flag(struct json_object *to, const char *key, bool flag)
{
	json_object_object_add(to, key, json_object_new_boolean(flag));
}

static struct json_object *policy_object(const struct policy_head *head)
{
	struct json_object *object = json_object_new_object();

	add_text(object, "name", head->name);
	add_text(object, "mode", audit_mode_name(head->mode));
	add_text(object, "own_mode", audit_mode_name(head->own_mode));
	add_flag(object, "private", head->owner == POLICY_PRIVATE);
	add_number(object, "generation", head->generation);
	add_number(object, "rules", head->rules_count);
	add_number(object, "slot", head->slot);
	add_number(object, "words", head->words);
	return object;
}

/* Seconds since the epoch of a time of CLOCK_BOOTTIME. */
static int64_t wall_clock(uint64_t boot_ns)
{
	struct timespec boot, real;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &real);
	return real.tv_sec - boot.tv_sec + (int64_t)(boot_ns / 1000000000);
}

static void move_member(struct json_object *to, struct json_object *from, const char *key)
{
	struct json_object *value;

	if (json_object_object_get_ex(from, key, &value))
		json_object_object_add(to, key, json_object_get(value));
}

/* How it came to its policy: by name, from a file of its own, or selected, and then by what. */
static void add_choice(struct json_object *to, const struct registry_entry *entry, bool private_)
{
	struct json_object *selection = NULL;

	if (entry->selection)
		selection = json_tokener_parse(entry->selection);
	add_text(to, "chosen", entry->selection ? "selected" : private_ ? "file" : "name");
	if (!selection)
		return;
	move_member(to, selection, "select");
	move_member(to, selection, "priority");
	move_member(to, selection, "unmatched");
	json_object_put(selection);
}

#define ORIGINS 4
static const char *const origins[ORIGINS] = {
	[ORIGIN_COMMAND] = "command",
	[ORIGIN_HOOK] = "hook",
	[ORIGIN_WATCH] = "watch",
	[ORIGIN_FOUND] = "found",
};

static struct json_object *container_object(const struct registry_entry *entry,
					    const struct policy_head *heads, uint32_t count)
{
	struct json_object *object = json_object_new_object();
	bool known = entry->policy < count && heads[entry->policy].in_use;

	add_number(object, "number", entry->number);
	add_text(object, "name", entry->name);
	add_text(object, "cgroup", entry->path);
	add_number(object, "id", entry->cgroup_id);
	add_text(object, "policy", known ? heads[entry->policy].name : NULL);
	add_choice(object, entry, known && heads[entry->policy].owner == POLICY_PRIVATE);
	add_text(object, "origin", origins[entry->origin % ORIGINS]);
	add_text(object, "state", entry->state == CONTAINER_BOUND ? "bound" : "ended");
	add_number(object, "tasks", entry->tasks);
	json_object_object_add(object, "since", json_object_new_int64(wall_clock(entry->bound_at)));
	return object;
}

static void add_policies(struct json_object *status, const struct policy_head *heads,
			 uint32_t count)
{
	struct json_object *list = json_object_new_array();

	for (uint32_t i = 0; i < count; i++)
		if (heads[i].in_use && heads[i].owner != POLICY_WATCH)
			json_object_array_add(list, policy_object(&heads[i]));
	json_object_object_add(status, "policies", list);
}

static void add_containers(struct json_object *status, const struct registry *registry,
			   const struct policy_head *heads, uint32_t count)
{
	struct json_object *list = json_object_new_array();
	struct registry_entry entry;

	for (uint32_t i = 0; registry_next(registry, i, &entry); i = entry.number + 1)
		json_object_array_add(list, container_object(&entry, heads, count));
	json_object_object_add(status, "containers", list);
}

static void add_group(struct json_object *to, const char *key, const uint64_t *counters,
		      unsigned int first, unsigned int count, const char *(*name)(unsigned int))
{
	struct json_object *group = json_object_new_object();

	for (unsigned int i = first; i < count; i++)
		add_number(group, name(i), counters[i]);
	json_object_object_add(to, key, group);
}

static void add_counters(struct json_object *status, const uint64_t counters[COUNTERS])
{
	struct json_object *all = json_object_new_object();

	add_group(all, "decided", counters + COUNTER_DECIDED, 0, EVENT_VERDICTS,
		  audit_verdict_name);
	add_group(all, "delivered", counters + COUNTER_DELIVERED, 0, EVENT_RINGS, audit_ring_name);
	add_group(all, "lost", counters + COUNTER_LOST, 0, EVENT_RINGS, audit_ring_name);
	add_group(all, "unjudged", counters + COUNTER_UNJUDGED, REASON_UNJUDGED, EVENT_REASONS,
		  audit_reason_name);
	json_object_object_add(status, "counters", all);
}

struct json_object *status_build(const struct engine *engine, bool audit_only)
{
	OWNED(free_memory) struct policy_head *heads = NULL;
	const struct maps *maps = &engine->objects.maps;
	uint64_t counters[COUNTERS];
	struct json_object *status;
	uint32_t count;

	if (maps_read_counters(maps, counters) || maps_read_directory(maps, &heads, &count))
		return NULL;
	status = reply_ok();
	if (!status)
		return NULL;
	add_number(status, "pid", (uint64_t)getpid());
	add_text(status, "version", BAILIFF_VERSION);
	add_number(status, "generation", plan_generation(heads, count));
	add_text(status, "mode", audit_only ? "audit-only" : "as-policies-say");
	add_number(status, "programs", engine->objects.programs);
	add_flag(status, "adopted", engine->objects.adopted);
	add_policies(status, heads, count);
	add_containers(status, &engine->registry, heads, count);
	add_counters(status, counters);
	return status;
}
