/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "policy/parse.h"
#include "policy/parse_address.h"
#include "policy/sockets.h"

struct rule_target {
	struct net_rule *rule;
	struct parse_verdict verdict;
	bool has_op;
};

static void take_action(struct parse *p, const config_setting_t *s, void *target)
{
	parse_action(p, s, &((struct rule_target *)target)->verdict);
}

static void take_audit(struct parse *p, const config_setting_t *s, void *target)
{
	parse_bool(p, s, &((struct rule_target *)target)->verdict.verdict.audit);
}

static void take_quiet(struct parse *p, const config_setting_t *s, void *target)
{
	parse_bool(p, s, &((struct rule_target *)target)->verdict.verdict.quiet);
}

static void take_op(struct parse *p, const config_setting_t *s, void *target)
{
	struct rule_target *t = target;
	int op = parse_name(p, s, "op", &names_ops);

	if (op < 0)
		return;
	t->has_op = true;
	t->rule->op = (enum net_op)op;
}

static void take_proto(struct parse *p, const config_setting_t *s, void *target)
{
	int index = parse_name(p, s, "proto", &names_protos);

	if (index >= 0)
		((struct rule_target *)target)->rule->proto = names_protos.names[index];
}

static void take_port(struct parse *p, const config_setting_t *s, void *target)
{
	parse_ports(p, s, ((struct rule_target *)target)->rule);
}

static void take_peer(struct parse *p, const config_setting_t *s, void *target)
{
	parse_each(p, s, config_setting_name(s), parse_cidr, ((struct rule_target *)target)->rule);
}

static void take_path(struct parse *p, const config_setting_t *s, void *target)
{
	parse_entries(p, s, "path", parse_check_path, &((struct rule_target *)target)->rule->paths);
}

/* In names NUL bytes are judged as 1 is, which no pattern may name therefore. */
static bool check_abstract(struct parse *p, const config_setting_t *s, const char *text)
{
	if (!strchr(text, '\1'))
		return parse_check_glob(p, s, text);
	parse_error(p, s, "abstract has a byte 1: write \"?\" for it");
	return false;
}

static void take_abstract(struct parse *p, const config_setting_t *s, void *target)
{
	parse_entries(p, s, "abstract", check_abstract,
		      &((struct rule_target *)target)->rule->abstracts);
}

static const struct parse_key rule_keys[] = {
	{ "action", take_action }, { "op", take_op },
	{ "proto", take_proto },   { "port", take_port },
	{ "to", take_peer },	   { "from", take_peer },
	{ "path", take_path },	   { "abstract", take_abstract },
	{ "audit", take_audit },   { "quiet", take_quiet },
};

static void check_peer(struct parse *p, const config_setting_t *s, enum net_op op)
{
	const config_setting_t *to = config_setting_get_member(s, "to");
	const config_setting_t *from = config_setting_get_member(s, "from");
	const char *name = names_ops.names[op];

	if (to && op != NET_CONNECT)
		parse_error(p, to, "\"to\" never applies to %s: %s", name,
			    op == NET_ACCEPT ? "write \"from\"" : "leave it out");
	if (from && op != NET_ACCEPT)
		parse_error(p, from, "\"from\" never applies to %s: %s", name,
			    op == NET_CONNECT ? "write \"to\"" : "leave it out");
}

