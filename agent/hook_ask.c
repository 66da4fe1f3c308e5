/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>
#include <time.h>

#include "agent/cleanup.h"
#include "agent/client.h"
#include "agent/hook.h"
#include "agent/hook_file.h"
#include "agent/oci_input.h"
#include "agent/oci_seccomp.h"
#include "agent/reply.h"

struct json_object *hook_request(const char *command, const struct oci_facts *facts,
				 const char *cgroup)
{
	struct json_object *request = client_request(command);

	if (request && oci_facts_add(facts, cgroup, request)) {
		json_object_put(request);
		return NULL;
	}
	return request;
}

static int seconds_left(const struct hook *hook, const struct timespec *begin)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now.tv_sec -= begin->tv_sec;
	return now.tv_sec < hook->seconds ? hook->seconds - (int)now.tv_sec : 1;
}

static void close_client(struct client *client)
{
	client_close(client);
}

static int exchange(struct hook *hook, struct json_object *request, int passed,
		    struct json_object **reply)
{
	OWNED(close_client) struct client client = { .socket = -1 };
	struct timespec begin;
	int error;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	error = client_open_within(&client, hook->socket, hook->seconds, &hook->fault);
	if (!error)
		error = client_send_within(&client, request, passed, seconds_left(hook, &begin),
					   &hook->fault);
	if (!error)
		error = client_receive(&client, seconds_left(hook, &begin), reply, &hook->fault);
	return error;
}

static void note_policy(struct hook *hook, struct json_object *reply)
{
	const char *policy = reply_string(reply, "policy");

	if (strlen(policy) < sizeof(hook->policy))
		memcpy(hook->policy, policy, strlen(policy) + 1);
}

int hook_ask(struct hook *hook, struct json_object *request, int passed, struct json_object **reply)
{
	OWNED(input_put) struct json_object *answer = NULL;
	int error;

	hook->may_start = false;
	if (!request)
		return fault_errno(&hook->fault, -ENOMEM, "request");
	error = exchange(hook, request, passed, &answer);
	json_object_put(request);
	if (error) {
		/* a request that is too large is nothing that the agent did wrong */
		hook->may_start = error != -EMSGSIZE && hook_file_allows(hook->socket);
		return error;
	}
	note_policy(hook, answer);
	if (!reply_is_ok(answer)) {
		hook->may_start = reply_allows(answer);
		return fault_set(&hook->fault, -EPERM, "%s", reply_error_text(answer));
	}
	*reply = answer;
	answer = NULL;
	return 0;
}

int hook_ask_policy(struct hook *hook, const struct oci_facts *facts, const char *cgroup,
		    struct json_object **reply)
{
	int error = hook_ask(hook, hook_request("seccomp", facts, cgroup), -1, reply);
	struct json_object *bound;

	if (error)
		return error;
	bound = input_member(*reply, "bound", json_type_boolean);
	if (bound && !json_object_get_boolean(bound))
		return 0;
	return 1;
}

int hook_section_counts(struct hook *hook, const struct oci_config *config,
			struct json_object *section)
{
	struct fault ignored;

	if (!json_object_object_get_ex(config->annotations, "run.oci.seccomp_bpf_data", NULL) ||
	    !oci_seccomp_covers(NULL, section, &ignored))
		return 0;
	return fault_set(&hook->fault, -EPERM,
			 "annotation run.oci.seccomp_bpf_data would replace the policy's seccomp "
			 "section");
}
