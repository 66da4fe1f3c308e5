/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one event loop: descriptors, signals and timers, each with a function to call. */
#ifndef BAILIFF_LOOP_H
#define BAILIFF_LOOP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct loop {
	int epoll;
	bool stopped;
};

/* A descriptor to watch; the owner keeps it and the memory until loop_remove(). A source may
 * be removed and freed from any `ready` function, its own included. */
struct source {
	int fd;
	void (*ready)(struct source *source, uint32_t events); /* EPOLL* */
};

/* Negative errno on failure; loop_close() may follow in any case. */
int loop_open(struct loop *loop);
void loop_close(struct loop *loop);

/* Watches source->fd for `events` (EPOLLIN, EPOLLOUT, 0 for hang-up only), level-triggered. */
int loop_add(struct loop *loop, struct source *source, uint32_t events);
int loop_change(struct loop *loop, struct source *source, uint32_t events);
void loop_remove(struct loop *loop, struct source *source);

/* Runs until loop_stop(); 0, or the negative errno of epoll_wait. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* A descriptor that becomes readable every `milliseconds`, the first time after that time. */
int loop_timer(unsigned int milliseconds);

/* Blocks the signals of `set` and returns a signalfd for them. */
int loop_signals(const sigset_t *set);

/* CLOCK_BOOTTIME in nanoseconds. */
uint64_t loop_boot_time(void);

#endif
