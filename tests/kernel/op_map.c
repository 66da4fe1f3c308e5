// SPDX-License-Identifier: GPL-2.0-or-later
/* Mappings, and what else a descriptor that was opened for appending may be used for. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/uio.h>
#include <unistd.h>

#define SIZE 4096

#ifndef RWF_NOAPPEND
#define RWF_NOAPPEND 0x20
#endif

static int bits_of(const char *letters)
{
	return (strchr(letters, 'r') ? PROT_READ : 0) | (strchr(letters, 'w') ? PROT_WRITE : 0) |
	       (strchr(letters, 'x') ? PROT_EXEC : 0);
}

/* Maps, and changes the protection where `then` is given; FLAGS: r w x, s shared, d written to
 * before it is changed */
static int map(int fd, const char *letters, const char *then)
{
	int flags = strchr(letters, 's') ? MAP_SHARED : MAP_PRIVATE, r = 0;
	char *at = mmap(NULL, SIZE, bits_of(letters), flags | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);

	if (at == MAP_FAILED)
		return -errno;
	if (strchr(letters, 'd'))
		at[0] = 'x';
	if (then)
		r = result(mprotect(at, SIZE, bits_of(then)));
	munmap(at, SIZE);
	return r;
}

/* OPEN-FLAGS PATH FLAGS [FLAGS]: maps, and then has the protection changed */
static int run_map(int n, char **args)
{
	int fd = open(args[1], op_open_flags(args[0]) | O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = map(fd, args[2], n > 3 ? args[3] : NULL);
	close(fd);
	return r;
}

/* FD FLAGS [FLAGS] */
static int run_map_fd(int n, char **args)
{
	return map(atoi(args[0]), args[1], n > 2 ? args[2] : NULL);
}

/* FLAGS [FLAGS]: memory */
static int run_map_none(int n, char **args)
{
	return map(-1, args[0], n > 1 ? args[1] : NULL);
}

/* FLAGS [FLAGS] */
static int run_map_memfd(int n, char **args)
{
	int fd = memfd_create("memory", MFD_CLOEXEC), r;

	if (fd < 0 || ftruncate(fd, SIZE) < 0)
		return -errno;
	r = map(fd, args[0], n > 1 ? args[1] : NULL);
	close(fd);
	return r;
}

/* FD */
static int run_hold_memory(int n, char **args)
{
	int fd = memfd_create("memory", 0);

	(void)n;
	return fd < 0 || dup2(fd, atoi(args[0])) < 0 ? -errno : 0;
}

/* FD: readable is executable */
static int run_map_implied(int n, char **args)
{
	int r;

	(void)n;
	personality(READ_IMPLIES_EXEC);
	r = map(atoi(args[0]), "r", NULL);
	personality(0);
	return r;
}

/* The same with memory. */
static int run_map_none_implied(int n, char **args)
{
	int r;

	(void)n;
	(void)args;
	personality(READ_IMPLIES_EXEC);
	r = map(-1, "rw", NULL);
	personality(0);
	return r;
}

static int run_shm_exec(int n, char **args)
{
	int id = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0700), r = 0;
	void *at;

	(void)n;
	(void)args;
	if (id < 0)
		return -errno;
	at = shmat(id, NULL, SHM_EXEC);
	if (at == (void *)-1)
		r = -errno;
	else
		shmdt(at);
	shmctl(id, IPC_RMID, NULL);
	return r;
}

/* What is written to memory that may only be executed, by /proc/self/mem. */
static int run_mem_write(int n, char **args)
{
	static const char code[SIZE] __attribute__((aligned(SIZE))) = "code";
	int fd = open("/proc/self/mem", op_open_flags(args[0]) | O_CLOEXEC), r;

	(void)n;
	if (fd < 0)
		return -errno;
	r = result(pwrite(fd, "x", 1, (off_t)(uintptr_t)code));
	if (!r && *(const volatile char *)code != 'x')
		r = -EIO;
	close(fd);
	return r;
}

