/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `bailiff run` with an agent: it gets the policy file and the cgroup, and sends the events. */
#include <errno.h>
#include <json-c/json.h>
#include <stddef.h>
#include <sys/epoll.h>

#include "agent/cleanup.h"
#include "agent/client.h"
#include "agent/loop.h"
#include "agent/reply.h"
#include "agent/run.h"

#define LAST_EVENTS_SECONDS 5

static struct remote {
	struct run_backend backend;
	struct client commands, events;
	struct loop *loop;
	struct source source; /* of events */
	const struct run_output *output;
	bool bound;
	uint64_t id;
} remote;

static int exchange(struct client *client, struct json_object *request, int passed,
		    struct json_object **reply, struct fault *fault)
{
	int error = client_send(client, request, passed, fault);

	json_object_put(request);
	if (!error)
		error = client_receive(client, CLIENT_TIMEOUT_SECONDS, reply, fault);
	if (error || reply_is_ok(*reply))
		return error;
	reply_print_diagnostics(*reply, stderr);
	error = fault_set(fault, -EINVAL, "%s", reply_error_text(*reply));
	json_object_put(*reply);
	return error;
}

static int bind_sandbox(struct remote *r, const struct run_options *o, FILE *policy,
			const struct sandbox *sandbox, struct fault *fault)
{
	struct json_object *request = client_request("bind"), *reply;
	int error;

	client_add(request, "cgroup", sandbox->path);
	client_add(request, "file", o->file);
	client_add(request, "policy", o->policy);
	client_add(request, "name", o->name);
	json_object_object_add(request, "start", json_object_new_boolean(true));
	if (o->audit_only)
		json_object_object_add(request, "audit_only", json_object_new_boolean(true));
	error = exchange(&r->commands, request, fileno(policy), &reply, fault);
	if (error)
		return error;
	r->bound = true;
	r->id = reply_number(reply, "id");
	error = filter_get(reply, &r->backend.filter);
	json_object_put(reply);
	if (error)
		return fault_errno(fault, error, "seccomp filter");
	if (r->id != sandbox->id)
		return fault_set(fault, -EXDEV, "the agent sees another cgroup at %s",
				 sandbox->path);
	return 0;
}

static int follow(struct remote *r, const struct sandbox *sandbox, struct fault *fault)
{
	struct json_object *request = client_request("tail"), *reply;
	int error;

	client_add(request, "container", sandbox->path);
	if (!r->output->log)
		json_object_object_add(request, "denied", json_object_new_boolean(true));
	error = exchange(&r->events, request, -1, &reply, fault);
	if (!error)
		json_object_put(reply);
	return error;
}

static void print_event(const struct remote *r, struct json_object *event)
{
	run_print(r->output,
		  audit_slice_of(json_object_to_json_string_ext(
			  event, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)));
}

/* Prints what comes until `last`, a reply, has come. */
static int print_events(struct remote *r, int seconds, bool *last)
{
	struct json_object *event;
	struct fault fault;
	int error = client_receive(&r->events, seconds, &event, &fault);

	if (error)
		return error;
	*last = json_object_object_get_ex(event, "ok", NULL);
	if (!*last)
		print_event(r, event);
	json_object_put(event);
	return 0;
}

static void events_ready(struct source *source, uint32_t events)
{
	struct remote *r = (struct remote *)((char *)source - offsetof(struct remote, source));
	bool last;

	(void)events;
	/* The command stays confined without the agent; only its events are not seen here. */
	if (print_events(r, LAST_EVENTS_SECONDS, &last)) {
		loop_remove(r->loop, &r->source);
		client_close(&r->events);
	}
}

static void print_last_events(struct remote *r)
{
	struct json_object *ping = client_request("ping");
	struct fault fault;
	bool last = false;
	int error = client_send(&r->events, ping, -1, &fault);

	json_object_put(ping);
	while (!error && !last)
		error = print_events(r, LAST_EVENTS_SECONDS, &last);
}

static void unbind(struct remote *r)
{
	struct json_object *request = client_request("unbind"), *reply = NULL;
	struct fault ignored;

	json_object_object_add(request, "id", json_object_new_uint64(r->id));
	if (!client_send(&r->commands, request, -1, &ignored))
		client_receive(&r->commands, CLIENT_TIMEOUT_SECONDS, &reply, &ignored);
	json_object_put(reply);
	json_object_put(request);
}

/* The container ended with its cgroup; only a start that failed leaves one to unbind. */
static void finish(struct run_backend *backend)
{
	struct remote *r = (struct remote *)((char *)backend - offsetof(struct remote, backend));

	seccomp_program_clear(&backend->filter);
	if (r->events.socket >= 0) {
		loop_remove(r->loop, &r->source);
		print_last_events(r);
	}
	if (r->bound)
		unbind(r);
	client_close(&r->events);
	client_close(&r->commands);
}

static int start(struct run_backend *backend, const struct run_options *o, FILE *policy,
		 const struct sandbox *sandbox, struct loop *loop, const struct run_output *output,
		 struct fault *fault)
{
	struct remote *r = (struct remote *)((char *)backend - offsetof(struct remote, backend));
	int error = client_open(&r->events, o->socket, fault);

	r->loop = loop;
	r->output = output;
	if (!error)
		error = follow(r, sandbox, fault);
	if (!error)
		error = bind_sandbox(r, o, policy, sandbox, fault);
	r->source = (struct source){ r->events.socket, events_ready };
	if (!error && loop_add(loop, &r->source, EPOLLIN))
		error = fault_errno(fault, -ENOMEM, "events");
	if (error)
		finish(backend);
	return error;
}

struct run_backend *run_agent(const char *socket)
{
	struct fault ignored;

	remote = (struct remote){ .backend = { .start = start, .finish = finish },
				  .commands.socket = -1,
				  .events.socket = -1 };
	return client_open(&remote.commands, socket, &ignored) ? NULL : &remote.backend;
}
