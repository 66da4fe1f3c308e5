/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a syscall filter does with one call, and the stricter of what two filters do.
 *
 * As libseccomp has it: a rule that says what the default says is none; one without a condition
 * stands for all others of the call, the first of them; where several conditions hold the strictest
 * counts here.
 */
#ifndef BAILIFF_SECCOMP_CALL_H
#define BAILIFF_SECCOMP_CALL_H

#include "agent/seccomp_cond.h"

/* In the order of seccomp(2): of several filters the highest counts. */
enum call_kind {
	CALL_ALLOW,
	CALL_LOG,
	CALL_TRACE,
	CALL_NOTIFY,
	CALL_ERRNO,
	CALL_TRAP,
	CALL_KILL_THREAD,
	CALL_KILL_PROCESS,
};

struct call_action {
	enum call_kind kind;
	uint16_t data; /* of CALL_ERRNO and CALL_TRACE, else 0 */
};

struct call_rule {
	struct cond cond;
	struct call_action action;
};

/* The rules of one call; those for which none holds get `otherwise`. */
struct call {
	struct call_action otherwise;
	size_t count;
	struct call_rule *rules;
};

bool call_action_equal(struct call_action a, struct call_action b);

/* The higher one, `a` of two that are as high. */
struct call_action call_stricter(struct call_action a, struct call_action b);

/* Adds a rule of the text; 0 or -ENOMEM. */
int call_add(struct call *call, const struct cond *cond, struct call_action action);

/* Drops what libseccomp would not heed, once all rules are there. */
void call_settle(struct call *call);

struct call_action call_decide(const struct call *call, const uint64_t arguments[COND_ARGUMENTS]);

/* Writes rules that do for a filter with the default `dflt` what the stricter of both settled calls
 * does, with `dflt` as `otherwise`. What no rules can say gets the strictest action of all. `a` is
 * preferred of two that are as strict. 0 or -ENOMEM. */
int call_merge(const struct call *a, const struct call *b, struct call_action dflt,
	       struct call *ret);

/* Whether `a` denies all that `b` denies, and as strictly: by errno, a signal or death. Both are
 * settled. False where that is in doubt; there is no doubt if `a` was merged with a `b` without
 * conditions, and seldom with others. */
bool call_covers(const struct call *a, const struct call *b);

void call_clear(struct call *call);

#endif