/* Rules on Unix sockets have a path or a name instead of an address. */
static void check_unix(struct parse *p, const config_setting_t *s, const struct net_rule *rule)
{
	static const char *const others[] = { "proto", "port", "to", "from" };

	if (!net_rule_is_unix(rule))
		return;
	if (rule->op != NET_CONNECT && rule->op != NET_BIND)
		parse_error(p, s,
			    "\"path\" and \"abstract\" never apply to %s: write op = \"connect\" "
			    "or \"bind\"",
			    names_ops.names[rule->op]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (config_setting_get_member(s, others[i]))
			parse_error(p, config_setting_get_member(s, others[i]),
				    "\"%s\" never applies to Unix sockets: leave it out, or write "
				    "two rules",
				    others[i]);
}

static void check_port(struct parse *p, const config_setting_t *s, const struct net_rule *rule)
{
	const config_setting_t *port = config_setting_get_member(s, "port");

	if (rule->proto && port && !names_proto(rule->proto)->ports)
		parse_error(p, port,
			    "%s has no ports to name: leave port out, or write proto = "
			    "\"tcp\" or \"udp\"",
			    rule->proto);
	for (size_t i = 0; i < rule->n_ports; i++)
		if (!rule->ports[i].first && rule->op != NET_BIND && rule->op != NET_LISTEN)
			parse_error(p, port, "port 0 never applies to %s: write 1 to 65535",
				    names_ops.names[rule->op]);
}

static void check_rule(struct parse *p, const config_setting_t *s, const struct rule_target *t)
{
	const struct net_rule *rule = t->rule;

	parse_verdict_check(p, s, &t->verdict);
	if (!config_setting_get_member(s, "op"))
		parse_error(p, s,
			    "a network rule without op: write op = \"connect\", \"bind\", "
			    "\"accept\" or \"listen\"");
	if (!t->has_op)
		return;
	check_peer(p, s, rule->op);
	check_port(p, s, rule);
	check_unix(p, s, rule);
	if (rule->op == NET_ACCEPT && t->verdict.verdict.action == ACTION_KILL)
		parse_error(p, s,
			    "kill never applies to accept, which no process has asked for: write "
			    "action = \"deny\"");
	if (rule->proto && (rule->op == NET_ACCEPT || rule->op == NET_LISTEN) &&
	    !names_proto(rule->proto)->connections)
		parse_error(p, config_setting_get_member(s, "proto"),
			    "%s has no %s: write proto = \"tcp\"", rule->proto,
			    names_ops.names[rule->op]);
}

static void add_rule(struct parse *p, const config_setting_t *s, void *context)
{
	struct policy_network *network = context;
	struct net_rule *rule = arena_alloc(&p->set->arena, sizeof(*rule));
	struct rule_target target = { .rule = rule };

	if (!rule) {
		p->no_memory = true;
		return;
	}
	if (!parse_group(p, s, "a network rule", PARSE_KEYS(rule_keys), &target))
		return;
	check_rule(p, s, &target);
	rule->pos = parse_pos(p, s);
	rule->verdict = target.verdict.verdict;
	network->rules = arena_grow(&p->set->arena, network->rules, network->n_rules, sizeof(rule));
	if (network->rules)
		network->rules[network->n_rules++] = rule;
	else
		p->no_memory = true;
}

static void take_rules(struct parse *p, const config_setting_t *s, void *target)
{
	if (config_setting_is_list(s))
		parse_each(p, s, "network.rules", add_rule, target);
	else
		parse_error(p, s, "network.rules is no list: write rules = ( { ... }, { ... } )");
}

static bool check_socket(struct parse *p, const config_setting_t *s, const char *text)
{
	char why[2 * SUGGEST_MAX];

	if (!sockets_check(text, why, sizeof(why)))
		return true;
	parse_error(p, s, "%s", why);
	return false;
}

static void take_default(struct parse *p, const config_setting_t *s, void *target)
{
	parse_default(p, s, &((struct policy_network *)target)->dflt);
}

static void take_sockets(struct parse *p, const config_setting_t *s, void *target)
{
	parse_entries(p, s, "sockets", check_socket, &((struct policy_network *)target)->sockets);
}

static const struct parse_key network_keys[] = {
	{ "default", take_default },
	{ "sockets", take_sockets },
	{ "rules", take_rules },
};

void parse_network(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy_network *network = &((struct policy *)target)->network;

	network->present = true;
	network->pos = parse_pos(p, s);
	parse_group(p, s, "network", PARSE_KEYS(network_keys), network);
}
