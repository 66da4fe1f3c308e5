/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON lines in a file that is appended to, each line by one writev. A line that did not
 * fit (disk full, quota, size limit) is counted as lost; if a part of it got into the file,
 * the next line starts with a newline, so that the stump is a line of its own and no valid
 * JSON. The first line that can be written again is a loss report.
 */
#ifndef BAILIFF_AUDIT_SINK_FILE_H
#define BAILIFF_AUDIT_SINK_FILE_H

#include "audit/sink.h"

/* Opens or makes path (mode 0600, its directory must exist) for appending. Anything but a
 * regular file or a character device is refused with -EINVAL. 0 or a negative errno. */
int audit_sink_file_new(const char *path, struct audit_sink **out);

#endif
