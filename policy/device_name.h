/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers of devices by the names that the kernel has for them: of what is there, sysfs tells
 * (/sys/dev/TYPE/NUMBER/uevent), of what a module would bring, the modules.devname of the running
 * kernel's modules. No node of any /dev decides.
 */
#ifndef BAILIFF_POLICY_DEVICE_NAME_H
#define BAILIFF_POLICY_DEVICE_NAME_H

#include <stddef.h>
#include <stdint.h>

struct device_number {
	uint32_t type; /* DEVICE_BLOCK or DEVICE_CHAR */
	uint32_t major, minor;
};

/* Finds "null" or "net/tun", `length` bytes, as seen from the root directory `root` ("" is the
 * host's own). Returns 0, -ENODEV, or -ENOMEM. */
int device_find(const char *root, const char *name, size_t length, struct device_number *ret);

#endif
