/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

#include "agent/cleanup.h"
#include "agent/identity_walk.h"
#include "agent/mounts.h"
#include "bpf/abi_scope.h"
#include "policy/simulate.h"

#define DEPTH_MAX 512 /* directories, each an open descriptor */
#define RETRIES 100
#define OF_FILE (ACCESS_ALL & ~(ACCESS_CREATE | ACCESS_DELETE))

struct walk {
	const struct policy_image *image;
	struct libmnt_table *mounts;
	int program;
	size_t length;
	char path[DEPTH_MAX * (NAME_MAX + 1) + 2]; /* where the walk is */
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
	return match_lost(image, &image->head, state, 0, OF_FILE).verdict != VERDICT_ALLOW;
}

struct other_path {
	const struct policy_image *image;
	uint32_t state;
};

static int loses(void *context, const char *path)
{
	const struct other_path *other = context;
	uint32_t state = run(other->image, other->image->head.dfa_start, path);

	return match_lost(other->image, &other->image->head, other->state, state, OF_FILE)
		       .verdict != VERDICT_ALLOW;
}

/* Has the denied file another name? More links may be anywhere; other mounts show it at once. */
static int has_other_name(const struct walk *walk, const struct statx *st, uint32_t state)
{
	struct other_path other = { .image = walk->image, .state = state };

	if (st->stx_nlink > 1)
		return true;
	return mounts_others(walk->mounts, st->stx_mnt_id, walk->path, loses, &other);
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

static int open_once(int directory, const char *name)
{
	int flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC;
	OWNED(close_fd) int fd = openat(directory, name, flags | O_NOATIME);

	if (fd < 0 && errno == EPERM)
		fd = openat(directory, name, flags);
	return fd < 0 ? -errno : 0;
}

/* Opening it is what enters it. */
static int enter(const struct walk *walk, int directory, const char *name, uint32_t state)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	int error = mark(walk, state);

	if (error)
		return error;
	error = open_once(directory, name);
	for (int i = 0; i < RETRIES && error == -EAGAIN; i++) {
		nanosleep(&pause, NULL);
		error = open_once(directory, name);
	}
	return error == -ENOSPC || error == -EAGAIN ? error : 0;
}

static int walk_directory(struct walk *walk, int *fd, uint32_t state, unsigned int depth);

static int look(struct walk *walk, int directory, const struct dirent *entry, uint32_t state,
		unsigned int depth)
{
	OWNED(close_fd) int below = -1;
	struct statx st;
	int other;

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
	    statx(directory, entry->d_name, AT_SYMLINK_NOFOLLOW,
		  STATX_TYPE | STATX_NLINK | STATX_MNT_ID, &st) ||
	    !S_ISREG(st.stx_mode))
		return 0;
	other = has_other_name(walk, &st, state);
	return other > 0 ? enter(walk, directory, entry->d_name, state) : other;
}

/* Looks at the entry with its name at the end of walk->path. */
static int look_at(struct walk *walk, int directory, const struct dirent *entry, uint32_t state,
		   unsigned int depth)
{
	size_t length = walk->length;
	int error;

	walk->path[length] = '/';
	strcpy(walk->path + length + 1, entry->d_name);
	walk->length += 1 + strlen(entry->d_name);
	error = look(walk, directory, entry, state, depth);
	walk->length = length;
	walk->path[length] = 0;
	return error;
}

/* `state` is the one after the path of the directory and a slash; *fd is used up. */
static int walk_directory(struct walk *walk, int *fd, uint32_t state, unsigned int depth)
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
			error = look_at(walk, dirfd(directory), entry, state, depth);
	return error;
}

int identity_walk(int mark_program, const struct policy_image *image, int self)
{
	OWNED(mounts_freep) struct libmnt_table *mounts = NULL;
	OWNED(close_fd) int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct walk walk = { .image = image, .program = mark_program };
	int error = root < 0 ? -errno : mounts_read(self, &mounts);

	if (error)
		return error;
	walk.mounts = mounts;
	error = walk_directory(&walk, &root, run(image, image->head.dfa_start, "/"), 0);
	mark(&walk, 0);
	return error;
}
