/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stddef.h>
#include <string.h>

#include "agent/capture.h"
#include "agent/cgroup.h"
#include "agent/cleanup.h"
#include "agent/hooks.h"
#include "agent/kallsyms.h"
#include "agent/load.h"
#include "agent/loop.h"
#include "agent/objects.h"
#include "agent/pins.h"
#include "agent/probe.h"

#include "bailiff.skel.h"

static void destroy_skeleton(struct bailiff_bpf **skeleton)
{
	bailiff_bpf__destroy(*skeleton);
}

uint64_t load_build(void)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
	size_t size;
	const unsigned char *bytes = bailiff_bpf__elf_bytes(&size);

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3;
	return hash;
}

int load_each_section(void (*each)(void *context, const char *section, bool optional),
		      void *context)
{
	OWNED(destroy_skeleton) struct bailiff_bpf *skeleton = bailiff_bpf__open();
	struct bpf_program *program;

	if (!skeleton)
		return -errno;
	bpf_object__for_each_program(program, skeleton->obj)
		each(context, bpf_program__section_name(program), !bpf_program__autoload(program));
	return 0;
}

/* "missing here: lsm/a, lsm/b: why": what is missing for the same reason stands together. */
struct shortage {
	struct fault fault;
	struct fault why; /* of the last one */
};

static void add_missing(struct shortage *missing, const char *section, const struct fault *why)
{
	char *text = missing->fault.text;
	size_t size = sizeof(missing->fault.text), used = strlen(text);
	bool same = used && !strcmp(missing->why.text, why->text);

	if (same) /* go back to before the reason */
		used -= strlen(": ") + strnlen(why->text, 200);
	else
		missing->why = *why;
	snprintf(text + used, size - used, "%s%s: %.200s",
		 same	? ", "
		 : used ? "; "
			: "missing here: ",
		 section, why->text);
}

/* What belongs to those that are always there, or to those that some classes need. */
static bool is_wanted(const struct bpf_program *program, uint32_t classes)
{
	uint32_t on_demand = hook_on_demand(bpf_program__name(program));

	return classes ? on_demand & classes : !on_demand;
}

static int link_path(char path[PATH_MAX], const struct bpf_program *program, const char *dir)
{
	char name[NAME_MAX];

	snprintf(name, sizeof(name), "%s-%s",
		 hook_class_name(hook_class(bpf_program__section_name(program))),
		 bpf_program__name(program));
	return pins_path(path, dir, "links", name);
}

static bool is_attached(const struct bpf_program *program, const char *dir)
{
	char path[PATH_MAX];

	return !link_path(path, program, dir) && !access(path, F_OK);
}

/* A program that the object does not load by itself is one that not every kernel needs. `classes`:
 * 0, or those whose programs are chosen. */
static int choose_programs(struct bailiff_bpf *skeleton, uint32_t classes,
			   const struct objects_options *options, struct fault *fault)
{
	struct shortage missing = { 0 };
	struct bpf_program *program;
	struct probe probe;

	probe_open(&probe);
	bpf_object__for_each_program(program, skeleton->obj) {
		const char *section = bpf_program__section_name(program);
		bool optional = !bpf_program__autoload(program) && !probe_exists(&probe, section);
		bool wanted = !optional && is_wanted(program, classes) &&
			      !is_attached(program, options->pin_dir);
		struct fault why;
		int error = wanted ? probe_section(&probe, section, &why) : 0;

		bpf_program__set_autoload(program, wanted && !error);
		if (error && !(options->allow_missing & 1U << hook_class(section)))
			add_missing(&missing, section, &why);
	}
	probe_close(&probe);
	if (!missing.fault.text[0])
		return 0;
	*fault = missing.fault;
	return -EOPNOTSUPP;
}

static bool is_any_chosen(struct bailiff_bpf *skeleton)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, skeleton->obj)
		if (bpf_program__autoload(program))
			return true;
	return false;
}

static uint32_t scratch_count(void)
{
	int cpus = libbpf_num_possible_cpus();

	return (uint32_t)(cpus > 0 ? cpus : 1) * BAILIFF_SCRATCH_PER_CPU;
}

