// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ops.h"

const char *others_file;
static int file = -1, sysctl = -1, listening = -1;
static void *mapped;

static void one_file(int batch)
{
	(void)batch;
	if (file < 0)
		file = open(others_file, O_RDWR);
	if (file < 0 || ftruncate(file, 4096))
		fail(others_file);
}

static void one_mapping(int batch)
{
	one_file(batch);
	if (!mapped)
		mapped = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
	if (mapped == MAP_FAILED)
		fail("mmap");
}

static void one_sysctl(int batch)
{
	(void)batch;
	if (sysctl < 0)
		sysctl = open("/proc/sys/net/core/somaxconn", O_RDONLY);
	if (sysctl < 0)
		fail("somaxconn");
}

static void one_listener(int batch)
{
	(void)batch;
	if (listening < 0)
		listening = socket(AF_INET, SOCK_STREAM, 0);
	if (listening < 0)
		fail("socket");
}

static void map_executable(int i)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);

	(void)i;
	if (at == MAP_FAILED || munmap(at, 4096))
		fail("mmap");
}

static void protect(int i)
{
	if (mprotect(mapped, 4096, i % 2 ? PROT_READ : PROT_READ | PROT_EXEC))
		fail("mprotect");
}

static void change_mode(int i)
{
	if (fchmod(file, i % 2 ? 0644 : 0600))
		fail("fchmod");
}

static void control(int i)
{
	int waiting;

	(void)i;
	if (ioctl(file, FIONREAD, &waiting))
		fail("ioctl");
}

static void set_flags(int i)
{
	if (fcntl(file, F_SETFL, i % 2 ? 0 : O_NONBLOCK))
		fail("fcntl");
}

static void be_capable(int i)
{
	(void)i;
	if (setpriority(PRIO_PROCESS, 0, -1)) /* CAP_SYS_NICE */
		fail("setpriority");
	setpriority(PRIO_PROCESS, 0, 0);
}

static void signal_self(int i)
{
	(void)i;
	if (kill(getpid(), 0))
		fail("kill");
}

static void make_socket(int i)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)i;
	if (fd < 0)
		fail("socket");
	close(fd);
}

static void start_listening(int i)
{
	if (listen(listening, 1 + i % 2))
		fail("listen");
}

static void read_sysctl(int i)
{
	char value[32];

	(void)i;
	if (pread(sysctl, value, sizeof(value), 0) <= 0)
		fail("somaxconn");
}

static void open_device(int i)
{
	int fd = open("/dev/null", O_RDONLY);

	(void)i;
	if (fd < 0)
		fail("/dev/null");
	close(fd);
}

const struct operation others[] = {
	{ "map-executable", one_file, map_executable, PER_BATCH },
	{ "protect-executable", one_mapping, protect, PER_BATCH },
	{ "chmod", one_file, change_mode, PER_BATCH },
	{ "ioctl", one_file, control, PER_BATCH },
	{ "fcntl", one_file, set_flags, PER_BATCH },
	{ "capable", nothing_before, be_capable, PER_BATCH },
	{ "signal", nothing_before, signal_self, PER_BATCH },
	{ "socket", nothing_before, make_socket, PER_BATCH },
	{ "listen", one_listener, start_listening, PER_BATCH },
	{ "sysctl-read", one_sysctl, read_sysctl, PER_BATCH },
	{ "device-open", nothing_before, open_device, PER_BATCH },
	{ 0 },
};
