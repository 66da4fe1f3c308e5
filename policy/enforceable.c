/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/names.h"
#include "policy/policy.h"

#define ACCESS_NOT_YET (ACCESS_MAP | ACCESS_SETATTR | ACCESS_IOCTL)

static void not_yet(struct diag_list *diags, const struct policy_pos *pos, const char *key)
{
	diag_add(diags, DIAG_ERROR, pos->file, pos->line, "not enforced yet: %s", key);
}

static void note(struct diag_list *diags, const struct policy_pos *pos, const char *text)
{
	diag_add(diags, DIAG_NOTE, pos->file, pos->line, "%s", text);
}

static void check_lists(const struct policy_lists *lists, const char *key, struct diag_list *diags)
{
	if (lists->present)
		not_yet(diags, &lists->pos, key);
}

static void check_file_rule(const struct file_rule *rule, struct diag_list *diags)
{
	char letters[ACCESS_BITS + 1], rest[ACCESS_BITS + 1];

	if (!(rule->access & ACCESS_NOT_YET))
		return;
	names_access_text(rule->access & ACCESS_NOT_YET, letters);
	names_access_text(rule->access & ~ACCESS_NOT_YET, rest);
	if (rule->access == ACCESS_ALL)
		diag_add(diags, DIAG_ERROR, rule->pos.file, rule->pos.line,
			 "not enforced yet: file access \"*\" (it has m, s and i): write \"%s\"",
			 rest);
	else
		diag_add(diags, DIAG_ERROR, rule->pos.file, rule->pos.line,
			 "not enforced yet: file access \"%s\": %s%s%s", letters,
			 *rest ? "write \"" : "leave the rule out", rest, *rest ? "\"" : "");
}

static void check_file(const struct policy_file *file, struct diag_list *diags)
{
	for (size_t i = 0; i < file->n_rules; i++)
		check_file_rule(file->rules[i], diags);
	if (file->present && file->dflt == DEFAULT_DENY)
		note(diags, &file->pos, "map (m), attributes (s) and ioctl (i) are not judged yet");
}

static void check_net_rule(const struct net_rule *rule, struct diag_list *diags)
{
	if (rule->op == NET_ACCEPT)
		not_yet(diags, &rule->pos, "network op accept");
	if (rule->op == NET_LISTEN)
		not_yet(diags, &rule->pos, "network op listen");
	if (rule->proto && names_proto(rule->proto)->shared)
		diag_add(diags, DIAG_NOTE, rule->pos.file, rule->pos.line,
			 "%s is judged as one with every protocol but tcp and udp", rule->proto);
}

static void check_network(const struct policy_network *network, struct diag_list *diags)
{
	if (network->sockets.count)
		not_yet(diags, &network->sockets.items[0].pos, "network.sockets");
	for (size_t i = 0; i < network->n_rules; i++)
		check_net_rule(network->rules[i], diags);
	if (network->present && network->dflt == DEFAULT_DENY)
		note(diags, &network->pos,
		     "covers connect, send and bind over IPv4 and IPv6; listen, accept and other "
		     "socket families are not judged yet");
}

void policy_enforceable(const struct policy *p, struct diag_list *diags)
{
	if (p->has_on_failure)
		not_yet(diags, &p->on_failure_pos, "on_failure");
	if (p->select.present)
		not_yet(diags, &p->select.pos, "select");
	check_lists(&p->capabilities, "process.capabilities", diags);
	if (p->process_deny.count)
		not_yet(diags, &p->process_deny.items[0].pos, "process.deny");
	check_file(&p->file, diags);
	check_network(&p->network, diags);
	check_lists(&p->device, "device", diags);
	check_lists(&p->sysctl_write, "sysctl.write", diags);
	check_lists(&p->sysctl_read, "sysctl.read", diags);
	check_lists(&p->seccomp, "seccomp", diags);
}
