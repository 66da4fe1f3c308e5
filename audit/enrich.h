/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gives an event its names: policy, rule, container, executable, wall-clock time. */
#ifndef BAILIFF_AUDIT_ENRICH_H
#define BAILIFF_AUDIT_ENRICH_H

#include <stdint.h>

#include "audit/record.h"

/* What the caller knows of a container; members that it does not know are NULL. The strings
 * are the caller's and live until the next call into this library. */
struct audit_container {
	const char *name;
	const char *cgroup;	/* path from the root of the hierarchy, "/machine.slice/..." */
	const char *runtime;	/* "podman", ... */
	const char *runtime_id; /* as the container runtime names it */
	const char *image;
	const char *pod, *pod_namespace, *pod_container; /* of Kubernetes */
};

/* The caller's knowledge. Each function may be NULL; none may block or call back. */
struct audit_lookups {
	/* Name of a policy of that generation of the directory, or NULL. The caller's string. */
	const char *(*policy_name)(void *ctx, uint32_t policy, uint32_t generation);
	/* Writes "file.cfg:line" with a NUL. 0 or a negative errno. */
	int (*rule_source)(void *ctx, uint32_t policy, uint32_t generation, uint16_t rule,
			   char *buf, size_t size);
	/* Fills *out for the container of that number, if container_id (the bound cgroup) still
	 * is the one under it or is remembered. 0 or a negative errno. */
	int (*container)(void *ctx, uint32_t container, uint64_t container_id,
			 struct audit_container *out);
	void *ctx;
};

struct audit_enrich;

/* lookups is copied. proc: a mounted procfs, "/proc" if NULL; it is where the executable of
 * a process is looked up that no event has named yet. 0, or -ENOMEM. */
int audit_enrich_new(const struct audit_lookups *lookups, const char *proc,
		     struct audit_enrich **out);

/* Fills *record from event, which must live as long as *record is used. Learns from
 * EVENT_PROCESS_EXEC and forgets at EVENT_PROCESS_EXIT. Never fails: what is not known is
 * left out. Does not block: procfs is asked for stat and the exe link only, which wait for
 * no memory map and no file system, and at most 1,000 times in a second. */
void audit_enrich_event(struct audit_enrich *enrich, const struct audit_event *event,
			struct audit_record *record);

/* Fills *record with a report that count events like *event were suppressed. Only the
 * names, the verdict, mode, rule and action of event are meant. */
void audit_enrich_suppressed(struct audit_enrich *enrich, const struct audit_event *event,
			     uint64_t count, struct audit_record *record);

/* Fills *record with a loss report of now; loss must live as long as *record is used. */
void audit_enrich_lost(struct audit_enrich *enrich, const struct audit_loss *loss,
		       struct audit_record *record);

/* Takes NULL; returns NULL. */
struct audit_enrich *audit_enrich_free(struct audit_enrich *enrich);

#endif
