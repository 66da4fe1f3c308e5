/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the hook of a container runtime does when it can't reach the agent, which the agent leaves
 * beside its control socket: {"on_failure": "deny"} or {"on_failure": "allow"}.
 */
#ifndef BAILIFF_HOOK_FILE_H
#define BAILIFF_HOOK_FILE_H

#include <stdbool.h>

#define HOOK_FILE_NAME "hook.json"

/* Writes it in the directory of the socket, in place of the one before. 0 or a negative errno. */
int hook_file_write(const char *socket, const char *on_failure);

/* Whether it says that the container may start: no file, or one that is not right, says no. */
bool hook_file_allows(const char *socket);

void hook_file_remove(const char *socket);

#endif
