/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent does when it is asked. */
#include <json-c/json.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/bind.h"
#include "agent/cgroup.h"
#include "agent/cleanup.h"
#include "agent/log.h"
#include "agent/reply.h"
#include "agent/status.h"
#include "agent/tail.h"

static struct json_object *answer_status(const struct agent *agent)
{
	const struct fault fault = { "the maps cannot be read" };
	struct json_object *status = status_build(&agent->engine, agent->settings->audit_only);

	return status ? status : reply_error(&fault, NULL);
}

static struct json_object *answer_reload(struct agent *agent)
{
	struct diag_list diags = { 0 };
	struct txn_summary summary;
	struct fault fault = { "" };
	struct json_object *reply;

	if (agent_reload(agent, &summary, &diags, &fault)) {
		log_error("policies are not loaded: %s", fault.text);
		reply = reply_error(&fault, &diags);
	} else {
		reply = reply_ok();
		json_object_object_add(reply, "generation",
				       json_object_new_uint64(summary.generation));
		json_object_object_add(reply, "added", json_object_new_uint64(summary.added));
		json_object_object_add(reply, "changed", json_object_new_uint64(summary.changed));
		json_object_object_add(reply, "kept", json_object_new_uint64(summary.kept));
		json_object_object_add(reply, "removed", json_object_new_uint64(summary.removed));
		reply_add_diagnostics(reply, &diags);
	}
	diag_clear(&diags);
	return reply;
}

static int add_private(struct agent *agent, const struct request *request, int passed,
		       uint32_t *policy, struct diag_list *diags, struct fault *fault)
{
	const struct engine_source source = {
		.preset_dir = agent->settings->preset_dir,
		.audit_only = agent->settings->audit_only || request->audit_only,
	};
	OWNED(close_file) FILE *in = NULL;
	OWNED(close_fd) int fd = dup(passed);

	if (fd < 0)
		return fault_set(fault, -EINVAL, "bind: 'file' without a descriptor");
	in = fdopen(fd, "r");
	if (!in)
		return fault_errno(fault, -errno, "%s", request->file);
	take_fd(&fd);
	agent->private_policies = true;
	return engine_add_policy(&agent->engine, &source, in, request->file, request->policy,
				 policy, diags, fault);
}

static int find_policy(struct agent *agent, const struct request *request, int passed,
		       uint32_t *policy, struct diag_list *diags, struct fault *fault)
{
	int error;

	if (request->file)
		return add_private(agent, request, passed, policy, diags, fault);
	error = engine_find_policy(&agent->engine, request->policy, policy);
	return error ? fault_set(fault, error, "no policy '%s' is loaded", request->policy) : 0;
}

static int bind_request(struct agent *agent, const struct request *request, int passed,
			struct json_object *reply, struct diag_list *diags, struct fault *fault)
{
	struct bind_request bind = { .name = request->name, .start = request->start };
	struct engine *engine = &agent->engine;
	OWNED(close_fd) int cgroup = -1;
	char path[PATH_MAX];
	struct fault why;
	uint32_t number;
	int error = cgroup_normalize(request->cgroup, path);

	if (!error)
		error = cgroup = cgroup_open(engine->cgroup_root, path);
	if (error < 0)
		return fault_errno(fault, error, "cgroup %s", request->cgroup);
	error = find_policy(agent, request, passed, &bind.policy, diags, fault);
	if (error)
		return error;
	bind.cgroup = cgroup;
	bind.path = path;
	error = bind_container(&engine->objects, &engine->registry, &bind, &number, &why);
	if (error)
		return fault_set(fault, error, "cgroup %s: %s", path, why.text);
	json_object_object_add(reply, "number", json_object_new_uint64(number));
	json_object_object_add(
		reply, "id",
		json_object_new_uint64(engine->objects.maps.containers[number].cgroup_id));
	return 0;
}

static struct json_object *answer_bind(struct agent *agent, const struct request *request,
				       int passed)
{
	struct diag_list diags = { 0 };
	struct json_object *reply = reply_ok();
	struct fault fault = { "" };

	if (reply && bind_request(agent, request, passed, reply, &diags, &fault)) {
		json_object_put(reply);
		reply = reply_error(&fault, &diags);
	}
	diag_clear(&diags);
	return reply;
}

static bool find_container(const struct agent *agent, const struct request *request,
			   struct registry_entry *entry)
{
	const struct registry *registry = &agent->engine.registry;
	char path[PATH_MAX];

	if (request->id)
		return registry_find_id(registry, request->id, entry);
	if (request->name)
		return registry_find_name(registry, request->name, entry);
	return !cgroup_normalize(request->cgroup, path) &&
	       registry_find_path(registry, path, entry);
}

static struct json_object *answer_unbind(struct agent *agent, const struct request *request)
{
	const struct fault none = { "no such container is bound" };
	struct registry_entry entry;

	if (!find_container(agent, request, &entry) ||
	    unbind_container(&agent->engine.objects, &entry))
		return reply_error(&none, NULL);
	log_info("unbound %s", *entry.path ? entry.path : entry.name);
	return reply_ok();
}

static struct json_object *answer_tail(struct agent *agent, struct control_client *client,
				       const struct request *request)
{
	struct fault fault;

	return tail_start(agent->feed.pipeline, client, request, &fault) ? reply_error(&fault, NULL)
									 : reply_ok();
}

/* The pins go at once, so that the reply tells the truth; the agent's own descriptors go
 * when it stops, which is next. */
static struct json_object *answer_unload(struct agent *agent)
{
	struct fault fault;

	if (objects_unload(agent->settings->pin_dir, &fault))
		return reply_error(&fault, NULL);
	log_info("unloaded");
	loop_stop(&agent->loop);
	return reply_ok();
}

struct json_object *agent_answer(void *context, struct control_client *client,
				 const struct request *request, int passed)
{
	struct agent *agent = context;

	switch (request->command) {
	case REQUEST_PING:
		feed_flush(&agent->feed);
		return reply_ok();
	case REQUEST_STATUS:
		return answer_status(agent);
	case REQUEST_RELOAD:
		return answer_reload(agent);
	case REQUEST_UNLOAD:
		return answer_unload(agent);
	case REQUEST_BIND:
		return answer_bind(agent, request, passed);
	case REQUEST_UNBIND:
		return answer_unbind(agent, request);
	case REQUEST_TAIL:
		return answer_tail(agent, client, request);
	}
	return NULL;
}
