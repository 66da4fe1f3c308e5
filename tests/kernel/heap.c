// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * To be preloaded: tells everybody who connects to the socket HEAP_SOCKET how many bytes of
 * memory the process has allocated, to the byte, which no count of pages can. Allocates none.
 */
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* One arena for all threads: another one comes when two of them meet, and has a size itself. */
int mallopt(int what, int value)
{
	int (*next)(int what, int value) = dlsym(RTLD_NEXT, "mallopt");

	return next(what, what == M_ARENA_MAX ? 1 : value);
}

static void *answer(void *listener)
{
	int fd = (int)(long)listener;

	for (;;) {
		int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		struct mallinfo2 info = mallinfo2();
		char line[32];
		int length = snprintf(line, sizeof(line), "%zu\n", info.uordblks + info.hblkhd);

		if (write(client, line, (size_t)length) < 0)
			continue;
		close(client);
	}
	return NULL;
}

__attribute__((constructor)) static void start(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("HEAP_SOCKET");
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	sigset_t all, before;
	pthread_t thread;

	if (!path || fd < 0)
		abort();
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	unlink(path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 8))
		abort();
	sigfillset(&all); /* signals are for the others */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&thread, NULL, answer, (void *)(long)fd))
		abort();
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}
