/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/seccomp_names.h"

#include <seccomp.h>
#include <stdio.h>
#include <string.h>

#include "policy/seccomp.h"

/* What an operation is called where its name has no regular ending; see the syscall tables of
 * the kernel, arch/<name>/entry/syscalls/syscall_32.tbl and the like. */
static const char *const irregular[][2] = {
	{ "mmap", "mmap2" },
	{ "lseek", "_llseek" },
	{ "umount2", "umount" },
	{ "settimeofday", "stime" },
	{ "setpriority", "nice" },
	{ "newfstatat", "fstatat64" },
	{ "select", "_newselect" },
	{ "wait4", "waitpid" },
	{ "getrlimit", "ugetrlimit" },
	{ "getdents", "readdir" },
	{ "uname", "olduname" },
	{ "uname", "oldolduname" },
	{ "stat", "oldstat" },
	{ "lstat", "oldlstat" },
	{ "fstat", "oldfstat" },
	{ "rt_sigaction", "sigaction" },
	{ "rt_sigaction", "signal" },
	{ "rt_sigprocmask", "sigprocmask" },
	{ "rt_sigprocmask", "ssetmask" },
	{ "rt_sigpending", "sigpending" },
	{ "rt_sigsuspend", "sigsuspend" },
	{ "rt_sigreturn", "sigreturn" },
	{ "sendto", "send" },
	{ "recvfrom", "recv" },
	{ "sync_file_range", "sync_file_range2" },
	{ "sync_file_range", "arm_sync_file_range" },
	{ "fadvise64", "arm_fadvise64_64" },
};

static const char *const endings[] = { "32", "64", "_64", "_time64" };

/* Is it a call here, or of its own on an architecture that calls come from? */
static bool is_native(const char *name)
{
	return seccomp_syscall_resolve_name_arch(SCMP_ARCH_NATIVE, name) >= 0;
}

static bool is_compatible(const char *name)
{
	uint32_t arches[SECCOMP_ARCHITECTURES];
	size_t n = seccomp_architectures(arches);

	for (size_t i = 1; i < n; i++)
		if (seccomp_syscall_resolve_name_arch(arches[i], name) >= 0)
			return true;
	return false;
}

/* x32 has the native calls by its own numbers, so that these are no names of their own. */
static bool take(const char *name, bool regular, char *buf)
{
	if (is_native(name) || seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR)
		return false;
	if (regular && !is_compatible(name))
		return false;
	snprintf(buf, SECCOMP_NAME_MAX, "%s", name);
	return true;
}

size_t seccomp_other_names(const char *name, char ret[SECCOMP_OTHER_NAMES][SECCOMP_NAME_MAX])
{
	char with[SECCOMP_NAME_MAX];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		if (snprintf(with, sizeof(with), "%s%s", name, endings[i]) >= (int)sizeof(with))
			continue;
		n += take(with, true, ret[n]);
	}
	for (size_t i = 0; i < sizeof(irregular) / sizeof(*irregular); i++)
		if (!strcmp(irregular[i][0], name))
			n += take(irregular[i][1], false, ret[n]);
	return n;
}
