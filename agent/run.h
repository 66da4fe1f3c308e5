/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `bailiff run` is made of: options, the confined child, and who confines it. */
#ifndef BAILIFF_RUN_H
#define BAILIFF_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "agent/fault.h"
#include "agent/filter.h"
#include "agent/loop.h"
#include "agent/sandbox.h"
#include "audit/text.h"

struct run_options {
	const char *file;   /* as the user called it */
	const char *policy; /* in it; NULL: its only one */
	const char *name;   /* of the container; NULL: of the cgroup */
	const char *log;    /* JSON lines go there; NULL: denials as text on stderr */
	const char *socket, *presets;
	char *const *command;
	uint32_t allow_missing;
	bool audit_only, help;
};

/* Where events go. */
struct run_output {
	FILE *log; /* NULL: stderr */
};

/* Writes a line of JSON to the log or, as text for a reader, to stderr. */
void run_print(const struct run_output *output, struct audit_slice json);

/* The child: in the cgroup, and waiting to be told that it may execute the command. */
struct run_child {
	pid_t pid;
	int go; /* its syscall filter lets it go, the end of the stream ends it */
	int pidfd;
};

#define RUN_CHILD_NONE                                                                             \
	{                                                                                          \
		.pid = -1, .go = -1, .pidfd = -1                                                   \
	}

/* Starts it with the signal mask `mask`. */
int run_child_start(struct run_child *child, const struct sandbox *sandbox, char *const *command,
		    const sigset_t *mask, struct fault *fault);
int run_child_release(struct run_child *child, const struct seccomp_program *filter,
		      struct fault *fault);

/* Waits for its end; the exit status that stands for it. Kills it if it was never released. */
int run_child_reap(struct run_child *child);

/* Who confines: the agent, or an instance of our own. `start` binds the cgroup, says which
 * syscall filter the child is to have, and sees that events reach the output by way of the
 * loop: 0, or a negative errno and nothing left behind.
 * `finish`, after the cgroup is gone: the last events, and away with what start made. */
struct run_backend {
	int (*start)(struct run_backend *backend, const struct run_options *options, FILE *policy,
		     const struct sandbox *sandbox, struct loop *loop,
		     const struct run_output *output, struct fault *fault);
	void (*finish)(struct run_backend *backend);
	struct seccomp_program filter; /* found by start */
};

/* The agent, if one listens at the socket; NULL if none does. */
struct run_backend *run_agent(const char *socket);

/* An instance of this process. */
struct run_backend *run_private(void);

#endif
