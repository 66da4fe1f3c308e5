/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "agent/cleanup.h"
#include "agent/entry_point.h"
#include "policy/simulate.h"

int entry_point_check(const struct engine *engine, uint32_t policy, const char *path,
		      uint16_t *rule, struct fault *fault)
{
	const struct maps *maps = &engine->objects.maps;
	OWNED(free_memory) struct policy_head *heads = NULL;
	OWNED(free_memory) uint64_t *words = NULL;
	struct policy_image image;
	struct decision d;
	char source[PATH_MAX];
	uint32_t count;

	if (maps_read_directory(maps, &heads, &count) || policy >= count ||
	    heads[policy].mode != POLICY_MODE_ENFORCE || !(heads[policy].classes & CLASS_EXEC))
		return 0;
	image = (struct policy_image){ .head = heads[policy], .n_words = heads[policy].words };
	words = image.words = calloc(image.n_words + 1, sizeof(*words));
	if (!words || maps_read_image(maps, image.head.slot, 0, image.head.words, words) ||
	    simulate_access(&image, path, ACCESS_EXEC, &d) || d.verdict == VERDICT_ALLOW)
		return 0;
	if (image_rule_source(&image.head, words, d.rule, source, sizeof(source)) < 0)
		*source = 0;
	*rule = d.rule;
	return fault_set(fault, -EPERM, "policy '%.*s' does not let %s be executed (%s)",
			 BAILIFF_NAME_MAX, image.head.name, path, source);
}
