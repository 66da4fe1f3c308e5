/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What leads out of the container. */
#include <string.h>

#include "policy/lint_paths.h"

enum excuse {
	EXCUSE_NONE,
	EXCUSE_SYSCTL, /* sysctls have rules of their own */
	EXCUSE_CGROUP,
	EXCUSE_MEMORY, /* takes sys_rawio */
};

static const struct {
	const char *path;
	uint16_t access;
	enum excuse excuse;
	const char *opens;
} probes[] = {
	{ "/proc/sys/kernel/core_pattern", ACCESS_WRITE, EXCUSE_SYSCTL,
	  "the kernel runs what is written there, as root and outside of the container" },
	{ "/proc/sys/kernel/modprobe", ACCESS_WRITE, EXCUSE_SYSCTL,
	  "the kernel runs what is written there, as root and outside of the container" },
	{ "/proc/sys/kernel/panic", ACCESS_WRITE, EXCUSE_SYSCTL,
	  "settings of the host's kernel can be changed" },
	{ "/proc/sysrq-trigger", ACCESS_WRITE, EXCUSE_NONE,
	  "the host can be rebooted or made to crash" },
	{ "/proc/kcore", ACCESS_READ, EXCUSE_MEMORY, "the kernel's memory can be read" },
	{ "/sys/kernel/uevent_helper", ACCESS_WRITE, EXCUSE_NONE,
	  "the kernel runs what is written there, as root and outside of the container" },
	{ "/sys/fs/cgroup/release_agent", ACCESS_WRITE, EXCUSE_CGROUP,
	  "a hierarchy of version 1 runs what is written there outside of the container" },
	{ "/sys/fs/cgroup/a/cgroup.procs", ACCESS_WRITE, EXCUSE_CGROUP,
	  "cgroups and their limits can be left" },
	{ "/dev/mem", ACCESS_READ | ACCESS_WRITE, EXCUSE_MEMORY, "all memory can be had" },
	{ "/run/docker.sock", NAME_UNIX_CONNECT, EXCUSE_NONE,
	  "who can speak to it starts containers without a policy" },
	{ "/var/run/docker.sock", NAME_UNIX_CONNECT, EXCUSE_NONE,
	  "who can speak to it starts containers without a policy" },
	{ "/run/containerd/containerd.sock", NAME_UNIX_CONNECT, EXCUSE_NONE,
	  "who can speak to it starts containers without a policy" },
	{ "/run/crio/crio.sock", NAME_UNIX_CONNECT, EXCUSE_NONE,
	  "who can speak to it starts containers without a policy" },
	{ "/run/podman/podman.sock", NAME_UNIX_CONNECT, EXCUSE_NONE,
	  "who can speak to it starts containers without a policy" },
};

#define PROBES (sizeof(probes) / sizeof(*probes))

static bool has(const struct policy_entries *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].text, text))
			return true;
	return false;
}

static bool excused(const struct policy *p, enum excuse excuse)
{
	switch (excuse) {
	case EXCUSE_SYSCTL:
		return p->sysctl_write.present;
	case EXCUSE_CGROUP:
		return has(&p->process_deny, "cgroup_escape") ||
		       has(&p->process_kill, "cgroup_escape");
	case EXCUSE_MEMORY:
		return p->capabilities.present && p->capabilities.dflt == DEFAULT_DENY &&
		       !has(&p->capabilities.allow, "sys_rawio");
	default:
		return false;
	}
}

/* The rule that allows it by itself, where the default does not. */
static uint16_t probe(const struct lint *l, size_t i)
{
	const struct policy_accept *accept = lint_automaton_run(&l->all, probes[i].path);

	if (!accept || excused(l->policy, probes[i].excuse))
		return NO_RULE;
	return lint_allowing(accept, probes[i].access & (uint16_t)~l->dflt);
}

void lint_probes(struct lint *l)
{
	for (size_t i = 0; i < PROBES; i++) {
		uint16_t rule = probe(l, i);
		bool said = rule == NO_RULE;

		/* one warning says what a rule opens in one way */
		for (size_t k = 0; k < i && !said; k++)
			said = !strcmp(probes[k].opens, probes[i].opens) &&
			       lint_same_rule(l, probe(l, k), rule);
		if (!said)
			lint_warn(l, l->patterns[rule].rule, "this allows \"%s\": %s",
				  probes[i].path, probes[i].opens);
	}
}
