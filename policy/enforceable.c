/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/names.h"
#include "policy/policy.h"
#include "policy/sockets.h"

static void not_yet(struct diag_list *diags, const struct policy_pos *pos, const char *key)
{
	diag_add(diags, DIAG_ERROR, pos->file, pos->line, "not enforced yet: %s", key);
}

/* The operations that are; the others are refused one by one. */
#define ENFORCED(operation) (1ULL << OPERATION_##operation)

static const uint64_t enforced_operations =
	ENFORCED(PTRACE) | ENFORCED(USERNS) | ENFORCED(MOUNT) | ENFORCED(BPF) | ENFORCED(MODULE) |
	ENFORCED(PERF) | ENFORCED(KEYRING) | ENFORCED(IO_URING) | ENFORCED(USERFAULTFD) |
	ENFORCED(MEMFD_EXEC) | ENFORCED(DELETED_EXEC) | ENFORCED(WX_MEMORY) | ENFORCED(SETNS) |
	ENFORCED(SIGNAL_OUTSIDE) | ENFORCED(CGROUP_ESCAPE) | ENFORCED(REBOOT) | ENFORCED(SETTIME) |
	ENFORCED(SYSLOG);

static void check_operations(const struct policy_entries *list, const char *key,
			     struct diag_list *diags)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct policy_entry *entry = &list->items[i];

		if (!(enforced_operations >> names_find(&names_process_deny, entry->text) & 1))
			diag_add(diags, DIAG_ERROR, entry->pos.file, entry->pos.line,
				 "not enforced yet: %s \"%s\"", key, entry->text);
	}
}

static void check_lists(const struct policy_lists *lists, const char *key, struct diag_list *diags)
{
	if (lists->present)
		not_yet(diags, &lists->pos, key);
}

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
	if (p->has_on_failure)
		not_yet(diags, &p->on_failure_pos, "on_failure");
	if (p->select.present)
		not_yet(diags, &p->select.pos, "select");
	check_operations(&p->process_deny, "process.deny", diags);
	check_operations(&p->process_kill, "process.kill", diags);
	check_network(&p->network, diags);
	check_lists(&p->seccomp, "seccomp", diags);
}
