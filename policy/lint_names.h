/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that rules match and that are no paths of files: of Unix sockets and of sysctls. */
#ifndef BAILIFF_POLICY_LINT_NAMES_H
#define BAILIFF_POLICY_LINT_NAMES_H

#include "policy/lint_automaton.h"

enum lint_finding {
	LINT_DECIDES,	/* or it was not looked at, since there are too many */
	LINT_DENIED,	/* all that it matches is denied */
	LINT_UNLIMITED, /* its limits hold for nothing that is not allowed without */
};

/* A pattern in a rule, or in a list, where the rule is the element. */
struct lint_name {
	char *text; /* as the automaton has it */
	const struct policy_entry *entry;
	const struct policy_pos *rule;
	uint16_t access; /* one NAME_* */
	enum policy_action action;
	enum lint_finding finding; /* of an allow */
};

struct lint_names {
	struct lint_name *items;
	size_t count, capacity;
};

void lint_names_clear(struct lint_names *names);

/* Takes `text`; false if there is no memory, also if `text` is NULL. */
bool lint_names_add(struct lint_names *names, struct lint_name name);

/* The pattern of a name, by itself a rule of the automaton; an allow is one that is recorded. */
struct path_pattern lint_names_pattern(const struct lint_name *name, uint16_t rule);

/* Finds what allows nothing. */
void lint_names_look(struct lint_names *names);

#endif
