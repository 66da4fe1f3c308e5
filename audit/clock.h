/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From CLOCK_BOOTTIME, in which events are stamped, to CLOCK_REALTIME, which may step. */
#ifndef BAILIFF_AUDIT_CLOCK_H
#define BAILIFF_AUDIT_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* All zero is a fresh one. */
struct audit_clock {
	int64_t offset; /* realtime - boottime, ns */
	bool known;
	uint64_t now; /* CLOCK_BOOTTIME when it was read last, ns */
};

/* Takes a reading of CLOCK_REALTIME between two of CLOCK_BOOTTIME, all ns. The offset moves
 * only if it differs by more than the reading can be wrong, so that events a few
 * nanoseconds apart keep their order. */
void audit_clock_adjust(struct audit_clock *clock, uint64_t before, int64_t real, uint64_t after);

/* Reads the clocks; audit_clock_adjust() with what they say. */
void audit_clock_read(struct audit_clock *clock);

/* CLOCK_REALTIME of that CLOCK_BOOTTIME, ns, by the offset read last; INT64_MAX if it is
 * beyond what fits. */
int64_t audit_clock_realtime(const struct audit_clock *clock, uint64_t boottime);

#endif
