/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Syscall filters on their way from a policy to the process that they are for. */
#ifndef BAILIFF_FILTER_H
#define BAILIFF_FILTER_H

#include "policy/seccomp.h"

struct json_object;

/* A filter as the value "seccomp" of a reply, and out of it: 0, with no code if there is none,
 * or -EBADMSG or -ENOMEM. */
void filter_add(struct json_object *reply, const struct seccomp_program *filter);
int filter_get(struct json_object *reply, struct seccomp_program *filter);

/* Through a pipe; 0 or a negative errno. Receiving: -ECANCELED at the end of the stream. */
int filter_send(int fd, const struct seccomp_program *filter);
int filter_receive(int fd, struct seccomp_program *filter);

/* Installs it for this process: what is denied is logged by the kernel. Without
 * no_new_privs, so that it takes CAP_SYS_ADMIN. 0 or a negative errno. */
int filter_install(const struct seccomp_program *filter);

#endif
