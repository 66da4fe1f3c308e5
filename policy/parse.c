/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/parse.h"

#include <errno.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/source.h"

static void take_name(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy *policy = target;
	const char *text = parse_string(p, s);
	size_t len;

	if (!text)
		return;
	len = strlen(text);
	if (!len || len >= BAILIFF_NAME_MAX || strchr("._-", text[0]) ||
	    strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-") != len) {
		parse_error(p, s,
			    "\"%s\" is no policy name: write 1 to %d of a-z, 0-9, \".\", \"_\", "
			    "\"-\", a letter or digit first",
			    text, BAILIFF_NAME_MAX - 1);
		return;
	}
	policy->name = arena_strdup(&p->set->arena, text);
	p->no_memory |= !policy->name;
}

static void take_extends(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy *policy = target;

	parse_entries(p, s, "extends", NULL, &policy->extends);
}

static void take_mode(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy *policy = target;
	int mode = parse_name(p, s, "mode", &names_modes);

	if (mode < 0)
		return;
	policy->has_mode = true;
	policy->mode = (enum policy_mode)mode;
}

static void take_on_failure(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy *policy = target;

	policy->has_on_failure = true;
	policy->on_failure_pos = parse_pos(p, s);
	parse_default(p, s, &policy->on_failure);
}

static const struct parse_key policy_keys[] = {
	{ "name", take_name },
	{ "extends", take_extends },
	{ "mode", take_mode },
	{ "select", parse_select },
	{ "process", parse_process },
	{ "file", parse_file_section },
	{ "network", parse_network },
	{ "device", parse_device },
	{ "sysctl", parse_sysctl },
	{ "seccomp", parse_seccomp },
	{ "on_failure", take_on_failure },
};

static void add_policy(struct parse *p, const config_setting_t *s, struct policy *policy)
{
	struct policy_set *set = p->set;
	struct policy ***list = p->presets ? &set->presets : &set->policies;
	size_t *count = p->presets ? &set->n_presets : &set->count;

	for (size_t i = 0; i < *count; i++) {
		const struct policy *other = (*list)[i];

		if (strcmp(other->name, policy->name))
			continue;
		parse_error(p, s, "policy \"%s\" is defined twice: the other one is at %s:%u",
			    policy->name, other->pos.file, other->pos.line);
		return;
	}
	*list = arena_grow(&set->arena, *list, *count, sizeof(**list));
	if (*list)
		(*list)[(*count)++] = policy;
	else
		p->no_memory = true;
}

static void take_policy(struct parse *p, const config_setting_t *s)
{
	struct policy *policy = arena_alloc(&p->set->arena, sizeof(*policy));

	if (!policy) {
		p->no_memory = true;
		return;
	}
	policy->pos = parse_pos(p, s);
	policy->mode = POLICY_MODE_ENFORCE;
	if (!parse_group(p, s, "a policy", PARSE_KEYS(policy_keys), policy))
		return;
	if (!config_setting_get_member(s, "name"))
		parse_error(p, s, "a policy without a name: write name = \"...\"");
	else if (policy->name)
		add_policy(p, s, policy);
}

static void take_policies(struct parse *p, const config_setting_t *s, void *target)
{
	int n = config_setting_length(s);

	(void)target;
	if (!config_setting_is_list(s)) {
		parse_error(p, s, "policies is no list: write policies = ( { ... } )");
		return;
	}
	if (!n)
		parse_error(p, s, "policies is empty: write policies = ( { ... } )");
	for (int i = 0; i < n; i++)
		take_policy(p, config_setting_get_elem(s, (unsigned)i));
}

static const struct parse_key root_keys[] = { { "policies", take_policies } };

/* Hangs the line of each string on its setting; settings come in the order of the text. */
static void place_strings(config_setting_t *s, const struct source_lines *lines, size_t *next)
{
	if (config_setting_type(s) == CONFIG_TYPE_STRING && *next < lines->count)
		config_setting_set_hook(s, (void *)(uintptr_t)lines->items[(*next)++]);
	if (!config_setting_is_aggregate(s))
		return;
	for (int i = 0; i < config_setting_length(s); i++)
		place_strings(config_setting_get_elem(s, (unsigned)i), lines, next);
}

/* What is missing at the end is missed by libconfig on the line after the last one. */
static unsigned error_line(const config_t *config, const char *source)
{
	unsigned line = (unsigned)config_error_line(config), lines = 0;

	for (; *source; source++)
		lines += *source == '\n';
	return lines && line > lines ? lines : line;
}

static void syntax_error(struct parse *p, const config_t *config, const char *source)
{
	const char *text = config_error_text(config);
	const char *right = "look for a missing \";\", \",\", quote or bracket";

	if (!text)
		text = "syntax error";
	if (!strcmp(text, "duplicate setting name")) {
		text = "duplicate key";
		right = "write each key of a group once";
	} else if (!strcmp(text, "mismatched element type in array")) {
		right = "write a list, ( ... ), for elements of several types";
	}
	diag_add(p->diags, DIAG_ERROR, p->file, error_line(config, source), "%s: %s", text, right);
}

static void parse_root(struct parse *p, const config_t *config)
{
	const config_setting_t *root = config_root_setting(config);

	if (!config_setting_length(root))
		diag_add(p->diags, DIAG_ERROR, p->file, 0,
			 "no policies: write policies = ( { ... } )");
	else
		parse_group(p, root, "the file", PARSE_KEYS(root_keys), NULL);
}

static void config_destroyp(config_t *config)
{
	config_destroy(config);
}

int parse_text(struct policy_set *set, const char *text, const char *name, bool presets,
	       struct diag_list *diags)
{
	POLICY_CLEANUP(config_destroyp) config_t config;
	struct source_lines lines = { 0 };
	struct parse p = { .set = set, .presets = presets, .diags = diags };
	size_t errors = diags->errors, next = 0;
	int r;

	config_init(&config);
	p.file = arena_strdup(&set->arena, name);
	if (!p.file)
		return -ENOMEM;
	r = source_scan(text, p.file, &lines, diags);
	if (r < 0)
		return r;
	if (config_read_string(&config, text)) {
		place_strings(config_root_setting(&config), &lines, &next);
		parse_root(&p, &config);
	} else {
		syntax_error(&p, &config, text);
	}
	free(lines.items);
	if (p.no_memory)
		return -ENOMEM;
	return diags->errors > errors ? -EINVAL : 0;
}

int parse_file(struct policy_set *set, const char *path, bool presets, struct diag_list *diags)
{
	POLICY_CLEANUP(policy_freep) char *text = NULL;
	POLICY_CLEANUP(policy_fclosep) FILE *in = fopen(path, "re");
	int r;

	if (!in) {
		r = -errno;
		diag_add(diags, DIAG_ERROR, path, 0, "can't be read: %s", strerror(-r));
		return r;
	}
	r = source_read(in, path, &text, diags);
	return r < 0 ? r : parse_text(set, text, path, presets, diags);
}
