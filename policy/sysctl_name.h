/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of sysctls. The kernel has slashes between the parts and may have dots in them
 * (net/ipv4/conf/eth0.100/forwarding); as text it is the other way round, as with sysctl(8)
 * (net.ipv4.conf.eth0/100.forwarding), but for text whose first separator is a slash.
 */
#ifndef BAILIFF_POLICY_SYSCTL_NAME_H
#define BAILIFF_POLICY_SYSCTL_NAME_H

#include <stdbool.h>

/* Exchanges dots and slashes of a glob, but for those in brackets. */
void sysctl_swap(char *text);

/* Makes text whose first separator is a slash one that has dots between its parts. */
void sysctl_canonical(char *text);

/* Whether canonical text has no empty part. */
bool sysctl_parts_right(const char *text);

#endif
