/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets and abstract names in actions. */
#ifndef BAILIFF_ACTION_SOCKET_H
#define BAILIFF_ACTION_SOCKET_H

#include "agent/action.h"

/* "@name": 0, or -EINVAL with the fault. */
int action_take_name(const char *name, struct simulate_action *what, struct fault *fault);

/* "inet/stream": 0, or -EINVAL with the fault. */
int action_take_socket(const char *text, struct simulate_action *what, struct fault *fault);

#endif
