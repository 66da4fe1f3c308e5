/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each pattern is a rule by itself here, and each allow is one that is recorded, so that the
 * automaton names the first of those that allow. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/image.h"
#include "policy/lint.h"
#include "policy/lint_paths.h"

#define WRITABLE (ACCESS_WRITE | ACCESS_APPEND | ACCESS_CREATE)
#define RUNNABLE (ACCESS_EXEC | ACCESS_MAP)
/* Rounds of the search for rules that never decide; see find_dead(). */
#define ROUNDS 8

static void lint_clear(struct lint *l)
{
	free(l->patterns);
	lint_automaton_clear(&l->all);
}

void lint_warn(struct lint *l, const struct policy_pos *at, const char *fmt, ...)
{
	char text[3 * BAILIFF_PATH_MAX];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	diag_add(l->diags, DIAG_WARNING, at->file, at->line, "%s", text);
}

static void add(struct lint *l, const struct policy_entry *entry, const struct policy_pos *rule,
		uint16_t access, const struct policy_verdict *verdict)
{
	l->patterns[l->n++] = (struct lint_pattern){
		.text = entry->text,
		.pos = &entry->pos,
		.rule = rule,
		.access = access & ACCESS_WRITE ? access | ACCESS_APPEND : access,
		.action = verdict->action,
		.recorded = verdict->audit,
	};
}

static void add_exec(struct lint *l, const struct policy_entries *list, enum policy_action action)
{
	const struct policy_verdict verdict = { .action = action };

	for (size_t i = 0; i < list->count; i++)
		add(l, &list->items[i], &list->items[i].pos, ACCESS_EXEC, &verdict);
}

/* Unix sockets; lint_network() tells of rules that a default makes idle. */
static void add_unix(struct lint *l, const struct net_rule *rule)
{
	uint16_t bit = rule->op == NET_BIND ? NAME_UNIX_BIND : NAME_UNIX_CONNECT;

	if (l->dflt & bit && rule->verdict.action == ACTION_ALLOW)
		return;
	for (size_t k = 0; k < rule->paths.count; k++)
		add(l, &rule->paths.items[k], &rule->pos, bit, &rule->verdict);
}

static int collect(struct lint *l)
{
	const struct policy *p = l->policy;
	size_t n = p->exec.allow.count + p->exec.deny.count + p->exec.kill.count;

	for (size_t i = 0; i < p->file.n_rules; i++)
		n += p->file.rules[i]->paths.count;
	for (size_t i = 0; i < p->network.n_rules; i++)
		n += p->network.rules[i]->paths.count;
	if (n >= NO_RULE)
		return -E2BIG;
	l->patterns = calloc(n + 1, sizeof(*l->patterns));
	if (!l->patterns)
		return -ENOMEM;
	add_exec(l, &p->exec.allow, ACTION_ALLOW);
	add_exec(l, &p->exec.deny, ACTION_DENY);
	add_exec(l, &p->exec.kill, ACTION_KILL);
	for (size_t i = 0; i < p->file.n_rules; i++) {
		const struct file_rule *rule = p->file.rules[i];

		for (size_t k = 0; k < rule->paths.count; k++)
			add(l, &rule->paths.items[k], &rule->pos, rule->access, &rule->verdict);
	}
	for (size_t i = 0; i < p->network.n_rules; i++)
		add_unix(l, p->network.rules[i]);
	return 0;
}

/* Its number in the automaton of a round, and the other way round: where one allows all that
 * another does, both come first in turn. */
static uint16_t in_turn(const struct lint *l, size_t i)
{
	return (uint16_t)(l->round & 1 ? l->n - 1 - i : i);
}

/* The automaton of all patterns, or after round 0 of those alone that deny or were not seen to
 * decide. */
