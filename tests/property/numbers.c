/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities and operations. */
#include "tests/property/matches.h"

#include <linux/capability.h>
#include <string.h>

#define CAPABILITY(name, number) [number] = name

static const char *const capabilities[] = {
	CAPABILITY("chown", CAP_CHOWN),
	CAPABILITY("dac_override", CAP_DAC_OVERRIDE),
	CAPABILITY("dac_read_search", CAP_DAC_READ_SEARCH),
	CAPABILITY("fowner", CAP_FOWNER),
	CAPABILITY("fsetid", CAP_FSETID),
	CAPABILITY("kill", CAP_KILL),
	CAPABILITY("setgid", CAP_SETGID),
	CAPABILITY("setuid", CAP_SETUID),
	CAPABILITY("setpcap", CAP_SETPCAP),
	CAPABILITY("linux_immutable", CAP_LINUX_IMMUTABLE),
	CAPABILITY("net_bind_service", CAP_NET_BIND_SERVICE),
	CAPABILITY("net_broadcast", CAP_NET_BROADCAST),
	CAPABILITY("net_admin", CAP_NET_ADMIN),
	CAPABILITY("net_raw", CAP_NET_RAW),
	CAPABILITY("ipc_lock", CAP_IPC_LOCK),
	CAPABILITY("ipc_owner", CAP_IPC_OWNER),
	CAPABILITY("sys_module", CAP_SYS_MODULE),
	CAPABILITY("sys_rawio", CAP_SYS_RAWIO),
	CAPABILITY("sys_chroot", CAP_SYS_CHROOT),
	CAPABILITY("sys_ptrace", CAP_SYS_PTRACE),
	CAPABILITY("sys_pacct", CAP_SYS_PACCT),
	CAPABILITY("sys_admin", CAP_SYS_ADMIN),
	CAPABILITY("sys_boot", CAP_SYS_BOOT),
	CAPABILITY("sys_nice", CAP_SYS_NICE),
	CAPABILITY("sys_resource", CAP_SYS_RESOURCE),
	CAPABILITY("sys_time", CAP_SYS_TIME),
	CAPABILITY("sys_tty_config", CAP_SYS_TTY_CONFIG),
	CAPABILITY("mknod", CAP_MKNOD),
	CAPABILITY("lease", CAP_LEASE),
	CAPABILITY("audit_write", CAP_AUDIT_WRITE),
	CAPABILITY("audit_control", CAP_AUDIT_CONTROL),
	CAPABILITY("setfcap", CAP_SETFCAP),
	CAPABILITY("mac_override", CAP_MAC_OVERRIDE),
	CAPABILITY("mac_admin", CAP_MAC_ADMIN),
	CAPABILITY("syslog", CAP_SYSLOG),
	CAPABILITY("wake_alarm", CAP_WAKE_ALARM),
	CAPABILITY("block_suspend", CAP_BLOCK_SUSPEND),
	CAPABILITY("audit_read", CAP_AUDIT_READ),
	CAPABILITY("perfmon", CAP_PERFMON),
	CAPABILITY("bpf", CAP_BPF),
	CAPABILITY("checkpoint_restore", CAP_CHECKPOINT_RESTORE),
};

static const char *const operations[] = {
	"ptrace",  "userns",	     "mount",	      "bpf",	    "module",	    "perf",
	"keyring", "io_uring",	     "userfaultfd",   "memfd_exec", "deleted_exec", "wx_memory",
	"setns",   "signal_outside", "cgroup_escape", "reboot",	    "settime",	    "syslog",
};

#define CAPABILITIES (sizeof(capabilities) / sizeof(capabilities[0]))
#define OPERATIONS_NAMED (sizeof(operations) / sizeof(operations[0]))

_Static_assert(CAPABILITIES == CAP_LAST_CAP + 1, "all that the headers know");

int capability_of(const struct model_action *action)
{
	if (strcmp(action->word[0], "capability") != 0)
		return -1;
	for (size_t i = 0; i < CAPABILITIES; i++)
		if (!strcmp(capabilities[i], action->word[1]))
			return (int)i;
	return -1;
}

const char *random_name(enum model_section section)
{
	if (section == SECTION_CAPABILITY)
		return capabilities[random_below(CAPABILITIES)];
	/* half of them the few that are judged by themselves */
	return operations[one_in(2) ? 11 + random_below(4) : random_below(OPERATIONS_NAMED)];
}

static const char *ruled_name(const struct model *m, enum model_section section)
{
	const char *name = NULL;

	for (int i = 0; i < m->n_rules; i++)
		if (m->rules[i].section == section && (!name || one_in(2)))
			name = m->rules[i].name;
	return name;
}

void random_number(const struct model *m, struct model_action *action)
{
	enum model_section section = one_in(2) ? SECTION_CAPABILITY : SECTION_OPERATION;
	const char *name = ruled_name(m, section);

	if (!name || one_in(3))
		name = random_name(section);
	action->count = 0;
	if (section == SECTION_CAPABILITY)
		strcpy(action->word[action->count++], "capability");
	strcpy(action->word[action->count++], name);
}

static bool is_alone(const char *operation)
{
	return !strcmp(operation, "wx_memory") || !strcmp(operation, "signal_outside") ||
	       !strcmp(operation, "cgroup_escape");
}

bool judged_together(const char *operation, const char *other)
{
	return !strcmp(operation, other) || (!is_alone(operation) && !is_alone(other));
}

void decide_number(const struct model *m, const struct model_action *action,
		   struct model_answer *ret)
{
	enum model_section section = action->count > 1 ? SECTION_CAPABILITY : SECTION_OPERATION;
	const char *name = action->word[action->count - 1];
	bool judged = section == SECTION_CAPABILITY && m->capabilities;
	struct matches found = { 0 };

	for (int i = 0; i < m->n_rules; i++) {
		if (m->rules[i].section != section)
			continue;
		if (!strcmp(m->rules[i].name, name))
			note_rule(&found, &m->rules[i]);
		judged |= section == SECTION_OPERATION && judged_together(m->rules[i].name, name);
	}
	if (judged)
		*ret = conclude(&found,
				section == SECTION_CAPABILITY ? m->capabilities : DEFAULTS_ALLOW);
}
