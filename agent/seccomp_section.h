/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The object "linux.seccomp" of an OCI runtime's config.json, made of a policy. */
#ifndef BAILIFF_SECCOMP_SECTION_H
#define BAILIFF_SECCOMP_SECTION_H

#include <stdbool.h>

#include "policy/policy.h"

struct json_object;

/* The section is the caller's; NULL if the policy wants no filter, or its mode is "off".
 * audit_only: nothing is denied, what would be is logged. 0 or -ENOMEM. */
int seccomp_section(const struct policy *p, bool audit_only, struct json_object **section);

#endif
