/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/names.h"

#include <stddef.h>

#include "bpf/abi_policy.h"
#include "policy/names.h"

static const struct {
	const char *name;
	const char *category;
} actions[EVENT_OPERATION] = {
	[EVENT_EXEC] = { "exec", "process" },
	[EVENT_OPEN] = { "open", "file" },
	[EVENT_TRUNCATE] = { "truncate", "file" },
	[EVENT_CREATE] = { "create", "file" },
	[EVENT_MKDIR] = { "mkdir", "file" },
	[EVENT_MKNOD] = { "mknod", "file" },
	[EVENT_SYMLINK] = { "symlink", "file" },
	[EVENT_DELETE] = { "delete", "file" },
	[EVENT_RMDIR] = { "rmdir", "file" },
	[EVENT_RENAME] = { "rename", "file" },
	[EVENT_LINK] = { "link", "file" },
	[EVENT_CONNECT] = { "connect", "network" },
	[EVENT_SENDMSG] = { "sendmsg", "network" },
	[EVENT_BIND] = { "bind", "network" },
	[EVENT_PROCESS_EXEC] = { "process-start", "process" },
	[EVENT_PROCESS_EXIT] = { "process-exit", "process" },
	[EVENT_CONTAINER_END] = { "container-end", "process" },
	[EVENT_CONTAINER_START] = { "container-start", "process" },
	[EVENT_FORK] = { "fork", "process" },
	[EVENT_PROTECT] = { "protect", "configuration" },
	[EVENT_MOUNT] = { "mount", "file" },
	[EVENT_MOVE_MOUNT] = { "move_mount", "file" },
	[EVENT_UMOUNT] = { "umount", "file" },
	[EVENT_PIVOT_ROOT] = { "pivot_root", "file" },
	[EVENT_MMAP] = { "mmap", "file" },
	[EVENT_MPROTECT] = { "mprotect", "file" },
	[EVENT_CHMOD] = { "chmod", "file" },
	[EVENT_CHOWN] = { "chown", "file" },
	[EVENT_UTIMES] = { "utimes", "file" },
	[EVENT_SETXATTR] = { "setxattr", "file" },
	[EVENT_REMOVEXATTR] = { "removexattr", "file" },
	[EVENT_IOCTL] = { "ioctl", "file" },
	[EVENT_FCNTL] = { "fcntl", "file" },
	[EVENT_WRITE] = { "write", "file" },
	[EVENT_RECEIVE] = { "receive", "file" },
	[EVENT_DEVICE] = { "device", "file" },
	[EVENT_SYSCTL] = { "sysctl", "configuration" },
	[EVENT_SOCKET] = { "socket", "network" },
	[EVENT_LISTEN] = { "listen", "network" },
	[EVENT_ACCEPT] = { "accept", "network" },
	[EVENT_CAPABILITY] = { "capability", "process" },
};

static const char *const verdicts[EVENT_VERDICTS] = {
	[EVENT_ALLOWED] = "allowed",
	[EVENT_DENIED] = "denied",
	[EVENT_WOULD_DENY] = "would-deny",
	[EVENT_KILLED] = "killed",
};

static const char *const reasons[EVENT_REASONS] = {
	[REASON_RULE] = "rule",
	[REASON_DEFAULT] = "default",
	[REASON_PROTECTED] = "protected",
	[REASON_DENIED_BELOW] = "denied-below",
	[REASON_OTHER_NAME] = "other-name",
	[REASON_TOPOLOGY] = "topology",
	[REASON_RANGE] = "out-of-range",
	[REASON_PATH_LENGTH] = "path-too-long",
	[REASON_NO_PATH] = "no-path",
	[REASON_PATH_RACE] = "path-race",
	[REASON_NO_POLICY] = "no-policy",
	[REASON_SCRATCH] = "no-scratch",
	[REASON_TASK_TABLE] = "task-table-full",
	[REASON_DEPTH] = "cgroup-too-deep",
	[REASON_CONTAINERS] = "too-many-containers",
	[REASON_VALUE] = "no-integer",
};

static const char *const modes[] = {
	[POLICY_MODE_OFF] = "off",
	[POLICY_MODE_AUDIT] = "audit",
	[POLICY_MODE_ENFORCE] = "enforce",
};

static const char *const rings[EVENT_RINGS] = {
	[RING_DENIED] = "denied",
	[RING_OTHER] = "other",
};

const char *audit_action_name(unsigned int action)
{
	if (action >= EVENT_OPERATION && action < EVENT_ACTIONS)
		return names_process_deny.names[action - EVENT_OPERATION];
	return action < EVENT_OPERATION ? actions[action].name : NULL;
}

const char *audit_action_category(unsigned int action)
{
	if (action >= EVENT_OPERATION && action < EVENT_ACTIONS)
		return "process";
	return action < EVENT_OPERATION ? actions[action].category : NULL;
}

const char *audit_verdict_name(unsigned int verdict)
{
	return verdict < EVENT_VERDICTS ? verdicts[verdict] : NULL;
}

const char *audit_reason_name(unsigned int reason)
{
	return reason < EVENT_REASONS ? reasons[reason] : NULL;
}

const char *audit_mode_name(unsigned int mode)
{
	return mode < sizeof(modes) / sizeof(modes[0]) ? modes[mode] : NULL;
}

const char *audit_ring_name(unsigned int ring)
{
	return ring < EVENT_RINGS ? rings[ring] : NULL;
}
