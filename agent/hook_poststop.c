/* SPDX-License-Identifier: GPL-2.0-or-later */
/* poststop: the container is gone, and its cgroup as a rule too, so that the kernel side has let go
 * of it. What is left to do is for a cgroup that stays. */
#include <json-c/json.h>
#include <string.h>

#include "agent/client.h"
#include "agent/cleanup.h"
#include "agent/hook.h"
#include "agent/oci_state.h"

void hook_poststop(struct hook *hook, int in)
{
	OWNED(oci_state_free) struct oci_state state = { 0 };
	OWNED(input_put) struct json_object *reply = NULL;
	OWNED(input_free) struct input input = { 0 };
	struct json_object *request;

	if (input_read(in, OCI_STATE_MAX, &input) || oci_state_read(&input, &state, &hook->fault))
		return;
	request = client_request("unbind");
	client_add(request, "runtime_id", state.id);
	json_object_object_add(request, "if_empty", json_object_new_boolean(true));
	hook_ask(hook, request, -1, &reply);
}
