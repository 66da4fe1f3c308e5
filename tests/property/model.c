/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/property/model.h"

#include <stdlib.h>
#include <string.h>

static const char *const act_names[] = { "allow", "deny", "kill" };
static const char *const op_names[] = { "connect", "bind", "accept", "listen" };
static const char *const default_names[] = { NULL, "allow", "deny" };

static void random_letters(char *letters)
{
	bool all = one_in(3);

	do {
		char *at = letters;

		for (const char *l = "rwaxmcdlsi"; *l; l++)
			if (all || one_in(2))
				*at++ = *l;
		*at = '\0';
	} while (!*letters);
}

static void random_rule(struct model_rule *rule, enum model_section section, bool plain)
{
	static const char *const protos[] = { NULL, NULL, "tcp", "udp", "other", "icmp" };

	*rule = (struct model_rule){ .section = section };
	rule->act = section == SECTION_OPERATION ? (enum model_act)(1 + random_below(2))
		    : section >= SECTION_DEVICE	 ? (enum model_act)random_below(2)
						 : (enum model_act)random_below(3);
	if (section == SECTION_CAPABILITY || section == SECTION_OPERATION) {
		rule->name = random_name(section);
		return;
	}
	if (section == SECTION_DEVICE) {
		random_device_rule(rule);
		return;
	}
	if (section > SECTION_DEVICE) {
		random_sysctl_rule(rule);
		return;
	}
	if (section != SECTION_EXEC && one_in(3)) {
		rule->audit = rule->act == ACT_ALLOW || one_in(2);
		rule->quiet = !rule->audit;
	}
	if (section == SECTION_UNIX) {
		random_unix_rule(rule, plain);
		return;
	}
	if (section == SECTION_NETWORK) {
		rule->op = one_in(2) ? OP_CONNECT : (enum model_op)random_below(4);
		if (rule->op == OP_ACCEPT && rule->act == ACT_KILL)
			rule->act = ACT_DENY;
		rule->proto = protos[random_below(rule->op < OP_ACCEPT ? 6 : 3)];
		random_ports(rule);
		random_ranges(rule);
		return;
	}
	random_letters(rule->letters);
	rule->n_patterns = section == SECTION_EXEC ? 1 : 1 + one_in(4);
	for (int i = 0; i < rule->n_patterns; i++)
		random_glob(rule->pattern[i], plain);
}

static void add_socket(struct model *m, const char *element)
{
	for (int i = 0; i < m->n_sockets; i++)
		if (!strcmp(m->sockets[i], element))
			return;
	m->sockets[m->n_sockets++] = element;
}

static enum model_default some_default(bool given)
{
	return given ? (enum model_default)(1 + random_below(2)) : NO_SECTION;
}

static bool has_section(const struct model *m, enum model_section section)
{
	const enum model_default sections[] = {
		[SECTION_EXEC] = m->exec,
		[SECTION_FILE] = m->file,
		[SECTION_NETWORK] = m->network,
		[SECTION_UNIX] = m->network,
		[SECTION_CAPABILITY] = m->capabilities,
		[SECTION_OPERATION] = DEFAULTS_ALLOW,
		[SECTION_DEVICE] = m->device,
		[SECTION_SYSCTL_READ] = m->sysctl_read,
		[SECTION_SYSCTL_WRITE] = m->sysctl_write,
	};

	return sections[section] != NO_SECTION;
}

/* The last rule may be on the same as one before. */
static void resemble(struct model *m)
{
	struct model_rule *rule = &m->rules[m->n_rules - 1];

	for (int i = 0; i < m->n_rules - 1 && rule->section >= SECTION_DEVICE; i++) {
		const struct model_rule *other = &m->rules[i];

		if (other->section != rule->section || !one_in(3))
			continue;
		memcpy(rule->pattern, other->pattern, sizeof(rule->pattern));
		rule->node = other->node;
		rule->type = other->type;
		rule->major = other->major;
		rule->minor = other->minor;
	}
}

