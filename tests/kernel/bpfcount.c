// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints how many BPF programs, maps and links exist: "PROGRAMS MAPS LINKS". */
#include <linux/bpf.h>
#include <stdio.h>
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

int main(void)
{
	printf("%d %d %d\n", count(BPF_PROG_GET_NEXT_ID), count(BPF_MAP_GET_NEXT_ID),
	       count(BPF_LINK_GET_NEXT_ID));
	return 0;
}
