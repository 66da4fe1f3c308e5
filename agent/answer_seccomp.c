/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "agent/answer.h"
#include "agent/cgroup.h"
#include "agent/reply.h"
#include "agent/selected.h"

static int choose(const struct engine *engine, const struct request *request,
		  struct select_choice *choice, struct fault *fault)
{
	struct json_object *selection = NULL, *facts;
	char path[PATH_MAX];
	int error = request->cgroup ? cgroup_normalize(request->cgroup, path) : 0;

	if (error)
		return fault_errno(fault, error, "cgroup %s", request->cgroup);
	if (!engine->selector)
		return fault_set(fault, -ENODATA,
				 "seccomp: this agent could load no policies to select from");
	facts = answer_facts(request, request->cgroup ? path : NULL);
	if (!facts)
		error = fault_errno(fault, -ENOMEM, "select");
	else
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

void answer_add_section(const struct agent *agent, const char *policy, struct json_object *reply)
{
	const struct term *term = terms_find(agent->engine.terms, policy);
	struct json_object *section =
		term && term->seccomp ? json_tokener_parse(term->seccomp) : NULL;

	json_object_object_add(reply, "seccomp", section);
}

struct json_object *answer_seccomp(const struct agent *agent, const struct request *request)
{
	struct json_object *reply;
	struct select_choice choice = { 0 };
	struct fault fault = { "" };
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
	json_object_object_add(reply, "policy", json_object_new_string(policy));
	answer_add_section(agent, policy, reply);
	return reply;
}
