/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <seccomp.h>
#include <stdlib.h>

#include "policy/parse.h"

/* Numbers that are looked at for the nearest name. libseccomp counts what other architectures
 * have, and this one has not, below zero. */
static const struct {
	int first, last;
} numbers[] = { { 0, 1023 }, { -199, -100 }, { -10499, -10000 } };

#define SYSCALLS_MAX 2048

static void unknown_syscall(struct parse *p, const config_setting_t *s, const char *text)
{
	char *names[SYSCALLS_MAX];
	size_t n = 0;
	const char *nearest;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		for (int number = numbers[i].first; number <= numbers[i].last; number++) {
			char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);

			if (name)
				names[n++] = name;
		}
	nearest = names_nearest(&(struct name_table){ (const char *const *)names, n }, text);
	if (nearest)
		parse_error(p, s, "unknown syscall \"%s\": did you mean \"%s\"?", text, nearest);
	else
		parse_error(p, s, "unknown syscall \"%s\": write a name of syscalls(2)", text);
	while (n)
		free(names[--n]);
}

static bool check_syscall(struct parse *p, const config_setting_t *s, const char *text)
{
	if (seccomp_syscall_resolve_name(text) != __NR_SCMP_ERROR)
		return true;
	unknown_syscall(p, s, text);
	return false;
}

static void take_default(struct parse *p, const config_setting_t *s, void *target)
{
	parse_default(p, s, &((struct policy *)target)->seccomp.dflt);
}

static void take_allow(struct parse *p, const config_setting_t *s, void *target)
{
	parse_entries(p, s, "allow", check_syscall, &((struct policy *)target)->seccomp.allow);
}

static void take_deny(struct parse *p, const config_setting_t *s, void *target)
{
	parse_entries(p, s, "deny", check_syscall, &((struct policy *)target)->seccomp.deny);
}

static void take_kill(struct parse *p, const config_setting_t *s, void *target)
{
	parse_entries(p, s, "kill", check_syscall, &((struct policy *)target)->seccomp.kill);
}

static void take_errno(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy *policy = target;
	const char *text = parse_string(p, s);

	if (!text)
		return;
	if (names_errno_number(text) < 0) {
		parse_error(p, s, "unknown errno \"%s\": write a name of errno(3), as \"EPERM\"",
			    text);
		return;
	}
	policy->seccomp_errno = arena_strdup(&p->set->arena, text);
	p->no_memory |= !policy->seccomp_errno;
}

static const struct parse_key seccomp_keys[] = {
	{ "default", take_default }, { "allow", take_allow }, { "deny", take_deny },
	{ "kill", take_kill },	     { "errno", take_errno },
};

void parse_seccomp(struct parse *p, const config_setting_t *s, void *target)
{
	struct policy *policy = target;

	policy->seccomp.present = true;
	policy->seccomp.pos = parse_pos(p, s);
	parse_group(p, s, "seccomp", PARSE_KEYS(seccomp_keys), policy);
}
