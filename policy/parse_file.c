/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "policy/parse.h"

struct rule_target {
	struct file_rule *rule;
	struct parse_verdict verdict;
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

static void take_access(struct parse *p, const config_setting_t *s, void *target)
{
	struct rule_target *t = target;
	const char *text = parse_string(p, s);
	char bad = 0;
	int access;

	if (!text)
		return;
	access = names_access(text, &bad);
	if (access > 0)
		t->rule->access = (uint16_t)access;
	else if (!access)
		parse_error(p, s, "access is empty: write letters of \"%s\", or \"*\" for all",
			    ACCESS_LETTERS);
	else if (bad == '*')
		parse_error(p, s,
			    "access \"%s\" has \"*\" and letters: \"*\" is all, write it "
			    "alone",
			    text);
	else if (strchr(ACCESS_LETTERS, bad))
		parse_error(p, s, "access \"%s\" has \"%c\" twice: write it once", text, bad);
	else
		parse_error(p, s,
			    "unknown access letter \"%c\": write letters of \"%s\", or \"*\" "
			    "for all",
			    bad, ACCESS_LETTERS);
}

static void take_path(struct parse *p, const config_setting_t *s, void *target)
{
	parse_entries(p, s, "path", parse_check_path, &((struct rule_target *)target)->rule->paths);
}

static const struct parse_key rule_keys[] = {
	{ "action", take_action }, { "access", take_access }, { "path", take_path },
	{ "audit", take_audit },   { "quiet", take_quiet },
};

static void add_rule(struct parse *p, const config_setting_t *s, void *context)
{
	struct policy_file *file = context;
	struct file_rule *rule = arena_alloc(&p->set->arena, sizeof(*rule));
	struct rule_target target = { .rule = rule };

	if (!rule) {
		p->no_memory = true;
		return;
	}
	if (!parse_group(p, s, "a file rule", PARSE_KEYS(rule_keys), &target))
		return;
	parse_verdict_check(p, s, &target.verdict);
	if (!config_setting_get_member(s, "access"))
		parse_error(p, s, "a file rule without access: write access = \"r\"");
	if (!config_setting_get_member(s, "path"))
		parse_error(p, s, "a file rule without a path: write path = \"/...\"");
	rule->pos = parse_pos(p, s);
	rule->verdict = target.verdict.verdict;
	file->rules = arena_grow(&p->set->arena, file->rules, file->n_rules, sizeof(rule));
	if (file->rules)
		file->rules[file->n_rules++] = rule;
	else
		p->no_memory = true;
}

static void take_rules(struct parse *p, const config_setting_t *s, void *target)
{
	if (config_setting_is_list(s))
		parse_each(p, s, "file.rules", add_rule, target);
	else
		parse_error(p, s, "file.rules is no list: write rules = ( { ... }, { ... } )");
}

static void take_default(struct parse *p, const config_setting_t *s, void *target)
{
	parse_default(p, s, &((struct policy_file *)target)->dflt);
}

static const struct parse_key file_keys[] = { { "default", take_default },
					      { "rules", take_rules } };

void parse_file_section(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy_file *file = &((struct policy *)target)->file;

	file->present = true;
	file->pos = parse_pos(p, s);
	parse_group(p, s, "file", PARSE_KEYS(file_keys), file);
}
