// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints what one open and close of /etc/passwd takes in nanoseconds: the least of many. */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long open_and_close(void)
{
	long long start = now();

	close(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
	return now() - start;
}

int main(void)
{
	long long least = open_and_close();

	for (int i = 0; i < 2000; i++) {
		long long took = open_and_close();

		if (took < least)
			least = took;
	}
	printf("%lld\n", least);
}
