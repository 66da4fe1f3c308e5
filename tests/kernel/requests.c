// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Clients of the agent, good ones and bad ones.
 *
 *   requests SOCKET heap                       what heap.c says
 *   requests SOCKET requests COUNT CGROUP DIR  COUNT requests of all kinds; DIR has the files
 *                                              good.cfg and bad.cfg
 *   requests SOCKET reloads COUNT FILE         COUNT reloads, before each FILE becomes another
 *                                              policy file; one in three is broken
 *   requests SOCKET binds COUNT MOUNT PREFIX POLICY  makes COUNT cgroups with a sleeping process in
 *                                              each, and binds them; prints how many microseconds
 *                                              that took: the median and the most
 *
 * Fails if one is answered otherwise than it should be.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define REPLY_MAX (2 << 20)
#define HELD 8 /* connections of half a request that are kept open at one time */

enum outcome { YES, NO, SILENT, DROPPED };

struct kind {
	const char *text; /* %s: the cgroup */
	enum outcome wanted;
	int descriptors; /* that are sent along */
	bool bad;	 /* those of bad.cfg */
	uint32_t length; /* said to be; 0: as it is */
	size_t sent;	 /* bytes of header and text; 0: all */
};

#define BIND "{\"command\":\"bind\",\"cgroup\":\"%s\",\"policy\":"
#define BIND_FILE "{\"command\":\"bind\",\"start\":true,\"cgroup\":\"%s\",\"file\":\"x.cfg\"}"
#define UNBIND "{\"command\":\"unbind\",\"cgroup\":\"%s\"}"
#define STATUS "{\"command\":\"status\"}"
#define TAIL "{\"command\":\"tail\",\"container\":\"x\",\"denied\":true}"

static const struct kind kinds[] = {
	{ STATUS, .wanted = YES },
	{ BIND "\"steady\",\"name\":\"leaky\"}", .wanted = YES },
	{ "{\"command\":\"ping\"}", .wanted = YES },
	{ UNBIND, .wanted = YES },
	{ UNBIND, .wanted = NO },
	{ BIND "\"nowhere\"}", .wanted = NO },
	{ "{\"command\":\"bind\",\"cgroup\":\"%s/none\",\"policy\":\"steady\"}", .wanted = NO },
	{ "{\"command\":\"bind\",\"cgroup\":\"%s/../../..\",\"policy\":\"steady\"}", .wanted = NO },
	{ BIND_FILE, .wanted = YES, .descriptors = 1 },
	{ UNBIND, .wanted = YES },
	{ BIND_FILE, .wanted = NO, .descriptors = 1, .bad = true },
	{ BIND_FILE, .wanted = NO },
	{ STATUS, .wanted = YES, .descriptors = 1 },
	{ "{\"command\":", .wanted = NO, .descriptors = 3 },
	{ "{\"command\":\"status\",\"x\":[[[1]]]}", .wanted = NO },
	{ "{\"command\":\"nothing\"}", .wanted = NO },
	{ "{\"command\":\"unbind\",\"id\":1,\"name\":\"x\"}", .wanted = NO },
	{ "[[[[[[[[[[[[[[1]]]]]]]]]]]]]]", .wanted = NO },
	{ STATUS, .wanted = SILENT },
	{ TAIL, .wanted = YES },
	{ TAIL, .wanted = SILENT },
	{ STATUS, .wanted = SILENT, .sent = 2 },
	{ STATUS, .wanted = SILENT, .sent = 12, .descriptors = 2 },
	{ STATUS, .wanted = SILENT, .length = 1 << 20 },
	{ STATUS, .wanted = DROPPED, .length = (1 << 20) + 1 },
	{ STATUS, .wanted = DROPPED, .length = UINT32_MAX, .descriptors = 1 },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const char *socket_path;
static char reply[REPLY_MAX];

static void fail(const char *what, const char *about)
{
	fprintf(stderr, "requests: %s: %s (%s)\n", what, about, strerror(errno));
	exit(1);
}

static int dial(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = 20 };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", socket_path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		fail("connect", socket_path);
	return fd;
}

