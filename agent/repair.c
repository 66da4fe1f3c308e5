/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/bpf.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/cleanup.h"
#include "agent/repair.h"

#define KERNEL_US 20000 /* longer than a program takes from one step to the next */

/* Neither quite bound nor free. The kernel side ends containers by the same steps. */
static bool is_half(const struct maps *maps, uint32_t number)
{
	const struct container *container = &maps->containers[number];
	uint32_t state = __atomic_load_n(&container->state, __ATOMIC_SEQ_CST);
	uint64_t id = container->cgroup_id;
	uint32_t entered;

	if (state == CONTAINER_FREEING)
		return true;
	if (state != CONTAINER_BOUND)
		return false;
	return !id || bpf_map_lookup_elem(maps->fd[MAP_CGROUPS], &id, &entered) ||
	       entered != number;
}

static uint32_t find_half(const struct maps *maps, bool *half)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < maps->max_containers; i++) {
		half[i] = is_half(maps, i);
		found += half[i];
	}
	return found;
}

static int free_half(const struct maps *maps)
{
	OWNED(free_memory) bool *half = calloc(maps->max_containers, sizeof(*half));

	if (!half)
		return -ENOMEM;
	if (!find_half(maps, half))
		return 0;
	usleep(KERNEL_US);
	for (uint32_t i = 0; i < maps->max_containers; i++) {
		struct container *container = &maps->containers[i];

		if (!half[i] || !is_half(maps, i))
			continue;
		__atomic_store_n(&container->cgroup_id, 0, __ATOMIC_SEQ_CST);
		__atomic_store_n(&container->state, CONTAINER_FREE, __ATOMIC_SEQ_CST);
	}
	return 0;
}

/* Entries of cgroups whose container is another one's, or nobody's. */
static int remove_stale(const struct maps *maps)
{
	int table = maps->fd[MAP_CGROUPS];
	uint64_t id, *last = NULL, previous;

	while (!bpf_map_get_next_key(table, last, &id)) {
		uint32_t number;
		bool stale = !bpf_map_lookup_elem(table, &id, &number) &&
			     (number >= maps->max_containers ||
			      maps->containers[number].cgroup_id != id);

		if (stale) {
			bpf_map_delete_elem(table, &id);
			last = NULL;
			continue;
		}
		previous = id;
		last = &previous;
	}
	return 0;
}

/* One that can't be finished stays marked: what is forked inside is confined nevertheless. */
static void finish_sweeps(const struct objects *objects)
{
	const struct maps *maps = &objects->maps;

	for (uint32_t i = 0; i < maps->max_containers; i++) {
		struct container *container = &maps->containers[i];

		if (container->state != CONTAINER_BOUND || !container->sweeping)
			continue;
		if (!objects_sweep(objects, i))
			__atomic_store_n(&container->sweeping, 0, __ATOMIC_SEQ_CST);
	}
}

int repair_bindings(const struct objects *objects)
{
	int error = free_half(&objects->maps);

	if (!error)
		error = remove_stale(&objects->maps);
	if (!error)
		finish_sweeps(objects);
	return error;
}
