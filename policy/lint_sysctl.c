/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/lint.h"
#include "policy/lint_automaton.h"

/* What the kernel takes a program's name from. */
static const char *const programs[] = { "kernel.core_pattern", "kernel.modprobe",
					"kernel.hotplug" };

struct names {
	struct path_pattern *patterns;
	const struct policy_entry **entries;
	size_t n;
};

static void names_clear(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free((char *)(uintptr_t)names->patterns[i].text);
	free(names->patterns);
	free(names->entries);
}

/* `*` does not go beyond a component, whose end a glob knows by '/'. */
static char *with_slashes(const char *name)
{
	char *text = strdup(name);

	for (char *at = text; at && *at; at++)
		if (*at == '.')
			*at = '/';
	return text;
}

/* Entries with limits are for numbers, which no program's name is. */
static bool add(struct names *names, const struct policy_entries *list, enum policy_action action)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct policy_verdict verdict = { .action = action,
							.audit = action == ACTION_ALLOW };
		const struct policy_entry *entry = &list->items[i];
		struct path_pattern *pattern = &names->patterns[names->n];

		if (entry->has_min || entry->has_max)
			continue;
		pattern->text = with_slashes(entry->text);
		if (!pattern->text)
			return false;
		pattern->pos = entry->pos;
		outcome_clear(&pattern->outcome);
		outcome_add(&pattern->outcome, NAME_SYSCTL_WRITE, &verdict, (uint16_t)names->n);
		names->entries[names->n++] = entry;
	}
	return true;
}

static bool collect(struct names *names, const struct policy_lists *lists)
{
	size_t n = lists->allow.count + lists->deny.count + lists->kill.count;

	names->patterns = calloc(n + 1, sizeof(*names->patterns));
	names->entries = calloc(n + 1, sizeof(*names->entries));
	return names->patterns && names->entries && n < BAILIFF_RULE_NONE &&
	       add(names, &lists->allow, ACTION_ALLOW) && add(names, &lists->deny, ACTION_DENY) &&
	       add(names, &lists->kill, ACTION_KILL);
}

static void check(const struct policy_lists *lists, const struct names *names,
		  const struct lint_automaton *a, const char *program, struct diag_list *diags)
{
	POLICY_CLEANUP(policy_freep) char *name = with_slashes(program);
	const struct policy_accept *accept = name ? lint_automaton_run(a, name) : NULL;
	const struct policy_pos *at = &lists->pos;

	if (accept && accept->deny & NAME_SYSCTL_WRITE)
		return;
	if (accept && accept->allow & NAME_SYSCTL_WRITE)
		at = &names->entries[accept->rule[NAME_SYSCTL_WRITE_BIT]]->pos;
	else if (lists->dflt == DEFAULT_DENY)
		return;
	diag_add(diags, DIAG_WARNING, at->file, at->line,
		 "sysctl %s can be written%s: the kernel runs the program that it names, as root "
		 "and "
		 "outside of the container",
		 program, at == &lists->pos ? " by default" : "");
}

void lint_sysctl(const struct policy *p, struct diag_list *diags)
{
	POLICY_CLEANUP(names_clear) struct names names = { 0 };
	POLICY_CLEANUP(lint_automaton_clear) struct lint_automaton a = { 0 };
	const struct policy_lists *lists = &p->sysctl_write;

	if (!lists->present || !collect(&names, lists) ||
	    lint_automaton_build(&a, names.patterns, names.n, 0))
		return;
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		check(lists, &names, &a, programs[i], diags);
}
