/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BAILIFF_POLICY_SECCOMP_NAMES_H
#define BAILIFF_POLICY_SECCOMP_NAMES_H

#include <stddef.h>

#define SECCOMP_NAME_MAX 40
#define SECCOMP_OTHER_NAMES 7

/* What the operation of a native call is called on the other architectures of a filter, where
 * that is no call here. Returns how many. */
size_t seccomp_other_names(const char *name, char ret[SECCOMP_OTHER_NAMES][SECCOMP_NAME_MAX]);

#endif
