/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent: an engine with its events, its control socket and its signals. */
#ifndef BAILIFF_AGENT_H
#define BAILIFF_AGENT_H

#include <stdbool.h>

#include "agent/control.h"
#include "agent/engine.h"
#include "agent/feed.h"
#include "agent/loop.h"
#include "agent/policy_dir.h"
#include "agent/settings.h"

struct agent {
	const struct settings *settings;
	struct loop loop;
	struct engine engine;
	struct feed feed;
	struct control control;
	struct source signals, housekeeping;
	struct policy_watch policy_watch;
	int lock;
	bool private_policies;	 /* there may be some */
	unsigned int keep_ticks; /* of the housekeeping, before unused ones go */
	bool unloading;
};

/* Takes the lock of the instance, loads or adopts, puts the policies in force, and listens.
 * On error what was found is left as it was found. The agent must not move in memory. */
int agent_open(struct agent *agent, const struct settings *settings, struct fault *fault);

/* Serves until it is told to stop. 0 or a negative errno. */
int agent_run(struct agent *agent);

/* Stops; what is in force stays, unless `unload` was asked for. */
void agent_close(struct agent *agent);

/* Reads the policies again; on error those in force stay. Logs what changed, and
 * the diagnostics; the fault is the caller's to log. */
int agent_reload(struct agent *agent, struct txn_summary *summary, struct diag_list *diags,
		 struct fault *fault);

/* "allow" or "deny": what becomes of a container that can't be bound, by its policy (NULL: not
 * known) or else by the settings. */
const char *agent_on_failure(const struct agent *agent, const char *policy);

/* Answers a request of the control socket; a control_handler, context is the agent. */
struct json_object *agent_answer(void *context, struct control_client *client,
				 const struct request *request, int passed);

#endif
