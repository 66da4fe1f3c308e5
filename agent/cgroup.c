/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <libcgroup.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <mntent.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "agent/cgroup.h"
#include "agent/cleanup.h"

#define KERNFS_HANDLE_TYPE 0xfe /* FILEID_KERNFS: the handle is the id */

union kernfs_handle {
	struct file_handle handle;
	char bytes[sizeof(struct file_handle) + MAX_HANDLE_SZ];
};

static bool is_cgroup2(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC;
}

static int copy_path(char out[PATH_MAX], const char *path)
{
	size_t length = strlen(path);

	if (length >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(out, path, length + 1);
	return 0;
}

/* libcgroup knows mounts by their controllers only: none, no answer. */
static int mount_by_controller(char mount[PATH_MAX])
{
	struct cgroup_mount_point point;
	void *handle = NULL;
	int error = -ENOENT;

	if (cgroup_init())
		return -ENOENT;
	for (int r = cgroup_get_controller_begin(&handle, &point); !r;
	     r = cgroup_get_controller_next(&handle, &point)) {
		if (!is_cgroup2(point.path))
			continue;
		error = copy_path(mount, point.path);
		break;
	}
	if (handle)
		cgroup_get_controller_end(&handle);
	return error;
}

static void close_mounts(FILE **mounts)
{
	if (*mounts)
		endmntent(*mounts);
}

static int mount_by_table(char mount[PATH_MAX])
{
	OWNED(close_mounts) FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *entry;

	if (!mounts)
		return -errno;
	while ((entry = getmntent(mounts)))
		if (!strcmp(entry->mnt_type, "cgroup2") && is_cgroup2(entry->mnt_dir))
			return copy_path(mount, entry->mnt_dir);
	return -ENOENT;
}

int cgroup_mount_point(char mount[PATH_MAX])
{
	int error = mount_by_controller(mount);

	return error ? mount_by_table(mount) : 0;
}

int cgroup_open_root(void)
{
	char mount[PATH_MAX];
	int error = cgroup_mount_point(mount);
	int fd;

	if (error)
		return error;
	fd = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int cgroup_open(int root, const char *path)
{
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
				.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV };
	long fd;

	while (*path == '/')
		path++;
	fd = syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof(how));
	return fd < 0 ? -errno : (int)fd;
}

int cgroup_id(int directory, uint64_t *id)
{
	union kernfs_handle h = { .handle.handle_bytes = MAX_HANDLE_SZ };
	struct statfs fs;
	int mount_id;

	if (fstatfs(directory, &fs))
		return -errno;
	if (fs.f_type != CGROUP2_SUPER_MAGIC)
		return -EINVAL;
	if (name_to_handle_at(directory, "", &h.handle, &mount_id, AT_EMPTY_PATH))
		return -errno;
	if (h.handle.handle_bytes != sizeof(*id))
		return -EOPNOTSUPP;
	memcpy(id, h.handle.f_handle, sizeof(*id));
	return 0;
}

static int descriptor_path(int fd, char path[PATH_MAX])
{
	char link[64];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, PATH_MAX);
	if (length < 0)
		return -errno;
	if (length >= PATH_MAX)
		return -ENAMETOOLONG;
	path[length] = 0;
	return 0;
}

/* What is left of `whole` behind the directory `prefix`; NULL if it is not below. */
static const char *below(const char *whole, const char *prefix)
{
	size_t length = strlen(prefix);

	if (strncmp(whole, prefix, length) || (whole[length] && whole[length] != '/'))
		return NULL;
	return whole[length] ? whole + length : "/";
}

int cgroup_path(int root, uint64_t id, char path[PATH_MAX])
{
	union kernfs_handle h = { .handle.handle_bytes = sizeof(id),
				  .handle.handle_type = KERNFS_HANDLE_TYPE };
	char whole[PATH_MAX], mount[PATH_MAX];
	OWNED(close_fd) int fd = -1;
	const char *rest;
	int error;

	memcpy(h.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(root, &h.handle, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	error = descriptor_path(fd, whole);
	if (!error)
		error = descriptor_path(root, mount);
	if (error)
		return error;
	rest = below(whole, mount);
	return rest ? copy_path(path, rest) : -ESTALE;
}

/* Adds one component; "." and ".." are refused, for they would mean something else later. */
static int add_component(char path[PATH_MAX], size_t *used, const char *name, size_t length)
{
	if ((length == 1 && *name == '.') || (length == 2 && !strncmp(name, "..", 2)))
		return -EINVAL;
	if (*used + length + 2 > PATH_MAX)
		return -ENAMETOOLONG;
	path[(*used)++] = '/';
	memcpy(path + *used, name, length);
	*used += length;
	path[*used] = 0;
	return 0;
}

int cgroup_normalize(const char *given, char path[PATH_MAX])
{
	char mount[PATH_MAX];
	const char *rest = NULL;
	size_t used = 0;

	if (*given != '/')
		return -EINVAL;
	if (!cgroup_mount_point(mount))
		rest = below(given, mount);
	if (!rest)
		rest = given;
	memcpy(path, "/", 2);
	for (;;) {
		size_t length;
		int error;

		rest += strspn(rest, "/");
		length = strcspn(rest, "/");
		if (!length)
			return 0;
		error = add_component(path, &used, rest, length);
		if (error)
			return error;
		rest += length;
	}
}

int cgroup_populated(int directory)
{
	OWNED(close_fd) int fd = openat(directory, "cgroup.events", O_RDONLY | O_CLOEXEC);
	char text[256];
	ssize_t length;

	if (fd < 0)
		return -errno;
	length = read(fd, text, sizeof(text) - 1);
	if (length < 0)
		return -errno;
	text[length] = 0;
	return strstr(text, "populated 1") != NULL;
}

static int write_to(int directory, const char *name, const char *text)
{
	OWNED(close_fd) int fd = openat(directory, name, O_WRONLY | O_CLOEXEC);
	size_t length = strlen(text);

	if (fd < 0 || write(fd, text, length) < 0)
		return -errno;
	return 0;
}

int cgroup_attach(int directory, pid_t pid)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", (int)pid);
	return write_to(directory, "cgroup.procs", text);
}
