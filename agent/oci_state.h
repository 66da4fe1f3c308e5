/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a container runtime says to its hooks on standard input (OCI runtime specification,
 * "State"). */
#ifndef BAILIFF_OCI_STATE_H
#define BAILIFF_OCI_STATE_H

#include <sys/types.h>

#include "agent/fault.h"
#include "agent/oci_input.h"

/* The texts live as long as the object. */
struct oci_state {
	struct json_object *object;
	const char *id;	    /* no '/' and no control character in it */
	const char *bundle; /* absolute; NULL if it is not told */
	pid_t pid;	    /* 0 if there is none (any more) */
};

/* 0, or -EINVAL with the fault. */
int oci_state_read(const struct input *input, struct oci_state *state, struct fault *fault);
void oci_state_free(struct oci_state *state);

#endif
