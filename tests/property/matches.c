/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/property/matches.h"

static void note(unsigned *line, unsigned of)
{
	if (!*line || of < *line)
		*line = of;
}

void note_rule(struct matches *found, const struct model_rule *rule)
{
	if (rule->act == ACT_ALLOW)
		note(rule->audit ? &found->allow_audit : &found->allow, rule->line);
	else if (rule->act == ACT_DENY)
		note(rule->quiet ? &found->deny_quiet : &found->deny, rule->line);
	else
		note(rule->quiet ? &found->kill_quiet : &found->kill, rule->line);
}

struct model_answer conclude(const struct matches *found, enum model_default dflt)
{
	struct model_answer a = { .judged = true };

	if (found->kill || found->kill_quiet || found->deny || found->deny_quiet) {
		a.record = found->kill || found->deny;
		a.verdict = found->kill || found->kill_quiet ? SAYS_KILLED : SAYS_DENIED;
		if (a.verdict == SAYS_KILLED)
			a.line = found->kill ? found->kill : found->kill_quiet;
		else
			a.line = found->deny ? found->deny : found->deny_quiet;
	} else if (found->allow || found->allow_audit) {
		a.record = found->allow_audit;
		a.line = found->allow_audit ? found->allow_audit : found->allow;
	} else if (dflt == DEFAULTS_DENY) {
		a.verdict = SAYS_DENIED;
		a.record = true;
	}
	return a;
}

struct model_answer gravest(const struct model_answer *one, int n)
{
	struct model_answer all = { .judged = true };
	bool quiet = true;

	for (int i = 0; i < n; i++)
		if (one[i].verdict > all.verdict)
			all.verdict = one[i].verdict;
	for (int i = 0; i < n; i++)
		if ((one[i].verdict > SAYS_ALLOWED) == (all.verdict > SAYS_ALLOWED))
			all.record |= one[i].record;
	/* a rule of the winning verdict, one that has it recorded if there is one */
	for (int i = 0; i < n; i++) {
		if (one[i].verdict != all.verdict || !one[i].line)
			continue;
		if (!all.line || (quiet && one[i].record)) {
			all.line = one[i].line;
			quiet = !one[i].record;
		}
	}
	return all;
}
