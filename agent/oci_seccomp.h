/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two syscall filters as one section "linux.seccomp" of a config.json: for each call, and for those
 * that neither names, the stricter of both. Architectures, flags and all else are those of the
 * config: calls of an architecture that it has not are not let in by us.
 */
#ifndef BAILIFF_OCI_SECCOMP_H
#define BAILIFF_OCI_SECCOMP_H

#include "agent/fault.h"
#include "agent/seccomp_call.h"

struct json_object;

/* A section as the calls that it names, settled, and what all others get. */
struct filter_section {
	struct call_action dflt;
	struct json_object *index; /* name -> number in `calls` */
	struct call *calls;
	size_t count;
};

/* 0; -EINVAL with the fault for what a runtime would not take either; -ENOMEM.
 * filter_section_clear() is due in any case. */
int filter_section_read(struct filter_section *section, struct json_object *object,
			struct fault *fault);
void filter_section_clear(struct filter_section *section);

/* What the section does with a call. */
struct call_action filter_section_decide(const struct filter_section *section, const char *name,
					 const uint64_t arguments[COND_ARGUMENTS]);

/* Merges the policy's section into that of the config, which may be NULL or one that says nothing.
 * The result is the caller's. 0 or as above. */
int oci_seccomp_merge(struct json_object *config, struct json_object *policy,
		      struct json_object **merged, struct fault *fault);

/* Whether the section of a config, which may be NULL, denies all that the policy's denies, as one
 * that they were merged into does: 0; -EPERM with the fault if not, or if it can't be told; or as
 * above. */
int oci_seccomp_covers(struct json_object *config, struct json_object *policy, struct fault *fault);

#endif
