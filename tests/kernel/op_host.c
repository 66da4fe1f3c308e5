// SPDX-License-Identifier: GPL-2.0-or-later
/* What belongs to the host as a whole: its clock, name, ports, accounting, its end. Each
 * operation leaves things as they were. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/sendfile.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

/* What Ctrl-Alt-Del does, which the guest has no keyboard for. */
static int run_reboot(int n, char **args)
{
	(void)n, (void)args;
	return result(reboot(RB_DISABLE_CAD));
}

/* An offset of 0 is added to the clock. */
static int set_offset(int by_clock)
{
	struct timex t = { .modes = ADJ_SETOFFSET };

	return result(by_clock ? clock_adjtime(CLOCK_REALTIME, &t) : adjtimex(&t));
}

/* The hardware clock, to what it says. */
static int set_hardware_clock(void)
{
	int fd = open("/dev/rtc0", O_RDONLY | O_CLOEXEC), r;
	struct rtc_time time;

	if (fd < 0)
		return -errno;
	r = result(ioctl(fd, RTC_RD_TIME, &time));
	if (!r)
		r = result(ioctl(fd, RTC_SET_TIME, &time));
	close(fd);
	return r;
}

/* clock|day|zone|hardware|adjust|offset|clock-offset|query */
static int run_settime(int n, char **args)
{
	struct timex t = { 0 };
	struct timezone zone = { 0 };
	struct timespec now;
	struct timeval day;

	(void)n;
	clock_gettime(CLOCK_REALTIME, &now);
	gettimeofday(&day, NULL);
	if (!strcmp(args[0], "clock"))
		return result(clock_settime(CLOCK_REALTIME, &now));
	if (!strcmp(args[0], "day"))
		return result(settimeofday(&day, NULL));
	if (!strcmp(args[0], "zone"))
		return result(settimeofday(NULL, &zone));
	if (!strcmp(args[0], "hardware"))
		return set_hardware_clock();
	if (!strcmp(args[0], "offset") || !strcmp(args[0], "clock-offset"))
		return set_offset(*args[0] == 'c');
	if (adjtimex(&t) < 0)
		return -errno;
	t.modes = !strcmp(args[0], "adjust") ? ADJ_FREQUENCY : 0;
	return result(adjtimex(&t));
}

static int run_iopl(int n, char **args)
{
	int r = result(iopl(3));

	(void)n, (void)args;
	return r ? r : result(iopl(0));
}

static int run_ioperm(int n, char **args)
{
	int r = result(ioperm(0x80, 1, 1));

	(void)n, (void)args;
	return r ? r : result(ioperm(0x80, 1, 0));
}

/* PATH: what `prepare-swap` made, on a block device or a file system that has any */
static int run_swapon(int n, char **args)
{
	int r = result(swapon(args[0], 0));

	(void)n;
	return r ? r : result(swapoff(args[0]));
}

/* PATH */
static int run_acct(int n, char **args)
{
	int r = result(acct(args[0]));

	(void)n;
	return r ? r : result(acct(NULL));
}

/* host|domain: to what it is */
static int run_sethostname(int n, char **args)
{
	struct utsname name;

	(void)n;
	uname(&name);
	if (!strcmp(args[0], "domain"))
		return result(setdomainname(name.domainname, strlen(name.domainname)));
	return result(sethostname(name.nodename, strlen(name.nodename)));
}

/* notify|permission: of what is opened, or executed, on the mount at /run */
static int run_fanotify(int n, char **args)
{
	int fd = fanotify_init(strcmp(args[0], "permission") ? FAN_CLASS_NOTIF : FAN_CLASS_CONTENT,
			       O_RDONLY | O_CLOEXEC);
	int r;

	(void)n;
	if (fd < 0)
		return -errno;
	r = result(fanotify_mark(fd, FAN_MARK_ADD | FAN_MARK_MOUNT,
				 strcmp(args[0], "permission") ? FAN_OPEN : FAN_OPEN_EXEC_PERM,
				 AT_FDCWD, "/run"));
	close(fd);
	return r;
}

/* A file system that is mounted nowhere; in its root a copy of the program. */
static int detached_copy(const char *path)
{
	int from = open(path, O_RDONLY | O_CLOEXEC), fs, mount, to;

	fs = (int)syscall(SYS_fsopen, "tmpfs", 0);
	if (from < 0 || fs < 0 || syscall(SYS_fsconfig, fs, 6 /* CREATE */, NULL, NULL, 0) < 0)
		return -errno;
	mount = (int)syscall(SYS_fsmount, fs, 0, 0);
	to = openat(mount, "copy", O_CREAT | O_WRONLY | O_CLOEXEC, 0755);
	if (mount < 0 || to < 0 || op_copy(to, from))
		return -errno;
	close(to);
	close(from);
	close(fs);
	return mount;
}

/* PATH ARG...: a copy of the program on a mount that has no place */
static int run_detached_exec(int n, char **args)
{
	int mount = detached_copy(args[0]), error;
	pid_t pid;

	if (mount < 0)
		return mount;
	args[n] = NULL;
	pid = fork();
	if (!pid) {
		syscall(SYS_execveat, mount, "copy", args, environ, 0);
		_exit(op_exec_status());
	}
	error = pid < 0 ? -errno : op_ended(pid);
	close(mount);
	return op_exec_result(error);
}

const struct op op_host[] = {
	{ "reboot", 0, run_reboot },
	{ "settime", 1, run_settime },
	{ "iopl", 0, run_iopl },
	{ "ioperm", 0, run_ioperm },
	{ "swapon", 1, run_swapon },
	{ "acct", 1, run_acct },
	{ "sethostname", 1, run_sethostname },
	{ "fanotify", 1, run_fanotify },
	{ "detached-exec", 1, run_detached_exec },
	{ 0 },
};
