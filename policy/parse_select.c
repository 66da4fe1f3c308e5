/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <string.h>

#include "policy/parse.h"

static bool check_pair(struct parse *p, const config_setting_t *s, const char *text)
{
	const char *equals = strchr(text, '=');

	if (equals && equals != text)
		return parse_check_glob(p, s, text);
	parse_error(p, s, "\"%s\" is no pair: write \"key=value\"", text);
	return false;
}

static bool check_cgroup(struct parse *p, const config_setting_t *s, const char *text)
{
	return parse_check_path(p, s, text);
}

static void take_name(struct parse *p, const config_setting_t *s, void *target)
{
	parse_entries(p, s, "name", parse_check_glob, &((struct policy_select *)target)->name);
}

static void take_image(struct parse *p, const config_setting_t *s, void *target)
{
	parse_entries(p, s, "image", parse_check_glob, &((struct policy_select *)target)->image);
}

static void take_annotations(struct parse *p, const config_setting_t *s, void *target)
{
	parse_entries(p, s, "annotations", check_pair,
		      &((struct policy_select *)target)->annotations);
}

static void take_labels(struct parse *p, const config_setting_t *s, void *target)
{
	parse_entries(p, s, "labels", check_pair, &((struct policy_select *)target)->labels);
}

static void take_cgroup(struct parse *p, const config_setting_t *s, void *target)
{
	parse_entries(p, s, "cgroup", check_cgroup, &((struct policy_select *)target)->cgroup);
}

static void take_trust(struct parse *p, const config_setting_t *s, void *target)
{
	static const char *const names[] = { "annotation" };
	const struct name_table table = { names, 1 };

	if (parse_name(p, s, "trust", &table) >= 0)
		((struct policy_select *)target)->trust_annotations = true;
}

static void take_default(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy_select *select = target;

	if (!parse_bool(p, s, &select->is_default))
		return;
	if (!select->is_default)
		parse_error(p, s, "default = false says nothing: leave it out");
	else if (config_setting_length(config_setting_parent(s)) > 1)
		parse_error(p, s,
			    "default with other keys: it is for containers that no other policy "
			    "selects, write nothing else");
}

static void take_priority(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy_select *select = target;
	long long value;

	if (!parse_int(p, s, &value))
		return;
	if (value < INT_MIN || value > INT_MAX) {
		parse_error(p, s, "priority %lld is out of range: write %d to %d", value, INT_MIN,
			    INT_MAX);
		return;
	}
	select->has_priority = true;
	select->priority = (int)value;
}

static const struct parse_key select_keys[] = {
	{ "name", take_name },
	{ "image", take_image },
	{ "annotations", take_annotations },
	{ "labels", take_labels },
	{ "cgroup", take_cgroup },
	{ "trust", take_trust },
	{ "priority", take_priority },
	{ "default", take_default },
};

/* Does it say which containers? */
static bool has_condition(const config_setting_t *s)
{
	for (int i = 0; i < config_setting_length(s); i++) {
		const char *name = config_setting_name(config_setting_get_elem(s, (unsigned)i));

		if (strcmp(name, "priority") && strcmp(name, "trust"))
			return true;
	}
	return !config_setting_length(s);
}

void parse_select(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy_select *select = &((struct policy *)target)->select;

	select->present = true;
	select->pos = parse_pos(p, s);
	if (!parse_group(p, s, "select", PARSE_KEYS(select_keys), select))
		return;
	if (!has_condition(s))
		parse_error(p, s,
			    "select has nothing but a priority: write default = true for "
			    "containers that no other policy selects");
	else if (config_setting_get_member(s, "trust") &&
		 !config_setting_get_member(s, "annotations"))
		parse_error(p, s,
			    "trust without annotations says nothing: write annotations, or leave "
			    "it out");
}
