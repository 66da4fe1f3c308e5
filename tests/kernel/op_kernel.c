// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel offers beside files, processes and the network. Each operation undoes what it
 * did, or leaves something behind that harms nobody. */
#include "op.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/kexec.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static long call_bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static long make_map(void)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1
	};

	return call_bpf(BPF_MAP_CREATE, &attr);
}

/* return 0 */
static long load_program(void)
{
	struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (uintptr_t)code,
		.insn_cnt = 2,
		.license = (uintptr_t) "GPL",
	};

	return call_bpf(BPF_PROG_LOAD, &attr);
}

#define BPF_COMMANDS 37

/* Every command, with arguments that are none: EPERM if that is what all say, EBADE if some */
static int every_command(void)
{
	union bpf_attr attr = { 0 };
	int refused = 0;

	for (int command = 0; command < BPF_COMMANDS; command++) {
		long fd = call_bpf((enum bpf_cmd)command, &attr);

		refused += fd < 0 && errno == EPERM;
		if (fd > 2) /* of BPF_ENABLE_STATS */
			close((int)fd);
	}
	return refused == BPF_COMMANDS ? -EPERM : refused ? -EBADE : 0;
}

/* A link that is got by its number can be detached. */
static int by_number(int link)
{
	union bpf_attr attr = { 0 };

	if (call_bpf(link ? BPF_LINK_GET_NEXT_ID : BPF_PROG_GET_NEXT_ID, &attr) < 0)
		return -errno;
	attr = (union bpf_attr){ .prog_id = attr.next_id };
	return closed(call_bpf(link ? BPF_LINK_GET_FD_BY_ID : BPF_PROG_GET_FD_BY_ID, &attr));
}

/* map|program|next|by-id|program-by-id|link-by-id|all|get PATH */
static int run_bpf(int n, char **args)
{
	union bpf_attr attr = { 0 };

	if (!strcmp(args[0], "map"))
		return closed(make_map());
	if (!strcmp(args[0], "program"))
		return closed(load_program());
	if (!strcmp(args[0], "next"))
		return result(call_bpf(BPF_MAP_GET_NEXT_ID, &attr));
	if (!strcmp(args[0], "by-id")) {
		if (call_bpf(BPF_MAP_GET_NEXT_ID, &attr) < 0)
			return -errno;
		attr = (union bpf_attr){ .map_id = attr.next_id };
		return closed(call_bpf(BPF_MAP_GET_FD_BY_ID, &attr));
	}
	if (!strcmp(args[0], "program-by-id") || !strcmp(args[0], "link-by-id"))
		return by_number(*args[0] == 'l');
	if (!strcmp(args[0], "get") && n > 1) {
		attr.pathname = (uintptr_t)args[1];
		return closed(call_bpf(BPF_OBJ_GET, &attr));
	}
	if (!strcmp(args[0], "all"))
		return every_command();
	return OP_USAGE;
}

/* PATH: from memory */
static int run_init_module(int n, char **args)
{
	int fd = open(args[0], O_RDONLY | O_CLOEXEC), r;
	struct stat st;
	void *image;

	(void)n;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	image = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (image == MAP_FAILED)
		return -errno;
	r = result(syscall(SYS_init_module, image, st.st_size, ""));
	munmap(image, (size_t)st.st_size);
	return r;
}

/* PATH */
static int run_finit_module(int n, char **args)
{
	int fd = open(args[0], O_RDONLY | O_CLOEXEC), r;

	(void)n;
	if (fd < 0)
		return -errno;
	r = result(syscall(SYS_finit_module, fd, "", 0));
	close(fd);
	return r;
}

/* NAME */
static int run_delete_module(int n, char **args)
{
	(void)n;
	return result(syscall(SYS_delete_module, args[0], O_NONBLOCK));
}

/* FAMILY [PROTOCOL]: a socket of it; its module is loaded by the kernel */
static int run_autoload(int n, char **args)
{
	return closed(
		socket(atoi(args[0]), SOCK_SEQPACKET | SOCK_CLOEXEC, n > 1 ? atoi(args[1]) : 0));
}

