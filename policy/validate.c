/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "policy/rules.h"
#include "policy/seccomp.h"
#include "policy/set.h"

static void need_default(struct diag_list *diags, const char *what, bool present,
			 enum policy_default dflt, const struct policy_pos *pos)
{
	if (present && dflt == DEFAULT_UNSET)
		diag_add(diags, DIAG_ERROR, pos->file, pos->line,
			 "%s has no default: write default = \"allow\" or default = \"deny\"",
			 what);
}

static void need_default_lists(struct diag_list *diags, const char *what,
			       const struct policy_lists *lists)
{
	need_default(diags, what, lists->present, lists->dflt, &lists->pos);
}

static void check_defaults(const struct policy *p, struct diag_list *diags)
{
	need_default_lists(diags, "process.exec", &p->exec);
	need_default_lists(diags, "process.capabilities", &p->capabilities);
	need_default(diags, "file", p->file.present, p->file.dflt, &p->file.pos);
	need_default(diags, "network", p->network.present, p->network.dflt, &p->network.pos);
	need_default_lists(diags, "device", &p->device);
	need_default_lists(diags, "sysctl.write", &p->sysctl_write);
	need_default_lists(diags, "sysctl.read", &p->sysctl_read);
	need_default_lists(diags, "seccomp", &p->seccomp);
}

static void check_rules(const struct policy *p, struct diag_list *diags)
{
	size_t rules = rule_count(p);
	size_t ranges = 0;

	if (rules > BAILIFF_MAX_RULES)
		diag_add(diags, DIAG_ERROR, p->pos.file, p->pos.line,
			 "policy \"%s\" has %zu rules, the limit is %d: write globs, or several "
			 "policies",
			 p->name, rules, BAILIFF_MAX_RULES);
	for (size_t i = 0; i < p->sysctl_write.allow.count; i++)
		ranges += policy_entry_ranged(&p->sysctl_write.allow.items[i]);
	if (ranges > BAILIFF_MAX_RANGES)
		diag_add(diags, DIAG_ERROR, p->sysctl_write.pos.file, p->sysctl_write.pos.line,
			 "policy \"%s\" has %zu sysctls with a range, the limit is %d: write globs "
			 "where the ranges are the same",
			 p->name, ranges, BAILIFF_MAX_RANGES);
}

static void check_one_default(const struct policy_set *set, struct diag_list *diags)
{
	const struct policy *first = NULL;

	for (size_t i = 0; i < set->count; i++) {
		const struct policy *p = set->policies[i];

		if (!p->select.is_default)
			continue;
		if (first)
			diag_add(diags, DIAG_ERROR, p->select.pos.file, p->select.pos.line,
				 "policy \"%s\" is the default already, of %s:%u: only one can be",
				 first->name, first->select.pos.file, first->select.pos.line);
		else
			first = p;
	}
}

int validate_set(const struct policy_set *set, struct diag_list *diags)
{
	size_t errors = diags->errors;

	if (set->count > BAILIFF_MAX_POLICIES)
		diag_add(diags, DIAG_ERROR, NULL, 0, "%zu policies, the limit is %d", set->count,
			 BAILIFF_MAX_POLICIES);
	for (size_t i = 0; i < set->count; i++) {
		check_defaults(set->policies[i], diags);
		check_rules(set->policies[i], diags);
		seccomp_check(set->policies[i], diags);
	}
	check_one_default(set, diags);
	return diags->errors > errors ? -EINVAL : 0;
}
