/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/record.h"

#include <stdio.h>

void audit_loss_add(struct audit_loss *loss, const char *prefix, const char *name, uint64_t count)
{
	struct audit_loss_entry entry = { .count = count };
	size_t i = 0;

	if (!count)
		return;
	snprintf(entry.name, sizeof(entry.name), "%s%s%s", prefix ? prefix : "", prefix ? "." : "",
		 name);
	while (i < loss->entries && strcmp(loss->entry[i].name, entry.name) != 0)
		i++;
	if (i < loss->entries)
		loss->entry[i].count += count;
	else if (i < AUDIT_LOSSES)
		loss->entry[loss->entries++] = entry;
	else
		loss->entry[AUDIT_LOSSES - 1].count += count;
}

uint64_t audit_loss_total(const struct audit_loss *loss)
{
	uint64_t total = 0;

	for (size_t i = 0; i < loss->entries; i++)
		total += loss->entry[i].count;
	return total;
}
