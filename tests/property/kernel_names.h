/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of the property that is about devices and sysctls. */
#ifndef BAILIFF_TESTS_PROPERTY_KERNEL_NAMES_H
#define BAILIFF_TESTS_PROPERTY_KERNEL_NAMES_H

/* Asks the kernel, which is open, at least `count` questions and prints the result. Not 0: it is
 * another than the simulator's. */
int kernel_names(unsigned long count);

#endif
