/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A question to the kernel's decision and its answer, compiled on both sides. */
#ifndef BAILIFF_TESTS_PROPERTY_QUERY_H
#define BAILIFF_TESTS_PROPERTY_QUERY_H

#include <linux/types.h>

#include "../../bpf/abi_limits.h"

#define QUERIES 256 /* of one run of the program */

enum query_kind {
	QUERY_PATH, /* path[0], want[0] */
	QUERY_PAIR, /* both */
	QUERY_ADDRESS,
	QUERY_SOCKET, /* want: family and type, length[0]: protocol */
	QUERY_NUMBER, /* want[0]: action as for image_number(), want[1] */
	QUERY_DEVICE, /* want[0]; type, major and minor in address */
	QUERY_SYSCTL, /* want[0]; the name and the value in path */
};

/* Of QUERY_PAIR, by name: as struct name_pair has them. */
#define QUERY_KEEPS(which) (1U << (which))
#define QUERY_DIRECTORY(which) (4U << (which))

struct query_answer {
	__u8 answered; /* 1: the program was here */
	__u8 verdict;  /* enum verdict */
	__u8 record;
	__u8 event; /* enum event_verdict: in the policy's mode */
	__u16 rule;
	__u16 reason; /* REASON_DENIED_BELOW or 0 */
	__u32 state;  /* after path[0] */
	__u32 parted; /* the same by way of the state after the last slash; 0: not tried */
	__u32 allows; /* by the short way: allowed, and nothing to record */
	__u32 pad;
};

struct query {
	__u32 kind;
	__u32 policy; /* in the directory */
	__u32 classes;
	__u32 flags;
	__u32 want[2];
	__u32 length[2];
	__u32 address[4]; /* as in struct net_address */
	__u16 port;
	__u8 family;
	__u8 protocol;
	__u8 op;
	__u8 pad[3];
	struct query_answer answer;
	char path[2][BAILIFF_PATH_MAX];
};

_Static_assert(sizeof(struct query) % 8 == 0, "as elements of an array are placed");

#endif
