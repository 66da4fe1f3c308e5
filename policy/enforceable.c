/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/names.h"
#include "policy/policy.h"
#include "policy/sockets.h"

static void check_net_rule(const struct net_rule *rule, struct diag_list *diags)
{
	if (rule->proto && names_proto(rule->proto)->shared)
		diag_add(diags, DIAG_NOTE, rule->pos.file, rule->pos.line,
			 "%s is judged as one with every protocol but tcp and udp", rule->proto);
}

static void check_network(const struct policy_network *network, struct diag_list *diags)
{
	const struct policy_entry *blind = sockets_unjudged(network);

	if (blind && (network->dflt == DEFAULT_DENY || network->n_rules))
		diag_add(diags, DIAG_NOTE, blind->pos.file, blind->pos.line,
			 "over \"%s\" addresses are reached that no rule on addresses judges",
			 blind->text);
	for (size_t i = 0; i < network->n_rules; i++)
		check_net_rule(network->rules[i], diags);
}

void policy_enforceable(const struct policy *p, struct diag_list *diags)
{
	check_network(&p->network, diags);
	if (p->seccomp.present)
		diag_add(diags, DIAG_NOTE, p->seccomp.pos.file, p->seccomp.pos.line,
			 "seccomp filters are installed by \"bailiff run\", by podman as "
			 "bailiff-hook "
			 "gives them to it, and by other runtimes from what \"bailiff seccomp\" "
			 "prints; what is bound by hand gets none");
}
