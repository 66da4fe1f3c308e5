/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/oci_cgroup.h"
#include "agent/oci_facts.h"
#include "agent/oci_store.h"

enum manager { MANAGER_OTHER, MANAGER_CRIO, MANAGER_CRIO_POD, MANAGER_CONTAINERD };

/* Set last, so that no pod and no image can change them: by CRI-O from what kubelet says
 * (SpecAddAnnotations), by containerd (DefaultCRIAnnotations; `also`: as others call it). A pod's
 * sandbox has none of those of a container, but may have been given one under that name. */
static const struct trusted {
	const char *key;
	const char *also;
	bool of_container;
} of_crio[] = {
	{ "io.kubernetes.container.name", NULL, true },
	{ "io.kubernetes.pod.name", NULL, false },
	{ "io.kubernetes.pod.namespace", NULL, false },
	{ "io.kubernetes.pod.uid", NULL, false },
	{ 0 },
}, of_containerd[] = {
	{ "io.kubernetes.cri.container-name", "io.kubernetes.container.name", true },
	{ "io.kubernetes.cri.image-name", NULL, true },
	{ "io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name", false },
	{ "io.kubernetes.cri.sandbox-namespace", "io.kubernetes.pod.namespace", false },
	{ "io.kubernetes.cri.sandbox-uid", "io.kubernetes.pod.uid", false },
	{ "io.kubernetes.cri.sandbox-id", NULL, false },
	{ "io.kubernetes.cri.container-type", NULL, false },
	{ 0 },
};

/* A task's bundle is ...io.containerd.runtime.v2.task/NAMESPACE/ID. What uses containerd otherwise
 * (Docker as "moby") has namespaces of its own, and sets no such annotations there. */
static bool is_kubernetes_task(const char *bundle, const char *id)
{
	const char *at = strstr(bundle, "/io.containerd.runtime.v"), *rest;

	rest = at ? strchr(at + 1, '/') : NULL;
	if (!rest || strncmp(rest, "/k8s.io/", 8))
		return false;
	return !strcmp(rest + 8, id);
}

static void copy_text(char *to, size_t size, const char *text)
{
	if (text && strlen(text) < size)
		memcpy(to, text, strlen(text) + 1);
}

/* The manager's own notes, as JSON in a text: podman's RuntimeContainerMetadata
 * (libpod/storage.go), and that of CRI-O (internal/storage/runtime.go), which alone knows of pods.
 */
static int take_entry(struct oci_facts *facts, struct json_object *entry, enum manager *manager)
{
	struct json_object *text = input_member(entry, "metadata", json_type_string);
	struct json_object *names = input_member(entry, "names", json_type_array);
	OWNED(input_put) struct json_object *notes = NULL;
	struct json_object *pod;
	const char *name = NULL;

	if (text && json_object_get_string_len(text) &&
	    input_parse(json_object_get_string(text), (size_t)json_object_get_string_len(text),
			&notes))
		return -EBADMSG;
	if (names && json_object_array_length(names))
		name = json_object_get_string(json_object_array_get_idx(names, 0));
	if (input_text(notes, "pod-id", REQUEST_NAME_MAX)) {
		pod = input_member(notes, "pod", json_type_boolean);
		*manager = pod && json_object_get_boolean(pod) ? MANAGER_CRIO_POD : MANAGER_CRIO;
	}
	if (*manager == MANAGER_CRIO)
		name = input_text(notes, "metadata-name", REQUEST_NAME_MAX);
	else if (!name)
		name = input_text(notes, "name", REQUEST_NAME_MAX);
	if (name && *name)
		copy_text(facts->name, sizeof(facts->name), name);
	copy_text(facts->image, sizeof(facts->image), input_text(notes, "image-name", PATH_MAX));
	return 0;
}

/* What no policy can select. */
static bool selectable(const char *key, struct json_object *value)
{
	const char *text;
	size_t length;

	if (!json_object_is_type(value, json_type_string) || !*key || strchr(key, '='))
		return false;
	text = json_object_get_string(value);
	length = (size_t)json_object_get_string_len(value);
	return strlen(text) == length && strlen(key) + 1 + length <= FACT_ANNOTATION_MAX;
}

static bool is_sandbox(const struct oci_config *config, enum manager manager)
{
	const char *type;

	if (manager != MANAGER_CONTAINERD)
		return manager == MANAGER_CRIO_POD;
	type = input_text(config->annotations, "io.kubernetes.cri.container-type", 64);
	return !type || strcmp(type, "container") != 0;
}

static const struct trusted *find_trusted(const struct trusted *list, const char *key, bool sandbox)
{
	for (; list && list->key; list++)
		if (!strcmp(list->key, key) && !(sandbox && list->of_container))
			return list;
	return NULL;
}

