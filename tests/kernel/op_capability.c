// SPDX-License-Identifier: GPL-2.0-or-later
/* What a capability is asked for, one by one; each can be done again. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/reboot.h>
#include <net/if.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/io.h>
#include <sys/klog.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

/* PATH UID */
static int run_chown(int n, char **args)
{
	(void)n;
	return result(chown(args[0], (uid_t)atoi(args[1]), (gid_t)-1));
}

/* PATH MODE */
static int run_chmod(int n, char **args)
{
	(void)n;
	return result(chmod(args[0], (mode_t)strtoul(args[1], NULL, 8)));
}

/* GID: the effective one */
static int run_gid(int n, char **args)
{
	(void)n;
	return result(setresgid((gid_t)-1, (gid_t)atoi(args[0]), (gid_t)-1));
}

/* NUMBER: out of the bounding set */
static int run_drop(int n, char **args)
{
	(void)n;
	return result(prctl(PR_CAPBSET_DROP, atoi(args[0]), 0, 0, 0));
}

/* MASK, hexadecimal: all but these out of the bounding set */
static int run_bound(int n, char **args)
{
	unsigned long long keep = strtoull(args[0], NULL, 16);
	int r = 0;

	(void)n;
	for (int cap = 0; cap <= CAP_LAST_CAP && !r; cap++)
		if (!(keep >> cap & 1))
			r = result(prctl(PR_CAPBSET_DROP, cap, 0, 0, 0));
	return r;
}

/* The loopback interface is set up. */
static int run_interface(int n, char **args)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), r;

	(void)n, (void)args;
	r = result(ioctl(fd, SIOCSIFFLAGS, &request));
	close(fd);
	return r;
}

static int run_raw(int n, char **args)
{
	(void)n, (void)args;
	return closed(socket(AF_INET, SOCK_RAW, 255));
}

static int run_iopl(int n, char **args)
{
	(void)n, (void)args;
	return result(iopl(3));
}

static int run_account(int n, char **args)
{
	(void)n, (void)args;
	return result(acct(NULL));
}

static int run_hostname(int n, char **args)
{
	char name[256];

	(void)n, (void)args;
	if (gethostname(name, sizeof(name)) < 0)
		return -errno;
	return result(sethostname(name, strlen(name)));
}

/* Ctrl-Alt-Del sends a signal to init. */
static int run_no_reboot(int n, char **args)
{
	(void)n, (void)args;
	return result(reboot(LINUX_REBOOT_CMD_CAD_OFF));
}

static int run_nicer(int n, char **args)
{
	int now;

	(void)n, (void)args;
	errno = 0;
	now = getpriority(PRIO_PROCESS, 0);
	return result(setpriority(PRIO_PROCESS, 0, now - 1));
}

static int run_raise_limit(int n, char **args)
{
	struct rlimit limit;

	(void)n, (void)args;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -errno;
	limit.rlim_max++;
	return result(setrlimit(RLIMIT_NOFILE, &limit));
}

static int run_clock(int n, char **args)
{
	struct timespec now;

	(void)n, (void)args;
	clock_gettime(CLOCK_REALTIME, &now);
	return result(clock_settime(CLOCK_REALTIME, &now));
}

/* PATH: the null device, and away with it */
static int run_device(int n, char **args)
{
	(void)n;
	if (mknod(args[0], S_IFCHR | 0600, makedev(1, 3)) < 0)
		return -errno;
	return result(unlink(args[0]));
}

/* PATH: of another user's */
static int run_lease(int n, char **args)
{
	int fd = open(args[0], O_RDONLY), r;

	(void)n;
	r = fd < 0 ? -errno : result(fcntl(fd, F_SETLEASE, F_RDLCK));
	close(fd);
	return r;
}

/* PATH CAPABILITY: the file gives it, effective */
static int run_file_capability(int n, char **args)
{
	struct vfs_cap_data data = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted = 1U << atoi(args[1]),
	};

	(void)n;
	return result(setxattr(args[0], "security.capability", &data, sizeof(data), 0));
}

static int run_console_level(int n, char **args)
{
	(void)n, (void)args;
	return result(klogctl(8, NULL, 4));
}

static int run_alarm(int n, char **args)
{
	(void)n, (void)args;
	return closed(timerfd_create(CLOCK_BOOTTIME_ALARM, 0));
}

const struct op op_capability[] = {
	{ "cap-chown", 2, run_chown },
	{ "cap-chmod", 2, run_chmod },
	{ "gid", 1, run_gid },
	{ "drop", 1, run_drop },
	{ "bound", 1, run_bound },
	{ "interface", 0, run_interface },
	{ "raw", 0, run_raw },
	{ "iopl", 0, run_iopl },
	{ "account", 0, run_account },
	{ "hostname", 0, run_hostname },
	{ "no-reboot", 0, run_no_reboot },
	{ "nicer", 0, run_nicer },
	{ "raise-limit", 0, run_raise_limit },
	{ "clock", 0, run_clock },
	{ "device", 1, run_device },
	{ "lease", 1, run_lease },
	{ "file-capability", 2, run_file_capability },
	{ "console-level", 0, run_console_level },
	{ "alarm", 0, run_alarm },
	{ 0 },
};
