/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's own decisions: the program of property.bpf.c on images in maps. */
#ifndef BAILIFF_TESTS_PROPERTY_KERNEL_H
#define BAILIFF_TESTS_PROPERTY_KERNEL_H

#include "policy/simulate.h"
#include "tests/property/query.h"

#define KERNEL_POLICIES 64

/* Loads the program. 0, or -EPERM with the reason if this machine lets nobody load any; another
 * error is a failure. */
int kernel_open(char *why, size_t size);
void kernel_close(void);

/* Puts policies in force, each by its index. 0 or a negative errno. */
int kernel_policies(struct policy_image *const *images, uint32_t count);

/* Asks up to QUERIES actions at once, each of the policy with that number. */
struct kernel_question {
	uint32_t policy;
	const struct simulate_action *action;
	struct query_answer answer;
};
int kernel_ask(struct kernel_question *questions, uint32_t count);

#endif
