/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent does when it is asked. */
#include <json-c/json.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/answer_seccomp.h"
#include "agent/bind.h"
#include "agent/cgroup.h"
#include "agent/cleanup.h"
#include "agent/filter.h"
#include "agent/hook_file.h"
#include "agent/log.h"
#include "agent/reply.h"
#include "agent/selected.h"
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
		       uint32_t *policy, struct json_object *reply, struct diag_list *diags,
		       struct fault *fault)
{
	OWNED(seccomp_program_clear) struct seccomp_program filter = { 0 };
	const struct engine_source source = {
		.preset_dir = agent->settings->preset_dir,
		.audit_only = agent->settings->audit_only || request->audit_only,
	};
	OWNED(close_file) FILE *in = NULL;
	OWNED(close_fd) int fd = dup(passed);
	int error;

	if (fd < 0)
		return fault_set(fault, -EINVAL, "bind: 'file' without a descriptor");
	in = fdopen(fd, "r");
	if (!in)
		return fault_errno(fault, -errno, "%s", request->file);
	take_fd(&fd);
	agent->private_policies = true;
	error = engine_add_policy(&agent->engine, &source, in, request->file, request->policy,
				  policy, &filter, diags, fault);
	if (!error)
		filter_add(reply, &filter);
	return error;
}

/* Only who starts a process can give it a filter. */
static void note_filter(const struct engine *engine, uint32_t policy, struct diag_list *diags)
{
	OWNED(free_memory) struct policy_head *heads = NULL;
	uint32_t count;

	if (!maps_read_directory(&engine->objects.maps, &heads, &count) && policy < count &&
	    heads[policy].classes & CLASS_SECCOMP)
		diag_add(diags, DIAG_NOTE, NULL, 0,
			 "the seccomp section of %s is not in force for a container that is bound: "
			 "give the runtime what \"bailiff seccomp\" prints",
			 heads[policy].name);
}

static int find_policy(struct agent *agent, const struct request *request, int passed,
		       uint32_t *policy, struct json_object *reply, struct diag_list *diags,
		       struct fault *fault)
{
	int error;

	if (request->file)
		return add_private(agent, request, passed, policy, reply, diags, fault);
	error = engine_find_policy(&agent->engine, request->policy, policy);
	if (error)
		return fault_set(fault, error, "no policy '%s' is loaded", request->policy);
	note_filter(&agent->engine, *policy, diags);
	return 0;
}

static int add_fact(struct json_object *facts, const char *key, struct json_object *value)
{
	return value ? json_object_object_add(facts, key, value) : 0;
}

static struct json_object *facts_of(const struct request *request, const char *path)
{
	struct json_object *facts = json_object_new_object();
	const char *name = bind_name(request->name, path);

	if (!facts)
		return NULL;
	if (add_fact(facts, "name", json_object_new_string(name)) ||
	    add_fact(facts, "cgroup", json_object_new_string(path)) ||
	    add_fact(facts, "image",
		     request->image ? json_object_new_string(request->image) : NULL) ||
	    add_fact(facts, "annotations", json_object_get(request->annotations)) ||
	    add_fact(facts, "image_annotations", json_object_get(request->image_annotations)) ||
	    add_fact(facts, "labels", json_object_get(request->labels))) {
		json_object_put(facts);
		return NULL;
	}
	return facts;
}

static int select_policy(const struct agent *agent, const struct request *request, const char *path,
			 uint32_t *policy, struct json_object **selection, struct fault *fault)
{
	struct select_choice choice;
	struct json_object *facts;
	int error;

	if (!agent->engine.selector)
		return fault_set(fault, -ENOENT,
				 "bind: no policy is named, and this agent could load none to "
				 "select from");
	facts = facts_of(request, path);
	if (!facts)
		return fault_errno(fault, -ENOMEM, "select");
	error = selected_choose(agent->engine.selector, facts, &choice, selection, fault);
	json_object_put(facts);
	if (error)
		return error;
	error = engine_find_policy(&agent->engine, choice.chosen->policy, policy);
	return error ? fault_errno(fault, error, "policy '%s'", choice.chosen->policy) : 0;
}

/* A container whose selection can't be remembered could not be selected again. */
static int keep_selection(struct engine *engine, uint32_t number, struct json_object *selection,
			  struct fault *fault)
{
	struct registry_entry entry;
	uint64_t id = engine->objects.maps.containers[number].cgroup_id;
	int error =
		selected_keep(engine->objects.pin_dir, &engine->registry, number, id, selection);

	if (!error)
		return 0;
	if (registry_find_id(&engine->registry, id, &entry))
		unbind_container(&engine->objects, &entry);
	return fault_errno(fault, error, "what is known of the container can't be kept");
}

static void fill_reply(const struct engine *engine, uint32_t number, struct json_object *reply)
{
	const struct container *container = &engine->objects.maps.containers[number];

	json_object_object_add(reply, "number", json_object_new_uint64(number));
	json_object_object_add(reply, "id", json_object_new_uint64(container->cgroup_id));
}

static void put_object(struct json_object **object)
{
	json_object_put(*object);
}

static int bind_request(struct agent *agent, const struct request *request, int passed,
			struct json_object *reply, struct diag_list *diags, struct fault *fault)
{
	struct bind_request bind = { .name = request->name, .start = request->start };
	OWNED(put_object) struct json_object *selection = NULL;
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
	if (request->policy || request->file)
		error = find_policy(agent, request, passed, &bind.policy, reply, diags, fault);
	else
		error = select_policy(agent, request, path, &bind.policy, &selection, fault);
	if (error)
		return error;
	bind.cgroup = cgroup;
	bind.path = path;
	error = bind_container(&engine->objects, &engine->registry, &bind, &number, &why);
	if (error)
		return fault_set(fault, error, "cgroup %s: %s", path, why.text);
	if (selection)
		error = keep_selection(engine, number, selection, fault);
	if (!error)
		fill_reply(engine, number, reply);
	return error;
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
	} else if (reply && !request->file) {
		reply_add_diagnostics(reply, &diags);
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
	selected_forget(agent->engine.objects.pin_dir, entry.cgroup_id);
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
	hook_file_remove(agent->settings->control_socket);
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
	case REQUEST_SECCOMP:
		return answer_seccomp(agent, request);
	}
	return NULL;
}
