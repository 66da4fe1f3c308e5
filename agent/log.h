/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of the agent itself, to stderr and, where asked for, to syslog. */
#ifndef BAILIFF_LOG_H
#define BAILIFF_LOG_H

/* How lines begin on stderr, and the tag in syslog; "bailiffd" and "bailiffd" without it. */
void log_as(const char *name, const char *tag);

/* From now on also to syslog, facility authpriv. */
void log_use_syslog(void);

/* One line each; control characters of the text become '?'. */
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
