/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>

#include "agent/cleanup.h"
#include "agent/log.h"
#include "agent/policy_dir.h"

#define CHANGES (IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVE | IN_DELETE_SELF | IN_MOVE_SELF)
#define SEARCH_MS 1000

#define WATCH_OF(pointer, member)                                                                  \
	((struct policy_watch *)((char *)(pointer)-offsetof(struct policy_watch, member)))

/* Unless it runs: a directory that never rests is read all the same. */
static void start_timer(const struct policy_watch *watch, unsigned int ms)
{
	struct itimerspec spec = { .it_value = { ms / 1000, ms % 1000 * 1000000L } }, running;

	if (!timerfd_gettime(watch->timer.fd, &running) && !running.it_value.tv_sec &&
	    !running.it_value.tv_nsec)
		timerfd_settime(watch->timer.fd, 0, &spec, NULL);
}

/* An event without a name is of the directory itself, or says that events were lost. */
static void events_ready(struct source *source, uint32_t events)
{
	struct policy_watch *watch = WATCH_OF(source, events);
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t length = read(source->fd, buffer, sizeof(buffer));
	const struct inotify_event *event;

	(void)events;
	for (ssize_t at = 0; at < length; at += (ssize_t)(sizeof(*event) + event->len)) {
		event = (const struct inotify_event *)(buffer + at);
		if (!event->len || policy_dir_is_part(event->name))
			start_timer(watch, watch->settle_ms);
	}
}

/* The same again if the directory is still the one that is watched. */
static int add_watch(const struct policy_watch *watch)
{
	return inotify_add_watch(watch->events.fd, watch->directory, CHANGES | IN_ONLYDIR) < 0
		       ? -errno
		       : 0;
}

static void timer_ready(struct source *source, uint32_t events)
{
	struct policy_watch *watch = WATCH_OF(source, timer);
	uint64_t expirations;
	int error;

	(void)events;
	if (read(source->fd, &expirations, sizeof(expirations)) < 0)
		return;
	error = add_watch(watch);
	if (error) {
		if (!watch->lost)
			log_error("%s is not watched until it is there again: %s", watch->directory,
				  strerror(-error));
		watch->lost = true;
		start_timer(watch, SEARCH_MS);
		return;
	}
	watch->lost = false;
	watch->changed(watch->context);
}

static int add_source(struct policy_watch *watch, struct source *source, int fd,
		      void (*ready)(struct source *source, uint32_t events))
{
	*source = (struct source){ fd, ready };
	return fd < 0 ? -errno : loop_add(watch->loop, source, EPOLLIN);
}

int policy_watch_open(struct policy_watch *watch, struct loop *loop, const char *directory,
		      unsigned int settle_ms, void (*changed)(void *context), void *context)
{
	int error;

	*watch = (struct policy_watch){ .loop = loop,
					.directory = directory,
					.settle_ms = settle_ms,
					.changed = changed,
					.context = context,
					.timer.fd = -1 };
	error = add_source(watch, &watch->events, inotify_init1(IN_CLOEXEC | IN_NONBLOCK),
			   events_ready);
	if (!error)
		error = add_source(watch, &watch->timer,
				   timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
				   timer_ready);
	if (!error)
		error = add_watch(watch);
	if (error)
		policy_watch_close(watch);
	return error;
}

void policy_watch_close(struct policy_watch *watch)
{
	close_fd(&watch->events.fd);
	close_fd(&watch->timer.fd);
}
