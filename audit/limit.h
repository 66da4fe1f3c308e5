/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Token buckets, one for each (container, action, rule, verdict), so that one noisy rule of
 * one container silences nothing else. What is held back is counted and reported.
 */
#ifndef BAILIFF_AUDIT_LIMIT_H
#define BAILIFF_AUDIT_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/decode.h"

#define AUDIT_LIMIT_BUCKETS 4096

struct audit_limit_config {
	uint32_t rate;	   /* records per second, at least 1 */
	uint32_t burst;	   /* records at once, at least 1 */
	uint32_t interval; /* seconds between two reports of one bucket, at least 1 */
};

struct audit_limit;

/* 0; -EINVAL for a zero in config; -ENOMEM. */
int audit_limit_new(const struct audit_limit_config *config, struct audit_limit **out);

/* Whether the record may pass at `now` (ns, any clock that does not step; going back counts
 * as standing still). If not, it is counted. When all buckets are in use, the rest share one. */
bool audit_limit_pass(struct audit_limit *limit, const struct event *head, uint64_t now);

/* Takes the next bucket whose report is due at now: *head identifies it (a copy of the first
 * event that was held back) and *count says how many were. False: none is due; ask until
 * then. A shared bucket reports with container_id 0. */
bool audit_limit_report(struct audit_limit *limit, uint64_t now, struct event *head,
			uint64_t *count);

/* Takes NULL; returns NULL. */
struct audit_limit *audit_limit_free(struct audit_limit *limit);

#endif
