/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One action under one policy, decided in all three ways, and compared. */
#ifndef BAILIFF_TESTS_PROPERTY_TRIAL_H
#define BAILIFF_TESTS_PROPERTY_TRIAL_H

#include "agent/action.h"
#include "policy/image.h"
#include "tests/property/kernel.h"
#include "tests/property/model.h"

/* A policy of a batch. */
struct subject {
	struct model model;
	char *text;
	struct policy_image *image, *named;
};

struct trial {
	struct model_action words;
	struct action action;
	struct model_answer expected;
	struct simulate_answer simulated;
	uint32_t policy; /* in the batch */
	struct query_answer kernel;
};

/* Compiles the model. 0, or -EINVAL with why it was refused. */
int subject_open(struct subject *s, char *why, size_t size);
void subject_close(struct subject *s);

/* Parses, asks the reference and the simulator. 0, or -EINVAL with why. */
int trial_begin(const struct subject *s, struct trial *t, char *why, size_t size);

/* Whether all agree; else false with what each says. */
bool trial_agrees(const struct subject *s, const struct trial *t, bool kernel, char *why,
		  size_t size);

/* Makes a failing trial smaller for as long as it fails, and prints it. */
void shrink_and_print(const struct subject *s, const struct trial *t, bool kernel);

#endif
