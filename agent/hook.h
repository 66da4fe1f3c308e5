/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hook of container runtimes: a process for each stage of a container's life that asks the
 * agent and ends. It links nothing but libc and json-c.
 */
#ifndef BAILIFF_HOOK_H
#define BAILIFF_HOOK_H

#include <stdbool.h>

#include "agent/fault.h"
#include "agent/oci_facts.h"
#include "bpf/abi_limits.h"

#define HOOK_SECONDS 10

struct json_object;

struct hook {
	const char *socket;
	int seconds;			  /* that the agent has for its answer */
	char container[REQUEST_NAME_MAX]; /* for messages; "": not known yet */
	char policy[BAILIFF_NAME_MAX];	  /* the same */
	bool bound;			  /* what failed then is the filter */
	bool may_start; /* though the stage failed: on_failure of the policy, or of the settings */
	struct fault fault;
};

/* The stages. 0, or a negative errno with the fault in the hook. */
int hook_create_runtime(struct hook *hook, int in);
int hook_precreate(struct hook *hook, int in, int out);
void hook_poststop(struct hook *hook, int in);

/* Sends a request, whose reference it takes, with a descriptor or -1, and waits for the answer.
 * 0 and the reply, the caller's; else `may_start` is as the agent, or what it left, says. A NULL
 * request is one for which there was no memory. */
int hook_ask(struct hook *hook, struct json_object *request, int passed,
	     struct json_object **reply);

/* Asks for the policy that would be selected: 1 and the reply; 0 if none; or a negative errno. */
int hook_ask_policy(struct hook *hook, const struct oci_facts *facts, const char *cgroup,
		    struct json_object **reply);

/* Whether nothing in a config replaces the filter that its section makes, where the policy's
 * section denies anything: 0, or -EPERM with the fault. */
int hook_section_counts(struct hook *hook, const struct oci_config *config,
			struct json_object *section);

/* {"command": ...} with what is known of a container; NULL if memory is short. */
struct json_object *hook_request(const char *command, const struct oci_facts *facts,
				 const char *cgroup);

#endif
