/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `bailiff run` without an agent: an instance of its own, gone when the command is. */
#include <errno.h>
#include <stddef.h>

#include "agent/bind.h"
#include "agent/cleanup.h"
#include "agent/engine.h"
#include "agent/feed.h"
#include "agent/run.h"
#include "agent/stale.h"

#define MAX_CONTAINERS 16
#define MAX_TASKS 65536
#define RING_DENIED (1U << 18)
#define RING_OTHER (1U << 20)

static struct private
{
	struct run_backend backend;
	struct engine engine;
	struct feed feed;
	struct audit_observer *observer;
	char pin_dir[PATH_MAX];
}
instance;

static void show(void *context, const struct audit_record *record, struct audit_slice json)
{
	const struct run_output *output = context;

	if (output->log || !record->event || record->event->head.verdict != EVENT_ALLOWED)
		run_print(output, json);
}

static int open_engine(struct private *p, const struct run_options *o, struct fault *fault)
{
	const struct objects_options options = {
		.pin_dir = p->pin_dir,
		.allow_missing = o->allow_missing,
		.max_tasks = MAX_TASKS,
		.max_containers = MAX_CONTAINERS,
		.ring_denied = RING_DENIED,
		.ring_other = RING_OTHER,
	};
	struct fault ignored;

	stale_clean();
	stale_own_pin_dir(p->pin_dir);
	/* Left by a process of this number that was killed. */
	objects_unload(p->pin_dir, &ignored);
	return engine_open(&p->engine, &options, fault);
}

static int add_policy(struct private *p, const struct run_options *o, FILE *policy,
		      uint32_t *number, struct fault *fault)
{
	const struct engine_source source = { .preset_dir = o->presets,
					      .audit_only = o->audit_only };
	struct diag_list diags = { 0 };
	int error = engine_add_policy(&p->engine, &source, policy, o->file, o->policy, number,
				      &p->backend.filter, &diags, fault);

	if (error)
		diag_print(&diags, stderr);
	diag_clear(&diags);
	return error;
}

static int bind_sandbox(struct private *p, const struct run_options *o,
			const struct sandbox *sandbox, uint32_t policy, struct fault *fault)
{
	const struct bind_request request = {
		.cgroup = sandbox->directory,
		.path = sandbox->path,
		.policy = policy,
		.name = o->name,
		.start = true,
		.root = -1,
	};
	struct fault why = { "" };
	uint32_t number;
	int error =
		bind_container(&p->engine.objects, &p->engine.registry, &request, &number, &why);

	return error ? fault_set(fault, error, "cgroup %s: %s", sandbox->path, why.text) : 0;
}

static void finish(struct run_backend *backend)
{
	struct private *p = (struct private *)((char *)backend - offsetof(struct private, backend));
	struct fault fault;

	seccomp_program_clear(&backend->filter);
	if (p->feed.pipeline)
		feed_close(&p->feed);
	engine_close(&p->engine);
	if (*p->pin_dir && objects_unload(p->pin_dir, &fault))
		fprintf(stderr, "bailiff: run: %s\n", fault.text);
}

static int start(struct run_backend *backend, const struct run_options *o, FILE *policy,
		 const struct sandbox *sandbox, struct loop *loop, const struct run_output *output,
		 struct fault *fault)
{
	struct private *p = (struct private *)((char *)backend - offsetof(struct private, backend));
	uint32_t number;
	int error = open_engine(p, o, fault);

	if (!error)
		error = add_policy(p, o, policy, &number, fault);
	if (!error)
		error = feed_open(&p->feed, loop, &p->engine, fault);
	if (!error && audit_pipeline_observe(p->feed.pipeline, show, (void *)output, &p->observer))
		error = fault_errno(fault, -ENOMEM, "events");
	if (!error)
		error = bind_sandbox(p, o, sandbox, number, fault);
	if (error)
		finish(backend);
	return error;
}

struct run_backend *run_private(void)
{
	instance.backend = (struct run_backend){ .start = start, .finish = finish };
	engine_init(&instance.engine);
	return &instance.backend;
}
