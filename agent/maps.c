/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <string.h>
#include <sys/mman.h>

#include "agent/cleanup.h"
#include "agent/maps.h"
#include "agent/parallel.h"

/* size of a value, or 0 where any will do. */
static const struct layout {
	const char *name;
	enum bpf_map_type type;
	uint32_t value_size;
	uint32_t entries;
} layouts[MAPS] = {
	[MAP_TASKS] = { "tasks", BPF_MAP_TYPE_HASH, sizeof(struct task_state), 0 },
	[MAP_CGROUPS] = { "cgroups", BPF_MAP_TYPE_HASH, sizeof(__u32), 0 },
	[MAP_CONTAINERS] = { "containers", BPF_MAP_TYPE_ARRAY, sizeof(struct container), 0 },
	[MAP_CONTAINER_TASKS] = { "container_tasks", BPF_MAP_TYPE_ARRAY, sizeof(__u64), 0 },
	[MAP_DIRECTORIES] = { "directories", BPF_MAP_TYPE_ARRAY_OF_MAPS, sizeof(__u32), 1 },
	[MAP_POLICY_IMAGES] = { "policy_images", BPF_MAP_TYPE_ARRAY_OF_MAPS, sizeof(__u32), 0 },
	[MAP_RING_DENIED] = { "ring_denied", BPF_MAP_TYPE_RINGBUF, 0, 0 },
	[MAP_RING_OTHER] = { "ring_other", BPF_MAP_TYPE_RINGBUF, 0, 0 },
	[MAP_COUNTERS] = { "counters", BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(__u64), COUNTERS },
	[MAP_IDENTITIES] = { "identities", BPF_MAP_TYPE_HASH, sizeof(__u32), 0 },
	[MAP_PARENTS] = { "parents", BPF_MAP_TYPE_INODE_STORAGE, 0, 0 },
	[MAP_LISTENERS] = { "listeners", BPF_MAP_TYPE_SK_STORAGE, 0, 0 },
	[MAP_SCRATCHES] = { "scratches", BPF_MAP_TYPE_ARRAY, 0, 0 },
	[MAP_GLOBALS] = { "globals", BPF_MAP_TYPE_ARRAY, 0, 1 },
};

const char *maps_name(enum map_id id)
{
	return layouts[id].name;
}

void maps_init(struct maps *maps)
{
	*maps = (struct maps){ 0 };
	for (int i = 0; i < MAPS; i++)
		maps->fd[i] = -1;
}

static size_t mapped_size(uint32_t value_size, uint32_t entries)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = (((size_t)value_size + 7) & ~(size_t)7) * entries;

	return (size + page - 1) & ~(page - 1);
}

static int map_info(int fd, struct bpf_map_info *info)
{
	uint32_t size = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(fd, info, &size);
}

static int check_layout(struct maps *maps, enum map_id id)
{
	const struct layout *want = &layouts[id];
	struct bpf_map_info info;
	int error = map_info(maps->fd[id], &info);

	if (error)
		return error;
	if (info.type != want->type || (want->value_size && info.value_size != want->value_size) ||
	    (want->entries && info.max_entries != want->entries))
		return -EPROTO;
	if (id == MAP_CONTAINERS)
		maps->max_containers = info.max_entries;
	else if (id == MAP_POLICY_IMAGES)
		maps->slots = info.max_entries;
	else if (id == MAP_GLOBALS)
		maps->globals_size = info.value_size;
	return 0;
}

static int map_fd(int fd, uint32_t value_size, uint32_t entries, int protection, void **memory)
{
	void *address = mmap(NULL, mapped_size(value_size, entries), protection, MAP_SHARED, fd, 0);

	if (address == MAP_FAILED)
		return -errno;
	*memory = address;
	return 0;
}

int maps_open(struct maps *maps)
{
	void *tasks = NULL;
	int error = 0;

	for (int i = 0; i < MAPS && !error; i++)
		error = check_layout(maps, (enum map_id)i);
	if (!error)
		error = map_fd(maps->fd[MAP_CONTAINERS], sizeof(struct container),
			       maps->max_containers, PROT_READ | PROT_WRITE,
			       (void **)&maps->containers);
	if (!error)
		error = map_fd(maps->fd[MAP_CONTAINER_TASKS], sizeof(__u64), maps->max_containers,
			       PROT_READ, &tasks);
	maps->tasks = tasks;
	maps->inner = calloc((size_t)maps->slots + 1, sizeof(*maps->inner));
	if (!error && !maps->inner)
		error = -ENOMEM;
	if (!error)
		error = map_fd(maps->fd[MAP_GLOBALS], maps->globals_size, 1, PROT_READ | PROT_WRITE,
			       (void **)&maps->globals);
	return error;
}

