/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include "agent/bind.h"
#include "agent/cgroup.h"
#include "agent/identity.h"

static uint64_t boot_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

const char *bind_name(const char *name, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (name)
		return name;
	return slash && slash[1] ? slash + 1 : path;
}

static const char *container_name(const struct bind_request *request)
{
	return bind_name(request->name, request->path);
}

/* The state is written last: until then the container is free for whoever looks. */
static void write_container(struct container *to, const struct bind_request *request, uint64_t id)
{
	const char *name = container_name(request);

	memset(to->name, 0, sizeof(to->name));
	memcpy(to->name, name, strnlen(name, sizeof(to->name) - 1));
	to->bound_at = boot_time();
	to->policy = request->policy;
	to->sweeping = !request->start;
	to->pad = 0;
	to->cgroup_id = id;
	__atomic_store_n(&to->state, CONTAINER_BOUND, __ATOMIC_RELEASE);
}

static bool set_state(struct container *container, uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(&container->state, &from, to, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST);
}

/* Of the kernel side and this one, whoever gets the state to FREEING frees it. */
static void free_container(struct container *container)
{
	if (!set_state(container, CONTAINER_BOUND, CONTAINER_FREEING) &&
	    !set_state(container, CONTAINER_ENDED, CONTAINER_FREEING))
		return;
	__atomic_store_n(&container->cgroup_id, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&container->state, CONTAINER_FREE, __ATOMIC_SEQ_CST);
}

static uint64_t count_unconfined(const struct maps *maps)
{
	uint64_t counters[COUNTERS] = { 0 };

	maps_read_counters(maps, counters);
	return counters[COUNTER_UNJUDGED + REASON_TASK_TABLE];
}

static int sweep(const struct objects *objects, uint32_t number, struct fault *fault)
{
	struct container *container = &objects->maps.containers[number];
	uint64_t before = count_unconfined(&objects->maps);
	int error = objects_sweep(objects, number);

	__atomic_store_n(&container->sweeping, 0, __ATOMIC_SEQ_CST);
	if (error)
		return fault_errno(fault, error, "tasks inside cannot be confined");
	if (count_unconfined(&objects->maps) != before)
		return fault_set(fault, -EAGAIN, "the table of confined tasks is full (max_tasks)");
	return 0;
}

static int find_room(const struct objects *objects, struct registry *registry, uint64_t id,
		     uint32_t *number, struct fault *fault)
{
	uint32_t bound;

	if (!bpf_map_lookup_elem(objects->maps.fd[MAP_CGROUPS], &id, &bound))
		return fault_set(fault, -EBUSY, "is bound already");
	*number = registry_free_number(registry);
	if (*number == REGISTRY_NONE)
		return fault_set(fault, -ENOSPC, "%u containers are bound (max_containers)",
				 objects->maps.max_containers);
	return 0;
}

int bind_container(const struct objects *objects, struct registry *registry,
		   const struct bind_request *request, uint32_t *number, struct fault *fault)
{
	int table = objects->maps.fd[MAP_CGROUPS];
	struct container *container;
	uint64_t id;
	uint32_t n;
	int error = cgroup_id(request->cgroup, &id);

	if (error)
		return fault_errno(fault, error, "is no cgroup of version 2");
	error = find_room(objects, registry, id, &n, fault);
	if (error)
		return error;
	error = registry_remember(registry, n, id, container_name(request), request->path);
	if (error)
		return fault_errno(fault, error, "cannot be remembered");
	container = &objects->maps.containers[n];
	write_container(container, request, id);
	error = bpf_map_update_elem(table, &id, &n, BPF_NOEXIST);
	if (error)
		fault_errno(fault, error, "cannot be entered");
	else if (!request->start)
		error = sweep(objects, n, fault);
	if (error) {
		bpf_map_delete_elem(table, &id);
		free_container(container);
		return error;
	}
	*number = n;
	identity_find(
		objects,
		&(struct identity_job){ .cgroup = request->cgroup, .policy = request->policy }, 1);
	return 0;
}

int unbind_container(const struct objects *objects, const struct registry_entry *entry)
{
	struct container *container = &objects->maps.containers[entry->number];
	uint64_t id = entry->cgroup_id;

	if (__atomic_load_n(&container->cgroup_id, __ATOMIC_SEQ_CST) != id)
		return -ENOENT;
	bpf_map_delete_elem(objects->maps.fd[MAP_CGROUPS], &id);
	free_container(container);
	return 0;
}