static int build(const struct lint *l, struct lint_automaton *ret)
{
	POLICY_CLEANUP(policy_freep)
	struct path_pattern *patterns = calloc(l->n + 1, sizeof(*patterns));
	size_t n = 0;

	if (!patterns)
		return -ENOMEM;
	for (size_t i = 0; i < l->n; i++) {
		const struct lint_pattern *from = &l->patterns[i];
		struct policy_verdict verdict = { .action = from->action, .audit = true };

		if (l->round && from->decides && from->action == ACTION_ALLOW)
			continue;
		if (from->action != ACTION_ALLOW)
			verdict.audit = false;
		patterns[n].text = from->text;
		patterns[n].pos = *from->pos;
		outcome_clear(&patterns[n].outcome);
		outcome_add(&patterns[n++].outcome, from->access, &verdict, in_turn(l, i));
	}
	return lint_automaton_build(ret, patterns, n, l->dflt);
}

uint16_t lint_allowing(const struct policy_accept *accept, uint16_t bits)
{
	for (int bit = 0; bit < NAME_BITS; bit++)
		if (accept->allow & bits & 1 << bit)
			return accept->rule[bit];
	return NO_RULE;
}

static void mark_deciding(struct lint *l, const struct policy_accept *accept)
{
	for (int bit = 0; bit < NAME_BITS; bit++)
		if (accept->allow & 1 << bit && accept->rule[bit] != NO_RULE)
			l->patterns[in_turn(l, accept->rule[bit])].decides = true;
}

/* ---- what can be written and executed */

bool lint_same_rule(const struct lint *l, uint16_t a, uint16_t b)
{
	return a == b ||
	       (a != NO_RULE && b != NO_RULE && l->patterns[a].rule == l->patterns[b].rule);
}

static bool is_new_pair(struct lint *l, uint16_t writing, uint16_t executing)
{
	for (size_t i = 0; i < l->n_pairs; i++)
		if (lint_same_rule(l, (uint16_t)(l->pairs[i] >> 16), writing) &&
		    (writing == NO_RULE || lint_same_rule(l, (uint16_t)l->pairs[i], executing)))
			return false;
	if (l->n_pairs == LINT_MAX) {
		l->more_pairs = true;
		return false;
	}
	l->pairs[l->n_pairs++] = (uint32_t)writing << 16 | executing;
	return true;
}

static void check_pair(struct lint *l, const struct policy_accept *accept, uint32_t place)
{
	uint16_t executing = lint_allowing(accept, RUNNABLE & (uint16_t)~l->dflt);
	uint16_t writing = lint_allowing(accept, WRITABLE & (uint16_t)~l->dflt);
	const struct policy_pos *run;
	char path[BAILIFF_PATH_MAX];

	if (executing == NO_RULE)
		return;
	if (writing == NO_RULE && !(l->dflt & ~accept->deny & WRITABLE))
		return;
	if (!is_new_pair(l, writing, executing))
		return;
	lint_automaton_path(&l->all, place, path);
	run = l->patterns[executing].rule;
	if (writing == NO_RULE)
		lint_warn(l, run,
			  "what is allowed to be executed here, as \"%s\", can be written: no rule "
			  "says "
			  "otherwise, so that any program can be put there",
			  path);
	else
		lint_warn(l, l->patterns[writing].rule,
			  "what is allowed to be written here, as \"%s\", can be executed by "
			  "%s:%u: any "
			  "program can be put there",
			  path, run->file, run->line);
}

static void visit_all(void *context, const struct policy_accept *accept, uint32_t place)
{
	struct lint *l = context;

	mark_deciding(l, accept);
	check_pair(l, accept, place);
}

/* ---- rules that never decide */

static void visit_undecided(void *context, const struct policy_accept *accept, uint32_t place)
{
	(void)place;
	mark_deciding(context, accept);
}

static size_t count_undecided(const struct lint *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->patterns[i].action == ACTION_ALLOW && !l->patterns[i].decides;
	return n;
}

/* A rule may not show because another one allows the same, which is no fault. Those that were
 * seen to decide are left out and it is looked again: of the others one shows, unless denials
 * cover all. Returns 0, or 1 if that was not decided. */
static int find_dead(struct lint *l)
{
	size_t left = count_undecided(l), before;

	for (l->round = 1; left && l->round < ROUNDS; l->round++) {
		POLICY_CLEANUP(lint_automaton_clear) struct lint_automaton a;
		int r = build(l, &a);

		if (!r)
			r = lint_automaton_walk(&a, visit_undecided, l);
		if (r < 0)
			return r;
		before = left;
		left = count_undecided(l);
		if (left == before)
			return 0;
	}
	return left ? 1 : 0;
}

