/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/lint.h"

#include <string.h>

#include "policy/names.h"

static const struct policy_entry *find(const struct policy_entries *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].text, text))
			return &list->items[i];
	return NULL;
}

/* ---- capabilities */

static const struct {
	const char *name;
	const char *verb; /* of process.deny that takes it away */
	const char *opens;
} strong[] = {
	{ "sys_module", "module",
	  "code can be loaded into the kernel, for which nothing is denied" },
	{ "sys_rawio", NULL, "ports and physical memory can be written, and so the kernel" },
	{ "sys_admin", NULL,
	  "it stands for bpf, perfmon, syslog and checkpoint_restore too, and for much else" },
	{ "sys_ptrace", "ptrace",
	  "the memory of other users' processes can be read and written, and so what they may do "
	  "be done" },
	{ "bpf", "bpf", "programs can be loaded into the kernel" },
};

static bool taken_away(const struct policy *p, const char *verb)
{
	return verb && (find(&p->process_deny, verb) || find(&p->process_kill, verb));
}

static void lint_capabilities(const struct policy *p, struct diag_list *diags)
{
	const struct policy_lists *lists = &p->capabilities;

	for (size_t i = 0; i < sizeof(strong) / sizeof(*strong) && lists->present; i++) {
		const struct policy_entry *entry = find(&lists->allow, strong[i].name);
		const struct policy_pos *at = entry ? &entry->pos : &lists->pos;

		if (find(&lists->deny, strong[i].name) || find(&lists->kill, strong[i].name) ||
		    taken_away(p, strong[i].verb))
			continue;
		if (lists->dflt == DEFAULT_DENY && !entry)
			continue;
		diag_add(diags, DIAG_WARNING, at->file, at->line, "capability %s is allowed%s: %s",
			 strong[i].name, lists->dflt == DEFAULT_DENY ? "" : " by default",
			 strong[i].opens);
	}
}

/* Reaches files by number, where no path is judged. */
static void lint_handles(const struct policy *p, struct diag_list *diags)
{
	const struct policy_lists *lists = &p->capabilities;
	const struct policy_entry *entry = find(&lists->allow, "dac_read_search");

	if (!entry || lists->dflt != DEFAULT_DENY || find(&lists->deny, "dac_read_search") ||
	    find(&lists->kill, "dac_read_search") || p->file.present)
		return;
	diag_add(diags, DIAG_WARNING, entry->pos.file, entry->pos.line,
		 "capability dac_read_search is allowed and the policy has no file section: files "
		 "outside of the container can be opened by their handles");
}

/* ---- lists in which a name stands twice, or for nothing */

static void lint_list(const struct policy_lists *lists, const char *what, struct diag_list *diags)
{
	for (size_t i = 0; i < lists->allow.count && lists->present; i++) {
		const struct policy_entry *entry = &lists->allow.items[i];
		const struct policy_entry *against = find(&lists->deny, entry->text);

		if (!against)
			against = find(&lists->kill, entry->text);
		if (against)
			diag_add(diags, DIAG_WARNING, entry->pos.file, entry->pos.line,
				 "%s \"%s\" is never allowed: it is denied by %s:%u", what,
				 entry->text, against->pos.file, against->pos.line);
		else if (lists->dflt == DEFAULT_ALLOW)
			diag_add(diags, DIAG_WARNING, entry->pos.file, entry->pos.line,
				 "%s \"%s\" is allowed by default: everything else is allowed as "
				 "well",
				 what, entry->text);
	}
}

void policy_lint(const struct policy *p, struct diag_list *diags)
{
	lint_capabilities(p, diags);
	lint_handles(p, diags);
	lint_list(&p->capabilities, "capability", diags);
	lint_paths(p, diags);
	lint_network(p, diags);
	lint_devices(p, diags);
	lint_sysctl(p, diags);
	lint_list(&p->seccomp, "syscall", diags);
}
