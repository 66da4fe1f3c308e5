/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "policy/parse.h"

static bool check_exec(struct parse *p, const config_setting_t *s, const char *text)
{
	return parse_check_path(p, s, text);
}

static bool check_capability(struct parse *p, const config_setting_t *s, const char *text)
{
	if (names_find(&names_capabilities, text) >= 0)
		return true;
	if (!strncasecmp(text, "cap_", 4)) {
		parse_error(p, s,
			    "unknown capability \"%s\": write it in lower case, without "
			    "\"CAP_\"",
			    text);
		return false;
	}
	parse_unknown(p, s, "capability", text, &names_capabilities);
	return false;
}

static bool check_verb(struct parse *p, const config_setting_t *s, const char *text)
{
	if (names_find(&names_process_deny, text) >= 0)
		return true;
	parse_unknown(p, s, "operation", text, &names_process_deny);
	return false;
}

static void take_exec(struct parse *p, const config_setting_t *s, void *target)
{
	parse_lists_kill(p, s, "process.exec", check_exec, &((struct policy *)target)->exec);
}

static void take_capabilities(struct parse *p, const config_setting_t *s, void *target)
{
	parse_lists_kill(p, s, "process.capabilities", check_capability,
			 &((struct policy *)target)->capabilities);
}

static void take_deny(struct parse *p, const config_setting_t *s, void *target)
{
	parse_entries(p, s, "process.deny", check_verb, &((struct policy *)target)->process_deny);
}

static void take_kill(struct parse *p, const config_setting_t *s, void *target)
{
	parse_entries(p, s, "process.kill", check_verb, &((struct policy *)target)->process_kill);
}

static const struct parse_key process_keys[] = {
	{ "exec", take_exec },
	{ "capabilities", take_capabilities },
	{ "deny", take_deny },
	{ "kill", take_kill },
};

void parse_process(struct parse *p, const config_setting_t *s, void *target)
{
	parse_group(p, s, "process", PARSE_KEYS(process_keys), target);
}