static int set_sizes(struct bailiff_bpf *skeleton, const struct objects_options *options)
{
	int error = bpf_map__set_max_entries(skeleton->maps.tasks, options->max_tasks);

	if (!error)
		error = bpf_map__set_max_entries(skeleton->maps.cgroups,
						 2 * options->max_containers);
	if (!error)
		error = bpf_map__set_max_entries(skeleton->maps.containers,
						 options->max_containers);
	if (!error)
		error = bpf_map__set_max_entries(skeleton->maps.container_tasks,
						 options->max_containers);
	if (!error)
		error = bpf_map__set_max_entries(skeleton->maps.ring_denied, options->ring_denied);
	if (!error)
		error = bpf_map__set_max_entries(skeleton->maps.ring_other, options->ring_other);
	if (!error)
		error = bpf_map__set_max_entries(skeleton->maps.scratches, scratch_count());
	/* Shared with user space, which changes single words of them. */
	if (!error)
		error = bpf_map__set_map_flags(skeleton->maps.containers, BPF_F_MMAPABLE);
	if (!error)
		error = bpf_map__set_map_flags(skeleton->maps.container_tasks, BPF_F_MMAPABLE);
	return error;
}

static struct bpf_map *find_map(struct bailiff_bpf *skeleton, enum map_id id)
{
	return id == MAP_GLOBALS ? skeleton->maps.bss
				 : bpf_object__find_map_by_name(skeleton->obj, maps_name(id));
}

static bool is_pinned(struct bailiff_bpf *skeleton, const struct bpf_map *map)
{
	for (int i = 0; i < MAPS; i++)
		if (find_map(skeleton, (enum map_id)i) == map)
			return true;
	return false;
}

/* What programs that are loaded later would not share with those that are there. Only constants may
 * be of that kind. */
static int check_maps(struct bailiff_bpf *skeleton, struct fault *fault)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, skeleton->obj) {
		const char *name = bpf_map__name(map);

		if (!is_pinned(skeleton, map) && !strstr(name, ".rodata"))
			return fault_set(fault, -EINVAL, "map %s is not pinned", name);
	}
	return 0;
}

static int pin_maps(struct bailiff_bpf *skeleton, const char *dir, struct fault *fault)
{
	int unpinned = check_maps(skeleton, fault);

	if (unpinned)
		return unpinned;
	for (int i = 0; i < MAPS; i++) {
		struct bpf_map *map = find_map(skeleton, (enum map_id)i);
		const char *name = maps_name((enum map_id)i);
		char path[PATH_MAX];
		int error = pins_path(path, dir, "maps", name);

		if (!error)
			error = map ? bpf_obj_pin(bpf_map__fd(map), path) : -ENOENT;
		if (error)
			return fault_errno(fault, error, "map %s", name);
	}
	return 0;
}

static struct bpf_link *attach(struct bpf_program *program, int cgroup_root)
{
	if (!strncmp(bpf_program__section_name(program), "cgroup", strlen("cgroup")))
		return bpf_program__attach_cgroup(program, cgroup_root);
	return bpf_program__attach(program);
}

static int attach_and_pin(struct bpf_program *program, int cgroup_root, const char *dir)
{
	struct bpf_link *link = attach(program, cgroup_root);
	char path[PATH_MAX];
	int error;

	if (!link)
		return -errno;
	error = link_path(path, program, dir);
	if (!error)
		error = bpf_link__pin(link, path);
	bpf_link__destroy(link); /* a pinned one stays attached */
	return error;
}

/* Tasks are tracked before anything is judged by what is known of them. */
static int attach_all(struct bailiff_bpf *skeleton, const char *dir, struct fault *fault)
{
	OWNED(close_fd) int root = cgroup_open_root();
	struct bpf_program *program;

	if (root < 0)
		return fault_errno(fault, root, "no cgroup2 hierarchy");
	for (int judging = 0; judging < 2; judging++) {
		bpf_object__for_each_program(program, skeleton->obj) {
			const char *section = bpf_program__section_name(program);
			int error;

			if (program == skeleton->progs.sweep_tasks ||
			    program == skeleton->progs.mark_task ||
			    program == skeleton->progs.bind_cgroup ||
			    program == skeleton->progs.record_refusal ||
			    !bpf_program__autoload(program) ||
			    (hook_class(section) != HOOK_TRACKING) != judging)
				continue;
			error = attach_and_pin(program, root, dir);
			if (error)
				return fault_errno(fault, error, "cannot attach %s (%s)",
						   bpf_program__name(program), section);
		}
	}
	return 0;
}

