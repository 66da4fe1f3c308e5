/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Binding and unbinding on request. */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "agent/answer.h"
#include "agent/bind.h"
#include "agent/cgroup.h"
#include "agent/cleanup.h"
#include "agent/filter.h"
#include "agent/log.h"
#include "agent/reply.h"
#include "agent/selected.h"

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
	    add_fact(facts, "runtime_id",
		     request->runtime_id ? json_object_new_string(request->runtime_id) : NULL) ||
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

static int choose_policy(struct agent *agent, const struct request *request, const char *path,
			 int passed, uint32_t *policy, struct json_object **selection,
			 struct json_object *reply, struct diag_list *diags, struct fault *fault)
{
	if (request->policy || request->file)
		return find_policy(agent, request, passed, policy, reply, diags, fault);
	return select_policy(agent, request, path, policy, selection, fault);
}

/* What is bound already: that which only its path selected gets the policy that is asked for now.
 * A runtime may run its hook twice; what another container left in the cgroup stays bound. */
static int bound_before(const struct engine *engine, const struct request *request,
			const char *path, struct bind_request *bind, struct fault *fault)
{
	struct registry_entry entry;
	uint64_t id;

	if (cgroup_id(bind->cgroup, &id) || !registry_find_id(&engine->registry, id, &entry))
		return 0;
	if (entry.origin == ORIGIN_COMMAND)
		return fault_set(fault, -EBUSY, "cgroup %s: is bound already", path);
	if (entry.origin == ORIGIN_HOOK && entry.tasks &&
	    !selected_is_of(entry.selection, request->runtime_id))
		return fault_set(fault, -EBUSY, "cgroup %s: is bound already, for container '%s'",
				 path, entry.name);
	bind->replace = true;
	return 0;
}

static void tell(const char *path, const struct bind_request *bind)
{
	if (bind->origin == ORIGIN_HOOK)
		log_info("bound %s for container '%s'", path, bind_name(bind->name, path));
}

static int bind_cgroup(struct agent *agent, const struct request *request, const char *path,
		       int passed, struct json_object *reply, struct diag_list *diags,
		       struct fault *fault)
{
	struct engine *engine = &agent->engine;
	OWNED(put_object) struct json_object *selection = NULL;
	OWNED(close_fd) int cgroup = cgroup_open(engine->cgroup_root, path);
	struct bind_request bind = {
		.cgroup = cgroup,
		.path = path,
		.name = request->name,
		.start = request->start,
		.origin = request->outside ? ORIGIN_HOOK : ORIGIN_COMMAND,
		.root = request->outside ? passed : -1,
		.same_root = request->root_is_outside,
	};
	struct fault why;
	uint32_t number;
	int error;

	if (cgroup < 0)
		return fault_errno(fault, cgroup, "cgroup %s", request->cgroup);
	error = bound_before(engine, request, path, &bind, fault);
	if (!error)
		error = choose_policy(agent, request, path, passed, &bind.policy, &selection, reply,
				      diags, fault);
	if (error)
		return error;
	error = bind_container(&engine->objects, &engine->registry, &bind, &number, &why);
	if (error)
		return fault_set(fault, error, "cgroup %s: %s", path, why.text);
	if (selection)
		error = keep_selection(engine, number, selection, fault);
	else if (bind.replace)
		selected_forget(engine->objects.pin_dir,
				engine->objects.maps.containers[number].cgroup_id);
	if (error)
		return error;
	tell(path, &bind);
	fill_reply(engine, number, reply);
	return 0;
}

static int bind_request(struct agent *agent, const struct request *request, int passed,
			struct json_object *reply, struct diag_list *diags, struct fault *fault)
{
	char path[PATH_MAX];
	int error = cgroup_normalize(request->cgroup, path);

	if (error)
		return fault_errno(fault, error, "cgroup %s", request->cgroup);
	if (request->outside && passed < 0)
		return fault_set(fault, -EINVAL, "bind: 'outside' without a descriptor");
	return bind_cgroup(agent, request, path, passed, reply, diags, fault);
}

struct json_object *answer_bind(struct agent *agent, const struct request *request, int passed)
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
	if (request->runtime_id)
		return selected_find(registry, request->runtime_id, entry);
	if (request->name)
		return registry_find_name(registry, request->name, entry);
	return !cgroup_normalize(request->cgroup, path) &&
	       registry_find_path(registry, path, entry);
}

struct json_object *answer_unbind(struct agent *agent, const struct request *request)
{
	const struct fault none = { "no such container is bound" };
	const struct fault busy = { "confined tasks of the container are left" };
	struct registry_entry entry;

	if (!find_container(agent, request, &entry))
		return reply_error(&none, NULL);
	if (request->if_empty && entry.tasks)
		return reply_error(&busy, NULL);
	if (unbind_container(&agent->engine.objects, &entry))
		return reply_error(&none, NULL);
	selected_forget(agent->engine.objects.pin_dir, entry.cgroup_id);
	log_info("unbound %s", *entry.path ? entry.path : entry.name);
	return reply_ok();
}
