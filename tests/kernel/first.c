// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Opens /data/secret by its first system call, before any library could do something. The
 * status is 0, or the error. Linked without libraries.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

static long call(long number, long a, long b, long c)
{
	long r;

	__asm__ volatile("syscall"
			 : "=a"(r)
			 : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return r;
}

__attribute__((noreturn)) void _start(void);

void _start(void)
{
	static const char path[] = "/data/secret";
	long fd = call(SYS_open, (long)path, O_RDONLY, 0);

	for (;;)
		call(SYS_exit_group, fd < 0 ? -fd : 0, 0, 0);
}
