/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a hook knows of a container, for the choice of its policy (policy/select.h), and from where:
 *
 *   name, image   of podman and CRI-O: from their store. Of containerd in its namespace for
 *                 Kubernetes: from the annotations that it sets last. The runtime's id is the name
 *                 elsewhere, and the image is not known.
 *   annotations   of CRI-O and containerd: those that it sets itself, after all others
 *   image_annotations
 *                 all others: under podman what the author of the image wrote is among them, and
 *                 nothing tells which these are
 *
 * Which manager it is can be told only from what no image has a say in: where the bundle lies, and
 * what the store has. An annotation that no policy can select (no text, a NUL, a '=' in its key,
 * over FACT_ANNOTATION_MAX bytes) counts as if it were not there: who wrote it could as well have
 * left it out.
 */
#ifndef BAILIFF_OCI_FACTS_H
#define BAILIFF_OCI_FACTS_H

#include <limits.h>

#include "agent/fault.h"
#include "agent/oci_config.h"
#include "agent/request.h"

#define FACT_ANNOTATION_MAX 4096	 /* bytes of a key and its value */
#define FACT_ANNOTATIONS_MAX (48U << 10) /* of all of them, as JSON */

struct oci_facts {
	char name[REQUEST_NAME_MAX];
	char image[PATH_MAX]; /* "": not known */
	struct json_object *annotations, *image_annotations;
};

/* 0; -E2BIG: more annotations than fit; -EBADMSG: the manager's store can't be understood; or
 * another negative errno, all with the fault. oci_facts_free() is due in any case. */
int oci_facts_of_bundle(struct oci_facts *facts, const char *id, const char *bundle,
			const struct oci_config *config, struct fault *fault);

/* The same before there is a bundle: as podman is about to write its config.json. The id is
 * part of linux.cgroupsPath; without one the name stays empty. */
int oci_facts_of_config(struct oci_facts *facts, const struct oci_config *config,
			struct fault *fault);

/* Adds what is known, and the path of the cgroup unless it is NULL, to an object of a request or of
 * agent/facts.h. 0 or -ENOMEM. */
int oci_facts_add(const struct oci_facts *facts, const char *cgroup, struct json_object *to);

void oci_facts_free(struct oci_facts *facts);

#endif
