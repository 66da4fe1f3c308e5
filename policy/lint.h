/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a policy undoes itself. */
#ifndef BAILIFF_POLICY_LINT_H
#define BAILIFF_POLICY_LINT_H

#include "policy/policy.h"

#define LINT_MAX 20 /* warnings of one kind for a policy; then one says that there are more */

/* Adds warnings on a policy of a loaded set: what it opens that it means to close, and rules that
 * never decide. A policy whose paths are too many for that gets a note instead. */
void policy_lint(const struct policy *p, struct diag_list *diags);

/* Parts of it; lint_paths() is on Unix sockets as well. */
void lint_paths(const struct policy *p, struct diag_list *diags);
void lint_network(const struct policy *p, struct diag_list *diags);
void lint_devices(const struct policy *p, struct diag_list *diags);
void lint_sysctl(const struct policy *p, struct diag_list *diags);

#endif
