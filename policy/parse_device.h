/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of device lists. */
#ifndef BAILIFF_POLICY_PARSE_DEVICE_H
#define BAILIFF_POLICY_PARSE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/abi_policy.h"

#define DEVICE_ANY (-1)
#define DEVICE_DIRECTORY "/dev/" /* what a name of a device begins with */

/* A device by number, or by the path that is the first `path_len` bytes of the entry. */
struct device {
	char type;	  /* 'a', 'b' or 'c'; 0 with a path */
	int major, minor; /* DEVICE_ANY for "*" */
	size_t path_len;
	unsigned access; /* DEVICE_* */
};

/* Whether `text` is "c 1:3 rwm", "a *:* rwm", "/dev/fuse rw" or the like. */
bool device_parse(const char *text, struct device *ret);

#endif
