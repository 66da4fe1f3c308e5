/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/clock.h"

#include <time.h>

#define JITTER 100000 /* ns */

static int64_t read_clock(clockid_t id)
{
	struct timespec ts = { 0 };

	clock_gettime(id, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

void audit_clock_adjust(struct audit_clock *clock, uint64_t before, int64_t real, uint64_t after)
{
	uint64_t width = after - before;
	int64_t offset = real - (int64_t)(before + width / 2);
	int64_t moved = offset - clock->offset;
	int64_t error = JITTER + (int64_t)(width / 2);

	clock->now = after;
	if (clock->known && moved >= -error && moved <= error)
		return;
	clock->offset = offset;
	clock->known = true;
}

void audit_clock_read(struct audit_clock *clock)
{
	uint64_t before = read_clock(CLOCK_BOOTTIME);
	int64_t real = read_clock(CLOCK_REALTIME);

	audit_clock_adjust(clock, before, real, read_clock(CLOCK_BOOTTIME));
}

int64_t audit_clock_realtime(const struct audit_clock *clock, uint64_t boottime)
{
	int64_t result;

	if (__builtin_add_overflow(boottime, clock->offset, &result))
		return INT64_MAX; /* no time that a kernel reports */
	return result;
}
