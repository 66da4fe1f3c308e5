/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Actions on devices and sysctls; parts of action.h. */
#ifndef BAILIFF_ACTION_DEVICE_H
#define BAILIFF_ACTION_DEVICE_H

#include <json-c/json.h>

#include "agent/action.h"

/* 'device c 1:3 rw': the three words behind the verb. 0 or -EINVAL with the fault. */
int action_parse_device(const char *const *words, struct simulate_action *what,
			struct fault *fault);

/* 'sysctl read NAME', 'sysctl write NAME VALUE': `n` words behind the verb. */
int action_parse_sysctl(const char *const *words, size_t n, struct simulate_action *what,
			struct fault *fault);

/* What follows the verb as text: 0 or -ENOMEM. */
int action_text_device(const struct simulate_action *what, struct audit_text *out);
int action_text_sysctl(const struct simulate_action *what, struct audit_text *out);

/* The members of a JSON object that say on what it is done: 0 or -ENOMEM. */
int action_json_device(const struct simulate_action *what, struct json_object *object);
int action_json_sysctl(const struct simulate_action *what, struct json_object *object);

#endif
