/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BAILIFF_KALLSYMS_H
#define BAILIFF_KALLSYMS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Addresses of the kernel symbols `names` in `list`, which is of /proc/kallsyms' form: of the first
 * symbol of each name (the kernel's own come before those of modules), 0 if none is listed or its
 * address is hidden (kernel.kptr_restrict). */
void kallsyms_read(FILE *list, const char *const names[], uint64_t addresses[], size_t count);

/* The same of the running kernel: all zero if it lists no symbols. Some 100,000 lines: callers keep
 * what they need. */
void kallsyms_find(const char *const names[], uint64_t addresses[], size_t count);

#endif
