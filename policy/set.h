/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of a policy set, for the steps that build it. */
#ifndef BAILIFF_POLICY_SET_H
#define BAILIFF_POLICY_SET_H

#include "policy/arena.h"
#include "policy/policy.h"

struct policy_set {
	struct arena arena; /* all that the policies point to */
	struct policy **policies;
	size_t count;
	struct policy **presets; /* only there to be extended */
	size_t n_presets;
};

/* Parses a text into `set`, as presets or as policies. Returns 0, -EINVAL with errors in
 * `diags`, or -ENOMEM. */
int parse_text(struct policy_set *set, const char *text, const char *name, bool presets,
	       struct diag_list *diags);

/* Opens a file and parses it in the same way. */
int parse_file(struct policy_set *set, const char *path, bool presets, struct diag_list *diags);

/* Resolves `extends` of all policies, reading presets as they are needed. Returns 0, -EINVAL
 * with errors in `diags`, or another negative errno. */
int extends_resolve(struct policy_set *set, const char *preset_dir, struct diag_list *diags);

/* Checks what only a resolved policy can tell. Returns 0 or -EINVAL with errors in `diags`. */
int validate_set(const struct policy_set *set, struct diag_list *diags);

#endif
