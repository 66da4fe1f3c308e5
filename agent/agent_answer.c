/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent does when it is asked. */
#include <json-c/json.h>
#include <string.h>

#include "agent/agent.h"
#include "agent/answer.h"
#include "agent/discover.h"
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

	discover_bound(&agent->engine);
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
