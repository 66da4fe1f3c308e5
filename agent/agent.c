/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <malloc.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

#include "agent/agent.h"
#include "agent/hook_file.h"
#include "agent/cleanup.h"
#include "agent/discover.h"
#include "agent/lock.h"
#include "agent/log.h"
#include "agent/notify.h"
#include "agent/sandbox.h"
#include "agent/selected.h"

#define HOUSEKEEPING_MS 1000
#define SETTLE_MS 500

#define AGENT_OF(pointer, member)                                                                  \
	((struct agent *)((char *)(pointer)-offsetof(struct agent, member)))

static void log_diagnostics(const struct diag_list *diags)
{
	for (size_t i = 0; i < diags->count; i++) {
		const struct diag *d = &diags->items[i];

		if (d->level == DIAG_ERROR)
			log_error("%s:%u: %s", d->file ? d->file : "policies", d->line, d->text);
	}
}

/* Notes that are on no file are on containers. */
static void log_moves(const struct diag_list *diags)
{
	for (size_t i = 0; i < diags->count; i++)
		if (diags->items[i].level == DIAG_NOTE && !diags->items[i].file)
			log_info("%s", diags->items[i].text);
}

const char *agent_on_failure(const struct agent *agent, const char *policy)
{
	enum policy_default said =
		policy ? engine_on_failure(&agent->engine, policy) : DEFAULT_UNSET;

	if (said == DEFAULT_UNSET)
		return agent->settings->on_failure;
	return said == DEFAULT_ALLOW ? "allow" : "deny";
}

/* Without the file hooks let nothing start: that is no reason not to go on. */
static void tell_hooks(const struct agent *agent)
{
	const struct settings *s = agent->settings;
	int error = agent->control.path ? hook_file_write(s->control_socket, s->on_failure) : 0;

	if (error)
		log_error(HOOK_FILE_NAME " beside %s: %s", s->control_socket, strerror(-error));
}

int agent_reload(struct agent *agent, struct txn_summary *summary, struct diag_list *diags,
		 struct fault *fault)
{
	const struct engine_source source = {
		.policy_dir = agent->settings->policy_dir,
		.preset_dir = agent->settings->preset_dir,
		.audit_only = agent->settings->audit_only,
	};
	int error = engine_reload(&agent->engine, &source, summary, diags, fault);

	tell_hooks(agent);
	malloc_trim(0); /* text, model and images are several times what is kept */
	if (error) {
		log_diagnostics(diags);
		return error;
	}
	log_info("policies: generation %u: %u added, %u changed, %u kept, %u removed",
		 summary->generation, summary->added, summary->changed, summary->kept,
		 summary->removed);
	log_moves(diags);
	if (summary->retired) {
		agent->private_policies = true;
		agent->keep_ticks = 2; /* at least one whole second: no program uses one any more */
	}
	return 0;
}

/* As SIGHUP asks for; a policy_watch asks too. */
static void reload_by_itself(void *context)
{
	struct agent *agent = context;
	struct diag_list diags = { 0 };
	struct txn_summary summary;
	struct fault fault = { "" };
	int error;

	notify_reloading();
	if (agent_reload(agent, &summary, &diags, &fault))
		log_error("policies are not loaded: %s", fault.text);
	diag_clear(&diags);
	error = audit_pipeline_reopen(agent->feed.pipeline);
	if (error)
		log_error("logs cannot be opened again: %s", strerror(-error));
	notify_manager("READY=1");
}

