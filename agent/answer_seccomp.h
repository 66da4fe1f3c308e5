/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BAILIFF_ANSWER_SECCOMP_H
#define BAILIFF_ANSWER_SECCOMP_H

#include "agent/agent.h"

/* The syscall filter of the policy that would be selected for a container, see agent/request.h. */
struct json_object *answer_seccomp(const struct agent *agent, const struct request *request);

#endif