void model_random(struct model *m)
{
	static const enum model_section often[] = {
		SECTION_EXEC,	   SECTION_FILE,       SECTION_FILE,	   SECTION_FILE,
		SECTION_FILE,	   SECTION_NETWORK,    SECTION_NETWORK,	   SECTION_UNIX,
		SECTION_UNIX,	   SECTION_CAPABILITY, SECTION_CAPABILITY, SECTION_OPERATION,
		SECTION_OPERATION,
	};
	static const enum model_section also[] = {
		SECTION_DEVICE,	      SECTION_DEVICE,	    SECTION_SYSCTL_READ,
		SECTION_SYSCTL_WRITE, SECTION_SYSCTL_WRITE, SECTION_SYSCTL_WRITE,
	};
	bool plain = one_in(8);	 /* few wildcards, and long paths */
	bool others = one_in(3); /* mostly devices and sysctls */

	*m = (struct model){ .mode = one_in(20)	 ? MODE_OFF
				     : one_in(4) ? MODE_AUDIT
						 : MODE_ENFORCE };
	m->exec = (enum model_default)random_below(3);
	m->file = some_default(!one_in(12) && (!others || one_in(3)));
	m->network = some_default(!one_in(6) && (!others || one_in(3)));
	m->capabilities = some_default(one_in(2));
	m->device = some_default(others && !one_in(3));
	m->sysctl_read = some_default(others && !one_in(3));
	m->sysctl_write = some_default(others && !one_in(4));
	for (int n = 1 + (int)random_below(MODEL_RULES); n; n--) {
		enum model_section section =
			others && !one_in(3) ? also[random_below(6)] : often[random_below(13)];

		if (!has_section(m, section))
			continue;
		random_rule(&m->rules[m->n_rules++], section, plain);
		resemble(m);
	}
	if (m->network && one_in(3))
		for (int n = 1 + (int)random_below(MODEL_SOCKETS); n; n--)
			add_socket(m, random_element());
}

/* A file under way; libconfig has no comma after the last element. */
struct text {
	FILE *out;
	unsigned line;
};

static void end_line(struct text *t)
{
	fputc('\n', t->out);
	t->line++;
}

static void put_string(struct text *t, const char *string)
{
	fputc('"', t->out);
	for (; *string; string++) {
		if (*string == '\\' || *string == '"')
			fputc('\\', t->out);
		fputc(*string, t->out);
	}
	fputc('"', t->out);
}

/* Limits as long as they can be. */
static void put_limited(struct text *t, const struct model_rule *rule)
{
	fputs("{ name = ", t->out);
	put_string(t, rule->pattern[0]);
	if (rule->has_min)
		fprintf(t->out, "; min = %lldL", (long long)rule->min);
	if (rule->has_max)
		fprintf(t->out, "; max = %lldL", (long long)rule->max);
	fputs("; }", t->out);
}

static void put_element(struct text *t, const struct model_rule *rule)
{
	char device[64];

	if (rule->has_min || rule->has_max) {
		put_limited(t, rule);
		return;
	}
	if (rule->section == SECTION_DEVICE)
		device_text(rule, device);
	put_string(t, rule->section == SECTION_DEVICE ? device
		      : rule->name		      ? rule->name
						      : rule->pattern[0]);
}

static void put_list(struct text *t, struct model *m, enum model_section section,
		     enum model_act act, const char *name)
{
	bool open = false;

	for (int i = 0; i < m->n_rules; i++) {
		struct model_rule *rule = &m->rules[i];

		if (rule->section != section || rule->act != act)
			continue;
		fprintf(t->out, open ? "," : "    %s = (", name);
		open = true;
		end_line(t);
		rule->line = t->line;
		fputs("      ", t->out);
		put_element(t, rule);
	}
	if (!open)
		return;
	fputs(" );", t->out);
	end_line(t);
}

static void put_lists(struct text *t, struct model *m, enum model_section section, const char *name,
		      enum model_default dflt)
{
	if (!dflt)
		return;
	fprintf(t->out, "   %s = { default = \"%s\";", name, default_names[dflt]);
	end_line(t);
	for (int act = ACT_ALLOW; act <= ACT_KILL; act++)
		put_list(t, m, section, (enum model_act)act, act_names[act]);
	fputs("   };", t->out);
	end_line(t);
}

static void put_process(struct text *t, struct model *m)
{
	bool operations = false;

	for (int i = 0; i < m->n_rules; i++)
		operations |= m->rules[i].section == SECTION_OPERATION;
	if (!m->exec && !m->capabilities && !operations)
		return;
	fputs("  process = {", t->out);
	end_line(t);
	put_lists(t, m, SECTION_EXEC, "exec", m->exec);
	put_lists(t, m, SECTION_CAPABILITY, "capabilities", m->capabilities);
	put_list(t, m, SECTION_OPERATION, ACT_DENY, "deny");
	put_list(t, m, SECTION_OPERATION, ACT_KILL, "kill");
	fputs("  };", t->out);
	end_line(t);
}

