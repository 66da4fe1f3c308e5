/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/hooks.h"
#include "agent/tail.h"

struct tail {
	struct audit_pipeline *pipeline;
	struct audit_observer *observer;
	struct control_client *client;
	bool denied;
	uint32_t classes; /* 1 << enum hook_class; 0: all */
	char *container;
	uint64_t lost; /* records that the client was too slow for */
};

static enum hook_class action_class(unsigned int action)
{
	switch (action) {
	case EVENT_EXEC:
	case EVENT_PROCESS_EXEC:
	case EVENT_PROCESS_EXIT:
	case EVENT_FORK:
		return HOOK_EXEC;
	case EVENT_CONNECT:
	case EVENT_SENDMSG:
	case EVENT_BIND:
	case EVENT_SOCKET:
	case EVENT_LISTEN:
	case EVENT_ACCEPT:
		return HOOK_NETWORK;
	case EVENT_DEVICE:
		return HOOK_DEVICE;
	case EVENT_SYSCTL:
		return HOOK_SYSCTL;
	case EVENT_CONTAINER_START:
	case EVENT_CONTAINER_END:
		return HOOK_TRACKING;
	case EVENT_CAPABILITY:
		return HOOK_CAPABILITY;
	default:
		return action >= EVENT_OPERATION ? HOOK_PROCESS : HOOK_FILE;
	}
}

static bool same(struct audit_slice slice, const char *text)
{
	return slice.data && slice.len == strlen(text) && !memcmp(slice.data, text, slice.len);
}

static bool wanted(const struct tail *tail, const struct audit_record *record)
{
	const struct event *head;

	if (!record->event)
		return true;
	head = &record->event->head;
	if (tail->denied && head->verdict == EVENT_ALLOWED)
		return false;
	if (tail->classes && !(tail->classes & 1U << action_class(head->action)))
		return false;
	return !tail->container || same(record->container_name, tail->container) ||
	       same(record->cgroup, tail->container);
}

/* What the client could not take is told before the next line that it takes. */
static int report_lost(struct tail *tail)
{
	char line[160];
	int length, error;

	if (!tail->lost)
		return 0;
	length = snprintf(line, sizeof(line),
			  "{\"event.kind\":\"pipeline_error\",\"event.action\":\"lost\","
			  "\"bailiff.lost.total\":%llu,\"bailiff.lost.tail\":%llu}",
			  (unsigned long long)tail->lost, (unsigned long long)tail->lost);
	error = control_stream(tail->client, line, (size_t)length);
	if (!error)
		tail->lost = 0;
	return error;
}

static void observe(void *context, const struct audit_record *record, struct audit_slice json)
{
	struct tail *tail = context;

	if (!wanted(tail, record))
		return;
	if (report_lost(tail) || control_stream(tail->client, json.data, json.len))
		tail->lost++;
}

static void stop(void *context)
{
	struct tail *tail = context;

	audit_pipeline_unobserve(tail->pipeline, tail->observer);
	free(tail->container);
	free(tail);
}

int tail_start(struct audit_pipeline *pipeline, struct control_client *client,
	       const struct request *request, struct fault *fault)
{
	struct tail *tail;
	uint32_t classes = 0;
	int error;

	if (request->class) {
		error = hook_classes_parse(request->class, &classes, fault);
		if (error)
			return error;
	}
	tail = calloc(1, sizeof(*tail));
	if (!tail)
		return fault_errno(fault, -ENOMEM, "tail");
	*tail = (struct tail){ .pipeline = pipeline,
			       .client = client,
			       .denied = request->denied,
			       .classes = classes };
	if (request->container)
		tail->container = strdup(request->container);
	error = request->container && !tail->container ? -ENOMEM : 0;
	if (!error)
		error = audit_pipeline_observe(pipeline, observe, tail, &tail->observer);
	if (!error)
		error = control_start_stream(client, stop, tail);
	if (!error)
		return 0;
	stop(tail);
	return fault_errno(fault, error, "tail");
}