static void put(int fd, const char *bytes, size_t size, int passed, int copies)
{
	union {
		char bytes[CMSG_SPACE(4 * sizeof(int))];
		struct cmsghdr align;
	} control = { .bytes = { 0 } };
	struct iovec iov = { (void *)(uintptr_t)bytes, size };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (copies) {
		struct cmsghdr *header = &control.align;

		message.msg_control = control.bytes;
		message.msg_controllen = CMSG_SPACE((size_t)copies * sizeof(int));
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN((size_t)copies * sizeof(int));
		for (int i = 0; i < copies; i++)
			memcpy(CMSG_DATA(header) + (size_t)i * sizeof(int), &passed, sizeof(int));
	}
	if (sendmsg(fd, &message, MSG_NOSIGNAL) != (ssize_t)size)
		fail("send", bytes + 4);
}

/* What the agent says to `kind`. */
static enum outcome hear(int fd)
{
	uint32_t length, have = 0;
	ssize_t got = recv(fd, &length, sizeof(length), MSG_WAITALL);

	if (got == 0 || (got < 0 && errno == ECONNRESET))
		return DROPPED;
	length = ntohl(length);
	if (got != sizeof(length) || length >= sizeof(reply))
		fail("receive", "no header");
	while (have < length) {
		got = recv(fd, reply + have, length - have, 0);
		if (got <= 0)
			fail("receive", "no text");
		have += (uint32_t)got;
	}
	reply[have] = 0;
	return strstr(reply, "\"ok\":true") ? YES : NO;
}

static void ask(const struct kind *kind, const char *cgroup, int passed)
{
	static int held[HELD], next;
	char frame[8192];
	int length = snprintf(frame + 4, sizeof(frame) - 4, kind->text, cgroup), fd = dial();
	uint32_t said = htonl(kind->length ? kind->length : (uint32_t)length);
	enum outcome outcome = SILENT;

	memcpy(frame, &said, sizeof(said));
	put(fd, frame, kind->sent ? kind->sent : (size_t)length + 4, passed, kind->descriptors);
	if (kind->wanted != SILENT)
		outcome = hear(fd);
	if (outcome != kind->wanted)
		fail(frame + 4, outcome == DROPPED ? "dropped" : reply);
	if (kind->wanted == SILENT && (kind->sent || kind->length)) {
		if (held[next])
			close(held[next]);
		held[next] = fd;
		next = (next + 1) % HELD;
	} else {
		close(fd);
	}
}

static int open_in(const char *directory, const char *name)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		fail("open", path);
	return fd;
}

static void requests(int count, const char *cgroup, const char *directory)
{
	for (int i = 0; i < count || i % (int)KINDS; i++) {
		const struct kind *kind = &kinds[i % (int)KINDS];
		int passed = -1;

		if (kind->descriptors)
			passed = open_in(directory, kind->bad ? "bad.cfg" : "good.cfg");
		ask(kind, cgroup, passed);
		if (passed >= 0)
			close(passed);
	}
}

