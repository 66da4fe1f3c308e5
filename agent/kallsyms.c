/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "agent/kallsyms.h"

/* The name in "ADDRESS TYPE NAME[\t[MODULE]]\n" (kernel/kallsyms.c, s_show()); NULL if there is
 * none. */
static char *name_in(char *line)
{
	char *name = strchr(line, ' ');

	name = name ? strchr(name + 1, ' ') : NULL;
	if (!name)
		return NULL;
	name++;
	name[strcspn(name, "\t\n")] = '\0';
	return name;
}

void kallsyms_read(FILE *list, const char *const names[], uint64_t addresses[], size_t count)
{
	size_t size = 0, missing = count;
	char *line = NULL;

	memset(addresses, 0, count * sizeof(*addresses));
	while (missing && getline(&line, &size, list) > 0) {
		const char *name = name_in(line);

		for (size_t i = 0; name && i < count; i++) {
			if (addresses[i] || strcmp(name, names[i]) != 0)
				continue;
			addresses[i] = strtoull(line, NULL, 16);
			missing -= addresses[i] != 0;
		}
	}
	free(line);
}

void kallsyms_find(const char *const names[], uint64_t addresses[], size_t count)
{
	FILE *list = fopen("/proc/kallsyms", "re");

	if (!list) {
		memset(addresses, 0, count * sizeof(*addresses));
		return;
	}
	kallsyms_read(list, names, addresses, count);
	fclose(list);
}
