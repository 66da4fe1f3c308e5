/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "agent/proto.h"
#include "agent/request.h"
#include "bpf/abi_limits.h"

#define FOR(command) (1U << (command))

static const char *const commands[] = {
	[REQUEST_PING] = "ping",     [REQUEST_STATUS] = "status",   [REQUEST_RELOAD] = "reload",
	[REQUEST_UNLOAD] = "unload", [REQUEST_BIND] = "bind",	    [REQUEST_UNBIND] = "unbind",
	[REQUEST_TAIL] = "tail",     [REQUEST_SECCOMP] = "seccomp",
};

/* Who asks by what is known of a container. */
#define FOR_FACTS (FOR(REQUEST_BIND) | FOR(REQUEST_SECCOMP))

static const struct key {
	const char *name;
	enum json_type type;
	size_t offset;
	size_t max; /* bytes of a string with its NUL */
	unsigned int commands;
} keys[] = {
	{ "cgroup", json_type_string, offsetof(struct request, cgroup), PATH_MAX,
	  FOR_FACTS | FOR(REQUEST_UNBIND) },
	{ "policy", json_type_string, offsetof(struct request, policy), BAILIFF_NAME_MAX,
	  FOR(REQUEST_BIND) },
	{ "name", json_type_string, offsetof(struct request, name), REQUEST_NAME_MAX, FOR_FACTS },
	{ "name", json_type_string, offsetof(struct request, name), REQUEST_NAME_MAX,
	  FOR(REQUEST_UNBIND) },
	{ "image", json_type_string, offsetof(struct request, image), PATH_MAX, FOR_FACTS },
	{ "annotations", json_type_object, offsetof(struct request, annotations), 0, FOR_FACTS },
	{ "image_annotations", json_type_object, offsetof(struct request, image_annotations), 0,
	  FOR_FACTS },
	{ "labels", json_type_object, offsetof(struct request, labels), 0, FOR_FACTS },
	{ "runtime_id", json_type_string, offsetof(struct request, runtime_id), REQUEST_NAME_MAX,
	  FOR(REQUEST_BIND) | FOR(REQUEST_UNBIND) },
	{ "pid", json_type_int, offsetof(struct request, pid), 0, FOR(REQUEST_BIND) },
	{ "rootfs", json_type_string, offsetof(struct request, rootfs), PATH_MAX,
	  FOR(REQUEST_BIND) },
	{ "entry_point", json_type_string, offsetof(struct request, entry_point), PATH_MAX,
	  FOR(REQUEST_BIND) },
	{ "outside", json_type_boolean, offsetof(struct request, outside), 0, FOR(REQUEST_BIND) },
	{ "root_is_outside", json_type_boolean, offsetof(struct request, root_is_outside), 0,
	  FOR(REQUEST_BIND) },
	{ "if_empty", json_type_boolean, offsetof(struct request, if_empty), 0,
	  FOR(REQUEST_UNBIND) },
	{ "file", json_type_string, offsetof(struct request, file), PATH_MAX, FOR(REQUEST_BIND) },
	{ "start", json_type_boolean, offsetof(struct request, start), 0, FOR(REQUEST_BIND) },
	{ "audit_only", json_type_boolean, offsetof(struct request, audit_only), 0,
	  FOR(REQUEST_BIND) },
	{ "id", json_type_int, offsetof(struct request, id), 0, FOR(REQUEST_UNBIND) },
	{ "denied", json_type_boolean, offsetof(struct request, denied), 0, FOR(REQUEST_TAIL) },
	{ "container", json_type_string, offsetof(struct request, container), PATH_MAX,
	  FOR(REQUEST_TAIL) },
	{ "class", json_type_string, offsetof(struct request, class), 32, FOR(REQUEST_TAIL) },
};

