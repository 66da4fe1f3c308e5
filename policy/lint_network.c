/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules on addresses that never decide. The tables that are compiled name the rule of each
 * range; those on Unix sockets are in lint_paths(). */
#include <errno.h>
#include <stdlib.h>

#include "policy/cleanup.h"
#include "policy/lint.h"
#include "policy/netcompile.h"

#define LOOKED_AT (5 * LINT_MAX) /* rules that are compiled by themselves */

struct tables {
	struct rule_table rules;
	struct words words;
	struct policy_head head;
};

static void tables_clear(struct tables *t)
{
	rule_table_clear(&t->rules);
	words_clear(&t->words);
}

/* The tables of some rules, under a default that denies so that an allow shows. */
static int build(const struct net_rule **rules, size_t n, struct tables *ret)
{
	const struct policy p = {
		.network = { .present = true, .dflt = DEFAULT_DENY, .rules = rules, .n_rules = n }
	};
	int r;

	*ret = (struct tables){ 0 };
	r = rule_table_build(&ret->rules, &p);
	return r < 0 ? r : net_compile(&p.network, &ret->rules, &ret->words, &ret->head);
}

static bool port_table_allows(const uint64_t *table, uint16_t rule)
{
	for (uint64_t i = 1; i <= *table; i++)
		if (NET_PORT_VERDICT(table[i]) == NET_ALLOW && NET_PORT_RULE(table[i]) == rule)
			return true;
	return false;
}

/* Does some address or port name this rule as the one that allows? */
static bool shows(const struct tables *t, const struct net_rule *rule)
{
	const struct net_table *at = &t->head.net[rule->op];
	uint16_t number = rule_table_number(&t->rules, &rule->pos);
	const uint64_t *words = t->words.items;

	for (uint32_t i = 0; i < at->v4_count; i++)
		if (port_table_allows(words + NET4_TABLE(words[at->v4_off + i]), number))
			return true;
	for (uint32_t i = 0; i < at->v6_count; i++)
		if (port_table_allows(words + words[at->v6_off + i * NET6_WORDS + 2], number))
			return true;
	return false;
}

/* Alone with what denies; `buf` has room for all rules. -errno, or whether it decides. */
static int decides(const struct policy_network *network, const struct net_rule *rule,
		   const struct net_rule **buf)
{
	POLICY_CLEANUP(tables_clear) struct tables t;
	size_t n = 0;
	int r;

	for (size_t i = 0; i < network->n_rules; i++)
		if (network->rules[i] == rule ||
		    (network->rules[i]->op == rule->op &&
		     network->rules[i]->verdict.action != ACTION_ALLOW))
			buf[n++] = network->rules[i];
	r = build(buf, n, &t);
	return r < 0 ? r : shows(&t, rule);
}

static bool is_idle(const struct policy_network *network, const struct net_rule *rule)
{
	return network->dflt == DEFAULT_ALLOW && !rule->verdict.audit;
}

static void warn_dead(const struct policy_network *network, struct diag_list *diags)
{
	POLICY_CLEANUP(tables_clear) struct tables all;
	POLICY_CLEANUP(policy_freep)
	const struct net_rule **buf = calloc(network->n_rules + 1, sizeof(*buf));
	size_t looked_at = 0;

	if (build(network->rules, network->n_rules, &all) < 0 || !buf)
		return;
	for (size_t i = 0; i < network->n_rules && looked_at < LOOKED_AT; i++) {
		const struct net_rule *rule = network->rules[i];

		if (rule->verdict.action != ACTION_ALLOW || net_rule_is_unix(rule) ||
		    is_idle(network, rule) || shows(&all, rule))
			continue;
		looked_at++;
		if (decides(network, rule, buf) == 0)
			diag_add(diags, DIAG_WARNING, rule->pos.file, rule->pos.line,
				 "this rule allows nothing: all that it matches is denied");
	}
}

void lint_network(const struct policy *p, struct diag_list *diags)
{
	const struct policy_network *network = &p->network;

	for (size_t i = 0; i < network->n_rules; i++) {
		const struct net_rule *rule = network->rules[i];

		if (rule->verdict.action == ACTION_ALLOW && is_idle(network, rule))
			diag_add(diags, DIAG_WARNING, rule->pos.file, rule->pos.line,
				 "this rule allows nothing that the default does not allow: "
				 "everything else is allowed as well");
	}
	if (network->n_rules)
		warn_dead(network, diags);
}
