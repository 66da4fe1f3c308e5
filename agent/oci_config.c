/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "agent/oci_config.h"

/* crun(1), and libcrun/custom-handler.c, libcrun/handlers/ of 1.8.1 and later */
static const char *const handlers[] = { "run.oci.handler", "module.wasm.image/variant", NULL };
static const char *const movers[] = { "run.oci.systemd.subgroup", "run.oci.delegate-cgroup",
				      "run.oci.systemd.force_cgroup_v1", NULL };

/* An object, or nothing: null counts as absent. */
static int take_object(struct json_object *from, const char *key, struct json_object **to,
		       struct fault *fault)
{
	struct json_object *value = NULL;

	if (from && json_object_object_get_ex(from, key, &value) && value &&
	    !json_object_is_type(value, json_type_object))
		return fault_set(fault, -EINVAL, "config.json: %s is no object", key);
	*to = value;
	return 0;
}

static int take_text(struct json_object *from, const char *key, const char **to,
		     struct fault *fault)
{
	struct json_object *value = NULL;

	*to = NULL;
	if (!from || !json_object_object_get_ex(from, key, &value) || !value)
		return 0;
	if (json_object_is_type(value, json_type_string) && !json_object_get_string_len(value))
		return 0;
	*to = input_text(from, key, PATH_MAX);
	return *to ? 0 : fault_set(fault, -EINVAL, "config.json: %s is no usable path", key);
}

static int fill(struct oci_config *config, struct fault *fault)
{
	struct json_object *root, *linux_;
	int error = take_object(config->object, "root", &root, fault);

	if (!error)
		error = take_text(root, "path", &config->root, fault);
	if (!error)
		error = take_object(config->object, "linux", &linux_, fault);
	if (!error)
		error = take_text(linux_, "cgroupsPath", &config->cgroups_path, fault);
	if (!error)
		error = take_object(linux_, "seccomp", &config->seccomp, fault);
	if (!error)
		error = take_object(config->object, "annotations", &config->annotations, fault);
	return error;
}

int oci_config_read(const struct input *input, struct oci_config *config, struct fault *fault)
{
	struct oci_config parsed = { 0 };
	int error;

	if (input_parse(input->data, input->length, &parsed.object))
		return fault_set(fault, -EINVAL, "config.json is not one JSON object");
	error = fill(&parsed, fault);
	if (error)
		oci_config_free(&parsed);
	else
		*config = parsed;
	return error;
}

void oci_config_free(struct oci_config *config)
{
	json_object_put(config->object);
	*config = (struct oci_config){ 0 };
}

static const char *find_any(const struct oci_config *config, const char *const *keys)
{
	for (; *keys; keys++)
		if (config->annotations &&
		    json_object_object_get_ex(config->annotations, *keys, NULL))
			return *keys;
	return NULL;
}

const char *oci_config_handler(const struct oci_config *config)
{
	return find_any(config, handlers);
}

const char *oci_runtime_handler(const char *name)
{
	static const char *const names[] = { "wasm", "wasmedge", "wasmer", "wasmtime",
					     "krun", "dotnet",	 "mono" };
	const char *slash = strrchr(name, '/'), *last = slash ? slash + 1 : name;

	if (!strcmp(last, "krun"))
		return last;
	for (size_t i = 0; !strncmp(last, "crun-", 5) && i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(last + 5, names[i]))
			return last;
	return NULL;
}

const char *oci_config_cgroup_moved(const struct oci_config *config)
{
	return find_any(config, movers);
}

bool oci_config_own_mounts(const struct oci_config *config)
{
	struct json_object *linux_ = input_member(config->object, "linux", json_type_object);
	struct json_object *list =
		linux_ ? input_member(linux_, "namespaces", json_type_array) : NULL;

	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *namespace = json_object_array_get_idx(list, i);
		const char *type = json_object_is_type(namespace, json_type_object)
					   ? input_text(namespace, "type", NAME_MAX)
					   : NULL;

		if (type && !strcmp(type, "mount"))
			return !input_text(namespace, "path", PATH_MAX);
	}
	return false;
}
