/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pthread.h>
#include <stdbool.h>

#include "agent/parallel.h"

struct parallel {
	uint32_t next, count; /* next one to be taken */
	int (*work)(void *context, uint32_t index);
	void *context;
	int error;
};

static void *take_turns(void *argument)
{
	struct parallel *p = argument;

	for (;;) {
		uint32_t index = __atomic_fetch_add(&p->next, 1, __ATOMIC_RELAXED);
		int error, none = 0;

		if (index >= p->count)
			return NULL;
		error = p->work(p->context, index);
		if (error)
			__atomic_compare_exchange_n(&p->error, &none, error, false,
						    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	}
}

/* This thread works too: without any other, all gets done nevertheless. */
int parallel_run(uint32_t count, int (*work)(void *context, uint32_t index), void *context)
{
	struct parallel p = { .count = count, .work = work, .context = context };
	pthread_t threads[PARALLEL_THREADS];
	uint32_t started = 0;

	while (started < PARALLEL_THREADS && started + 1 < count &&
	       !pthread_create(&threads[started], NULL, take_turns, &p))
		started++;
	take_turns(&p);
	while (started)
		pthread_join(threads[--started], NULL);
	return p.error;
}
