/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Binding and unbinding on request. */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "agent/answer.h"
#include "agent/bind.h"
#include "agent/cgroup.h"
#include "agent/cleanup.h"
#include "agent/entry_point.h"
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

struct json_object *answer_facts(const struct request *request, const char *path)
{
	struct json_object *facts = json_object_new_object();
	const char *name = path ? bind_name(request->name, path) : request->name;

	if (!facts)
		return NULL;
	if (add_fact(facts, "name", name ? json_object_new_string(name) : NULL) ||
	    add_fact(facts, "cgroup", path ? json_object_new_string(path) : NULL) ||
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

/* One request to bind, and what becomes of it. */
struct job {
	struct agent *agent;
	const struct request *request;
	int passed;
	char path[PATH_MAX]; /* of the cgroup */
	char policy[BAILIFF_NAME_MAX];
	bool unselected; /* no policy is for such a container */
	int denied;	 /* whatever on_failure says, it may not start */
	struct json_object *selection;
	struct json_object *reply;
	struct diag_list diags;
	struct fault fault;
};

static int select_policy(struct job *job, uint32_t *policy)
{
	const struct engine *engine = &job->agent->engine;
	struct select_choice choice;
	struct json_object *facts;
	int error;

	if (!engine->selector)
		return fault_set(&job->fault, -ENOENT,
				 "bind: no policy is named, and this agent could load none to "
				 "select from");
	facts = answer_facts(job->request, job->path);
	if (!facts)
		return fault_errno(&job->fault, -ENOMEM, "select");
	error = selected_choose(engine->selector, facts, &choice, &job->selection, &job->fault);
	json_object_put(facts);
	job->unselected = error == -ENOENT;
	/* what is said of the container may be its image's: no way to start unconfined */
	job->denied = job->unselected ? 0 : error;
	if (error)
		return error;
	snprintf(job->policy, sizeof(job->policy), "%s", choice.chosen->policy);
	error = engine_find_policy(engine, job->policy, policy);
	return error ? fault_errno(&job->fault, error, "policy '%s'", job->policy) : 0;
}

/* Takes back what was bound a moment ago. */
static void let_go(struct engine *engine, uint32_t number)
{
	uint64_t id = engine->objects.maps.containers[number].cgroup_id;
	struct registry_entry entry;

	selected_forget(engine->objects.pin_dir, id);
	if (registry_find_id(&engine->registry, id, &entry))
		unbind_container(&engine->objects, &entry);
}

/* A container whose selection can't be remembered could not be selected again. */
static int keep_selection(struct engine *engine, uint32_t number, struct json_object *selection,
			  struct fault *fault)
{
	uint64_t id = engine->objects.maps.containers[number].cgroup_id;
	int error =
		selected_keep(engine->objects.pin_dir, &engine->registry, number, id, selection);

	if (!error)
		return 0;
	let_go(engine, number);
	return fault_errno(fault, error, "what is known of the container can't be kept");
}

static void fill_reply(const struct engine *engine, uint32_t number, struct json_object *reply)
{
	const struct container *container = &engine->objects.maps.containers[number];

	json_object_object_add(reply, "number", json_object_new_uint64(number));
	json_object_object_add(reply, "id", json_object_new_uint64(container->cgroup_id));
}

static int choose_policy(struct job *job, uint32_t *policy)
{
	const struct request *request = job->request;

	if (request->policy || request->file)
		return find_policy(job->agent, request, job->passed, policy, job->reply,
				   &job->diags, &job->fault);
	return select_policy(job, policy);
}

/* What is bound already: that which only its path selected gets the policy that is asked for now.
 * A runtime may run its hook twice; what another container left in the cgroup stays bound. */
static int bound_before(struct job *job, struct bind_request *bind)
{
	const struct registry *registry = &job->agent->engine.registry;
	struct registry_entry entry;
	uint64_t id;

	if (cgroup_id(bind->cgroup, &id) || !registry_find_id(registry, id, &entry))
		return 0;
	if (entry.origin == ORIGIN_COMMAND)
		return fault_set(&job->fault, -EBUSY, "cgroup %s: is bound already", job->path);
	if (entry.origin == ORIGIN_HOOK && entry.tasks &&
	    !selected_is_of(entry.selection, job->request->runtime_id))
		return fault_set(&job->fault, -EBUSY,
				 "cgroup %s: is bound already, for container '%s'", job->path,
				 entry.name);
	bind->replace = true;
	return 0;
}

static int keep(struct job *job, uint32_t number, bool replaced)
{
	struct engine *engine = &job->agent->engine;

	if (job->selection)
		return keep_selection(engine, number, job->selection, &job->fault);
	if (replaced)
		selected_forget(engine->objects.pin_dir,
				engine->objects.maps.containers[number].cgroup_id);
	return 0;
}

/* Of a container whose policy denies its entry point nothing is left but the record. */
static int check_entry_point(struct job *job, uint32_t number, uint32_t policy)
{
	struct engine *engine = &job->agent->engine;
	const struct request *request = job->request;
	struct refusal refusal = { .container = number, .pid = (uint32_t)request->pid };
	uint16_t rule;

	if (!request->entry_point)
		return 0;
	job->denied = entry_point_check(engine, policy, request->entry_point, &rule, &job->fault);
	if (!job->denied)
		return 0;
	refusal.path = (uintptr_t)request->entry_point;
	refusal.length = (uint32_t)strlen(request->entry_point);
	refusal.rule = rule;
	if (objects_record_refusal(&engine->objects, &refusal))
		log_warning("the denial of %s cannot be recorded", request->entry_point);
	let_go(engine, number);
	return job->denied;
}

static int bind_cgroup(struct job *job, int cgroup)
{
	const struct request *request = job->request;
	struct engine *engine = &job->agent->engine;
	struct bind_request bind = {
		.cgroup = cgroup,
		.path = job->path,
		.name = request->name,
		.start = request->start,
		.origin = request->runtime_id ? ORIGIN_HOOK : ORIGIN_COMMAND,
		.root = request->outside ? job->passed : -1,
		.same_root = request->root_is_outside,
		.rootfs = request->rootfs,
	};
	struct fault why;
	uint32_t number;
	int error = bound_before(job, &bind);

	if (!error)
		error = choose_policy(job, &bind.policy);
	if (error)
		return error;
	error = bind_container(&engine->objects, &engine->registry, &bind, &number, &why);
	if (error)
		return fault_set(&job->fault, error, "cgroup %s: %s", job->path, why.text);
	error = keep(job, number, bind.replace);
	if (!error)
		error = check_entry_point(job, number, bind.policy);
	if (error)
		return error;
	fill_reply(engine, number, job->reply);
	return 0;
}

static int bind_job(struct job *job)
{
	const struct request *request = job->request;
	OWNED(close_fd) int cgroup = -1;
	int error = cgroup_normalize(request->cgroup, job->path);

	if (!error)
		error = cgroup = cgroup_open(job->agent->engine.cgroup_root, job->path);
	if (error < 0)
		return fault_errno(&job->fault, error, "cgroup %s", request->cgroup);
	if (request->outside && job->passed < 0)
		return fault_set(&job->fault, -EINVAL, "bind: 'outside' without a descriptor");
	return bind_cgroup(job, cgroup);
}

/* A runtime's hook learns whether its container may start; what is none of bailiff's may. */
static void tell_hook(struct job *job, int error)
{
	const char *name = bind_name(job->request->name, job->path);
	const char *on_failure =
		job->denied ? "deny"
			    : agent_on_failure(job->agent, *job->policy ? job->policy : NULL);

	if (!error) {
		log_info("bound %s for container '%s' under policy '%s'", job->path, name,
			 job->policy);
		answer_add_section(job->agent, job->policy, job->reply);
	} else if (job->unselected) {
		json_object_put(job->reply);
		job->reply = reply_ok();
		json_object_object_add(job->reply, "bound", json_object_new_boolean(false));
	} else if (!strcmp(on_failure, "allow")) {
		log_error("container '%s' is not confined, and may start (on_failure): %s", name,
			  job->fault.text);
	} else {
		log_error("container '%s' may not start: %s", name, job->fault.text);
	}
	json_object_object_add(job->reply, "on_failure", json_object_new_string(on_failure));
	json_object_object_add(job->reply, "policy", json_object_new_string(job->policy));
}

struct json_object *answer_bind(struct agent *agent, const struct request *request, int passed)
{
	struct job job = {
		.agent = agent,
		.request = request,
		.passed = passed,
		.reply = reply_ok(),
		.fault = { "" },
	};
	int error;

	if (!job.reply)
		return NULL;
	error = bind_job(&job);
	if (error) {
		json_object_put(job.reply);
		job.reply = reply_error(&job.fault, &job.diags);
	} else if (!request->file) {
		reply_add_diagnostics(job.reply, &job.diags);
	}
	if (request->runtime_id && job.reply)
		tell_hook(&job, error);
	json_object_put(job.selection);
	diag_clear(&job.diags);
	return job.reply;
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
