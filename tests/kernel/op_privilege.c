// SPDX-License-Identifier: GPL-2.0-or-later
/* What a capability is asked for, where the kernel has no plain call for it. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/fs.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* PATH: of another group; without the capability the bit is dropped, and nobody is told */
static int run_set_group_id(int n, char **args)
{
	struct stat st;

	(void)n;
	if (chmod(args[0], 02755) < 0 || stat(args[0], &st) < 0)
		return -errno;
	return st.st_mode & S_ISGID ? 0 : -EPERM;
}

/* DIR: a file without a name that may only be appended to */
static int run_immutable(int n, char **args)
{
	int fd = open(args[0], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600), r;
	int flags = FS_APPEND_FL;

	(void)n;
	r = fd < 0 ? -errno : result(ioctl(fd, FS_IOC_SETFLAGS, &flags));
	close(fd);
	return r;
}

/* More than the limit; in a child */
static int run_lock(int n, char **args)
{
	struct rlimit limit = { 4096, 4096 };
	void *memory = mmap(NULL, 16384, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)n, (void)args;
	if (memory == MAP_FAILED || setrlimit(RLIMIT_MEMLOCK, &limit) < 0)
		return -errno;
	return result(mlock(memory, 16384));
}

/* Shared memory that nobody may attach */
static int run_shared_memory(int n, char **args)
{
	int id = shmget(IPC_PRIVATE, 4096, 0), r = 0;
	void *memory = shmat(id, NULL, 0);

	(void)n, (void)args;
	if (memory == (void *)-1)
		r = -errno;
	else
		shmdt(memory);
	shmctl(id, IPC_RMID, NULL);
	return r;
}

static int run_no_module(int n, char **args)
{
	int r = result(syscall(SYS_delete_module, "no_such_module", O_NONBLOCK));

	(void)n, (void)args;
	return r == -ENOENT ? 0 : r;
}

/* Of a terminal that the process does not have; in a child */
static int run_hang_up(int n, char **args)
{
	(void)n, (void)args;
	setsid();
	return result(vhangup());
}

static int audit_request(int fd, uint16_t type)
{
	struct {
		struct nlmsghdr header;
		char text[8];
	} request = { .header = { sizeof(request), type, NLM_F_REQUEST | NLM_F_ACK, 1, 0 },
		      .text = "bailiff" };
	union {
		struct nlmsghdr header;
		char bytes[8192];
	} answer;

	if (send(fd, &request, sizeof(request), 0) < 0)
		return -errno;
	do {
		if (recv(fd, &answer, sizeof(answer), 0) < 0)
			return -errno;
	} while (answer.header.nlmsg_type != NLMSG_ERROR);
	return ((struct nlmsgerr *)NLMSG_DATA(&answer.header))->error;
}

/* read|write|control */
static int run_audit(int n, char **args)
{
	struct sockaddr_nl all = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT), r;

	(void)n;
	if (fd < 0)
		return -errno;
	if (!strcmp(args[0], "read"))
		r = result(bind(fd, (void *)&all, sizeof(all)));
	else
		r = audit_request(fd, *args[0] == 'w' ? AUDIT_USER : AUDIT_GET);
	close(fd);
	return r;
}

static bool stays_awake(int poller)
{
	char path[64], line[128];
	unsigned int events = 0;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", poller);
	in = fopen(path, "re");
	while (in && fgets(line, sizeof(line), in))
		if (sscanf(line, "tfd: %*d events: %x", &events) == 1)
			break;
	if (in)
		fclose(in);
	return events & EPOLLWAKEUP;
}

/* Events that keep the machine awake; without the capability they don't, and nobody is told */
static int run_stay_awake(int n, char **args)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLWAKEUP };
	int poller = epoll_create1(EPOLL_CLOEXEC), ends[2], r;

	(void)n, (void)args;
	if (poller < 0 || pipe(ends) < 0)
		return -errno;
	r = result(epoll_ctl(poller, EPOLL_CTL_ADD, ends[0], &event));
	if (!r && !stays_awake(poller))
		r = -EPERM;
	close(ends[0]);
	close(ends[1]);
	close(poller);
	return r;
}

/* In whatever runs on a processor */
static int run_count_all(int n, char **args)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_PAGE_FAULTS,
		.exclude_kernel = 1,
	};

	(void)n, (void)args;
	return closed(syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC));
}

static int run_hash_map(int n, char **args)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_HASH,
		.key_size = 4,
		.value_size = 4,
		.max_entries = 1,
	};

	(void)n, (void)args;
	return closed(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)));
}

/* The file that is mapped first, by its address */
static int run_map_file(int n, char **args)
{
	char path[128];
	unsigned long from, to;
	FILE *in = fopen("/proc/self/maps", "re");

	(void)n, (void)args;
	if (!in || fscanf(in, "%lx-%lx", &from, &to) != 2)
		return -EIO;
	fclose(in);
	snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx", from, to);
	return op_open(path, O_RDONLY);
}

const struct op op_privilege[] = {
	{ "set-group-id", 1, run_set_group_id },
	{ "immutable", 1, run_immutable },
	{ "lock", 0, run_lock },
	{ "shared-memory", 0, run_shared_memory },
	{ "no-module", 0, run_no_module },
	{ "hang-up", 0, run_hang_up },
	{ "audit", 1, run_audit },
	{ "stay-awake", 0, run_stay_awake },
	{ "count-all", 0, run_count_all },
	{ "hash-map", 0, run_hash_map },
	{ "map-file", 0, run_map_file },
	{ 0 },
};