/* One that is run by user space, and attached nowhere. */
static int pin_program(const struct bpf_program *program, const char *dir, const char *name)
{
	char path[PATH_MAX];
	int error = pins_path(path, dir, name, NULL);

	return error ? error : bpf_obj_pin(bpf_program__fd(program), path);
}

static int finish(struct bailiff_bpf *skeleton, const char *dir, struct fault *fault)
{
	struct pins_marker marker = {
		.version = EVENT_VERSION,
		.shared_offset = offsetof(struct bailiff_bpf__bss, shared),
		.build = load_build(),
	};
	int error;

	marker.loaded_at = loop_boot_time();
	error = pin_program(skeleton->progs.sweep_tasks, dir, PINS_SWEEP);
	if (!error)
		error = pin_program(skeleton->progs.mark_task, dir, PINS_MARK);
	if (!error)
		error = pin_program(skeleton->progs.bind_cgroup, dir, PINS_BIND);
	if (!error)
		error = pin_program(skeleton->progs.record_refusal, dir, PINS_REFUSE);
	if (!error)
		error = pins_write_marker(dir, &marker);
	return error ? fault_errno(fault, error, "%s", dir) : 0;
}

static int pin_all(struct bailiff_bpf *skeleton, const char *dir, struct fault *fault)
{
	struct fault ignored;
	int error = pin_maps(skeleton, dir, fault);

	if (!error)
		error = attach_all(skeleton, dir, fault);
	if (!error)
		error = finish(skeleton, dir, fault);
	if (error)
		pins_remove(dir, &ignored);
	return error;
}

/* Where the kernel keeps the locks of names and mounts, which does not change while it runs. */
static void find_locks(struct bailiff_bpf *skeleton)
{
	static const char *const names[] = { "rename_lock", "mount_lock" };
	static uint64_t addresses[2];
	static bool found;

	if (!found)
		kallsyms_find(names, addresses, 2);
	found = true;
	skeleton->rodata->rename_lock_at = addresses[0];
	skeleton->rodata->mount_lock_at = addresses[1];
}

static int load(struct bailiff_bpf *skeleton, struct fault *fault)
{
	int error;

	find_locks(skeleton);
	skeleton->rodata->setattr_idmap = probe_arguments("bpf_lsm_inode_setattr") > 2;
	error = bailiff_bpf__load(skeleton);
	return error ? fault_errno(fault, error, "programs cannot be loaded: %s", capture_failure())
		     : 0;
}

int load_instance(const struct objects_options *options, struct fault *fault)
{
	OWNED(destroy_skeleton) struct bailiff_bpf *skeleton = NULL;
	int error;

	capture_start();
	skeleton = bailiff_bpf__open();
	if (!skeleton)
		return fault_errno(fault, -errno, "BPF object file");
	error = choose_programs(skeleton, 0, options, fault);
	if (error)
		return error;
	error = set_sizes(skeleton, options);
	if (error)
		return fault_errno(fault, error, "sizes of maps");
	error = load(skeleton, fault);
	if (!error)
		error = pins_create(options->pin_dir, fault);
	return error ? error : pin_all(skeleton, options->pin_dir, fault);
}

int load_more(const struct objects_options *options, const struct maps *maps, uint32_t classes,
	      struct fault *fault)
{
	OWNED(destroy_skeleton) struct bailiff_bpf *skeleton = NULL;
	int error;

	capture_start();
	skeleton = bailiff_bpf__open();
	if (!skeleton)
		return fault_errno(fault, -errno, "BPF object file");
	error = choose_programs(skeleton, classes, options, fault);
	if (error || !is_any_chosen(skeleton))
		return error;
	if (options->other_build)
		return fault_set(fault, -EPROTO,
				 "%s: rules need programs that are not loaded yet, and those in "
				 "force are of another build: 'bailiff unload' and a start replace "
				 "them",
				 options->pin_dir);
	for (int i = 0; i < MAPS && !error; i++) {
		error = bpf_map__reuse_fd(find_map(skeleton, (enum map_id)i), maps->fd[i]);
		if (error)
			fault_errno(fault, error, "map %s", maps_name((enum map_id)i));
	}
	if (!error)
		error = load(skeleton, fault);
	return error ? error : attach_all(skeleton, options->pin_dir, fault);
}
