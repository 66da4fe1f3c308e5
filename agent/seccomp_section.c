/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <json-c/json.h>
#include <seccomp.h>
#include <string.h>

#include "agent/seccomp_section.h"
#include "policy/seccomp.h"

static const struct {
	uint32_t token;
	const char *name;
} architectures[] = {
	{ SCMP_ARCH_X86, "SCMP_ARCH_X86" },
	{ SCMP_ARCH_X86_64, "SCMP_ARCH_X86_64" },
	{ SCMP_ARCH_X32, "SCMP_ARCH_X32" },
	{ SCMP_ARCH_ARM, "SCMP_ARCH_ARM" },
	{ SCMP_ARCH_AARCH64, "SCMP_ARCH_AARCH64" },
	{ SCMP_ARCH_MIPS, "SCMP_ARCH_MIPS" },
	{ SCMP_ARCH_MIPS64, "SCMP_ARCH_MIPS64" },
	{ SCMP_ARCH_MIPS64N32, "SCMP_ARCH_MIPS64N32" },
	{ SCMP_ARCH_MIPSEL, "SCMP_ARCH_MIPSEL" },
	{ SCMP_ARCH_MIPSEL64, "SCMP_ARCH_MIPSEL64" },
	{ SCMP_ARCH_MIPSEL64N32, "SCMP_ARCH_MIPSEL64N32" },
	{ SCMP_ARCH_PPC, "SCMP_ARCH_PPC" },
	{ SCMP_ARCH_PPC64, "SCMP_ARCH_PPC64" },
	{ SCMP_ARCH_PPC64LE, "SCMP_ARCH_PPC64LE" },
	{ SCMP_ARCH_S390, "SCMP_ARCH_S390" },
	{ SCMP_ARCH_S390X, "SCMP_ARCH_S390X" },
	{ SCMP_ARCH_PARISC, "SCMP_ARCH_PARISC" },
	{ SCMP_ARCH_PARISC64, "SCMP_ARCH_PARISC64" },
	{ SCMP_ARCH_RISCV64, "SCMP_ARCH_RISCV64" },
};

static void add_string(struct json_object *object, const char *key, const char *value)
{
	json_object_object_add(object, key, json_object_new_string(value));
}

/* An errno is a part of libseccomp's action, and a member of its own here. */
static void add_action(struct json_object *object, const char *key, const char *errno_key,
		       uint32_t action)
{
	const char *name = action == SCMP_ACT_ALLOW	     ? "SCMP_ACT_ALLOW"
			   : action == SCMP_ACT_LOG	     ? "SCMP_ACT_LOG"
			   : action == SCMP_ACT_KILL_PROCESS ? "SCMP_ACT_KILL_PROCESS"
							     : "SCMP_ACT_ERRNO";

	add_string(object, key, name);
	if (!strcmp(name, "SCMP_ACT_ERRNO"))
		json_object_object_add(object, errno_key,
				       json_object_new_int((int)(action & 0xffff)));
}

static void add_architectures(struct json_object *section)
{
	struct json_object *list = json_object_new_array();
	uint32_t tokens[SECCOMP_ARCHITECTURES];
	size_t n = seccomp_architectures(tokens);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof(architectures) / sizeof(*architectures); k++)
			if (architectures[k].token == tokens[i])
				json_object_array_add(
					list, json_object_new_string(architectures[k].name));
	json_object_object_add(section, "architectures", list);
}

/* All calls of one action, unless it is the default. */
static void add_calls(struct json_object *list, const struct seccomp_rules *rules,
		      enum policy_action which, uint32_t action, uint32_t dflt)
{
	struct json_object *object, *names;

	if (action == dflt)
		return;
	names = json_object_new_array();
	for (size_t i = 0; i < rules->count; i++)
		if (rules->items[i].action == which)
			json_object_array_add(names, json_object_new_string(rules->items[i].name));
	if (!json_object_array_length(names)) {
		json_object_put(names);
		return;
	}
	object = json_object_new_object();
	json_object_object_add(object, "names", names);
	add_action(object, "action", "errnoRet", action);
	json_object_array_add(list, object);
}

static void add_ipc(struct json_object *list, unsigned call, uint32_t action, uint32_t dflt)
{
	struct json_object *object, *names, *args, *arg;

	if (action == dflt)
		return;
	object = json_object_new_object();
	names = json_object_new_array();
	args = json_object_new_array();
	arg = json_object_new_object();
	json_object_array_add(names, json_object_new_string("ipc"));
	json_object_object_add(arg, "index", json_object_new_int(0));
	json_object_object_add(arg, "value", json_object_new_int(0xffff));
	json_object_object_add(arg, "valueTwo", json_object_new_int((int)call));
	add_string(arg, "op", "SCMP_CMP_MASKED_EQ");
	json_object_array_add(args, arg);
	json_object_object_add(object, "names", names);
	add_action(object, "action", "errnoRet", action);
	json_object_object_add(object, "args", args);
	json_object_array_add(list, object);
}

/* Without "flags", which runc 1.1 refuses whatever they are. */
static struct json_object *build(const struct policy *p, const struct seccomp_rules *rules,
				 bool audit)
{
	struct json_object *section = json_object_new_object();
	struct json_object *calls = json_object_new_array();
	uint32_t dflt = seccomp_default(p, audit);

	add_action(section, "defaultAction", "defaultErrnoRet", dflt);
	add_architectures(section);
	for (int i = ACTION_ALLOW; i <= ACTION_KILL; i++) {
		enum policy_action which = (enum policy_action)i;

		add_calls(calls, rules, which, seccomp_action(p, which, audit), dflt);
	}
	for (size_t i = 0; i < rules->n_ipc; i++)
		add_ipc(calls, rules->ipc[i].call, seccomp_action(p, rules->ipc[i].action, audit),
			dflt);
	json_object_object_add(section, "syscalls", calls);
	return section;
}

int seccomp_section(const struct policy *p, bool audit_only, struct json_object **section)
{
	bool audit = audit_only || policy_mode(p) == POLICY_MODE_AUDIT;
	struct seccomp_rules rules;

	*section = NULL;
	if (!seccomp_wanted(p))
		return 0;
	if (seccomp_rules_build(p, &rules))
		return -ENOMEM;
	*section = build(p, &rules, audit);
	seccomp_rules_clear(&rules);
	return 0;
}
