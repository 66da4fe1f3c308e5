/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of a container, as JSON:
 *
 *   {"name": ..., "image": ..., "cgroup": ..., "runtime_id": ..., "annotations": {...},
 *    "image_annotations": {...}, "labels": {...}}
 *
 * where each may be missing, and the last three have texts as values. See policy/select.h.
 */
#ifndef BAILIFF_FACTS_H
#define BAILIFF_FACTS_H

#include "agent/fault.h"
#include "policy/arena.h"
#include "policy/select.h"

struct json_object;

#define FACTS_MAX (64U << 10) /* bytes of the JSON text */

/* All zero is nothing known. */
struct facts {
	struct arena arena;
	struct select_facts known;
};

/* 0; -EINVAL for a key that is not listed here, a value of another type, a NUL byte, or a key
 * of a pair that is empty or has a '='; -ENOMEM. facts_clear() is due in any case. */
int facts_read(struct facts *facts, struct json_object *object, struct fault *fault);

/* The same for what a runtime says of a container: an OCI state or config.json, told by its
 * "ociVersion", of which the id is the name; all keys but that and the annotations are left
 * alone. */
int facts_read_any(struct facts *facts, struct json_object *object, struct fault *fault);

void facts_clear(struct facts *facts);

#endif