static int sort_annotations(struct oci_facts *facts, const struct oci_config *config,
			    enum manager manager, struct fault *fault)
{
	const struct trusted *list = manager == MANAGER_CONTAINERD ? of_containerd
				     : manager == MANAGER_OTHER	   ? NULL
								   : of_crio;
	bool sandbox = is_sandbox(config, manager);
	size_t length[2];

	json_object_object_foreach(config->annotations, key, value)
	{
		const struct trusted *own = find_trusted(list, key, sandbox);

		if (!selectable(key, value))
			continue;
		json_object_object_add(own ? facts->annotations : facts->image_annotations, key,
				       json_object_get(value));
		if (own && own->also)
			json_object_object_add(facts->annotations, own->also,
					       json_object_get(value));
	}
	json_object_to_json_string_length(facts->annotations, JSON_C_TO_STRING_PLAIN, &length[0]);
	json_object_to_json_string_length(facts->image_annotations, JSON_C_TO_STRING_PLAIN,
					  &length[1]);
	if (length[0] + length[1] > FACT_ANNOTATIONS_MAX)
		return fault_set(fault, -E2BIG, "its annotations are over %u bytes",
				 FACT_ANNOTATIONS_MAX);
	return 0;
}

static int take_annotations(struct oci_facts *facts, const struct oci_config *config,
			    enum manager manager, struct fault *fault)
{
	facts->annotations = json_object_new_object();
	facts->image_annotations = json_object_new_object();
	if (!facts->annotations || !facts->image_annotations)
		return fault_errno(fault, -ENOMEM, "annotations");
	return config->annotations ? sort_annotations(facts, config, manager, fault) : 0;
}

/* The store of the bundle; CRI-O's bundles are in a store's other half, without the list. */
static int ask_store(struct oci_facts *facts, const char *bundle_store, const char *id,
		     const struct oci_config *config, enum manager *manager, struct fault *fault)
{
	OWNED(input_put) struct json_object *entry = NULL;
	char directory[PATH_MAX];
	int error = bundle_store ? store_find(bundle_store, id, &entry) : -ENOENT;

	if (error == -ENOENT && config->root && store_of_root(config->root, directory))
		error = store_find(directory, id, &entry);
	if (!error)
		error = take_entry(facts, entry, manager);
	if (error && error != -ENOENT)
		return fault_errno(fault, error, "containers.json");
	return 0;
}

int oci_facts_of_bundle(struct oci_facts *facts, const char *id, const char *bundle,
			const struct oci_config *config, struct fault *fault)
{
	enum manager manager = MANAGER_OTHER;
	char directory[PATH_MAX];
	int error = 0;

	*facts = (struct oci_facts){ 0 };
	copy_text(facts->name, sizeof(facts->name), id);
	if (store_of_bundle(bundle, id, directory))
		error = ask_store(facts, directory, id, config, &manager, fault);
	else if (is_kubernetes_task(bundle, id))
		manager = MANAGER_CONTAINERD;
	if (!error)
		error = take_annotations(facts, config, manager, fault);
	if (error || manager != MANAGER_CONTAINERD || is_sandbox(config, manager))
		return error;
	copy_text(facts->name, sizeof(facts->name),
		  input_text(facts->annotations, of_containerd[0].key, REQUEST_NAME_MAX));
	copy_text(facts->image, sizeof(facts->image),
		  input_text(facts->annotations, of_containerd[1].key, PATH_MAX));
	return 0;
}

int oci_facts_of_config(struct oci_facts *facts, const struct oci_config *config,
			struct fault *fault)
{
	enum manager manager = MANAGER_OTHER;
	int error = 0;

	*facts = (struct oci_facts){ 0 };
	if (config->cgroups_path && cgroups_path_id(config->cgroups_path, facts->name))
		error = ask_store(facts, NULL, facts->name, config, &manager, fault);
	return error ? error : take_annotations(facts, config, manager, fault);
}

static int add(struct json_object *to, const char *key, struct json_object *value)
{
	if (value && !json_object_object_add(to, key, value))
		return 0;
	json_object_put(value);
	return -ENOMEM;
}

static int add_text(struct json_object *to, const char *key, const char *text)
{
	return text && *text ? add(to, key, json_object_new_string(text)) : 0;
}

int oci_facts_add(const struct oci_facts *facts, const char *cgroup, struct json_object *to)
{
	int error = add_text(to, "cgroup", cgroup);

	if (!error)
		error = add_text(to, "name", facts->name);
	if (!error)
		error = add_text(to, "image", facts->image);
	if (!error)
		error = add(to, "annotations", json_object_get(facts->annotations));
	if (!error)
		error = add(to, "image_annotations", json_object_get(facts->image_annotations));
	return error;
}

void oci_facts_free(struct oci_facts *facts)
{
	json_object_put(facts->annotations);
	json_object_put(facts->image_annotations);
	*facts = (struct oci_facts){ 0 };
}