static const struct key *find_key(const char *name, enum request_command command)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (keys[i].commands & FOR(command) && !strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

static int find_command(struct request *request, struct fault *fault)
{
	struct json_object *value;
	const char *name;

	if (!json_object_object_get_ex(request->object, "command", &value) ||
	    !json_object_is_type(value, json_type_string))
		return fault_set(fault, -EINVAL, "request without a command");
	name = json_object_get_string(value);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (!strcmp(commands[i], name)) {
			request->command = (enum request_command)i;
			return 0;
		}
	}
	return fault_set(fault, -EINVAL, "unknown command '%.64s'", name);
}

static int take_string(const struct key *key, struct json_object *value, char *field,
		       struct fault *fault)
{
	const char *text = json_object_get_string(value);
	size_t length = (size_t)json_object_get_string_len(value);

	if (strlen(text) != length)
		return fault_set(fault, -EINVAL, "%s: NUL byte in the text", key->name);
	if (!length || length >= key->max)
		return fault_set(fault, -EINVAL, "%s: must be 1 to %zu bytes long", key->name,
				 key->max - 1);
	memcpy(field, &text, sizeof(text));
	return 0;
}

static int take_value(struct request *request, const char *name, struct json_object *value,
		      struct fault *fault)
{
	const struct key *key = find_key(name, request->command);
	char *field;

	if (!key)
		return fault_set(fault, -EINVAL, "unknown key '%.64s' for '%s'", name,
				 commands[request->command]);
	if (!json_object_is_type(value, key->type))
		return fault_set(fault, -EINVAL, "%s: wrong type", name);
	field = (char *)request + key->offset;
	if (key->type == json_type_string)
		return take_string(key, value, field, fault);
	if (key->type == json_type_object)
		memcpy(field, &value, sizeof(value));
	else if (key->type == json_type_boolean)
		*(bool *)field = json_object_get_boolean(value);
	else
		*(uint64_t *)(void *)field = json_object_get_uint64(value);
	return 0;
}

static int check_bind(const struct request *request, struct fault *fault)
{
	if (!request->cgroup)
		return fault_set(fault, -EINVAL, "bind: no cgroup");
	if (request->audit_only && !request->file)
		return fault_set(fault, -EINVAL, "bind: audit_only needs a policy file");
	if ((request->policy || request->file) && request->name &&
	    strlen(request->name) >= BAILIFF_NAME_MAX)
		return fault_set(fault, -EINVAL,
				 "bind: name: must be 1 to %d bytes long where a policy is named",
				 BAILIFF_NAME_MAX - 1);
	if (request->outside && (request->file || !request->start))
		return fault_set(fault, -EINVAL, "bind: outside needs start, and no file");
	if (request->root_is_outside && !request->outside)
		return fault_set(fault, -EINVAL, "bind: root_is_outside needs outside");
	return 0;
}

static int check_unbind(const struct request *request, struct fault *fault)
{
	if (!!request->id + !!request->cgroup + !!request->name + !!request->runtime_id != 1)
		return fault_set(fault, -EINVAL,
				 "unbind: needs one of id, cgroup, name and runtime_id");
	return 0;
}

static int fill(struct request *request, struct fault *fault)
{
	int error = find_command(request, fault);

	if (error)
		return error;
	json_object_object_foreach(request->object, name, value)
	{
		if (!strcmp(name, "command"))
			continue;
		error = take_value(request, name, value, fault);
		if (error)
			return error;
	}
	if (request->command == REQUEST_BIND)
		return check_bind(request, fault);
	if (request->command == REQUEST_UNBIND)
		return check_unbind(request, fault);
	return 0;
}

int request_parse(const char *text, size_t length, struct request *request, struct fault *fault)
{
	struct request parsed = { 0 };
	int error = proto_parse(text, length, &parsed.object);

	if (error)
		return fault_set(fault, error, "request is not one JSON object");
	error = fill(&parsed, fault);
	if (error) {
		request_free(&parsed);
		return error;
	}
	*request = parsed;
	return 0;
}

void request_free(struct request *request)
{
	json_object_put(request->object);
	*request = (struct request){ 0 };
}
