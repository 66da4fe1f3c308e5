/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cgroup.h"
#include "agent/cleanup.h"
#include "agent/oci_cgroup.h"
#include "agent/oci_facts.h"
#include "agent/runtime_states.h"

/* One container, as a runtime wrote it down; the texts are the object's. */
struct known {
	const char *id, *cgroup, *bundle;
};

/* crun: libcrun/status.c; the id is the name of the directory. */
static bool read_crun(struct json_object *object, struct known *known)
{
	known->cgroup = input_text(object, "cgroup-path", PATH_MAX);
	known->bundle = input_text(object, "bundle", PATH_MAX);
	return known->cgroup && known->bundle;
}

/* runc: libcontainer's State; the bundle is one of the labels. */
static bool read_runc(struct json_object *object, struct known *known)
{
	struct json_object *paths = input_member(object, "cgroup_paths", json_type_object);
	struct json_object *config = input_member(object, "config", json_type_object);
	struct json_object *labels =
		config ? input_member(config, "labels", json_type_array) : NULL;

	known->cgroup = paths ? input_text(paths, "", PATH_MAX) : NULL;
	for (size_t i = 0; labels && i < json_object_array_length(labels); i++) {
		struct json_object *label = json_object_array_get_idx(labels, i);
		const char *text = json_object_is_type(label, json_type_string)
					   ? json_object_get_string(label)
					   : "";

		if (!strncmp(text, "bundle=", 7))
			known->bundle = text + 7;
	}
	return known->cgroup && known->bundle;
}

static const struct {
	const char *pattern;
	bool (*read)(struct json_object *object, struct known *known);
} places[] = {
	{ "/run/crun/*/status", read_crun },
	{ "/run/runc/*/state.json", read_runc },
	{ "/run/containerd/runc/*/*/state.json", read_runc },
	{ "/run/docker/runtime-runc/*/*/state.json", read_runc },
};

static struct json_object *facts_of(const struct known *known, const struct oci_config *config,
				    const char *cgroup)
{
	struct json_object *facts = json_object_new_object();
	struct oci_facts found = { 0 };
	struct fault ignored;

	if (!facts || oci_facts_of_bundle(&found, known->id, known->bundle, config, &ignored) ||
	    oci_facts_add(&found, cgroup, facts)) {
		json_object_put(facts);
		facts = NULL;
	} else {
		json_object_object_add(facts, "runtime_id", json_object_new_string(known->id));
	}
	oci_facts_free(&found);
	return facts;
}

static int keep(struct runtime_states *states, const char *cgroup, struct json_object *facts)
{
	struct runtime_state *items =
		realloc(states->items, (states->count + 1) * sizeof(*states->items));
	char *copy = items ? strdup(cgroup) : NULL;

	if (items)
		states->items = items;
	if (!copy) {
		json_object_put(facts);
		return -ENOMEM;
	}
	items[states->count++] = (struct runtime_state){ copy, facts };
	return 0;
}

/* A search for what is not known yet. */
struct reading {
	struct runtime_states *states;
	const char *root;
	bool (*skip)(void *context, const char *cgroup);
	void *context;
};

static int take_config(struct runtime_states *states, const struct known *known, const char *inside,
		       const struct oci_config *config)
{
	char cgroup[PATH_MAX];
	struct json_object *facts;
	struct fault ignored;

	if (oci_cgroup_choose(config, inside, cgroup, &ignored))
		return 0;
	facts = facts_of(known, config, cgroup);
	return facts ? keep(states, cgroup, facts) : 0;
}

static int take_known(const struct reading *reading, const struct known *known)
{
	OWNED(input_free) struct input input = { 0 };
	struct oci_config config;
	char path[PATH_MAX], inside[PATH_MAX];
	struct fault ignored;
	int length = snprintf(path, sizeof(path), "%s%s/config.json", reading->root, known->bundle);
	int error;

	if (length < 0 || (size_t)length >= sizeof(path) ||
	    cgroup_normalize(known->cgroup, inside) || reading->skip(reading->context, inside) ||
	    input_read_file(AT_FDCWD, path, OCI_CONFIG_MAX, &input) ||
	    oci_config_read(&input, &config, &ignored))
		return 0;
	error = take_config(reading->states, known, inside, &config);
	oci_config_free(&config);
	return error;
}

/* The name of the directory that a file is in. */
static bool directory_name(const char *path, char name[NAME_MAX + 1])
{
	const char *end = strrchr(path, '/'), *begin = end;

	while (begin > path && begin[-1] != '/')
		begin--;
	if (!end || end == begin || end - begin > NAME_MAX)
		return false;
	memcpy(name, begin, (size_t)(end - begin));
	name[end - begin] = 0;
	return true;
}

static int take_file(const struct reading *reading, const char *path,
		     bool (*read)(struct json_object *object, struct known *known))
{
	OWNED(input_free) struct input input = { 0 };
	OWNED(input_put) struct json_object *object = NULL;
	char id[NAME_MAX + 1];
	struct known known = { .id = id };

	if (!directory_name(path, id) || input_read_file(AT_FDCWD, path, OCI_CONFIG_MAX, &input) ||
	    input_parse(input.data, input.length, &object) || !read(object, &known))
		return 0;
	return take_known(reading, &known);
}

static int read_place(const struct reading *reading, size_t place)
{
	char pattern[PATH_MAX];
	glob_t found;
	int error = 0;

	snprintf(pattern, sizeof(pattern), "%s%s", reading->root, places[place].pattern);
	if (glob(pattern, GLOB_NOSORT, NULL, &found))
		return 0;
	for (size_t i = 0; !error && i < found.gl_pathc; i++)
		error = take_file(reading, found.gl_pathv[i], places[place].read);
	globfree(&found);
	return error;
}

int runtime_states_read(struct runtime_states *states, const char *root,
			bool (*skip)(void *context, const char *cgroup), void *context)
{
	const struct reading reading = { states, root, skip, context };
	int error = 0;

	*states = (struct runtime_states){ 0 };
	for (size_t i = 0; !error && i < sizeof(places) / sizeof(places[0]); i++)
		error = read_place(&reading, i);
	return error;
}

void runtime_states_free(struct runtime_states *states)
{
	for (size_t i = 0; i < states->count; i++) {
		free(states->items[i].cgroup);
		json_object_put(states->items[i].facts);
	}
	free(states->items);
	*states = (struct runtime_states){ 0 };
}

struct json_object *runtime_states_find(const struct runtime_states *states, const char *cgroup)
{
	for (size_t i = 0; i < states->count; i++)
		if (!strcmp(states->items[i].cgroup, cgroup))
			return states->items[i].facts;
	return NULL;
}
