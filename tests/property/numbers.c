/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities and operations. */
#include "tests/property/matches.h"

#include <string.h>

static const char *const capabilities[] = {
	"chown",   "dac_override",	 "dac_read_search", "kill",  "net_bind_service",
	"net_raw", "sys_admin",		 "sys_module",	    "mknod", "syslog",
	"bpf",	   "checkpoint_restore",
};

/* The first ones may be in rules. */
static const char *const operations[] = {
	"ptrace",	 "userns", "mount",	"setns",  "signal_outside",
	"cgroup_escape", "bpf",	   "wx_memory", "syslog",
};

#define CAPABILITIES (sizeof(capabilities) / sizeof(capabilities[0]))
#define OPERATIONS_ASKED (sizeof(operations) / sizeof(operations[0]))
#define OPERATIONS_RULED 6

const char *random_name(enum model_section section)
{
	if (section == SECTION_CAPABILITY)
		return capabilities[random_below(CAPABILITIES)];
	return operations[random_below(OPERATIONS_RULED)];
}

static const char *ruled_name(const struct model *m, enum model_section section)
{
	const char *name = NULL;

	for (int i = 0; i < m->n_rules; i++)
		if (m->rules[i].section == section && (!name || one_in(2)))
			name = m->rules[i].name;
	return name;
}

void random_number(const struct model *m, struct model_action *action)
{
	enum model_section section = one_in(2) ? SECTION_CAPABILITY : SECTION_OPERATION;
	const char *name = ruled_name(m, section);

	if (!name || one_in(3))
		name = section == SECTION_CAPABILITY ? capabilities[random_below(CAPABILITIES)]
						     : operations[random_below(OPERATIONS_ASKED)];
	action->count = 0;
	if (section == SECTION_CAPABILITY)
		strcpy(action->word[action->count++], "capability");
	strcpy(action->word[action->count++], name);
}

static bool is_alone(const char *operation)
{
	return !strcmp(operation, "wx_memory") || !strcmp(operation, "signal_outside") ||
	       !strcmp(operation, "cgroup_escape");
}

bool judged_together(const char *operation, const char *other)
{
	return !strcmp(operation, other) || (!is_alone(operation) && !is_alone(other));
}

void decide_number(const struct model *m, const struct model_action *action,
		   struct model_answer *ret)
{
	enum model_section section = action->count > 1 ? SECTION_CAPABILITY : SECTION_OPERATION;
	const char *name = action->word[action->count - 1];
	bool judged = section == SECTION_CAPABILITY && m->capabilities;
	struct matches found = { 0 };

	for (int i = 0; i < m->n_rules; i++) {
		if (m->rules[i].section != section)
			continue;
		if (!strcmp(m->rules[i].name, name))
			note_rule(&found, &m->rules[i]);
		judged |= section == SECTION_OPERATION && judged_together(m->rules[i].name, name);
	}
	if (judged)
		*ret = conclude(&found,
				section == SECTION_CAPABILITY ? m->capabilities : DEFAULTS_ALLOW);
}