/* software|tracepoint ID */
static int run_perf(int n, char **args)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
	};

	if (!strcmp(args[0], "tracepoint") && n > 1) {
		attr.type = PERF_TYPE_TRACEPOINT;
		attr.config = (uint64_t)atoi(args[1]);
		attr.sample_type = PERF_SAMPLE_RAW;
	}
	return closed(syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

/* KEYRING NAME: KEYRING as a number, -2 is the process's own */
static int run_add_key(int n, char **args)
{
	(void)n;
	return result(syscall(SYS_add_key, "user", args[1], "payload", 7, atoi(args[0])));
}

/* KEYRING NAME: a key that nobody has, which is not made; it would be linked to KEYRING */
static int run_request_key_to(int n, char **args)
{
	int r;

	(void)n;
	r = result(syscall(SYS_request_key, "user", args[1], NULL, atoi(args[0])));
	return r == -ENOKEY ? 0 : r;
}

/* join NAME|id KEYRING|describe KEYRING|read KEYRING|clear KEYRING */
static int run_keyctl(int n, char **args)
{
	char text[256];

	(void)n;
	if (!strcmp(args[0], "join"))
		return result(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, args[1]));
	if (!strcmp(args[0], "id"))
		return result(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, atoi(args[1]), 1));
	if (!strcmp(args[0], "describe"))
		return result(
			syscall(SYS_keyctl, KEYCTL_DESCRIBE, atoi(args[1]), text, sizeof(text)));
	if (!strcmp(args[0], "read"))
		return result(syscall(SYS_keyctl, KEYCTL_READ, atoi(args[1]), text, sizeof(text)));
	if (!strcmp(args[0], "clear"))
		return result(syscall(SYS_keyctl, KEYCTL_CLEAR, atoi(args[1])));
	return OP_USAGE;
}

/* A new session keyring, by the call for programs of 32 bits. */
static int run_keyctl32(int n, char **args)
{
	long r = 288;

	(void)n, (void)args;
	__asm__ volatile("int $0x80"
			 : "+a"(r)
			 : "b"(KEYCTL_JOIN_SESSION_KEYRING), "c"(0)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)r < 0 ? (int)r : 0;
}

/* [FLAGS] */
static int run_ring_setup(int n, char **args)
{
	struct io_uring_params params = { .flags = n ? (uint32_t)atoi(args[0]) : 0 };

	return closed(syscall(SYS_io_uring_setup, 4, &params));
}

/* call|device */
static int run_userfaultfd(int n, char **args)
{
	int device, r;

	(void)n;
	if (strcmp(args[0], "device"))
		return closed(syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY));
	device = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
	if (device < 0)
		return -errno;
	r = closed(ioctl(device, USERFAULTFD_IOC_NEW, O_CLOEXEC));
	close(device);
	return r;
}

static int run_secretmem(int n, char **args)
{
	(void)n, (void)args;
	return closed(syscall(SYS_memfd_secret, O_CLOEXEC));
}

static int run_kexec_load(int n, char **args)
{
	(void)n, (void)args;
	return result(syscall(SYS_kexec_load, 0, 0, NULL, KEXEC_ARCH_DEFAULT));
}

/* PATH|unload: a file that is no kernel is refused once it is read */
static int run_kexec_file_load(int n, char **args)
{
	int fd, r;

	(void)n;
	if (!strcmp(args[0], "unload"))
		return result(syscall(SYS_kexec_file_load, -1, -1, 0, NULL, KEXEC_FILE_UNLOAD));
	fd = open(args[0], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = result(syscall(SYS_kexec_file_load, fd, -1, 1, "", KEXEC_FILE_NO_INITRAMFS));
	close(fd);
	return r == -ENOEXEC ? 0 : r;
}

/* ACTION: see syslog(2) */
static int run_syslog(int n, char **args)
{
	char text[4096];

	(void)n;
	return result(klogctl(atoi(args[0]), text, sizeof(text)));
}

int op_interface(const char *name)
{
	struct perf_event_attr attr = { .size = sizeof(attr), .type = PERF_TYPE_SOFTWARE };
	struct io_uring_params params = { 0 };

	if (!strcmp(name, "ring"))
		return (int)syscall(SYS_io_uring_setup, 4, &params);
	if (!strcmp(name, "map"))
		return (int)make_map();
	if (!strcmp(name, "perf"))
		return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	if (!strcmp(name, "userfaultfd"))
		return (int)syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
	return (int)syscall(SYS_fsopen, "tmpfs", 0);
}

/* FD NAME */
static int run_hold_interface(int n, char **args)
{
	int fd = op_interface(args[1]), r = result(fd);

	(void)n;
	if (!r)
		r = result(dup2(fd, atoi(args[0])));
	if (fd >= 0)
		close(fd);
	return r;
}

const struct op op_kernel[] = {
	{ "bpf", 1, run_bpf },
	{ "hold-interface", 2, run_hold_interface },
	{ "init-module", 1, run_init_module },
	{ "finit-module", 1, run_finit_module },
	{ "delete-module", 1, run_delete_module },
	{ "autoload", 1, run_autoload },
	{ "perf", 1, run_perf },
	{ "add-key", 2, run_add_key },
	{ "request-key-to", 2, run_request_key_to },
	{ "keyctl", 2, run_keyctl },
	{ "keyctl32", 0, run_keyctl32 },
	{ "ring-setup", 0, run_ring_setup },
	{ "userfaultfd", 1, run_userfaultfd },
	{ "secretmem", 0, run_secretmem },
	{ "kexec-load", 0, run_kexec_load },
	{ "kexec-file-load", 1, run_kexec_file_load },
	{ "syslog", 1, run_syslog },
	{ 0 },
};
