/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "policy/names.h"
#include "policy/parse_address.h"
#include "policy/policy.h"

/* Where the text goes, and how deep in groups it is. */
struct dump {
	FILE *out;
	int depth;
};

static void indent(const struct dump *d)
{
	for (int i = 0; i < d->depth; i++)
		fputc('\t', d->out);
}

static void open_group(struct dump *d, const char *name)
{
	indent(d);
	fprintf(d->out, "%s = {\n", name);
	d->depth++;
}

static void close_group(struct dump *d)
{
	d->depth--;
	indent(d);
	fputs("};\n", d->out);
}

static void put_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(out, "\\%c", *text);
		else if (iscntrl((unsigned char)*text))
			fprintf(out, "\\x%02x", (unsigned char)*text);
		else
			fputc(*text, out);
	}
	fputc('"', out);
}

static void put_limit(const struct dump *d, const char *name, int64_t limit)
{
	bool large = limit > INT32_MAX || limit < -INT32_MAX;

	fprintf(d->out, "; %s = %" PRId64 "%s", name, limit, large ? "L" : "");
}

static void put_entry(const struct dump *d, const struct policy_entry *entry)
{
	if (!entry->has_min && !entry->has_max) {
		put_string(d->out, entry->text);
		return;
	}
	fputs("{ name = ", d->out);
	put_string(d->out, entry->text);
	if (entry->has_min)
		put_limit(d, "min", entry->min);
	if (entry->has_max)
		put_limit(d, "max", entry->max);
	fputs("; }", d->out);
}

/* Elements of a list; only a libconfig list, not an array, may hold groups. */
static void put_items(const struct dump *d, const struct policy_entries *list)
{
	bool groups = false;

	for (size_t i = 0; i < list->count; i++)
		groups |= list->items[i].has_min || list->items[i].has_max;
	fputs(groups ? "( " : "[ ", d->out);
	for (size_t i = 0; i < list->count; i++) {
		if (i)
			fputs(", ", d->out);
		put_entry(d, &list->items[i]);
	}
	fputs(groups ? " )" : " ]", d->out);
}

static void dump_entries(const struct dump *d, const char *name, const struct policy_entries *list)
{
	if (!list->count)
		return;
	indent(d);
	fprintf(d->out, "%s = ", name);
	put_items(d, list);
	fputs(";\n", d->out);
}

static void dump_default(const struct dump *d, enum policy_default dflt)
{
	indent(d);
	fprintf(d->out, "default = \"%s\";\n", names_defaults.names[dflt - 1]);
}

static void dump_lists(struct dump *d, const char *name, const struct policy_lists *lists)
{
	if (!lists->present)
		return;
	open_group(d, name);
	dump_default(d, lists->dflt);
	dump_entries(d, "allow", &lists->allow);
	dump_entries(d, "deny", &lists->deny);
	dump_entries(d, "kill", &lists->kill);
	close_group(d);
}

static void dump_select(struct dump *d, const struct policy_select *select)
{
	if (!select->present)
		return;
	open_group(d, "select");
	if (select->is_default) {
		indent(d);
		fputs("default = true;\n", d->out);
	}
	dump_entries(d, "name", &select->name);
	dump_entries(d, "image", &select->image);
	dump_entries(d, "annotations", &select->annotations);
	dump_entries(d, "labels", &select->labels);
	dump_entries(d, "cgroup", &select->cgroup);
	if (select->trust_annotations) {
		indent(d);
		fputs("trust = \"annotation\";\n", d->out);
	}
	if (select->has_priority) {
		indent(d);
		fprintf(d->out, "priority = %d;\n", select->priority);
	}
	close_group(d);
}

static void dump_process(struct dump *d, const struct policy *p)
{
	if (!p->exec.present && !p->capabilities.present && !p->process_deny.count &&
	    !p->process_kill.count)
		return;
	open_group(d, "process");
	dump_lists(d, "exec", &p->exec);
	dump_lists(d, "capabilities", &p->capabilities);
	dump_entries(d, "deny", &p->process_deny);
	dump_entries(d, "kill", &p->process_kill);
	close_group(d);
}

static void put_action(const struct dump *d, const struct policy_verdict *verdict)
{
	fprintf(d->out, "{ action = \"%s\";", names_actions.names[verdict->action]);
}

static void put_record(const struct dump *d, const struct policy_verdict *verdict)
{
	if (verdict->audit)
		fputs(" audit = true;", d->out);
	if (verdict->quiet)
		fputs(" quiet = true;", d->out);
	fputs(" }", d->out);
}

static void dump_file_rule(const struct dump *d, const struct file_rule *rule)
{
	char access[ACCESS_BITS + 1];

	names_access_text(rule->access, access);
	put_action(d, &rule->verdict);
	fprintf(d->out, " access = \"%s\"; path = ", access);
	put_items(d, &rule->paths);
	fputc(';', d->out);
	put_record(d, &rule->verdict);
}

