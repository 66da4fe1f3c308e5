/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "agent/hooks.h"
#include "bpf/abi_policy.h"

static const char *const names[] = {
	[HOOK_TRACKING] = "tracking",
	[HOOK_EXEC] = "exec",
	[HOOK_FILE] = "file",
	[HOOK_NETWORK] = "network",
	[HOOK_CAPABILITY] = "capability",
	[HOOK_PROCESS] = "process",
	[HOOK_DEVICE] = "device",
	[HOOK_SYSCTL] = "sysctl",
};

/* The first prefix that fits. */
static const struct {
	const char *prefix;
	enum hook_class class;
} sections[] = {
	{ "lsm/bprm_", HOOK_EXEC },	 { "lsm/task_alloc", HOOK_EXEC },
	{ "lsm/task_free", HOOK_EXEC },	 { "lsm/task_", HOOK_PROCESS },
	{ "lsm/mmap_file", HOOK_EXEC },	 { "lsm/file_mprotect", HOOK_EXEC },
	{ "lsm/socket_", HOOK_NETWORK }, { "lsm/unix_", HOOK_NETWORK },
	{ "lsm/inet_", HOOK_NETWORK },	 { "lsm/capable", HOOK_CAPABILITY },
	{ "lsm/ptrace_", HOOK_PROCESS }, { "lsm/userns_", HOOK_PROCESS },
	{ "lsm/kernel_", HOOK_PROCESS }, { "lsm/perf_", HOOK_PROCESS },
	{ "lsm/key_", HOOK_PROCESS },	 { "lsm/inode_init_security_anon", HOOK_PROCESS },
	{ "lsm/syslog", HOOK_PROCESS },	 { "lsm/", HOOK_FILE },
	{ "fentry/", HOOK_PROCESS },	 { "fexit/", HOOK_PROCESS },
	{ "cgroup/dev", HOOK_DEVICE },	 { "cgroup/sysctl", HOOK_SYSCTL },
	{ "cgroup", HOOK_NETWORK },
};

/* Programs by the beginning of their names, and all the classes that they judge: a policy with any
 * of them needs the program. Those that judge what nearly every policy has (exec, file, network,
 * and mounts with them) or guard bailiff itself are not here. */
static const struct {
	const char *prefix;
	uint32_t classes;
} on_demand[] = {
	{ "bailiff_kill_", CLASS_NETWORK_KILL },
	{ "bailiff_accept", CLASS_ACCEPT },
	{ "bailiff_unix_", CLASS_UNIX },
	{ "bailiff_socket_create", CLASS_SOCKET },
	{ "bailiff_socket_receive", CLASS_SOCKET },
	{ "bailiff_mmap_file", CLASS_MAP | CLASS_APPEND | CLASS_WX_MEMORY },
	{ "bailiff_file_mprotect", CLASS_MAP | CLASS_APPEND | CLASS_WX_MEMORY },
	{ "bailiff_append_", CLASS_APPEND },
	{ "bailiff_file_fcntl", CLASS_APPEND },
	{ "bailiff_path_chmod", CLASS_SETATTR },
	{ "bailiff_path_chown", CLASS_SETATTR },
	{ "bailiff_inode_", CLASS_SETATTR },
	{ "bailiff_file_ioctl", CLASS_IOCTL },
	{ "bailiff_uring_cmd", CLASS_IOCTL },
	{ "bailiff_capable", CLASS_CAPABILITY | CLASS_PROCESS },
	{ "bailiff_ptrace", CLASS_PROCESS },
	{ "bailiff_traceme", CLASS_PROCESS },
	{ "bailiff_userns", CLASS_PROCESS },
	{ "bailiff_module_request", CLASS_PROCESS },
	{ "bailiff_perf_", CLASS_PROCESS },
	{ "bailiff_key_", CLASS_PROCESS },
	{ "bailiff_call_", CLASS_PROCESS },
	{ "bailiff_anonymous", CLASS_PROCESS },
	{ "bailiff_syslog", CLASS_PROCESS },
	{ "bailiff_signal", CLASS_SIGNAL },
	{ "bailiff_set", CLASS_SIGNAL },
	{ "bailiff_owner_", CLASS_SIGNAL },
	{ "bailiff_movememory", CLASS_SIGNAL },
	{ "bailiff_cgroupfs_", CLASS_CGROUP },
	{ "bailiff_device", CLASS_DEVICE },
	/* once it is attached, the kernel reads the old value before each access of any process
	 * (__cgroup_bpf_run_filter_sysctl()) */
	{ "bailiff_sysctl", CLASS_SYSCTL_READ | CLASS_SYSCTL_WRITE },
};

enum hook_class hook_class(const char *section)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		if (!strncmp(section, sections[i].prefix, strlen(sections[i].prefix)))
			return sections[i].class;
	return HOOK_TRACKING;
}

uint32_t hook_on_demand(const char *program)
{
	for (size_t i = 0; i < sizeof(on_demand) / sizeof(on_demand[0]); i++)
		if (!strncmp(program, on_demand[i].prefix, strlen(on_demand[i].prefix)))
			return on_demand[i].classes;
	return 0;
}

uint32_t hook_all_on_demand(void)
{
	uint32_t classes = 0;

	for (size_t i = 0; i < sizeof(on_demand) / sizeof(on_demand[0]); i++)
		classes |= on_demand[i].classes;
	return classes;
}

const char *hook_class_name(enum hook_class class)
{
	return names[class];
}

static uint32_t find_class(const char *name, size_t length)
{
	for (unsigned int i = HOOK_EXEC; i < HOOK_CLASSES; i++)
		if (strlen(names[i]) == length && !strncmp(names[i], name, length))
			return 1U << i;
	return 0;
}

int hook_classes_parse(const char *list, uint32_t *classes, struct fault *fault)
{
	uint32_t found = 0;

	for (;;) {
		size_t length = strcspn(list, ",");
		uint32_t class = find_class(list, length);

		if (!class)
			return fault_set(fault, -EINVAL,
					 "unknown class '%.*s': one of exec, file, network, "
					 "capability, process, device and sysctl",
					 (int)length, list);
		found |= class;
		if (!list[length])
			break;
		list += length + 1;
	}
	*classes = found;
	return 0;
}