void maps_close(struct maps *maps)
{
	if (maps->containers)
		munmap(maps->containers,
		       mapped_size(sizeof(struct container), maps->max_containers));
	if (maps->tasks)
		munmap((void *)maps->tasks, mapped_size(sizeof(__u64), maps->max_containers));
	if (maps->globals)
		munmap(maps->globals, mapped_size(maps->globals_size, 1));
	for (int i = 0; i < MAPS; i++)
		close_fd(&maps->fd[i]);
	free(maps->inner);
	maps_init(maps);
}

/* Where the id of a map in an array of maps is remembered, NULL if nowhere. */
static uint32_t *inner_id(const struct maps *maps, enum map_id outer, uint32_t index)
{
	if (outer == MAP_DIRECTORIES)
		index = maps->slots;
	else if (index >= maps->slots)
		return NULL;
	return maps->inner ? &maps->inner[index] : NULL;
}

/* The map that an array of maps holds at `index`: a descriptor, -ENOENT if none. Up to Linux 6.7
 * each look into an array of maps waits for all programs that run (kernel/bpf/syscall.c,
 * bpf_map_copy_value), so that the answer is remembered. */
static int open_inner(const struct maps *maps, enum map_id outer, uint32_t index)
{
	uint32_t *known = inner_id(maps, outer, index), id;
	int fd = known && *known ? bpf_map_get_fd_by_id(*known) : -ENOENT;
	int error;

	if (fd != -ENOENT)
		return fd;
	error = bpf_map_lookup_elem(maps->fd[outer], &index, &id);
	if (error)
		return error;
	if (known)
		*known = id;
	return bpf_map_get_fd_by_id(id);
}

static int put_inner(const struct maps *maps, enum map_id outer, uint32_t index, int fd)
{
	uint32_t *known = inner_id(maps, outer, index);
	struct bpf_map_info info;
	/* The kernel waits for the programs that run, before this returns. */
	int error = bpf_map_update_elem(maps->fd[outer], &index, &fd, BPF_ANY);

	if (known)
		*known = error || map_info(fd, &info) ? 0 : info.id;
	return error;
}

/* Through its memory: in calls of bpf(2), the words of a large policy take milliseconds. */
static int read_elements(int fd, uint32_t value_size, uint32_t first, uint32_t count, void *values)
{
	struct bpf_map_info info;
	void *memory;
	int error = count ? map_info(fd, &info) : 0;

	if (error || !count)
		return error;
	if (info.value_size != value_size || first > info.max_entries ||
	    count > info.max_entries - first)
		return -ERANGE;
	error = map_fd(fd, value_size, info.max_entries, PROT_READ, &memory);
	if (error)
		return error;
	memcpy(values, (const char *)memory + (size_t)first * value_size,
	       (size_t)count * value_size);
	munmap(memory, mapped_size(value_size, info.max_entries));
	return 0;
}

static int write_elements(int fd, uint32_t value_size, uint32_t count, const void *values)
{
	void *memory;
	int error = map_fd(fd, value_size, count, PROT_READ | PROT_WRITE, &memory);

	if (error)
		return error;
	memcpy(memory, values, (size_t)count * value_size);
	munmap(memory, mapped_size(value_size, count));
	return 0;
}

/* An array that programs can read and nobody can change any more. `value_size` is a multiple of 8,
 * as the kernel lays values out in memory. */
static int make_inner(const char *name, uint32_t value_size, const void *values, uint32_t count)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_INNER_MAP | BPF_F_MMAPABLE);
	OWNED(close_fd)
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(__u32), value_size, count,
				&options);
	int error;

	if (fd < 0)
		return fd;
	error = write_elements(fd, value_size, count, values);
	if (!error)
		error = bpf_map_freeze(fd);
	return error ? error : take_fd(&fd);
}

