/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/about.h"
#include "agent/runtimes.h"

#define GROWTH 64

enum { RUNTIME_ID, IMAGE, POD, POD_NAMESPACE, POD_CONTAINER, TEXTS };

struct about {
	uint64_t serial; /* of what is remembered */
	const char *runtime;
	char *texts[TEXTS]; /* NULL: not known */
};

/* The annotations that a runtime of Kubernetes sets itself. */
static const struct keys {
	const char *runtime;
	const char *of[TEXTS];
} keys[] = {
	{ "containerd",
	  { [IMAGE] = "io.kubernetes.cri.image-name",
	    [POD] = "io.kubernetes.cri.sandbox-name",
	    [POD_NAMESPACE] = "io.kubernetes.cri.sandbox-namespace",
	    [POD_CONTAINER] = "io.kubernetes.cri.container-name" } },
	{ "cri-o",
	  { [POD] = "io.kubernetes.pod.name",
	    [POD_NAMESPACE] = "io.kubernetes.pod.namespace",
	    [POD_CONTAINER] = "io.kubernetes.container.name" } },
};

static void about_free(struct about *about)
{
	for (int i = 0; about && i < TEXTS; i++)
		free(about->texts[i]);
	free(about);
}

static void set_text(struct about *about, int which, const char *text)
{
	if (text && *text && !about->texts[which] &&
	    asprintf(&about->texts[which], "%.*s", ABOUT_MAX - 1, text) < 0)
		about->texts[which] = NULL;
}

static void set_member(struct about *about, int which, struct json_object *object, const char *key)
{
	struct json_object *value;

	if (key && json_object_object_get_ex(object, key, &value) &&
	    json_object_is_type(value, json_type_string))
		set_text(about, which, json_object_get_string(value));
}

static void read_facts(struct about *about, const char *selection, const char *runtime)
{
	struct json_object *object = json_tokener_parse(selection), *facts, *annotations;

	if (json_object_object_get_ex(object, "facts", &facts)) {
		set_member(about, RUNTIME_ID, facts, "runtime_id");
		set_member(about, IMAGE, facts, "image");
		set_member(about, RUNTIME_ID, facts, "runtime_id");
		for (size_t i = 0; runtime && i < sizeof(keys) / sizeof(keys[0]); i++)
			if (!strcmp(keys[i].runtime, runtime) &&
			    json_object_object_get_ex(facts, "annotations", &annotations))
				for (int which = 0; which < TEXTS; which++)
					set_member(about, which, annotations, keys[i].of[which]);
	}
	json_object_put(object);
}

/* Docker puts containers there too, but hands no annotations on. */
static const char *annotated_by(const struct registry_memory *memory,
				const struct runtimes_cgroup *cgroup)
{
	return cgroup->runtime				  ? cgroup->runtime
	       : !strncmp(memory->path, "/kubepods/", 10) ? "containerd"
							  : NULL;
}

static struct about *about_new(const struct registry_memory *memory)
{
	struct about *about = calloc(1, sizeof(*about));
	struct runtimes_cgroup cgroup;
	bool known = about && runtimes_recognise(memory->path, &cgroup);

	if (!about)
		return NULL;
	about->serial = memory->serial;
	if (memory->selection)
		read_facts(about, memory->selection, known ? annotated_by(memory, &cgroup) : NULL);
	if (known) {
		about->runtime = cgroup.runtime;
		set_text(about, RUNTIME_ID, cgroup.id);
	}
	return about;
}

static struct about **find(struct abouts *abouts, uint32_t number)
{
	uint32_t count = (number / GROWTH + 1) * GROWTH;
	struct about **items;

	if (number < abouts->count)
		return &abouts->items[number];
	items = realloc(abouts->items, count * sizeof(struct about *));
	if (!items)
		return NULL;
	memset(items + abouts->count, 0, (count - abouts->count) * sizeof(struct about *));
	abouts->items = items;
	abouts->count = count;
	return &items[number];
}

void abouts_fill(struct abouts *abouts, uint32_t number, const struct registry_memory *memory,
		 struct audit_container *out)
{
	struct about **place = find(abouts, number), *about = place ? *place : NULL;

	if (!place)
		return;
	if (!about || about->serial != memory->serial) {
		about_free(about);
		about = *place = about_new(memory);
	}
	if (!about)
		return;
	out->runtime = about->runtime;
	out->runtime_id = about->texts[RUNTIME_ID];
	out->image = about->texts[IMAGE];
	out->pod = about->texts[POD];
	out->pod_namespace = about->texts[POD_NAMESPACE];
	out->pod_container = about->texts[POD_CONTAINER];
}

void abouts_clear(struct abouts *abouts)
{
	for (uint32_t i = 0; i < abouts->count; i++)
		about_free(abouts->items[i]);
	free(abouts->items);
	*abouts = (struct abouts){ 0 };
}
