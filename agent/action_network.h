/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Actions on addresses and sockets; parts of action.h. */
#ifndef BAILIFF_ACTION_NETWORK_H
#define BAILIFF_ACTION_NETWORK_H

#include "agent/action.h"

/* 'connect tcp 10.0.0.1 80', 'bind unix @name': `count` words with the verb. 0 or -EINVAL with
 * the fault. */
int action_parse_address(const char *const *word, size_t count, struct simulate_action *what,
			 struct fault *fault);

/* "inet/stream": 0, or -EINVAL with the fault. */
int action_parse_socket(const char *text, struct simulate_action *what, struct fault *fault);

#endif