int maps_read_directory(const struct maps *maps, struct policy_head **heads, uint32_t *count)
{
	OWNED(close_fd) int fd = open_inner(maps, MAP_DIRECTORIES, 0);
	OWNED(free_memory) struct policy_head *read = NULL;
	struct bpf_map_info info;
	int error;

	if (fd == -ENOENT) {
		*heads = NULL;
		*count = 0;
		return 0;
	}
	if (fd < 0)
		return fd;
	error = map_info(fd, &info);
	if (error)
		return error;
	if (info.value_size != sizeof(*read))
		return -EPROTO;
	read = calloc(info.max_entries, sizeof(*read));
	if (!read)
		return -ENOMEM;
	error = read_elements(fd, sizeof(*read), 0, info.max_entries, read);
	if (error)
		return error;
	*heads = read;
	*count = info.max_entries;
	read = NULL;
	return 0;
}

int maps_publish_directory(const struct maps *maps, const struct policy_head *heads, uint32_t count)
{
	OWNED(close_fd) int fd = make_inner("directory", sizeof(*heads), heads, count);

	return fd < 0 ? fd : put_inner(maps, MAP_DIRECTORIES, 0, fd);
}

int maps_make_image(const uint64_t *words, uint32_t count)
{
	static const uint64_t nothing;

	return make_inner("image", sizeof(*words), count ? words : &nothing, count ? count : 1);
}

/* What the threads share. */
struct slots {
	const struct maps *maps;
	const struct maps_image *images;
	const uint32_t *numbers;
};

static int place_one(void *context, uint32_t index)
{
	const struct slots *slots = context;
	const struct maps_image *image = &slots->images[index];

	return put_inner(slots->maps, MAP_POLICY_IMAGES, image->slot, image->fd);
}

int maps_place_images(const struct maps *maps, const struct maps_image *images, uint32_t count)
{
	struct slots slots = { .maps = maps, .images = images };

	return parallel_run(count, place_one, &slots);
}

int maps_read_image(const struct maps *maps, uint32_t slot, uint32_t first, uint32_t count,
		    uint64_t *words)
{
	OWNED(close_fd) int fd = open_inner(maps, MAP_POLICY_IMAGES, slot);

	return fd < 0 ? fd : read_elements(fd, sizeof(*words), first, count, words);
}

static int release_one(void *context, uint32_t index)
{
	const struct slots *slots = context;
	const struct maps *maps = slots->maps;
	uint32_t slot = slots->numbers[index], *known = inner_id(maps, MAP_POLICY_IMAGES, slot);
	int error = bpf_map_delete_elem(maps->fd[MAP_POLICY_IMAGES], &slot);

	if (known)
		*known = 0;
	return error == -ENOENT ? 0 : error;
}

static bool listed(const uint32_t *numbers, uint32_t count, uint32_t number)
{
	for (uint32_t i = 0; i < count; i++)
		if (numbers[i] == number)
			return true;
	return false;
}

/* An entry is deleted once its successor is known: deleting the one that a walk stands on would
 * start it anew. */
static void forget_identities(int map, const uint32_t *slots, uint32_t count)
{
	struct identity key, next;
	int end = bpf_map_get_next_key(map, NULL, &next);

	while (!end) {
		key = next;
		end = bpf_map_get_next_key(map, &key, &next);
		if (listed(slots, count, key.slot))
			bpf_map_delete_elem(map, &key);
	}
}

int maps_release_images(const struct maps *maps, const uint32_t *slots, uint32_t count)
{
	struct slots shared = { .maps = maps, .numbers = slots };

	if (count)
		forget_identities(maps->fd[MAP_IDENTITIES], slots, count);
	return parallel_run(count, release_one, &shared);
}

int maps_slot_used(const struct maps *maps, uint32_t slot)
{
	uint32_t id;

	return !bpf_map_lookup_elem(maps->fd[MAP_POLICY_IMAGES], &slot, &id);
}

int maps_read_counters(const struct maps *maps, uint64_t counters[COUNTERS])
{
	int cpus = libbpf_num_possible_cpus();
	OWNED(free_memory) uint64_t *values = NULL;

	if (cpus < 0)
		return cpus;
	values = calloc((size_t)cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (uint32_t i = 0; i < COUNTERS; i++) {
		int error = bpf_map_lookup_elem(maps->fd[MAP_COUNTERS], &i, values);

		if (error)
			return error;
		counters[i] = 0;
		for (int cpu = 0; cpu < cpus; cpu++)
			counters[i] += values[cpu];
	}
	return 0;
}
