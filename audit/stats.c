/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/stats.h"

#include "audit/names.h"

/* How far two counters are apart says something only when neither moves: else records are
 * on their way. The first such difference was there before this process. */
static void look_for_unread(struct audit_unread *unread, uint64_t delivered, uint64_t received)
{
	bool idle = unread->seen && unread->delivered == delivered && unread->received == received;
	int64_t missing = (int64_t)(delivered - received);

	unread->seen = true;
	unread->delivered = delivered;
	unread->received = received;
	if (!idle)
		return;
	if (unread->known && missing > unread->base)
		unread->total += missing - unread->base;
	unread->known = true;
	unread->base = missing;
}

void audit_stats_resume(struct audit_stats *stats, const uint64_t reported[EVENT_RINGS])
{
	memcpy(stats->reported.ring, reported, sizeof(stats->reported.ring));
	memcpy(stats->kernel + COUNTER_LOST, reported, sizeof(stats->reported.ring));
	stats->kernel_known = true;
}

void audit_stats_kernel(struct audit_stats *stats, const uint64_t counters[COUNTERS])
{
	memcpy(stats->kernel, counters, sizeof(stats->kernel));
	for (int ring = 0; ring < EVENT_RINGS; ring++) {
		if (!stats->kernel_known)
			stats->reported.ring[ring] = counters[COUNTER_LOST + ring];
		look_for_unread(&stats->unread[ring], counters[COUNTER_DELIVERED + ring],
				stats->received[ring]);
	}
	stats->kernel_known = true;
}

/* Adds how far a counter moved; one that went back was started anew. */
static void report(struct audit_loss *loss, const char *prefix, const char *name, uint64_t now,
		   uint64_t *reported)
{
	audit_loss_add(loss, prefix, name, now >= *reported ? now - *reported : now);
	*reported = now;
}

bool audit_stats_report(struct audit_stats *stats, struct audit_sink *const *sinks, size_t count,
			struct audit_loss *loss)
{
	*loss = (struct audit_loss){ 0 };
	for (int ring = 0; ring < EVENT_RINGS; ring++) {
		const char *name = audit_ring_name(ring);

		report(loss, "ring", name, stats->kernel[COUNTER_LOST + ring],
		       &stats->reported.ring[ring]);
		report(loss, "unread", name, stats->unread[ring].total,
		       &stats->reported.unread[ring]);
	}
	report(loss, NULL, "malformed", stats->malformed, &stats->reported.malformed);
	report(loss, NULL, "memory", stats->memory, &stats->reported.memory);
	for (size_t i = 0; i < count && i < AUDIT_MAX_SINKS; i++) {
		audit_sink_losses(sinks[i], &stats->reported.sink[i], loss);
		stats->reported.sink[i] = sinks[i]->stats;
	}
	return loss->entries > 0;
}
