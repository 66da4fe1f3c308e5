/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One instance at work: its objects, containers, rule names, and the policies in force. */
#ifndef BAILIFF_ENGINE_H
#define BAILIFF_ENGINE_H

#include <stdbool.h>
#include <stdio.h>

#include "agent/about.h"
#include "agent/fault.h"
#include "agent/objects.h"
#include "agent/registry.h"
#include "agent/rules.h"
#include "agent/terms.h"
#include "agent/txn.h"
#include "agent/watch.h"
#include "audit/enrich.h"
#include "policy/diag.h"
#include "policy/seccomp.h"
#include "policy/select.h"

struct engine {
	struct objects objects;
	struct registry registry;
	struct abouts abouts;
	struct rules rules;
	struct selector *selector;  /* NULL: no policies were loaded by this process */
	struct policy_image *watch; /* agent/watch.h; NULL: nothing is selected by its path alone */
	uint32_t watched;	    /* as in struct shared, when it was looked at */
	uint64_t names_due;	    /* CLOCK_BOOTTIME, ns: how long discover_names() has work */
	bool discovered;	    /* what was bound before this process is known */
	struct terms *terms;	    /* NULL as the selector */
	int cgroup_root;
};

/* What to compile, and how. */
struct engine_source {
	const char *policy_dir; /* of engine_reload() */
	const char *preset_dir;
	bool audit_only;
};

/* Before anything else, so that engine_close() may follow at any time. */
void engine_init(struct engine *engine);

/* Loads or adopts, see objects_open(); then learns what is bound and in force. The engine
 * must not move in memory afterwards. */
int engine_open(struct engine *engine, const struct objects_options *options, struct fault *fault);

/* Lets go; what is in force stays. */
void engine_close(struct engine *engine);

/* Puts the policies of a directory in force in place of those of the directory before, and
 * selects those of containers that have a selected one again (agent/reselect.h); on error all
 * stays. -EINVAL: `diags` has errors. -EBUSY and others: the fault says. */
int engine_reload(struct engine *engine, const struct engine_source *source,
		  struct txn_summary *summary, struct diag_list *diags, struct fault *fault);

/* Adds the policy `name` of an open file, or its only one if name is NULL, as a private
 * policy; it goes with engine_drop_unused() once no container is bound to it. The syscall filter
 * that it wants, if any, is the caller's. */
int engine_add_policy(struct engine *engine, const struct engine_source *source, FILE *in,
		      const char *display_name, const char *name, uint32_t *number,
		      struct seccomp_program *filter, struct diag_list *diags, struct fault *fault);
int engine_drop_unused(struct engine *engine, struct fault *fault);

/* Number of a policy of the directory; -ENOENT. */
int engine_find_policy(const struct engine *engine, const char *name, uint32_t *number);

/* What becomes of a container that can't be bound to a policy of the directory; DEFAULT_UNSET
 * if it does not say, or is not known. */
enum policy_default engine_on_failure(const struct engine *engine, const char *policy);

/* What the audit asks for; ctx is the engine. */
struct audit_lookups engine_lookups(struct engine *engine);

#endif
