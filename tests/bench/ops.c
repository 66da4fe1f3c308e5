/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ops: prints `OPERATION<tab>NANOSECONDS` for each operation: of many batches the cheapest, so
 * that what the kernel does beside it (interrupts, its work after the boot) does not count.
 * Under `-icount shift=0` a nanosecond of the guest is an instruction. Needs /bench to be
 * prepared by `ops prepare`.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEPTH3 "/bench/alpha1/beta22/file.data" /* 30 bytes */
#define DEPTH10                                                                                    \
	"/bench/direct001/direct002/direct003/direct004/direct005/direct006/direct007/direct008/"  \
	"file-dat.bin"
#define BATCHES 40

static int udp;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void open_close(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		fail(path);
	close(fd);
}

static void open_depth3(void)
{
	open_close(DEPTH3);
}

static void open_depth10(void)
{
	open_close(DEPTH10);
}

static void stat_depth3(void)
{
	struct stat st;

	if (stat(DEPTH3, &st))
		fail("stat");
}

static void create_unlink(void)
{
	int fd = open("/bench/alpha1/new", O_CREAT | O_EXCL | O_WRONLY, 0600);

	if (fd < 0)
		fail("create");
	close(fd);
	if (unlink("/bench/alpha1/new"))
		fail("unlink");
}

static void rename_twice(void)
{
	if (rename(DEPTH3, "/bench/alpha1/beta22/other") ||
	    rename("/bench/alpha1/beta22/other", DEPTH3))
		fail("rename");
}

static void fork_exec(void)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		fail("fork");
	if (!pid) {
		execl("/proc/self/exe", "ops", "nothing", NULL);
		_exit(1);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		fail("exec");
}

static void connect_udp(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(53) };

	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	if (connect(udp, (struct sockaddr *)&to, sizeof(to)))
		fail("connect");
}

static void bind_udp(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(5353) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&to, sizeof(to)))
		fail("bind");
	close(fd);
}

static const struct {
	const char *name;
	void (*run)(void);
	int times;
} operations[] = {
	{ "open-depth3", open_depth3, 30 },   { "open-depth10", open_depth10, 30 },
	{ "stat", stat_depth3, 50 },	      { "create-unlink", create_unlink, 10 },
	{ "rename-twice", rename_twice, 10 }, { "fork-exec", fork_exec, 1 },
	{ "connect-udp", connect_udp, 50 },   { "bind-udp", bind_udp, 10 },
};

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void measure(void (*run)(void), int times, const char *name)
{
	long long best = -1;

	for (int batch = 0; batch < BATCHES; batch++) {
		long long start = now(), spent;

		for (int i = 0; i < times; i++)
			run();
		spent = (now() - start) / times;
		if (best < 0 || spent < best)
			best = spent;
	}
	printf("%s\t%lld\n", name, best);
}

static void make_file(const char *path)
{
	char part[256];
	int fd;

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		mkdir(part, 0755);
	}
	fd = open(path, O_CREAT | O_WRONLY, 0644);
	if (fd < 0)
		fail(path);
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "nothing"))
		return 0;
	if (argc > 1 && !strcmp(argv[1], "prepare")) {
		make_file(DEPTH3);
		make_file(DEPTH10);
		return 0;
	}
	udp = socket(AF_INET, SOCK_DGRAM, 0);
	if (udp < 0)
		fail("socket");
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		measure(operations[i].run, operations[i].times, operations[i].name);
	return 0;
}
