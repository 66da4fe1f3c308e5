/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "policy/cleanup.h"
#include "policy/parse.h"
#include "policy/sysctl_name.h"
#include "policy/unique.h"

static bool check_name(struct parse *p, const config_setting_t *s, const char *text)
{
	POLICY_CLEANUP(policy_freep) char *name = strdup(text);

	if (!name) {
		p->no_memory = true;
		return false;
	}
	sysctl_canonical(name);
	if (*text && !sysctl_parts_right(name)) {
		parse_error(p, s,
			    "sysctl \"%s\" has an empty component: write "
			    "\"net.ipv4.ip_forward\" or \"net/ipv4/ip_forward\"",
			    text);
		return false;
	}
	return parse_check_glob(p, s, text);
}

/* With dots, however they were written. The texts are the set's own by now. */
static void make_canonical(struct parse *p, struct policy_entries *list)
{
	for (size_t i = 0; i < list->count; i++)
		sysctl_canonical((char *)list->items[i].text);
	p->no_memory |= unique_entries(list) < 0;
}

static bool has_kill(struct parse *p, const config_setting_t *s)
{
	if (!config_setting_is_group(s) || !config_setting_get_member(s, "kill"))
		return false;
	parse_error(p, s,
		    "sysctl has no \"kill\": where the kernel asks about sysctls nothing can be "
		    "killed: write deny = [ ... ]");
	return true;
}

static void take_name(struct parse *p, const config_setting_t *s, void *target)
{
	const char *text = parse_string(p, s);

	if (text && check_name(p, s, text))
		((struct policy_entry *)target)->text = text;
}

static void take_min(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy_entry *entry = target;
	long long value;

	if (!parse_int(p, s, &value))
		return;
	entry->has_min = true;
	entry->min = value;
}

static void take_max(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy_entry *entry = target;
	long long value;

	if (!parse_int(p, s, &value))
		return;
	entry->has_max = true;
	entry->max = value;
}

static const struct parse_key limit_keys[] = {
	{ "name", take_name },
	{ "min", take_min },
	{ "max", take_max },
};

static void take_limited(struct parse *p, const config_setting_t *s, struct policy_entries *list)
{
	struct policy_entry entry = { .pos = parse_pos(p, s) };

	parse_group(p, s, "a sysctl", PARSE_KEYS(limit_keys), &entry);
	if (!config_setting_get_member(s, "name"))
		parse_error(p, s, "a sysctl without a name: write name = \"...\"");
	if (entry.has_min && entry.has_max && entry.min > entry.max) {
		parse_error(p, s, "min %lld is above max %lld: write them the other way round",
			    (long long)entry.min, (long long)entry.max);
		return;
	}
	if (entry.text)
		parse_entries_add(p, list, entry);
}

static void take_allowed(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy_entries *list = target;
	const char *text;

	if (config_setting_is_group(s)) {
		take_limited(p, s, list);
		return;
	}
	text = parse_string(p, s);
	if (text && check_name(p, s, text))
		parse_entries_add(p, list,
				  (struct policy_entry){ .text = text, .pos = parse_pos(p, s) });
}

static void take_write_default(struct parse *p, const config_setting_t *s, void *target)
{
	parse_default(p, s, &((struct policy_lists *)target)->dflt);
}

static void take_write_allow(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy_entries *allow = &((struct policy_lists *)target)->allow;

	parse_each(p, s, "allow", take_allowed, allow);
	p->no_memory |= unique_entries(allow) < 0;
}

static void take_write_deny(struct parse *p, const config_setting_t *s, void *target)
{
	parse_entries(p, s, "deny", check_name, &((struct policy_lists *)target)->deny);
}

static const struct parse_key write_keys[] = {
	{ "default", take_write_default },
	{ "allow", take_write_allow },
	{ "deny", take_write_deny },
};

static void take_write(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy_lists *lists = &((struct policy *)target)->sysctl_write;

	if (has_kill(p, s))
		return;
	lists->present = true;
	lists->pos = parse_pos(p, s);
	parse_group(p, s, "sysctl.write", PARSE_KEYS(write_keys), lists);
	make_canonical(p, &lists->allow);
	make_canonical(p, &lists->deny);
}

static void take_read(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy_lists *lists = &((struct policy *)target)->sysctl_read;

	if (has_kill(p, s))
		return;
	parse_lists(p, s, "sysctl.read", check_name, lists);
	make_canonical(p, &lists->allow);
	make_canonical(p, &lists->deny);
}

static const struct parse_key sysctl_keys[] = { { "write", take_write }, { "read", take_read } };

void parse_sysctl(struct parse *p, const config_setting_t *s, void *target)
{
	parse_group(p, s, "sysctl", PARSE_KEYS(sysctl_keys), target);
}
