/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/symbols.h"

uint64_t symbol_address(const char *name)
{
	OWNED(close_file) FILE *file = fopen("/proc/kallsyms", "re");
	char line[512], symbol[256];
	uint64_t address;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%" SCNx64 " %*c %255s", &address, symbol) == 2 &&
		    !strcmp(symbol, name))
			return address;
	return 0;
}