struct first_place {
	uint32_t place;
	bool found;
};

static void visit_first(void *context, const struct policy_accept *accept, uint32_t place)
{
	struct first_place *first = context;

	(void)accept;
	if (!first->found)
		*first = (struct first_place){ place, true };
}

/* A path that one pattern matches. */
static bool example(const struct lint_pattern *pattern, char *buf)
{
	POLICY_CLEANUP(lint_automaton_clear) struct lint_automaton a = { 0 };
	struct path_pattern alone = { .text = pattern->text, .pos = *pattern->pos };
	const struct policy_verdict verdict = { .action = ACTION_DENY };
	struct first_place first = { 0 };

	outcome_clear(&alone.outcome);
	outcome_add(&alone.outcome, ACCESS_ALL, &verdict, 0);
	if (lint_automaton_build(&a, &alone, 1, 0) || lint_automaton_walk(&a, visit_first, &first))
		return false;
	if (first.found)
		lint_automaton_path(&a, first.place, buf);
	return first.found;
}

static void warn_dead(struct lint *l, const struct lint_pattern *pattern)
{
	const struct policy_accept *accept;
	char path[BAILIFF_PATH_MAX];

	if (!example(pattern, path))
		return;
	accept = lint_automaton_run(&l->all, path);
	for (int bit = 0; accept && bit < NAME_BITS; bit++) {
		const struct policy_pos *rule;

		if (!(accept->deny & pattern->access & 1 << bit))
			continue;
		rule = l->patterns[accept->rule[bit]].rule;
		lint_warn(
			l, pattern->pos,
			"\"%.80s\" allows nothing: all that it matches is denied, \"%s\" by %s:%u",
			pattern->text, path, rule->file, rule->line);
		return;
	}
}

/* Under a default that allows it, a rule decides nothing but what is recorded. */
static bool is_idle(const struct lint *l, const struct lint_pattern *pattern)
{
	return pattern->action == ACTION_ALLOW && !pattern->recorded &&
	       !(pattern->access & ~l->dflt);
}

static void warn_more(struct lint *l, size_t n, const char *what)
{
	if (n > LINT_MAX)
		lint_warn(l, &l->policy->pos, "%zu more rules of policy \"%s\" %s", n - LINT_MAX,
			  l->policy->name, what);
}

static void report_dead(struct lint *l, bool certain)
{
	size_t dead = 0, idle = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct lint_pattern *pattern = &l->patterns[i];

		if (is_idle(l, pattern)) {
			if (idle++ < LINT_MAX)
				lint_warn(
					l, pattern->pos,
					"\"%.80s\" allows nothing that the default does not allow: "
					"everything else is allowed as well",
					pattern->text);
		} else if (pattern->action == ACTION_ALLOW && !pattern->decides && certain) {
			if (dead++ < LINT_MAX)
				warn_dead(l, pattern);
		}
	}
	warn_more(l, idle, "allow nothing that the default does not allow");
	warn_more(l, dead, "allow nothing, as all that they match is denied");
}

static int check_all(struct lint *l)
{
	int r = collect(l);

	if (!r)
		r = build(l, &l->all);
	if (!r)
		r = lint_automaton_walk(&l->all, visit_all, l);
	if (r < 0)
		return r;
	if (l->more_pairs)
		lint_warn(l, &l->policy->pos,
			  "more rules of policy \"%s\" let programs be written that "
			  "can be executed",
			  l->policy->name);
	lint_probes(l);
	r = find_dead(l);
	if (r >= 0)
		report_dead(l, r == 0);
	return r;
}

void lint_paths(const struct policy *p, struct diag_list *diags)
{
	POLICY_CLEANUP(lint_clear)
	struct lint l = { .policy = p, .diags = diags, .dflt = policy_default_allow(p) };

	if (!p->exec.present && !p->file.present && !p->network.n_rules)
		return;
	if (check_all(&l) < 0)
		diag_add(diags, DIAG_NOTE, p->pos.file, p->pos.line,
			 "the paths of policy \"%s\" are too many to be looked through for what "
			 "undoes them",
			 p->name);
}
