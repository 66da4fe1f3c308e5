/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>

#include "agent/cleanup.h"
#include "agent/log.h"

#define LOG_LINE_MAX 2048

static int syslog_socket = -1;
static const char *program = "bailiffd", *syslog_tag = "bailiffd";

void log_as(const char *name, const char *tag)
{
	program = name;
	syslog_tag = tag;
}

/* A socket of our own: syslog(3) would block while the daemon behind it is stopped. */
void log_use_syslog(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };
	OWNED(close_fd) int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return;
	close_fd(&syslog_socket);
	syslog_socket = take_fd(&fd);
}

static void send_to_syslog(int priority, const char *line)
{
	char message[LOG_LINE_MAX + 64];
	int length = snprintf(message, sizeof(message), "<%d>%s[%d]: %s", LOG_AUTHPRIV | priority,
			      syslog_tag, (int)getpid(), line);

	if (send(syslog_socket, message, (size_t)length, MSG_NOSIGNAL) >= 0 || errno == EAGAIN)
		return;
	close_fd(&syslog_socket);
	log_use_syslog();
	if (syslog_socket >= 0)
		send(syslog_socket, message, (size_t)length, MSG_NOSIGNAL);
}

static void write_line(int priority, const char *format, va_list args)
{
	char line[LOG_LINE_MAX];

	vsnprintf(line, sizeof(line), format, args);
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	fprintf(stderr, "%s: %s\n", program, line);
	if (syslog_socket >= 0)
		send_to_syslog(priority, line);
}

void log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_INFO, format, args);
	va_end(args);
}

void log_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_WARNING, format, args);
	va_end(args);
}

void log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_ERR, format, args);
	va_end(args);
}
