/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/property/distribution.h"

#define RARE 500 /* less than one in so many is too rare */

enum kind {
	KIND_EXEC,
	KIND_FILE,
	KIND_MAP,
	KIND_SETATTR,
	KIND_IOCTL,
	KIND_PAIR,
	KIND_ADDRESS,
	KIND_SOCKET,
	KIND_UNIX,
	KIND_CAPABILITY,
	KIND_OPERATION,
	KIND_DEVICE,
	KIND_SYSCTL,
};

enum outcome {
	NOT_JUDGED,
	ALLOWED_RULE,
	ALLOWED_DEFAULT,
	DENIED_RULE,
	DENIED_DEFAULT,
	KILLED_RULE,
	DENIED_BELOW,
	OUT_OF_RANGE,
	NO_INTEGER,
};

#define BIT(outcome) (1U << (outcome))
#define JUDGED (BIT(KILLED_RULE) - 1)
#define USUAL (JUDGED | BIT(KILLED_RULE))

/* What comes out of each, and has to come out often. */
static const struct {
	const char *name;
	unsigned outcomes;
} kinds[KINDS] = {
	[KIND_EXEC] = { "exec", USUAL },
	[KIND_FILE] = { "file", USUAL },
	[KIND_MAP] = { "file: m", USUAL },
	[KIND_SETATTR] = { "file: s", USUAL },
	[KIND_IOCTL] = { "file: i", USUAL },
	[KIND_PAIR] = { "two names", USUAL | BIT(DENIED_BELOW) },
	[KIND_ADDRESS] = { "address", USUAL },
	[KIND_SOCKET] = { "socket", JUDGED },
	[KIND_UNIX] = { "unix", USUAL },
	[KIND_CAPABILITY] = { "capability", USUAL },
	[KIND_OPERATION] = { "operation", USUAL & ~(BIT(ALLOWED_RULE) | BIT(DENIED_DEFAULT)) },
	[KIND_DEVICE] = { "device", JUDGED },
	[KIND_SYSCTL] = { "sysctl", JUDGED | BIT(OUT_OF_RANGE) | BIT(NO_INTEGER) },
};

static const char *const outcome_names[OUTCOMES] = {
	"not judged", "allowed",      "by default",   "denied",	    "by default",
	"killed",     "denied-below", "out of range", "no integer",
};

static enum kind kind_of(const struct simulate_action *a)
{
	if (a->event == EVENT_DEVICE)
		return KIND_DEVICE;
	if (a->event == EVENT_SYSCTL)
		return KIND_SYSCTL;
	if (simulate_has_number(a))
		return a->event == EVENT_CAPABILITY ? KIND_CAPABILITY : KIND_OPERATION;
	if (simulate_is_socket(a))
		return KIND_SOCKET;
	if (simulate_has_address(a))
		return KIND_ADDRESS;
	if (simulate_has_pair(a))
		return KIND_PAIR;
	if (a->classes & CLASS_UNIX)
		return KIND_UNIX;
	if (a->classes & (CLASS_MAP | CLASS_SETATTR | CLASS_IOCTL))
		return a->classes & CLASS_MAP	    ? KIND_MAP
		       : a->classes & CLASS_SETATTR ? KIND_SETATTR
						    : KIND_IOCTL;
	return a->classes & CLASS_EXEC ? KIND_EXEC : KIND_FILE;
}

static enum outcome outcome_of(const struct simulate_answer *a)
{
	const struct decision *d = &a->decision;

	if (!a->judged)
		return NOT_JUDGED;
	if (a->reason == REASON_DENIED_BELOW)
		return DENIED_BELOW;
	if (a->reason == REASON_RANGE || a->reason == REASON_VALUE)
		return a->reason == REASON_RANGE ? OUT_OF_RANGE : NO_INTEGER;
	if (d->verdict == VERDICT_KILL)
		return KILLED_RULE;
	if (d->rule == BAILIFF_RULE_NONE)
		return d->verdict ? DENIED_DEFAULT : ALLOWED_DEFAULT;
	return d->verdict ? DENIED_RULE : ALLOWED_RULE;
}

const char *kind_name(const struct trial *t)
{
	return kinds[kind_of(&t->action.what)].name;
}

void distribution_note(struct distribution *d, const struct trial *t)
{
	enum kind kind = kind_of(&t->action.what);

	d->done++;
	d->kinds[kind]++;
	d->outcomes[kind][outcome_of(&t->simulated)]++;
}

bool distribution_print(const struct distribution *d)
{
	bool even = true;

	for (int kind = 0; kind < KINDS; kind++) {
		const char *between = ":";

		printf("# %-10s %6lu", kinds[kind].name, d->kinds[kind]);
		for (int i = 0; i < OUTCOMES; i++) {
			unsigned long count = d->outcomes[kind][i];
			bool rare = kinds[kind].outcomes & BIT(i) && count * RARE <= d->kinds[kind];

			even &= !rare;
			if (!count && !rare)
				continue;
			printf("%s %lu %s%s", between, count, outcome_names[i], rare ? " (!)" : "");
			between = ",";
		}
		printf("\n");
	}
	return even;
}
