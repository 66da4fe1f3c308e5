// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Prints how many BPF programs, maps and links exist: "PROGRAMS MAPS LINKS". With `get PATH` or
 * `id`: fetches what is pinned there, or the first program; the status says whether that went.
 */
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int count(int command)
{
	union bpf_attr attr = { .start_id = 0 };
	int n = 0;

	while (syscall(SYS_bpf, command, &attr, sizeof(attr)) == 0) {
		attr.start_id = attr.next_id;
		n++;
	}
	return n;
}

static int fetch_pin(const char *path)
{
	union bpf_attr attr = { .pathname = (uintptr_t)path };

	return syscall(SYS_bpf, BPF_OBJ_GET, &attr, sizeof(attr)) < 0;
}

static int fetch_first(void)
{
	union bpf_attr attr = { .start_id = 0 };
	uint32_t id;

	if (syscall(SYS_bpf, BPF_PROG_GET_NEXT_ID, &attr, sizeof(attr)))
		return 1;
	id = attr.next_id;
	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;
	return syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &attr, sizeof(attr)) < 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "get"))
		return fetch_pin(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "id"))
		return fetch_first();
	printf("%d %d %d\n", count(BPF_PROG_GET_NEXT_ID), count(BPF_MAP_GET_NEXT_ID),
	       count(BPF_LINK_GET_NEXT_ID));
	return 0;
}
