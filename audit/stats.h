/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accounts for every record: what the kernel could not put into a ring, what it put there
 * and nobody received, what did not decode, what found no memory, what each sink lost.
 */
#ifndef BAILIFF_AUDIT_STATS_H
#define BAILIFF_AUDIT_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/record.h"
#include "audit/sink.h"

#define AUDIT_MAX_SINKS 4

/* All zero is a fresh one. Read it freely; only the functions below change it. */
struct audit_stats {
	uint64_t received[EVENT_RINGS];
	uint64_t malformed;
	uint64_t memory; /* lines that could not be formatted */
	uint64_t kernel[COUNTERS];
	bool kernel_known;
	struct audit_unread {
		uint64_t delivered, received; /* when last looked at */
		int64_t base;		      /* delivered - received that was reported */
		bool seen, known;
		uint64_t total;
	} unread[EVENT_RINGS];
	struct {
		uint64_t ring[EVENT_RINGS];
		uint64_t unread[EVENT_RINGS];
		uint64_t malformed, memory;
		struct audit_sink_stats sink[AUDIT_MAX_SINKS];
	} reported;
};

/* Goes on where another process stopped: so much of what the kernel lost was reported. To be
 * called before the first audit_stats_kernel(). */
void audit_stats_resume(struct audit_stats *stats, const uint64_t reported[EVENT_RINGS]);

/* Takes the kernel's counters, summed over all CPUs, as of now. The first call sets where
 * counting starts, unless that was said: what was lost before is not reported then. Records that
 * were delivered and never received show once a ring was idle between two calls, which is
 * when the two numbers may be compared; so call it about once a second, after the rings
 * were consumed. */
void audit_stats_kernel(struct audit_stats *stats, const uint64_t counters[COUNTERS]);

/* Fills *loss with what was lost since the last call; count is at most AUDIT_MAX_SINKS, and
 * the sinks are the same in the same order in each call. True if there is anything. */
bool audit_stats_report(struct audit_stats *stats, struct audit_sink *const *sinks, size_t count,
			struct audit_loss *loss);

#endif
