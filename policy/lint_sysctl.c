/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/lint.h"
#include "policy/lint_names.h"
#include "policy/sysctl_name.h"

/* What the kernel takes a program's name from. */
static const char *const programs[] = { "kernel.core_pattern", "kernel.modprobe",
					"kernel.hotplug" };

static char *as_automaton_has_it(const char *name)
{
	char *text = strdup(name);

	if (text)
		sysctl_swap(text);
	return text;
}

static bool add(struct lint_names *names, const struct policy_entries *list, uint16_t access,
		enum policy_action action)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct lint_name name = {
			.text = as_automaton_has_it(list->items[i].text),
			.entry = &list->items[i],
			.rule = &list->items[i].pos,
			.access = access,
			.action = action,
		};

		if (!lint_names_add(names, name))
			return false;
	}
	return true;
}

/* ---- entries that never decide */

static bool any_limits(const struct policy_entries *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (policy_entry_ranged(&list->items[i]))
			return true;
	return false;
}

/* What a default allows an entry may free of limits, or limit. */
static void warn_dead(const struct policy_lists *lists, const struct lint_names *names,
		      struct diag_list *diags)
{
	bool idle = lists->dflt == DEFAULT_ALLOW && !any_limits(&lists->allow);

	for (size_t i = 0; i < names->count; i++) {
		const struct lint_name *name = &names->items[i];
		const char *what = NULL;

		if (name->action != ACTION_ALLOW)
			continue;
		if (name->finding == LINT_DENIED)
			what = "is never allowed: all that it matches is denied";
		else if (name->finding == LINT_UNLIMITED)
			what = "has limits that hold for nothing: what it matches is allowed "
			       "without limits as well";
		else if (idle)
			what = "is allowed by default: everything else is allowed as well";
		if (what)
			diag_add(diags, DIAG_WARNING, name->rule->file, name->rule->line,
				 "sysctl \"%s\" %s", name->entry->text, what);
	}
}

/* ---- programs */

/* Entries with limits are for numbers, which no program's name is. */
static int build(const struct lint_names *names, struct lint_automaton *a)
{
	POLICY_CLEANUP(policy_freep)
	struct path_pattern *patterns = calloc(names->count + 1, sizeof(*patterns));
	size_t n = 0;

	if (!patterns || names->count >= BAILIFF_RULE_NONE)
		return -1;
	for (size_t i = 0; i < names->count; i++)
		if (!policy_entry_ranged(names->items[i].entry))
			patterns[n++] = lint_names_pattern(&names->items[i], (uint16_t)i);
	return lint_automaton_build(a, patterns, n, 0);
}

static void check_program(const struct policy_lists *lists, const struct lint_names *names,
			  const struct lint_automaton *a, const char *program,
			  struct diag_list *diags)
{
	POLICY_CLEANUP(policy_freep) char *name = as_automaton_has_it(program);
	const struct policy_accept *accept = name ? lint_automaton_run(a, name) : NULL;
	const struct policy_pos *at = &lists->pos;

	if (accept && accept->deny & NAME_SYSCTL_WRITE)
		return;
	if (accept && names->items && accept->allow & NAME_SYSCTL_WRITE)
		at = names->items[accept->rule[NAME_SYSCTL_WRITE_BIT]].rule;
	else if (lists->dflt == DEFAULT_DENY)
		return;
	diag_add(diags, DIAG_WARNING, at->file, at->line,
		 "sysctl %s can be written%s: the kernel runs the program that it names, as root "
		 "and outside of the container",
		 program, at == &lists->pos ? " by default" : "");
}

static void check_programs(const struct policy_lists *lists, const struct lint_names *names,
			   struct diag_list *diags)
{
	POLICY_CLEANUP(lint_automaton_clear) struct lint_automaton a = { 0 };

	if (build(names, &a))
		return;
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		check_program(lists, names, &a, programs[i], diags);
}

static void check_lists(const struct policy_lists *lists, uint16_t access, struct diag_list *diags)
{
	POLICY_CLEANUP(lint_names_clear) struct lint_names names = { 0 };

	if (!lists->present || !add(&names, &lists->allow, access, ACTION_ALLOW) ||
	    !add(&names, &lists->deny, access, ACTION_DENY))
		return;
	if (access == NAME_SYSCTL_WRITE)
		check_programs(lists, &names, diags);
	lint_names_look(&names);
	warn_dead(lists, &names, diags);
}

void lint_sysctl(const struct policy *p, struct diag_list *diags)
{
	check_lists(&p->sysctl_write, NAME_SYSCTL_WRITE, diags);
	check_lists(&p->sysctl_read, NAME_SYSCTL_READ, diags);
}
