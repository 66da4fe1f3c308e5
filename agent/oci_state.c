/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "agent/oci_state.h"
#include "agent/request.h"

static bool is_id(const char *id)
{
	if (!id || !strcmp(id, ".") || !strcmp(id, ".."))
		return false;
	for (; *id; id++)
		if ((unsigned char)*id <= ' ' || *id == '/' || *id == 0x7f)
			return false;
	return true;
}

static int fill(struct oci_state *state, struct fault *fault)
{
	struct json_object *value;
	int64_t pid = 0;

	state->id = input_text(state->object, "id", REQUEST_NAME_MAX);
	if (!is_id(state->id))
		return fault_set(fault, -EINVAL, "the runtime's state has no usable id");
	state->bundle = input_text(state->object, "bundle", PATH_MAX);
	if (state->bundle && *state->bundle != '/')
		return fault_set(fault, -EINVAL, "bundle %s is no absolute path", state->bundle);
	if (json_object_object_get_ex(state->object, "pid", &value)) {
		if (!json_object_is_type(value, json_type_int))
			return fault_set(fault, -EINVAL, "pid is no number");
		pid = json_object_get_int64(value);
	}
	if (pid < 0 || pid > INT_MAX)
		return fault_set(fault, -EINVAL, "pid %lld is none", (long long)pid);
	state->pid = (pid_t)pid;
	return 0;
}

int oci_state_read(const struct input *input, struct oci_state *state, struct fault *fault)
{
	struct oci_state parsed = { 0 };
	int error;

	if (input_parse(input->data, input->length, &parsed.object))
		return fault_set(fault, -EINVAL, "the runtime's state is not one JSON object");
	error = fill(&parsed, fault);
	if (error)
		oci_state_free(&parsed);
	else
		*state = parsed;
	return error;
}

void oci_state_free(struct oci_state *state)
{
	json_object_put(state->object);
	*state = (struct oci_state){ 0 };
}
