/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "agent/cleanup.h"
#include "agent/identity_walk.h"
#include "bpf/abi_scope.h"
#include "policy/simulate.h"

#define DEPTH_MAX 512 /* directories, each an open descriptor */
#define OF_FILE (ACCESS_ALL & ~(ACCESS_CREATE | ACCESS_DELETE))

struct walk {
	const struct policy_image *image;
	int program;
};

static uint32_t run(const struct policy_image *image, uint32_t state, const char *text)
{
	const struct policy_head *head = &image->head;

	for (; *text && state && !(state & DFA_TRAP); text++)
		state = match_step(image, head->dfa_off, state, head->byte_class[(uint8_t)*text]);
	return state;
}

static uint64_t header(const struct policy_image *image, uint32_t state)
{
	return state ? image_word(image, image->head.dfa_off + DFA_BASE(state)) : 0;
}

static bool reaches_denial(const struct policy_image *image, uint32_t state)
{
	return header(image, state) & DFA_REACHES_DENIAL;
}

static bool denied(const struct policy_image *image, uint32_t state)
{
	uint32_t accept = DFA_ACCEPT(header(image, state));
	const struct policy_head *head = &image->head;

	return accept &&
	       image_word(image, head->accept_off + (accept - 1) * ACCEPT_WORDS) >> 16 & OF_FILE;
}

static bool entered(int directory)
{
	struct statfs fs;

	if (fstatfs(directory, &fs))
		return false;
	switch ((unsigned int)fs.f_type) {
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
	case CGROUP_SUPER_MAGIC:
	case CGROUP2_SUPER_MAGIC:
	case BPF_FS_MAGIC:
	case DEBUGFS_MAGIC:
	case TRACEFS_MAGIC:
	case SECURITYFS_MAGIC:
	case DEVPTS_SUPER_MAGIC:
	case FUSE_SUPER_MAGIC:
		return false;
	}
	return true;
}

static int mark(const struct walk *walk, uint32_t state)
{
	struct marking marking = { .slot = walk->image->head.slot, .state = state };
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &marking, .ctx_size_in = sizeof(marking));
	int error = bpf_prog_test_run_opts(walk->program, &options);

	return error ? error : (int)options.retval;
}

/* Opening it is what enters it. */
static int enter(const struct walk *walk, int directory, const char *name, uint32_t state)
{
	int flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, error = mark(walk, state);
	OWNED(close_fd) int fd = -1;

	if (error)
		return error;
	fd = openat(directory, name, flags | O_NOATIME);
	if (fd < 0 && errno == EPERM)
		fd = openat(directory, name, flags);
	return fd < 0 && errno == ENOSPC ? -ENOSPC : 0;
}

static int walk_directory(const struct walk *walk, int *fd, uint32_t state, unsigned int depth);

static int look(const struct walk *walk, int directory, const struct dirent *entry, uint32_t state,
		unsigned int depth)
{
	OWNED(close_fd) int below = -1;
	struct stat st;

	state = run(walk->image, state, entry->d_name);
	if (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) {
		uint32_t inside = run(walk->image, state, "/");

		if (reaches_denial(walk->image, inside))
			below = openat(directory, entry->d_name,
				       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below >= 0 && depth < DEPTH_MAX)
			return walk_directory(walk, &below, inside, depth + 1);
	}
	if ((entry->d_type != DT_REG && entry->d_type != DT_UNKNOWN) ||
	    !denied(walk->image, state) ||
	    fstatat(directory, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode) ||
	    st.st_nlink < 2)
		return 0;
	return enter(walk, directory, entry->d_name, state);
}

/* `state` is the one after the path of the directory and a slash; *fd is used up. */
static int walk_directory(const struct walk *walk, int *fd, uint32_t state, unsigned int depth)
{
	OWNED(close_directory) DIR *directory = NULL;
	struct dirent *entry;
	int error = 0;

	if (!entered(*fd))
		return 0;
	directory = fdopendir(*fd);
	if (!directory)
		return 0;
	take_fd(fd);
	while (!error && (entry = readdir(directory)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			error = look(walk, dirfd(directory), entry, state, depth);
	return error;
}

int identity_walk(int mark_program, const struct policy_image *image)
{
	const struct walk walk = { .image = image, .program = mark_program };
	OWNED(close_fd) int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error;

	if (root < 0)
		return -errno;
	error = walk_directory(&walk, &root, run(image, image->head.dfa_start, "/"), 0);
	mark(&walk, 0);
	return error;
}
