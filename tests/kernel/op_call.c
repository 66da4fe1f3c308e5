// SPDX-License-Identifier: GPL-2.0-or-later
/* System calls by number, of both tables. */
#include "op.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static void numbers(int n, char **args, long *ret)
{
	for (int i = 0; i < 7; i++)
		ret[i] = i < n ? strtol(args[i], NULL, 0) : 0;
}

/* NUMBER ARG... */
static int run_call(int n, char **args)
{
	long a[7];

	numbers(n, args, a);
	return syscall(a[0], a[1], a[2], a[3], a[4], a[5], a[6]) < 0 ? -errno : 0;
}

/* NUMBER ARG...: as a 32-bit program would */
static int run_call32(int n, char **args)
{
	long a[7], r;

	numbers(n, args, a);
	__asm__ volatile("int $0x80"
			 : "=a"(r)
			 : "a"(a[0]), "b"(a[1]), "c"(a[2]), "d"(a[3]), "S"(a[4]), "D"(a[5])
			 : "memory", "r8", "r9", "r10", "r11");
	r = (int)r;
	return r < 0 && r > -4096 ? (int)r : 0;
}

const struct op op_call[] = {
	{ "call", 1, run_call },
	{ "call32", 1, run_call32 },
	{ 0 },
};
