/* SPDX-License-Identifier: GPL-2.0-or-later */
/* createRuntime: the container's first process is in its cgroup and waits; nothing of the
 * container has run yet. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "agent/cgroup.h"
#include "agent/cleanup.h"
#include "agent/hook.h"
#include "agent/oci_cgroup.h"
#include "agent/oci_entry.h"
#include "agent/oci_seccomp.h"
#include "agent/oci_state.h"
#include "agent/reply.h"

/* What is found out of one container. */
struct found {
	struct oci_state state;
	struct oci_config config;
	struct oci_facts facts;
	char cgroup[PATH_MAX];
	bool not_own; /* the cgroup is no container's own */
	bool root_is_outside;
	char entry_point[PATH_MAX]; /* "": can't be told */
	char rootfs[PATH_MAX];	    /* "": it has no mounts of its own */
};

static void free_found(struct found *found)
{
	oci_facts_free(&found->facts);
	oci_config_free(&found->config);
	oci_state_free(&found->state);
}

static int read_state(struct found *found, int in, struct fault *fault)
{
	OWNED(input_free) struct input input = { 0 };
	int error = input_read(in, OCI_STATE_MAX, &input);

	if (error)
		return fault_errno(fault, error, "the runtime's state");
	return oci_state_read(&input, &found->state, fault);
}

static int read_config(struct found *found, int bundle, struct fault *fault)
{
	OWNED(input_free) struct input input = { 0 };
	int error = input_read_file(bundle, "config.json", OCI_CONFIG_MAX, &input);

	if (error)
		return fault_errno(fault, error, "%s/config.json", found->state.bundle);
	return oci_config_read(&input, &found->config, fault);
}

/* The process is held, so that all that is read is of the same one. */
static int find_cgroup(struct found *found, struct fault *fault)
{
	OWNED(close_fd) int process = (int)syscall(SYS_pidfd_open, found->state.pid, 0);
	struct pollfd ended = { .fd = process, .events = POLLIN };
	char inside[PATH_MAX], own[PATH_MAX];
	int error = process < 0 ? -errno : 0;

	if (!error)
		error = cgroup_of_process(found->state.pid, inside);
	if (!error && poll(&ended, 1, 0))
		error = -ESRCH;
	if (error)
		return fault_errno(fault, error, "process %d", (int)found->state.pid);
	error = cgroup_of_process(0, own);
	if (error)
		return fault_errno(fault, error, "/proc/self/cgroup");
	if (!strncmp(inside, "/..", 3))
		return fault_set(fault, -EXDEV,
				 "cgroup %s is outside of this hook's cgroup namespace", inside);
	error = oci_cgroup_choose(&found->config, inside, found->cgroup, fault);
	found->not_own = !error && cgroup_is_in(own, found->cgroup);
	return error;
}

static int look_at_root(struct found *found, int bundle, int outside, struct fault *fault)
{
	OWNED(close_fd) int root = -1;
	struct stat theirs, ours;

	if (!found->config.root)
		return fault_set(fault, -EINVAL, "config.json has no root.path");
	root = openat(bundle, found->config.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || fstat(root, &theirs))
		return fault_errno(fault, -errno, "root %s", found->config.root);
	if (fstat(outside, &ours))
		return fault_errno(fault, -errno, "/");
	found->root_is_outside = theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
	if (!oci_entry_find(&found->config, root, found->entry_point))
		*found->entry_point = 0;
	if (oci_config_own_mounts(&found->config) && !oci_path_of(root, found->rootfs))
		return fault_set(fault, -EINVAL, "root %s has no path", found->config.root);
	return 0;
}

static void note_container(struct hook *hook, const char *name)
{
	memcpy(hook->container, name, strlen(name) + 1);
}

static int find_out(struct hook *hook, struct found *found, int in, int outside)
{
	OWNED(close_fd) int bundle = -1;
	int error = read_state(found, in, &hook->fault);

	if (error)
		return error;
	note_container(hook, found->state.id);
	if (!found->state.bundle)
		return fault_set(&hook->fault, -EINVAL, "the runtime's state has no bundle");
	if (!found->state.pid)
		return fault_set(&hook->fault, -EINVAL, "the runtime's state has no pid");
	bundle = open(found->state.bundle, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (bundle < 0)
		return fault_errno(&hook->fault, -errno, "bundle %s", found->state.bundle);
	error = read_config(found, bundle, &hook->fault);
	if (!error)
		error = oci_facts_of_bundle(&found->facts, found->state.id, found->state.bundle,
					    &found->config, &hook->fault);
	if (error)
		return error;
	note_container(hook, found->facts.name);
	error = find_cgroup(found, &hook->fault);
	return error ? error : look_at_root(found, bundle, outside, &hook->fault);
}

/* The runtime is our parent. */
static const char *started_as(char name[PATH_MAX])
{
	OWNED(close_fd) int fd = -1;
	char path[64];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)getppid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? 0 : read(fd, name, PATH_MAX - 1);
	name[length > 0 ? length : 0] = 0;
	return name;
}

