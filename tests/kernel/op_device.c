// SPDX-License-Identifier: GPL-2.0-or-later
/* Devices and sysctls. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/loop.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* PATH b|c MAJOR MINOR */
static int run_node(int n, char **args)
{
	unsigned int type = *args[1] == 'b' ? S_IFBLK : S_IFCHR;
	dev_t device = makedev((unsigned)atoi(args[2]), (unsigned)atoi(args[3]));

	(void)n;
	return result(mknod(args[0], type | 0600, device));
}

/* LETTERS PATH: access(2) */
static int run_access(int n, char **args)
{
	int mode = (strchr(args[0], 'r') ? R_OK : 0) | (strchr(args[0], 'w') ? W_OK : 0);

	(void)n;
	return result(access(args[1], mode));
}

/* PATH: the time of its last change */
static int run_touch(int n, char **args)
{
	(void)n;
	return result(utimensat(AT_FDCWD, args[0], NULL, 0));
}

/* TEXT FD, at OFFSET if there is one */
static int write_at(const char *text, int fd, const char *offset)
{
	size_t length = strlen(text);
	ssize_t done = offset ? pwrite(fd, text, length, atol(offset)) : write(fd, text, length);

	return done < 0 ? -errno : 0;
}

/* PATH TEXT [OFFSET] */
static int run_set(int n, char **args)
{
	int fd = open(args[0], O_WRONLY | O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = write_at(args[1], fd, n > 2 ? args[2] : NULL);
	close(fd);
	return r;
}

/* FD TEXT: through a descriptor from before */
static int run_set_held(int n, char **args)
{
	(void)n;
	return write_at(args[1], atoi(args[0]), "0");
}

/* PATH COUNT TEXT [FIRST]: FIRST, COUNT blanks and then TEXT, in one write */
static int run_set_padded(int n, char **args)
{
	size_t blanks = strtoul(args[1], NULL, 10);
	int fd = open(args[0], O_WRONLY | O_CLOEXEC), r;
	const char *first = n > 3 ? args[3] : "";
	size_t length = strlen(first);
	char *text = malloc(length + blanks + strlen(args[2]) + 1);

	if (fd < 0 || !text)
		return -errno;
	memcpy(text, first, length);
	memset(text + length, ' ', blanks);
	strcpy(text + length + blanks, args[2]);
	r = write_at(text, fd, NULL);
	close(fd);
	free(text);
	return r;
}

/* PATH: all of it must be readable */
static int run_get(int n, char **args)
{
	int fd = open(args[0], O_RDONLY | O_CLOEXEC), r;
	char text[256];

	(void)n;
	if (fd < 0)
		return -errno;
	r = result(read(fd, text, sizeof(text)));
	close(fd);
	return r;
}

/* FD: as get, through a descriptor from before */
static int run_get_held(int n, char **args)
{
	char text[256];

	(void)n;
	return result(pread(atoi(args[0]), text, sizeof(text), 0));
}

static int loop_device(const char *image, const char *node)
{
	int file = open(image, O_RDWR | O_CLOEXEC), loop = open(node, O_RDWR | O_CLOEXEC);

	if (file < 0 || loop < 0)
		return -errno;
	return ioctl(loop, LOOP_SET_FD, file) < 0 ? -errno : loop;
}

/* CONTROL: a loop device is asked for, which is made if there is none */
static int run_loop_free(int n, char **args)
{
	int control = open(args[0], O_RDWR | O_CLOEXEC), r;

	(void)n;
	if (control < 0)
		return -errno;
	r = result(ioctl(control, LOOP_CTL_GET_FREE));
	close(control);
	return r;
}

/* IMAGE NODE: the file becomes the device's content, and is let go of */
static int run_loop(int n, char **args)
{
	int loop = loop_device(args[0], args[1]), r;

	(void)n;
	if (loop < 0)
		return loop;
	r = result(ioctl(loop, LOOP_CLR_FD));
	close(loop);
	return r;
}

/* NODE TYPE DIR: is mounted and unmounted */
static int run_mount_device(int n, char **args)
{
	(void)n;
	if (mount(args[0], args[2], args[1], 0, NULL) < 0)
		return -errno;
	return result(umount2(args[2], MNT_DETACH));
}

/* NODE */
static int run_swapon(int n, char **args)
{
	(void)n;
	if (swapon(args[0], 0) < 0)
		return -errno;
	return result(swapoff(args[0]));
}

/* CGROUP VALUE: attaches a program to devices, as runtimes do, that returns VALUE */
static int run_attach_device(int n, char **args)
{
	struct bpf_insn program[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = atoi(args[1]) },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load = {
		.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
		.insns = (uint64_t)(uintptr_t)program,
		.insn_cnt = 2,
		.license = (uint64_t)(uintptr_t) "GPL",
	};
	union bpf_attr attach = {
		.target_fd = (uint32_t)open(args[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		.attach_type = BPF_CGROUP_DEVICE,
		.attach_flags = BPF_F_ALLOW_MULTI,
	};
	int fd = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof(load));

	(void)n;
	if (fd < 0)
		return -errno;
	attach.attach_bpf_fd = (uint32_t)fd;
	return result(syscall(SYS_bpf, BPF_PROG_ATTACH, &attach, sizeof(attach)));
}

const struct op op_device[] = {
	{ "node", 4, run_node },
	{ "access", 2, run_access },
	{ "touch", 1, run_touch },
	{ "set", 2, run_set },
	{ "set-held", 2, run_set_held },
	{ "set-padded", 3, run_set_padded },
	{ "get", 1, run_get },
	{ "get-held", 1, run_get_held },
	{ "loop-free", 1, run_loop_free },
	{ "loop", 2, run_loop },
	{ "mount-device", 3, run_mount_device },
	{ "swapon", 1, run_swapon },
	{ "attach-device", 2, run_attach_device },
	{ 0 },
};
