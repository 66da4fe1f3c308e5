/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "agent/bind.h"
#include "agent/cgroup.h"
#include "agent/identity.h"

const char *bind_name(const char *name, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (name)
		return name;
	return slash && slash[1] ? slash + 1 : path;
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

static int cannot_bind(const struct objects *objects, int error, struct fault *fault)
{
	if (error == -EEXIST)
		return fault_set(fault, -EBUSY, "is bound already");
	if (error == -ENOSPC || error == -E2BIG)
		return fault_set(fault, -ENOSPC, "%u containers are bound (max_containers)",
				 objects->maps.max_containers);
	return fault_errno(fault, error, "cannot be bound");
}

void bind_remember_name(struct container *container, const char *name)
{
	memset(container->name, 0, sizeof(container->name));
	memcpy(container->name, name, strnlen(name, sizeof(container->name) - 1));
}

/* What user space knows of a container that is bound. */
static int remember(const struct objects *objects, struct registry *registry, uint32_t number,
		    uint64_t id, const struct bind_request *request)
{
	const char *name = bind_name(request->name, request->path);

	bind_remember_name(&objects->maps.containers[number], name);
	return registry_remember(registry, number, id, name, request->path);
}

/* A cgroup that was removed before it was bound will not be removed again. */
static bool is_gone(int cgroup)
{
	return faccessat(cgroup, "cgroup.procs", F_OK, 0) != 0;
}

static int complete(const struct objects *objects, struct registry *registry,
		    const struct bind_request *request, const struct binding *binding,
		    struct fault *fault)
{
	int error = remember(objects, registry, binding->number, binding->cgroup_id, request);

	if (error)
		return fault_errno(fault, error, "cannot be remembered");
	if (is_gone(request->cgroup))
		return fault_set(fault, -ENOENT, "is gone");
	return binding->sweeping ? sweep(objects, binding->number, fault) : 0;
}

static void undo(const struct objects *objects, const struct binding *binding)
{
	const struct registry_entry entry = {
		.number = binding->number,
		.cgroup_id = binding->cgroup_id,
	};

	if (!binding->replace)
		unbind_container(objects, &entry);
}

int bind_container(const struct objects *objects, struct registry *registry,
		   const struct bind_request *request, uint32_t *number, struct fault *fault)
{
	struct binding binding = {
		.policy = request->policy,
		.root = request->root,
		.origin = (uint8_t)request->origin,
		.sweeping = !request->start && !request->replace,
		.same_root = request->same_root,
		.replace = request->replace,
	};
	int error = cgroup_id(request->cgroup, (uint64_t *)&binding.cgroup_id);

	if (error)
		return fault_errno(fault, error, "is no cgroup of version 2");
	error = objects_bind(objects, &binding);
	if (error)
		return cannot_bind(objects, error, fault);
	error = complete(objects, registry, request, &binding, fault);
	if (error) {
		undo(objects, &binding);
		return error;
	}
	*number = binding.number;
	identity_find(objects,
		      &(struct identity_job){ .cgroup = request->cgroup,
					      .policy = request->policy,
					      .root = request->rootfs },
		      1);
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
