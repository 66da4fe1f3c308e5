/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines on a descriptor such as standard output, for a reader or as JSON. */
#ifndef BAILIFF_AUDIT_SINK_STDOUT_H
#define BAILIFF_AUDIT_SINK_STDOUT_H

#include <stdbool.h>

#include "audit/sink.h"

/* Writes to fd, which stays the caller's; human: lines of format_human.h, else JSON. A
 * write waits as fd does: a terminal or a pipe is read by who asked for the lines. 0 or
 * -ENOMEM. */
int audit_sink_stdout_new(int fd, bool human, struct audit_sink **out);

#endif