static void put_file_rule(struct text *t, const struct model_rule *rule)
{
	fprintf(t->out, " access = \"%s\"; path = [ ", rule->letters);
	for (int i = 0; i < rule->n_patterns; i++) {
		fputs(i ? ", " : "", t->out);
		put_string(t, rule->pattern[i]);
	}
	fputs(" ];", t->out);
}

static void put_network_rule(struct text *t, const struct model_rule *rule)
{
	char range[64];

	fprintf(t->out, " op = \"%s\";", op_names[rule->op]);
	if (rule->section == SECTION_UNIX) {
		fputs(rule->abstract ? " abstract = " : " path = ", t->out);
		put_string(t, rule->pattern[0] + rule->abstract);
		fputc(';', t->out);
	}
	if (rule->proto)
		fprintf(t->out, " proto = \"%s\";", rule->proto);
	for (int i = 0; i < rule->n_ports; i++)
		fprintf(t->out, "%s%d-%d%s", i ? "," : " port = \"", rule->ports[i][0],
			rule->ports[i][1], i + 1 == rule->n_ports ? "\";" : "");
	for (int i = 0; i < rule->n_ranges; i++) {
		range_text(&rule->ranges[i], range, sizeof(range));
		fprintf(t->out, "%s\"%s\"%s",
			i			? ", "
			: rule->op == OP_ACCEPT ? " from = [ "
						: " to = [ ",
			range, i + 1 == rule->n_ranges ? " ];" : "");
	}
}

static void put_sockets(struct text *t, struct model *m)
{
	for (int i = 0; i < m->n_sockets; i++) {
		fputs(i ? "," : " sockets = [", t->out);
		end_line(t);
		m->socket_line[i] = t->line;
		put_string(t, m->sockets[i]);
	}
	if (m->n_sockets)
		fputs(" ];", t->out);
}

static void put_rules(struct text *t, struct model *m, enum model_section section, const char *name,
		      enum model_default dflt)
{
	bool open = false;

	if (!dflt)
		return;
	fprintf(t->out, "  %s = { default = \"%s\";", name, default_names[dflt]);
	if (section == SECTION_NETWORK)
		put_sockets(t, m);
	for (int i = 0; i < m->n_rules; i++) {
		struct model_rule *rule = &m->rules[i];

		if (rule->section != section &&
		    (rule->section != SECTION_UNIX || section != SECTION_NETWORK))
			continue;
		fputs(open ? "," : " rules = (", t->out);
		open = true;
		end_line(t);
		rule->line = t->line;
		fprintf(t->out, "    { action = \"%s\";", act_names[rule->act]);
		if (section == SECTION_FILE)
			put_file_rule(t, rule);
		else
			put_network_rule(t, rule);
		fprintf(t->out, "%s%s }", rule->audit ? " audit = true;" : "",
			rule->quiet ? " quiet = true;" : "");
	}
	fputs(open ? " ); };" : " };", t->out);
	end_line(t);
}

static void put_sysctls(struct text *t, struct model *m)
{
	if (!m->sysctl_read && !m->sysctl_write)
		return;
	fputs("  sysctl = {", t->out);
	end_line(t);
	put_lists(t, m, SECTION_SYSCTL_READ, "read", m->sysctl_read);
	put_lists(t, m, SECTION_SYSCTL_WRITE, "write", m->sysctl_write);
	fputs("  };", t->out);
	end_line(t);
}

char *model_text(struct model *m)
{
	static const char *const modes[] = { "off", "audit", "enforce" };
	char *text = NULL;
	size_t size;
	struct text t = { open_memstream(&text, &size), 1 };

	if (!t.out)
		abort();
	fprintf(t.out, "policies = ( { name = \"p\"; mode = \"%s\";", modes[m->mode]);
	end_line(&t);
	put_process(&t, m);
	put_rules(&t, m, SECTION_FILE, "file", m->file);
	put_rules(&t, m, SECTION_NETWORK, "network", m->network);
	put_lists(&t, m, SECTION_DEVICE, "device", m->device);
	put_sysctls(&t, m);
	fputs("} );\n", t.out);
	fclose(t.out);
	return text;
}
