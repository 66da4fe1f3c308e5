/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "agent/cleanup.h"
#include "agent/hooks.h"
#include "agent/pins.h"

#define MARKER "complete"
#define LINKS 128      /* more than there are programs */
#define UNLINK_MS 5000 /* to wait for links to go */

int pins_path(char path[PATH_MAX], const char *dir, const char *part, const char *name)
{
	int length =
		snprintf(path, PATH_MAX, "%s/%s%s%s", dir, part, name ? "/" : "", name ? name : "");

	return length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int check_file_system(const char *dir, struct fault *fault)
{
	char parent[PATH_MAX];
	struct statfs fs;
	char *slash;

	if ((size_t)snprintf(parent, sizeof(parent), "%s", dir) >= sizeof(parent))
		return fault_errno(fault, -ENAMETOOLONG, "%s", dir);
	slash = strrchr(parent, '/');
	if (!slash || slash == parent)
		return fault_set(fault, -EINVAL, "%s: not a place for pins", dir);
	*slash = 0;
	if (statfs(parent, &fs))
		return fault_errno(fault, -errno, "%s", parent);
	if (fs.f_type != BPF_FS_MAGIC)
		return fault_set(fault, -EOPNOTSUPP,
				 "%s: no bpf file system there: mount -t bpf bpf /sys/fs/bpf",
				 parent);
	return 0;
}

int pins_create(const char *dir, struct fault *fault)
{
	static const char *const parts[] = { "maps", "links" };
	int error = check_file_system(dir, fault);
	char path[PATH_MAX];

	if (error)
		return error;
	if (mkdir(dir, 0700))
		return fault_errno(fault, -errno, "%s", dir);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		error = pins_path(path, dir, parts[i], NULL);
		if (!error && mkdir(path, 0700))
			error = -errno;
		if (error)
			return fault_errno(fault, error, "%s/%s", dir, parts[i]);
	}
	return 0;
}

int pins_read_marker(const char *dir, struct pins_marker *marker)
{
	OWNED(close_fd) int fd = -1;
	struct pins_marker read;
	char path[PATH_MAX];
	uint32_t zero = 0;
	int error = pins_path(path, dir, MARKER, NULL);

	if (error)
		return error;
	fd = bpf_obj_get(path);
	if (fd == -ENOENT)
		return access(dir, F_OK) ? -ENOENT : -EUCLEAN;
	if (fd < 0)
		return fd;
	error = bpf_map_lookup_elem(fd, &zero, &read);
	if (!error)
		*marker = read;
	return error;
}

int pins_write_marker(const char *dir, const struct pins_marker *marker)
{
	OWNED(close_fd)
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bailiff_marker", sizeof(uint32_t),
				sizeof(*marker), 1, NULL);
	char path[PATH_MAX];
	uint32_t zero = 0;
	int error;

	if (fd < 0)
		return fd;
	error = pins_path(path, dir, MARKER, NULL);
	if (!error)
		error = bpf_map_update_elem(fd, &zero, marker, BPF_ANY);
	return error ? error : bpf_obj_pin(fd, path);
}

static DIR *open_part(const char *dir, const char *part)
{
	char path[PATH_MAX];

	return pins_path(path, dir, part, NULL) ? NULL : opendir(path);
}

unsigned int pins_count_links(const char *dir)
{
	OWNED(close_directory) DIR *directory = open_part(dir, "links");
	unsigned int count = 0;
	struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		count += *entry->d_name != '.';
	return count;
}

/* Unlinks what is in a part; `spared`: names that begin so are left alone. */
static int empty_part(const char *dir, const char *part, const char *spared)
{
	OWNED(close_directory) DIR *directory = open_part(dir, part);
	struct dirent *entry;

	if (!directory)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(directory))) {
		if (*entry->d_name == '.' ||
		    (spared && !strncmp(entry->d_name, spared, strlen(spared))))
			continue;
		if (unlinkat(dirfd(directory), entry->d_name, 0) && errno != ENOENT)
			return -errno;
	}
	return 0;
}

static int unlink_below(const char *dir, const char *name, bool directory)
{
	char path[PATH_MAX];
	int error = pins_path(path, dir, name, NULL);

	if (!error && (directory ? rmdir(path) : unlink(path)) && errno != ENOENT)
		error = -errno;
	return error;
}

/* The kernel lets go of a link a while after its pin is gone, and detaches the program, which
 * it frees last: until then that is in force. */
static void await_programs(const uint32_t *ids, unsigned int count)
{
	for (unsigned int waited = 0, i = 0; i < count && waited < UNLINK_MS;) {
		int fd = bpf_prog_get_fd_by_id(ids[i]);

		if (fd < 0) {
			i++;
			continue;
		}
		close(fd);
		usleep(10 * 1000);
		waited += 10;
	}
}

/* Numbers of the programs of the pinned links, at most `most`. */
static unsigned int program_ids(const char *dir, uint32_t *ids, unsigned int most)
{
	OWNED(close_directory) DIR *directory = open_part(dir, "links");
	unsigned int count = 0;
	struct dirent *entry;

	while (directory && count < most && (entry = readdir(directory))) {
		struct bpf_link_info info = { 0 };
		uint32_t size = sizeof(info);
		OWNED(close_fd) int fd = -1;
		char path[PATH_MAX];

		if (*entry->d_name == '.' || pins_path(path, dir, "links", entry->d_name))
			continue;
		fd = bpf_obj_get(path);
		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &size))
			ids[count++] = info.prog_id;
	}
	return count;
}

static int remove_all(const char *dir)
{
	int error = unlink_below(dir, MARKER, false);

	if (!error)
		error = empty_part(dir, "links", hook_class_name(HOOK_TRACKING));
	if (!error)
		error = empty_part(dir, "links", NULL);
	if (!error)
		error = unlink_below(dir, PINS_SWEEP, false);
	if (!error)
		error = unlink_below(dir, PINS_MARK, false);
	if (!error)
		error = unlink_below(dir, PINS_BIND, false);
	if (!error)
		error = unlink_below(dir, PINS_REFUSE, false);
	if (!error)
		error = empty_part(dir, PINS_SELECTED, NULL);
	if (!error)
		error = unlink_below(dir, PINS_SELECTED, true);
	if (!error)
		error = empty_part(dir, "maps", NULL);
	if (!error)
		error = unlink_below(dir, "links", true);
	if (!error)
		error = unlink_below(dir, "maps", true);
	if (!error && rmdir(dir) && errno != ENOENT)
		error = -errno;
	return error;
}

int pins_remove(const char *dir, struct fault *fault)
{
	uint32_t ids[LINKS];
	unsigned int count = program_ids(dir, ids, LINKS);
	int error = remove_all(dir);

	if (error)
		return fault_errno(fault, error, "%s", dir);
	await_programs(ids, count);
	return 0;
}
