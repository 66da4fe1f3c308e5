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
	{ "name", take_name },	   { "image", take_image },   { "annotations", take_annotations },
	{ "labels", take_labels }, { "cgroup", take_cgroup }, { "priority", take_priority },
};

void parse_select(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy_select *select = &((struct policy *)target)->select;

	select->present = true;
	select->pos = parse_pos(p, s);
	if (!parse_group(p, s, "select", PARSE_KEYS(select_keys), select))
		return;
	if (config_setting_length(s) == 1 && config_setting_get_member(s, "priority"))
		parse_error(p, s,
			    "select has nothing but a priority: write name = \"*\" for every "
			    "container");
}