/* What can't be confined as things are is refused; where no policy is selected a handler of crun
 * is none of our business. An annotation that the author of the image may have written never
 * makes a container start: on_failure has no say in it. */
static int refuse(struct hook *hook, const struct found *found, bool *other)
{
	const char *handler = oci_config_handler(&found->config), *what = "annotation";
	OWNED(input_put) struct json_object *reply = NULL;
	char name[PATH_MAX];
	int selected;

	if (!handler) {
		handler = oci_runtime_handler(started_as(name));
		what = "its name";
	}
	if (!handler && !found->not_own)
		return 0;
	selected = hook_ask_policy(hook, &found->facts, found->cgroup, &reply);
	if (selected < 0)
		return selected;
	hook->may_start = !handler && reply_allows(reply);
	if (found->not_own)
		return fault_set(&hook->fault, -EPERM,
				 "it has no cgroup of its own, it is in %s with the runtime",
				 found->cgroup);
	*other = !selected;
	if (!selected)
		return 0;
	return fault_set(
		&hook->fault, -EPERM,
		"%s %s makes the runtime start no program of the container, so that nothing would "
		"be confined",
		what, handler);
}

/* With the runtime's root and mount namespace nothing tells the container's tasks from those of the
 * runtime, so that all that is executed from now on is taken for the container's. */
static bool looks_like_outside(const struct found *found)
{
	return found->root_is_outside && !oci_config_own_mounts(&found->config);
}

/* The runtime alone can give the container a filter: it must have all that the policy denies. */
static int check_filter(struct hook *hook, const struct oci_config *config,
			struct json_object *reply)
{
	struct json_object *section = input_member(reply, "seccomp", json_type_object);
	int error;

	if (!section)
		return 0;
	error = hook_section_counts(hook, config, section);
	if (error)
		return error;
	error = oci_seccomp_covers(config->seccomp, section, &hook->fault);
	hook->may_start = error && reply_allows(reply);
	return error;
}

static int bind_found(struct hook *hook, const struct found *found, int outside)
{
	struct json_object *request = hook_request("bind", &found->facts, found->cgroup);
	bool told = !looks_like_outside(found);
	OWNED(input_put) struct json_object *reply = NULL;
	const struct {
		const char *key;
		struct json_object *value;
	} more[] = {
		{ "runtime_id", json_object_new_string(found->state.id) },
		{ "outside", json_object_new_boolean(told) },
		{ "root_is_outside", json_object_new_boolean(told && found->root_is_outside) },
		{ "pid", json_object_new_int64(found->state.pid) },
		{ "start", json_object_new_boolean(true) },
	};
	bool short_ = !request;
	int error;

	if (request && *found->entry_point)
		json_object_object_add(request, "entry_point",
				       json_object_new_string(found->entry_point));
	if (request && *found->rootfs)
		json_object_object_add(request, "rootfs", json_object_new_string(found->rootfs));
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		if (!short_ && more[i].value &&
		    !json_object_object_add(request, more[i].key, more[i].value))
			continue;
		json_object_put(more[i].value);
		short_ = true;
	}
	if (short_) {
		json_object_put(request);
		request = NULL;
	}
	error = hook_ask(hook, request, told ? outside : -1, &reply);
	hook->bound = !error;
	return error ? error : check_filter(hook, &found->config, reply);
}

int hook_create_runtime(struct hook *hook, int in)
{
	OWNED(free_found) struct found found = { 0 };
	OWNED(close_fd) int outside = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool other = false;
	int error;

	if (outside < 0)
		return fault_errno(&hook->fault, -errno, "/");
	error = find_out(hook, &found, in, outside);
	if (!error)
		error = refuse(hook, &found, &other);
	if (error || other)
		return error;
	return bind_found(hook, &found, outside);
}
