/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/sink.h"

#include <errno.h>

#include "audit/clock.h"
#include "audit/format_json.h"
#include "audit/format_kv.h"

const char *audit_sink_loss_name(enum audit_sink_loss loss)
{
	static const char *const names[AUDIT_SINK_LOSSES] = {
		[AUDIT_SINK_FULL] = "full",	[AUDIT_SINK_IO] = "io",
		[AUDIT_SINK_QUEUE] = "queue",	[AUDIT_SINK_SIZE] = "size",
		[AUDIT_SINK_MEMORY] = "memory",
	};

	return loss < AUDIT_SINK_LOSSES ? names[loss] : NULL;
}

void audit_sink_losses(const struct audit_sink *sink, const struct audit_sink_stats *before,
		       struct audit_loss *loss)
{
	for (int i = 0; i < AUDIT_SINK_LOSSES; i++)
		audit_loss_add(loss, sink->name, audit_sink_loss_name(i),
			       sink->stats.lost[i] - before->lost[i]);
}

int audit_sink_lost_line(const struct audit_sink *sink, const struct audit_sink_stats *before,
			 struct audit_text *out)
{
	struct audit_record record = { .kind = AUDIT_LOST };
	struct audit_loss loss = { 0 };
	struct audit_clock clock = { 0 };

	audit_sink_losses(sink, before, &loss);
	audit_clock_read(&clock);
	record.time = audit_clock_realtime(&clock, clock.now);
	record.loss = &loss;
	if (sink->format == AUDIT_SINK_KV)
		return audit_format_kv(&record, out);
	return audit_format_json(&record, out);
}
