/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BAILIFF_SYMBOLS_H
#define BAILIFF_SYMBOLS_H

#include <stdint.h>

/* Address of a variable or function of the kernel; 0 if it is not known or not shown to us. */
uint64_t symbol_address(const char *name);

#endif
