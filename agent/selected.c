/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/cleanup.h"
#include "agent/facts.h"
#include "agent/pins.h"
#include "agent/selected.h"

static int no_choice(int error, const struct select_choice *choice, struct fault *fault)
{
	if (error == -ENOENT)
		return fault_set(fault, error, "no policy's select fits");
	if (error != -ENOTUNIQ)
		return fault_errno(fault, error, "select");
	return fault_set(fault, error,
			 "policies '%s' (%s) and '%s' (%s) both fit with priority %d: give one of "
			 "them a higher one",
			 choice->chosen->policy, choice->chosen->source, choice->rival->policy,
			 choice->rival->source, choice->chosen->priority);
}

int selected_choose(const struct selector *selector, struct json_object *facts,
		    struct select_choice *choice, struct json_object **selection,
		    struct fault *fault)
{
	struct facts read;
	struct json_object *made;
	int error = facts_read(&read, facts, fault);

	if (!error) {
		error = selector_choose(selector, &read.known, choice);
		if (error)
			no_choice(error, choice, fault);
	}
	facts_clear(&read);
	if (error)
		return error;
	made = json_object_new_object();
	if (!made)
		return fault_errno(fault, -ENOMEM, "select");
	json_object_object_add(made, "facts", json_object_get(facts));
	json_object_object_add(made, "select", json_object_new_string(choice->chosen->source));
	json_object_object_add(made, "priority", json_object_new_int(choice->chosen->priority));
	*selection = made;
	return 0;
}

/* No name there may have a dot (the kernel's bpf_lookup() refuses it). */
static int pin_path(char path[PATH_MAX], const char *pin_dir, uint64_t cgroup_id, const char *end)
{
	char name[40];

	snprintf(name, sizeof(name), "%" PRIu64 "%s", cgroup_id, end);
	return pins_path(path, pin_dir, PINS_SELECTED, name);
}

static int make_directory(const char *pin_dir)
{
	char path[PATH_MAX];
	int error = pins_path(path, pin_dir, PINS_SELECTED, NULL);

	if (!error && mkdir(path, 0700) && errno != EEXIST)
		error = -errno;
	return error;
}

/* A map with the text as its only value takes the name of the one before with one rename. */
static int write_pin(const char *pin_dir, uint64_t cgroup_id, const char *text, size_t size)
{
	OWNED(close_fd)
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bailiff_chosen", sizeof(uint32_t),
				(uint32_t)size, 1, NULL);
	char path[PATH_MAX], fresh[PATH_MAX];
	uint32_t zero = 0;
	int error = fd < 0 ? fd : bpf_map_update_elem(fd, &zero, text, BPF_ANY);

	if (!error)
		error = make_directory(pin_dir);
	if (!error)
		error = pin_path(path, pin_dir, cgroup_id, "");
	if (!error)
		error = pin_path(fresh, pin_dir, cgroup_id, "-new");
	if (error)
		return error;
	unlink(fresh);
	error = bpf_obj_pin(fd, fresh);
	if (!error && rename(fresh, path)) {
		error = -errno;
		unlink(fresh);
	}
	return error;
}

int selected_keep(const char *pin_dir, struct registry *registry, uint32_t number,
		  uint64_t cgroup_id, struct json_object *selection)
{
	size_t length;
	const char *text =
		json_object_to_json_string_length(selection, JSON_C_TO_STRING_PLAIN, &length);
	int error;

	if (!text)
		return -ENOMEM;
	if (length >= FACTS_MAX)
		return -E2BIG;
	error = write_pin(pin_dir, cgroup_id, text, length + 1);
	return error ? error : registry_remember_selection(registry, number, cgroup_id, text);
}

void selected_forget(const char *pin_dir, uint64_t cgroup_id)
{
	char path[PATH_MAX];

	if (!pin_path(path, pin_dir, cgroup_id, ""))
		unlink(path);
}

/* The text of a pin, NULL if it can't be read; the caller's. */
static char *read_pin(const char *path)
{
	OWNED(close_fd) int fd = bpf_obj_get(path);
	struct bpf_map_info info = { 0 };
	uint32_t size = sizeof(info), zero = 0;
	char *text;

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size) || !info.value_size ||
	    info.value_size > FACTS_MAX)
		return NULL;
	text = malloc((info.value_size + 7) / 8 * 8);
	if (text && bpf_map_lookup_elem(fd, &zero, text)) {
		free(text);
		return NULL;
	}
	if (text)
		text[info.value_size - 1] = 0;
	return text;
}

/* The kernel's side may have had room for the beginning of the name only. */
static int remember(struct registry *registry, uint32_t number, uint64_t id, const char *text)
{
	struct json_object *object = json_tokener_parse(text), *facts, *name;
	int error = registry_remember_selection(registry, number, id, text);

	if (!error && json_object_object_get_ex(object, "facts", &facts) &&
	    json_object_object_get_ex(facts, "name", &name))
		error = registry_remember_name(registry, number, id, json_object_get_string(name));
	json_object_put(object);
	return error;
}

static int learn_one(struct registry *registry, const char *pin_dir, const char *name)
{
	OWNED(free_memory) char *text = NULL;
	struct registry_entry entry;
	char path[PATH_MAX], *end;
	uint64_t id = strtoull(name, &end, 10);
	int error = pins_path(path, pin_dir, PINS_SELECTED, name);

	if (error)
		return error;
	for (uint32_t i = 0; registry_next(registry, i, &entry); i = entry.number + 1) {
		if (entry.cgroup_id != id || *end)
			continue;
		if (entry.selection)
			return 0;
		text = read_pin(path);
		return text ? remember(registry, entry.number, id, text) : -EBADMSG;
	}
	return unlink(path) && errno != ENOENT ? -errno : 0;
}

int selected_learn(const char *pin_dir, struct registry *registry)
{
	OWNED(close_directory) DIR *directory = NULL;
	char path[PATH_MAX];
	struct dirent *entry;
	int error = pins_path(path, pin_dir, PINS_SELECTED, NULL);

	if (error)
		return error;
	directory = opendir(path);
	if (!directory)
		return errno == ENOENT ? 0 : -errno;
	while (!error && (entry = readdir(directory)))
		if (*entry->d_name != '.')
			error = learn_one(registry, pin_dir, entry->d_name);
	return error;
}

bool selected_is_of(const char *selection, const char *runtime_id)
{
	struct json_object *object, *facts, *id;
	bool same;

	if (!selection || !runtime_id || !strstr(selection, runtime_id))
		return false;
	object = json_tokener_parse(selection);
	same = json_object_object_get_ex(object, "facts", &facts) &&
	       json_object_object_get_ex(facts, "runtime_id", &id) &&
	       !strcmp(json_object_get_string(id), runtime_id);
	json_object_put(object);
	return same;
}

bool selected_find(const struct registry *registry, const char *runtime_id,
		   struct registry_entry *entry)
{
	struct registry_entry one;
	bool found = false;

	for (uint32_t i = 0; registry_next(registry, i, &one); i = one.number + 1) {
		if (one.state != CONTAINER_BOUND || !selected_is_of(one.selection, runtime_id))
			continue;
		if (found)
			return false;
		*entry = one;
		found = true;
	}
	return found;
}

void selected_clean(const char *pin_dir, struct registry *registry)
{
	for (uint32_t i = 0; i < registry->n_memory; i++) {
		struct registry_memory *memory = &registry->memory[i];

		if (!memory->pinned || registry->maps->containers[i].cgroup_id == memory->cgroup_id)
			continue;
		selected_forget(pin_dir, memory->cgroup_id);
		memory->pinned = false;
	}
}
