/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/sink_stdout.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/format_human.h"

struct output {
	struct audit_sink sink;
	int fd;
	bool human;
	struct audit_text line; /* scratch */
};

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);
		struct pollfd wait = { .fd = fd, .events = POLLOUT };

		if (n >= 0) {
			data += n;
			len -= n;
		} else if (errno == EAGAIN) {
			poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

static int make_line(struct output *output, struct audit_slice line)
{
	int r;

	audit_text_cut(&output->line, 0);
	if (output->human)
		r = audit_format_human(line, &output->line);
	else
		r = audit_text_add(&output->line, line.data, line.len);
	return r == 0 ? audit_text_add(&output->line, "\n", 1) : r;
}

static int output_write(struct audit_sink *sink, const struct audit_record *record,
			struct audit_slice line)
{
	struct output *output = (struct output *)sink;
	enum audit_sink_loss loss = AUDIT_SINK_MEMORY;
	int r = make_line(output, line);

	if (r == 0) {
		loss = AUDIT_SINK_IO;
		r = write_all(output->fd, output->line.data, output->line.len);
	}
	if (r == 0) {
		sink->stats.written++;
		sink->stats.bytes += output->line.len;
	} else if (record->kind != AUDIT_LOST) {
		sink->stats.lost[loss]++;
	}
	return r;
}

static void output_free(struct audit_sink *sink)
{
	struct output *output = (struct output *)sink;

	audit_text_free(&output->line);
	free(output);
}

static const struct audit_sink_ops ops = {
	.write = output_write,
	.free = output_free,
};

int audit_sink_stdout_new(int fd, bool human, struct audit_sink **out)
{
	struct output *output = calloc(1, sizeof(*output));

	if (!output)
		return -ENOMEM;
	output->sink = (struct audit_sink){ &ops, "stdout", AUDIT_SINK_JSON, -1, { 0 } };
	output->fd = fd;
	output->human = human;
	*out = &output->sink;
	return 0;
}
