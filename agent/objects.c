/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "agent/cleanup.h"
#include "agent/hooks.h"
#include "agent/load.h"
#include "agent/objects.h"
#include "agent/pins.h"

/* Those that are run from here, and attached nowhere. */
static const struct {
	const char *name;
	size_t offset;
} programs[] = {
	{ PINS_SWEEP, offsetof(struct objects, sweep_program) },
	{ PINS_MARK, offsetof(struct objects, mark_program) },
	{ PINS_BIND, offsetof(struct objects, bind_program) },
	{ PINS_REFUSE, offsetof(struct objects, refuse_program) },
};

void objects_init(struct objects *objects)
{
	*objects = (struct objects){ 0 };
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		*(int *)(void *)((char *)objects + programs[i].offset) = -1;
	maps_init(&objects->maps);
}

void objects_close(struct objects *objects)
{
	maps_close(&objects->maps);
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		close_fd((int *)(void *)((char *)objects + programs[i].offset));
	objects_init(objects);
}

static int get_pin(const char *dir, const char *part, const char *name)
{
	char path[PATH_MAX];
	int error = pins_path(path, dir, part, name);

	return error ? error : bpf_obj_get(path);
}

static int open_pins(struct objects *objects, struct fault *fault)
{
	const char *dir = objects->pin_dir;

	for (int i = 0; i < MAPS; i++) {
		const char *name = maps_name((enum map_id)i);

		objects->maps.fd[i] = get_pin(dir, "maps", name);
		if (objects->maps.fd[i] < 0)
			return fault_errno(fault, objects->maps.fd[i], "%s/maps/%s", dir, name);
	}
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		int *program = (int *)(void *)((char *)objects + programs[i].offset);

		*program = get_pin(dir, programs[i].name, NULL);
		if (*program < 0)
			return fault_errno(fault, *program, "%s/%s", dir, programs[i].name);
	}
	return 0;
}

static int check_marker(struct objects *objects, const struct pins_marker *marker,
			struct fault *fault)
{
	int error;

	if (marker->version != EVENT_VERSION)
		return fault_set(fault, -EPROTO,
				 "%s: programs of an incompatible version are loaded: 'bailiff "
				 "unload' removes them",
				 objects->pin_dir);
	error = maps_open(&objects->maps);
	if (error == -EPROTO ||
	    marker->shared_offset + sizeof(struct shared) > objects->maps.globals_size)
		return fault_set(fault, -EPROTO,
				 "%s: maps of an incompatible version are loaded: 'bailiff unload' "
				 "removes them",
				 objects->pin_dir);
	if (error)
		return fault_errno(fault, error, "%s: maps", objects->pin_dir);
	objects->shared = (void *)(objects->maps.globals + marker->shared_offset);
	objects->maps.shared = objects->shared;
	objects->shared->max_containers = objects->maps.max_containers;
	objects->other_build = marker->build != load_build();
	return 0;
}

int objects_adopt(struct objects *objects, const char *pin_dir, struct fault *fault)
{
	struct pins_marker marker;
	int error = pins_read_marker(pin_dir, &marker);

	if (error)
		return fault_errno(fault, error == -EUCLEAN ? -ENOENT : error, "%s", pin_dir);
	snprintf(objects->pin_dir, sizeof(objects->pin_dir), "%s", pin_dir);
	error = open_pins(objects, fault);
	if (!error)
		error = check_marker(objects, &marker, fault);
	if (error) {
		objects_close(objects);
		return error;
	}
	objects->programs = pins_count_links(pin_dir);
	objects->adopted = true;
	return 0;
}

static int open_or_load(struct objects *objects, const struct objects_options *options,
			struct fault *fault)
{
	struct pins_marker marker;
	int error = pins_read_marker(options->pin_dir, &marker);

	if (error == -EUCLEAN) {
		error = pins_remove(options->pin_dir, fault);
		if (error)
			return error;
		error = -ENOENT;
	}
	if (error == -ENOENT) {
		error = load_instance(options, fault);
		if (error)
			return error;
		error = objects_adopt(objects, options->pin_dir, fault);
		objects->adopted = false;
		return error;
	}
	if (error)
		return fault_errno(fault, error, "%s", options->pin_dir);
	return objects_adopt(objects, options->pin_dir, fault);
}

int objects_open(struct objects *objects, const struct objects_options *options,
		 struct fault *fault)
{
	int error = open_or_load(objects, options, fault);

	objects->allow_missing = options->allow_missing;
	if (!error)
		error = objects_protect(objects, 0);
	return error;
}

int objects_need(struct objects *objects, uint32_t classes, struct fault *fault)
{
	const struct objects_options options = {
		.pin_dir = objects->pin_dir,
		.allow_missing = objects->allow_missing,
		.other_build = objects->other_build,
	};
	uint32_t more = classes & hook_all_on_demand() & ~objects->classes;
	int error;

	if (!more)
		return 0;
	error = load_more(&options, &objects->maps, more, fault);
	objects->programs = pins_count_links(objects->pin_dir);
	if (!error)
		objects->classes |= more;
	return error;
}

/* Frees every confined task at once: programs go one by one, and what those that judge know of
 * tasks is wrong as soon as those that track them are gone. */
static void free_tasks(const char *pin_dir)
{
	struct objects objects;
	struct fault ignored;

	objects_init(&objects);
	if (objects_adopt(&objects, pin_dir, &ignored))
		return;
	for (uint32_t i = 0; i < objects.maps.max_containers; i++)
		__atomic_store_n(&objects.maps.containers[i].cgroup_id, 0, __ATOMIC_SEQ_CST);
	objects_close(&objects);
}

int objects_unload(const char *pin_dir, struct fault *fault)
{
	free_tasks(pin_dir);
	return pins_remove(pin_dir, fault);
}

int objects_protect(const struct objects *objects, uint64_t control_inode)
{
	struct shared *shared = objects->shared;
	struct stat stat_;

	if (stat(objects->pin_dir, &stat_))
		return -errno;
	/* the kernel's own encoding of a device number (include/linux/kdev_t.h) */
	shared->pin_device = major(stat_.st_dev) << 20 | minor(stat_.st_dev);
	shared->control_inode = control_inode;
	shared->agent = (uint32_t)getpid();
	return 0;
}

static int run_program(int program, void *argument, uint32_t size)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = argument, .ctx_size_in = size);
	int error = bpf_prog_test_run_opts(program, &options);

	return error ? error : (int)options.retval;
}

int objects_bind(const struct objects *objects, struct binding *binding)
{
	return run_program(objects->bind_program, binding, sizeof(*binding));
}

int objects_record_refusal(const struct objects *objects, struct refusal *refusal)
{
	return run_program(objects->refuse_program, refusal, sizeof(*refusal));
}

static int run_iterator(int program)
{
	OWNED(close_fd) int link = bpf_link_create(program, 0, BPF_TRACE_ITER, NULL);
	OWNED(close_fd) int iterator = -1;
	char output[256];
	ssize_t length;

	if (link < 0)
		return link;
	iterator = bpf_iter_create(link);
	if (iterator < 0)
		return iterator;
	do {
		length = read(iterator, output, sizeof(output));
	} while (length > 0 || (length < 0 && (errno == EAGAIN || errno == EINTR)));
	return length < 0 ? -errno : 0;
}

int objects_sweep(const struct objects *objects, uint32_t container)
{
	__atomic_store_n(&objects->shared->sweep_container, container, __ATOMIC_SEQ_CST);
	return run_iterator(objects->sweep_program);
}