static const struct {
	const char *text;
	enum outcome wanted;
} files[] = {
	{ "policies = ( { name = \"turn\"; network = { default = \"deny\"; }; } );", YES },
	{ "policies = ( { name = \"turn\"; network = { default = \"allow\"; rules = ( { action = "
	  "\"deny\"; op = \"connect\"; to = \"10.0.0.0/8\"; port = \"1-99\"; } ); }; } );",
	  YES },
	{ "policies = ( { name \"turn\"; } );", NO },
	{ "policies = ( { name = \"turn\"; network = { default = \"deny\"; }; }, { name = "
	  "\"other\"; "
	  "network = { default = \"deny\"; }; } );",
	  YES },
	{ "# nothing but a comment and a policy\npolicies = ( { name = \"other\"; extends = "
	  "\"turn\"; "
	  "}, { name = \"turn\"; mode = \"audit\"; network = { default = \"deny\"; }; } );",
	  YES },
	{ "policies = ( { name = \"turn\"; network = { default = \"deny\"; rules = ( { action = "
	  "\"deny\"; op = \"connect\"; to = \"10.0.0.1/8\"; port = \"99-1\"; } ); }; mod = 1; } );",
	  NO },
	{ "policies = ( { name = \"turn\"; exec = [ \"/a\", 1, \"/b\" ]; } );", NO },
	{ "policies = ( { name = \"turn\"; network = { default = \"allow\"; }; } );", YES },
	{ "policies = ( { name = \"turn\"; network = { default = \"deny\"; }; }, { name = "
	  "\"more\"; "
	  "extends = [ \"turn\" ]; }, { name = \"most\"; extends = [ \"more\" ]; mode = \"off\"; } "
	  ");",
	  YES },
	{ "policies = ( { name = \"turn\"; extends = [ \"turn\", \"none\" ]; } );", NO },
	{ "policies = ( { name = \"turn\"; process = { capabilities = { default = \"deny\"; allow "
	  "= "
	  "\"no_such\"; }; }; } );",
	  NO },
	{ "policies = ( { name = \"turn\"; mode = \"audit\"; network = { default = \"deny\"; }; } "
	  ");",
	  YES },
};

static void reloads(int count, const char *path)
{
	const int n = sizeof(files) / sizeof(files[0]);

	for (int i = 0; i < count || i % n; i++) {
		const struct kind reload = { "{\"command\":\"reload\"}",
					     .wanted = files[i % n].wanted };
		FILE *out = fopen(path, "w");

		if (!out || fputs(files[i % n].text, out) < 0 || fclose(out))
			fail("write", path);
		ask(&reload, "", -1);
	}
}

/* A new cgroup, and in it a process that nobody waits for. */
static void populate(const char *path)
{
	char file[8300];
	int fd;

	snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	if (mkdir(path, 0755))
		fail("mkdir", path);
	switch (fork()) {
	case -1:
		fail("fork", path);
		break;
	case 0:
		fd = open(file, O_WRONLY);
		if (fd < 0 || write(fd, "0", 1) != 1)
			fail("write", file);
		for (fd = 0; fd < 16; fd++)
			close(fd);
		for (;;)
			pause();
	}
}

static long microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int compare(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

static void binds(int count, const char *mount, const char *prefix, const char *policy)
{
	long *took = calloc((size_t)count, sizeof(*took));
	struct kind kind = { .wanted = YES };
	char cgroup[4096], path[8192], text[1024];

	if (!took || count < 1)
		fail("binds", "memory, or none");
	snprintf(text, sizeof(text), BIND "\"%s\"}", "%s", policy);
	kind.text = text;
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s%s%d", mount, prefix, i);
		populate(path);
	}
	for (int i = 0; i < count; i++) {
		snprintf(cgroup, sizeof(cgroup), "%s%d", prefix, i);
		took[i] = microseconds();
		ask(&kind, cgroup, -1);
		took[i] = microseconds() - took[i];
	}
	qsort(took, (size_t)count, sizeof(*took), compare);
	printf("%ld %ld\n", took[count / 2], took[count - 1]);
	free(took);
}

int main(int argc, char **argv)
{
	char line[64];
	ssize_t got;

	if (argc < 3)
		fail("arguments", "see above");
	socket_path = argv[1];
	if (argc == 6 && !strcmp(argv[2], "requests")) {
		requests(atoi(argv[3]), argv[4], argv[5]);
	} else if (argc == 5 && !strcmp(argv[2], "reloads")) {
		reloads(atoi(argv[3]), argv[4]);
	} else if (argc == 7 && !strcmp(argv[2], "binds")) {
		binds(atoi(argv[3]), argv[4], argv[5], argv[6]);
	} else {
		got = recv(dial(), line, sizeof(line), MSG_WAITALL);
		if (got <= 0)
			fail("receive", "heap");
		printf("%.*s", (int)got, line);
	}
	return 0;
}
