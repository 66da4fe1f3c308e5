/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "agent/answer_seccomp.h"
#include "agent/bind.h"
#include "agent/cgroup.h"
#include "agent/reply.h"
#include "agent/selected.h"

/* What the request says of the container, with the cgroup as bind would write it, and a name that
 * comes of it as there. The cgroup need not be there yet. */
static int collect(const struct request *request, struct json_object *facts, struct fault *fault)
{
	char path[PATH_MAX];
	int error = request->cgroup ? cgroup_normalize(request->cgroup, path) : 0;

	if (error)
		return fault_errno(fault, error, "cgroup %s", request->cgroup);
	json_object_object_foreach(request->object, key, value)
	{
		if (strcmp(key, "command") &&
		    json_object_object_add(facts, key, json_object_get(value)))
			return -ENOMEM;
	}
	if (request->cgroup)
		json_object_object_add(facts, "cgroup", json_object_new_string(path));
	if (request->cgroup && !request->name)
		json_object_object_add(facts, "name",
				       json_object_new_string(bind_name(NULL, path)));
	return 0;
}

static int choose(const struct engine *engine, const struct request *request,
		  struct select_choice *choice, struct fault *fault)
{
	struct json_object *selection = NULL, *facts;
	int error;

	if (!engine->selector)
		return fault_set(fault, -ENODATA,
				 "seccomp: this agent could load no policies to select from");
	facts = json_object_new_object();
	error = collect(request, facts, fault);
	if (!error)
		error = selected_choose(engine->selector, facts, choice, &selection, fault);
	json_object_put(selection);
	json_object_put(facts);
	return error;
}

/* What is said of the container may be the image's: it must be no way to start unconfined. */
static bool forgiven(int error)
{
	return !error || error == -ENOENT || error == -ENODATA || error == -ENOMEM;
}

struct json_object *answer_seccomp(const struct agent *agent, const struct request *request)
{
	struct json_object *reply, *section = NULL;
	struct select_choice choice = { 0 };
	struct fault fault = { "" };
	const struct term *term;
	const char *policy;
	int error = choose(&agent->engine, request, &choice, &fault);

	if (error && error != -ENOENT) {
		reply = reply_error(&fault, NULL);
		policy = NULL;
	} else {
		reply = reply_ok();
		policy = error ? NULL : choice.chosen->policy;
	}
	if (!reply)
		return NULL;
	json_object_object_add(
		reply, "on_failure",
		json_object_new_string(forgiven(error) ? agent_on_failure(agent, policy) : "deny"));
	if (error == -ENOENT)
		json_object_object_add(reply, "bound", json_object_new_boolean(false));
	if (error)
		return reply;
	term = terms_find(agent->engine.terms, policy);
	if (term && term->seccomp)
		section = json_tokener_parse(term->seccomp);
	json_object_object_add(reply, "policy", json_object_new_string(policy));
	json_object_object_add(reply, "seccomp", section);
	return reply;
}
