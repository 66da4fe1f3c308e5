/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Containers that are known by the path of their cgroup alone: the policies that select them so,
 * as an automaton that the kernel asks when a cgroup is made (bpf/trace/bind.bpf.c), and the same
 * question asked here of cgroups that are there already.
 */
#ifndef BAILIFF_WATCH_H
#define BAILIFF_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/plan.h"
#include "policy/image.h"
#include "policy/policy.h"

/* Makes the automaton of a set from all policies whose `select` has no key but cgroup, and
 * from the default policy, by their numbers in `plan`: that one fits what container runtimes make
 * for a container. Of several that fit the one with the highest priority is meant, of those the
 * first. *ret is NULL if there is no such policy. 0, -E2BIG or -ENOMEM. */
int watch_compile(const struct policy_set *set, const struct plan *plan, struct policy_image **ret,
		  struct diag_list *diags);

/* What the kernel would say of a path; NULL fits nothing. */
struct watch_choice {
	uint32_t policy; /* number */
	bool runtime;	 /* such a cgroup is a container runtime's */
};

bool watch_choose(const struct policy_image *watch, const char *path, struct watch_choice *choice);

#endif
