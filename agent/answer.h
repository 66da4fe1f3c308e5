/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers to requests of the control socket that take more than a few lines. Each is a reply, the
 * caller's; NULL if memory is short. */
#ifndef BAILIFF_ANSWER_H
#define BAILIFF_ANSWER_H

#include "agent/agent.h"

/* `passed`: the descriptor that came with the request, or -1; the caller's. */
struct json_object *answer_bind(struct agent *agent, const struct request *request, int passed);
struct json_object *answer_unbind(struct agent *agent, const struct request *request);

/* The syscall filter of the policy that would be selected for a container, see agent/request.h. */
struct json_object *answer_seccomp(const struct agent *agent, const struct request *request);

/* Adds the policy's section, or null, to a reply. */
void answer_add_section(const struct agent *agent, const char *policy, struct json_object *reply);

/* What a request says of the container, as an object of agent/facts.h: the caller's, or NULL if
 * memory is short. `path`: of its cgroup, normalized, or NULL; it need not be there. */
struct json_object *answer_facts(const struct request *request, const char *path);

#endif