static void put_ports(FILE *out, const struct net_rule *rule)
{
	fputs(" port = \"", out);
	for (size_t i = 0; i < rule->n_ports; i++) {
		const struct port_range *range = &rule->ports[i];

		fprintf(out, "%s%u", i ? "," : "", range->first);
		if (range->last != range->first)
			fprintf(out, "-%u", range->last);
	}
	fputs("\";", out);
}

static void put_peers(FILE *out, const struct net_rule *rule)
{
	char text[CIDR_TEXT];

	fprintf(out, " %s = [ ", rule->op == NET_ACCEPT ? "from" : "to");
	for (size_t i = 0; i < rule->n_peers; i++) {
		cidr_text(&rule->peers[i], text);
		fprintf(out, "%s\"%s\"", i ? ", " : "", text);
	}
	fputs(" ];", out);
}

static void put_names(const struct dump *d, const char *key, const struct policy_entries *names)
{
	if (!names->count)
		return;
	fprintf(d->out, " %s = ", key);
	put_items(d, names);
	fputc(';', d->out);
}

static void dump_net_rule(const struct dump *d, const struct net_rule *rule)
{
	put_action(d, &rule->verdict);
	fprintf(d->out, " op = \"%s\";", names_ops.names[rule->op]);
	if (rule->proto)
		fprintf(d->out, " proto = \"%s\";", rule->proto);
	if (rule->n_peers)
		put_peers(d->out, rule);
	if (rule->n_ports)
		put_ports(d->out, rule);
	put_names(d, "path", &rule->paths);
	put_names(d, "abstract", &rule->abstracts);
	put_record(d, &rule->verdict);
}

/* Between two rules, and around all of them. */
static void rule_starts(struct dump *d, size_t index)
{
	if (!index) {
		indent(d);
		fputs("rules = (\n", d->out);
		d->depth++;
	} else {
		fputs(",\n", d->out);
	}
	indent(d);
}

static void rules_end(struct dump *d, size_t n)
{
	if (!n)
		return;
	d->depth--;
	fputc('\n', d->out);
	indent(d);
	fputs(");\n", d->out);
}

static void dump_file(struct dump *d, const struct policy_file *file)
{
	if (!file->present)
		return;
	open_group(d, "file");
	dump_default(d, file->dflt);
	for (size_t i = 0; i < file->n_rules; i++) {
		rule_starts(d, i);
		dump_file_rule(d, file->rules[i]);
	}
	rules_end(d, file->n_rules);
	close_group(d);
}

static void dump_network(struct dump *d, const struct policy_network *network)
{
	if (!network->present)
		return;
	open_group(d, "network");
	dump_default(d, network->dflt);
	dump_entries(d, "sockets", &network->sockets);
	for (size_t i = 0; i < network->n_rules; i++) {
		rule_starts(d, i);
		dump_net_rule(d, network->rules[i]);
	}
	rules_end(d, network->n_rules);
	close_group(d);
}

static void dump_sysctl(struct dump *d, const struct policy *p)
{
	if (!p->sysctl_write.present && !p->sysctl_read.present)
		return;
	open_group(d, "sysctl");
	dump_lists(d, "write", &p->sysctl_write);
	dump_lists(d, "read", &p->sysctl_read);
	close_group(d);
}

static void dump_seccomp(struct dump *d, const struct policy *p)
{
	if (!p->seccomp.present)
		return;
	open_group(d, "seccomp");
	dump_default(d, p->seccomp.dflt);
	dump_entries(d, "allow", &p->seccomp.allow);
	dump_entries(d, "deny", &p->seccomp.deny);
	dump_entries(d, "kill", &p->seccomp.kill);
	if (p->seccomp_errno) {
		indent(d);
		fprintf(d->out, "errno = \"%s\";\n", p->seccomp_errno);
	}
	close_group(d);
}

static void dump_policy(struct dump *d, const struct policy *p)
{
	indent(d);
	fputs("{\n", d->out);
	d->depth++;
	indent(d);
	fprintf(d->out, "name = \"%s\";\n", p->name);
	indent(d);
	fprintf(d->out, "mode = \"%s\";\n", names_modes.names[p->mode]);
	if (p->has_on_failure) {
		indent(d);
		fprintf(d->out, "on_failure = \"%s\";\n", names_defaults.names[p->on_failure - 1]);
	}
	dump_select(d, &p->select);
	dump_process(d, p);
	dump_file(d, &p->file);
	dump_network(d, &p->network);
	dump_lists(d, "device", &p->device);
	dump_sysctl(d, p);
	dump_seccomp(d, p);
	d->depth--;
	indent(d);
	fputc('}', d->out);
}

int policy_set_dump(const struct policy_set *set, FILE *out)
{
	struct dump d = { .out = out, .depth = 1 };
	size_t n = policy_set_count(set);

	if (!n)
		return 0;
	fputs("policies = (\n", out);
	for (size_t i = 0; i < n; i++) {
		dump_policy(&d, policy_set_at(set, i));
		fputs(i + 1 < n ? ",\n" : "\n", out);
	}
	fputs(");\n", out);
	return ferror(out) ? -EIO : 0;
}
