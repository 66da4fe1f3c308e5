/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/kallsyms.h"

uint64_t kallsyms_address(const char *name)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	uint64_t address, found = 0;
	size_t size = 0;
	char *line = NULL, symbol[256];

	if (!file)
		return 0;
	while (!found && getline(&line, &size, file) > 0)
		if (sscanf(line, "%" SCNx64 " %*c %255s", &address, symbol) == 2 &&
		    !strcmp(symbol, name))
			found = address;
	free(line);
	fclose(file);
	return found;
}
