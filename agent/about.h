/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What events say of a container beside its name: its runtime by the path of its cgroup, its id
 * by that or as a hook was told, image and pod by the facts that its policy was selected by.
 *
 * A pod is believed where a runtime of Kubernetes put the container, and only in the annotations
 * that this runtime writes over those of others: containerd its own, CRI-O the labels of the
 * kubelet. podman passes on what the author of an image wrote.
 */
#ifndef BAILIFF_ABOUT_H
#define BAILIFF_ABOUT_H

#include "agent/registry.h"
#include "audit/enrich.h"

#define ABOUT_MAX 512 /* bytes of one text with its NUL; what is longer loses its end */

/* By number of the container; all zero is an empty one. */
struct abouts {
	struct about **items;
	uint32_t count;
};

/* Adds what is known of a container to *out, which then points to texts that live until what is
 * remembered under the number changes. What is not known stays as it is. */
void abouts_fill(struct abouts *abouts, uint32_t number, const struct registry_memory *memory,
		 struct audit_container *out);

void abouts_clear(struct abouts *abouts);

#endif
