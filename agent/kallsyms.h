/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BAILIFF_KALLSYMS_H
#define BAILIFF_KALLSYMS_H

#include <stdint.h>

/* Address of the kernel symbol `name`, from /proc/kallsyms; 0 if it is not listed or hidden
 * (kernel.kptr_restrict). */
uint64_t kallsyms_address(const char *name);

#endif