static void signal_ready(struct source *source, uint32_t events)
{
	struct agent *agent = AGENT_OF(source, signals);
	struct signalfd_siginfo info;

	(void)events;
	if (read(source->fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGHUP)
		reload_by_itself(agent);
	else
		loop_stop(&agent->loop);
}

/* What a 'bailiff run' that was killed left; the end of the cgroup ends the container. */
static void remove_sandboxes(const struct engine *engine)
{
	struct registry_entry entry;

	for (uint32_t i = 0; registry_next(&engine->registry, i, &entry); i = entry.number + 1)
		if (!entry.tasks)
			sandbox_remove_stale(engine->cgroup_root, entry.path);
}

static void keep_house(struct source *source, uint32_t events)
{
	struct agent *agent = AGENT_OF(source, housekeeping);
	struct fault fault;
	uint64_t expirations;

	(void)events;
	if (read(source->fd, &expirations, sizeof(expirations)) < 0)
		return;
	discover_bound(&agent->engine);
	discover_names(&agent->engine);
	selected_clean(agent->settings->pin_dir, &agent->engine.registry);
	if (!agent->private_policies)
		return;
	remove_sandboxes(&agent->engine);
	if (agent->keep_ticks && agent->keep_ticks--)
		return;
	if (engine_drop_unused(&agent->engine, &fault))
		log_error("%s", fault.text);
}

static int watch(struct agent *agent, struct fault *fault)
{
	sigset_t set;
	int error;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	agent->signals = (struct source){ loop_signals(&set), signal_ready };
	agent->housekeeping = (struct source){ loop_timer(HOUSEKEEPING_MS), keep_house };
	error = loop_add(&agent->loop, &agent->signals, EPOLLIN);
	if (!error)
		error = loop_add(&agent->loop, &agent->housekeeping, EPOLLIN);
	return error ? fault_errno(fault, error, "event loop") : 0;
}

static int open_engine(struct agent *agent, struct fault *fault)
{
	const struct settings *s = agent->settings;
	const struct objects_options options = {
		.pin_dir = s->pin_dir,
		.allow_missing = s->allow_missing,
		.max_tasks = s->max_tasks,
		.max_containers = s->max_containers,
		.ring_denied = s->ring_denied,
		.ring_other = s->ring_other,
	};
	int error = engine_open(&agent->engine, &options, fault);

	if (error)
		return error;
	agent->private_policies = agent->engine.objects.adopted;
	log_info("%s %u programs at %s", agent->engine.objects.adopted ? "adopted" : "attached",
		 agent->engine.objects.programs, s->pin_dir);
	if (agent->engine.objects.other_build)
		log_warning("the programs in force are of another build: "
			    "'bailiff unload' and a start replace them");
	return 0;
}

/* A first start needs valid policies; a restart goes on with those in force. */
static int first_load(struct agent *agent, struct fault *fault)
{
	bool in_force = agent->engine.rules.generations[0].generation > 0;
	struct diag_list diags = { 0 };
	struct txn_summary summary;
	int error = agent_reload(agent, &summary, &diags, fault);

	diag_clear(&diags);
	if (!error || !in_force)
		return error;
	log_error("policies are not loaded, those of generation %u stay in force: %s",
		  agent->engine.rules.generations[0].generation, fault->text);
	return 0;
}

static int open_feed(struct agent *agent, struct fault *fault)
{
	const struct settings *s = agent->settings;
	int error = feed_open(&agent->feed, &agent->loop, &agent->engine, fault);

	if (!error && *s->log_file)
		error = feed_to_file(&agent->feed, s->log_file, fault);
	if (!error && s->syslog)
		error = feed_to_syslog(&agent->feed, s->syslog_rate, fault);
	return error;
}

/* Before the first load, so that no change is missed. */
static int watch_policies(struct agent *agent, struct fault *fault)
{
	const struct settings *s = agent->settings;
	int error = 0;

	if (s->watch_policies)
		error = policy_watch_open(&agent->policy_watch, &agent->loop, s->policy_dir,
					  SETTLE_MS, reload_by_itself, agent);
	return error ? fault_errno(fault, error, "%s cannot be watched", s->policy_dir) : 0;
}

static int start(struct agent *agent, struct fault *fault)
{
	int error = watch_policies(agent, fault);

	if (!error)
		error = first_load(agent, fault);
	if (!error)
		error = open_feed(agent, fault);
	if (!error)
		error = watch(agent, fault);
	if (!error)
		error = control_open(&agent->control, &agent->loop, agent->settings->control_socket,
				     agent_answer, agent, fault);
	if (!error)
		tell_hooks(agent);
	if (!error)
		error = objects_protect(&agent->engine.objects, control_inode(&agent->control));
	return error;
}

int agent_open(struct agent *agent, const struct settings *settings, struct fault *fault)
{
	int error;

	*agent = (struct agent){ .settings = settings,
				 .signals.fd = -1,
				 .housekeeping.fd = -1,
				 .policy_watch = { .events.fd = -1, .timer.fd = -1 } };
	engine_init(&agent->engine);
	error = loop_open(&agent->loop);
	if (error)
		return fault_errno(fault, error, "event loop");
	agent->lock = lock_instance(settings->pin_dir);
	if (agent->lock == -EWOULDBLOCK)
		return fault_set(fault, -EALREADY, "another bailiffd runs on %s",
				 settings->pin_dir);
	if (agent->lock < 0)
		return fault_errno(fault, agent->lock, "lock of %s", settings->pin_dir);
	error = open_engine(agent, fault);
	if (error)
		return error;
	error = start(agent, fault);
	if (error && !agent->engine.objects.adopted)
		agent->unloading = true;
	return error;
}

int agent_run(struct agent *agent)
{
	return loop_run(&agent->loop);
}

void agent_close(struct agent *agent)
{
	struct fault fault;

	control_close(&agent->control);
	feed_close(&agent->feed);
	engine_close(&agent->engine);
	if (agent->unloading && objects_unload(agent->settings->pin_dir, &fault))
		log_error("%s", fault.text);
	close_fd(&agent->signals.fd);
	close_fd(&agent->housekeeping.fd);
	policy_watch_close(&agent->policy_watch);
	loop_close(&agent->loop);
	close_fd(&agent->lock);
}
