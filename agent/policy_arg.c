/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "agent/policy_arg.h"

void policy_arg_split(char *given, const char **file, const char **name)
{
	char *colon = strrchr(given, ':');

	*file = given;
	*name = NULL;
	if (!colon || !colon[1] || !access(given, F_OK))
		return;
	*colon = 0;
	*name = colon + 1;
}

const struct policy *policy_arg_choose(const struct policy_set *set, const char *file,
				       const char *name, struct fault *fault)
{
	const struct policy *policy;

	if (name) {
		policy = policy_set_find(set, name);
		if (!policy)
			fault_set(fault, -ENOENT, "%s: no policy '%s' in it", file, name);
		return policy;
	}
	if (policy_set_count(set) == 1)
		return policy_set_at(set, 0);
	fault_set(fault, -EINVAL, "%s: holds %zu policies: say which one, as %s:NAME", file,
		  policy_set_count(set), file);
	return NULL;
}
