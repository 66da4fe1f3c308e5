/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers to requests of the control socket that take more than a few lines. Each is a reply, the
 * caller's; NULL if memory is short. */
#ifndef BAILIFF_ANSWER_H
#define BAILIFF_ANSWER_H

#include "agent/agent.h"

/* `passed`: the descriptor that came with the request, or -1; the caller's. */
struct json_object *answer_bind(struct agent *agent, const struct request *request, int passed);
struct json_object *answer_unbind(struct agent *agent, const struct request *request);

#endif
