/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Actions as users write them: 'open r /etc/shadow', 'connect tcp 10.0.0.1 443'.
 *
 * An argument with a blank in it, where an action begins, is a whole action: it is split at
 * blanks, and `\` takes the next byte as it is. Otherwise an action is a verb and the
 * arguments that follow it, taken as they are.
 */
#ifndef BAILIFF_ACTION_H
#define BAILIFF_ACTION_H

#include <stddef.h>

#include "agent/fault.h"
#include "audit/text.h"
#include "policy/simulate.h"

/* The verbs and what each is asked about, as lines of a help text. */
extern const char action_help[];

struct action {
	const char *verb; /* static */
	char proto[48];	  /* of an address or a socket, as it was named */
	char syscall[40]; /* asks for a call instead of what follows; else "" */
	struct simulate_action what;
};

/* Parses the first action of `n` arguments: how many it took, or -EINVAL with the fault. */
int action_parse(char *const *args, size_t n, struct action *action, struct fault *fault);

/* Appends the action as one argument, with what can't be seen escaped as in the log; 0 or
 * -ENOMEM. */
int action_text(const struct action *action, struct audit_text *out);

/* Parts of that: a path, and an address, which needs INET6_ADDRSTRLEN bytes. */
int action_path(const char *path, bool directory, struct audit_text *out);
/* A blank and a word or path, whose blanks are as in an argument that is a whole action. */
int action_put_word(const char *word, bool directory, struct audit_text *out);
void action_address(const struct simulate_action *what, char *buf);

/* Takes a path as the kernel would have found it; a '/' at the end says that it is a
 * directory, where `directory` is not NULL. 0 or -EINVAL with the fault. */
int action_take_path(const char *word, char *path, bool *directory, struct fault *fault);

#endif
