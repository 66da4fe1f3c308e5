/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the formats are made from: an event with its names, or a report of the pipeline itself. */
#ifndef BAILIFF_AUDIT_RECORD_H
#define BAILIFF_AUDIT_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/decode.h"
#include "audit/text.h"

#define AUDIT_RULE_SIZE 320 /* bytes of "file.cfg:line" with its NUL */
#define AUDIT_LOSSES 32	    /* different losses in one report */

enum audit_kind {
	AUDIT_EVENT,	  /* something that a container did */
	AUDIT_SUPPRESSED, /* so many more like it were not passed on */
	AUDIT_LOST,	  /* records that nobody will see */
};

/* One number of a loss report. name: "ring.denied", "syslog.queue", ...; constant text or
 * text that outlives the record. */
struct audit_loss_entry {
	char name[40];
	uint64_t count; /* since the report before */
};

struct audit_loss {
	size_t entries;
	struct audit_loss_entry entry[AUDIT_LOSSES];
};

/* Ready for formatting. Everything pointed to belongs to others and lives until the next
 * call of what made the record. Text that is not known has data NULL. */
struct audit_record {
	enum audit_kind kind;
	int64_t time;			 /* CLOCK_REALTIME, ns */
	const struct audit_event *event; /* NULL for AUDIT_LOST */
	struct audit_slice policy;
	struct audit_slice rule; /* "file.cfg:12", "default", "#12" where the source is unknown */
	struct audit_slice container_name;
	struct audit_slice container_runtime_id;
	struct audit_slice container_runtime;
	struct audit_slice container_image;
	struct audit_slice pod, pod_namespace, pod_container;
	struct audit_slice cgroup;
	struct audit_slice executable;
	uint64_t suppressed;	       /* AUDIT_SUPPRESSED: how many */
	const struct audit_loss *loss; /* AUDIT_LOST */
};

/* Adds count under prefix.name ("." is put between them; prefix may be NULL) unless it is 0.
 * What finds no entry left is added to the last one. */
void audit_loss_add(struct audit_loss *loss, const char *prefix, const char *name, uint64_t count);

/* Sum of all entries. */
uint64_t audit_loss_total(const struct audit_loss *loss);

#endif