/* FD: may it be written anywhere from now on? */
static int run_unappend(int n, char **args)
{
	int fd = atoi(args[0]), flags = fcntl(fd, F_GETFL), r;

	(void)n;
	r = result(fcntl(fd, F_SETFL, flags & ~O_APPEND));
	if (!r && fcntl(fd, F_GETFL) & O_APPEND)
		r = -EIO;
	fcntl(fd, F_SETFL, flags | O_APPEND);
	return r;
}

/* FD MODE */
static int run_fallocate(int n, char **args)
{
	(void)n;
	return result(fallocate(atoi(args[0]), atoi(args[1]), 0, 1));
}

/* FD FLAGS: at the beginning */
static int run_pwritev2(int n, char **args)
{
	struct iovec data = { "X", 1 };

	(void)n;
	return result(pwritev2(atoi(args[0]), &data, 1, 0, atoi(args[1])));
}

/* MODE FD FLAGS */
static int run_ring_write(int n, char **args)
{
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_WRITE,
		.fd = atoi(args[1]),
		.addr = (uintptr_t) "X",
		.len = 1,
		.rw_flags = atoi(args[2]),
	};
	int r = op_ring(&entry, args[0]);

	(void)n;
	return r < 0 ? r : 0;
}

/* MODE FD FALLOCATE-MODE */
static int run_ring_fallocate(int n, char **args)
{
	struct io_uring_sqe entry = {
		.opcode = IORING_OP_FALLOCATE,
		.fd = atoi(args[1]),
		.addr = 1,
		.len = (unsigned int)atoi(args[2]),
	};

	(void)n;
	return op_ring(&entry, args[0]);
}

static int copy_fd(const char *how, int from, int to)
{
	int channel[2];
	char *at;

	if (!strcmp(how, "sendfile"))
		return result(sendfile(to, from, NULL, 1));
	if (!strcmp(how, "range"))
		return result(copy_file_range(from, NULL, to, NULL, 1, 0));
	if (!strcmp(how, "splice")) {
		if (pipe(channel) < 0)
			return -errno;
		return result(splice(from, NULL, channel[1], NULL, 1, 0)) ||
		       result(splice(channel[0], NULL, to, NULL, 1, 0));
	}
	at = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, from, 0);
	return at == MAP_FAILED ? -errno : result(write(to, at, 1));
}

/* sendfile|range|splice|mmap FROM TO: a byte */
static int run_copy(int n, char **args)
{
	int from = open(args[1], O_RDONLY | O_CLOEXEC), to, r;

	(void)n;
	if (from < 0)
		return -errno;
	to = open(args[2], O_WRONLY | O_CLOEXEC);
	r = to < 0 ? -errno : copy_fd(args[0], from, to);
	close(from);
	close(to);
	return r;
}

/* FILE TEXT OTHER: instead of the first TEXT, and no longer */
static int run_patch(int n, char **args)
{
	size_t length = strlen(args[1]), size;
	int fd = open(args[0], O_RDWR | O_CLOEXEC);
	off_t end = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	char *at, *found;

	(void)n;
	if (fd < 0 || strlen(args[2]) > length)
		return -EINVAL;
	size = (size_t)end;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (at == MAP_FAILED)
		return -errno;
	found = memmem(at, size, args[1], length);
	if (found) {
		memset(found, 0, length);
		memcpy(found, args[2], strlen(args[2]));
	}
	munmap(at, size);
	return found ? 0 : -ENOENT;
}

const struct op op_map[] = {
	{ "copy", 3, run_copy },
	{ "patch", 3, run_patch },
	{ "map", 3, run_map },
	{ "map-fd", 2, run_map_fd },
	{ "map-none", 1, run_map_none },
	{ "map-memfd", 1, run_map_memfd },
	{ "hold-memory", 1, run_hold_memory },
	{ "map-implied", 1, run_map_implied },
	{ "map-none-implied", 0, run_map_none_implied },
	{ "shm-exec", 0, run_shm_exec },
	{ "mem-write", 1, run_mem_write },
	{ "unappend", 1, run_unappend },
	{ "fallocate", 2, run_fallocate },
	{ "pwritev2", 2, run_pwritev2 },
	{ "ring-write", 3, run_ring_write },
	{ "ring-fallocate", 3, run_ring_fallocate },
	{ 0 },
};
