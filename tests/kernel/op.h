/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operations that a scenario asks for by name. An operation gives 0, a negative errno, or one
 * of the values below where a process that it started ended.
 */
#ifndef BAILIFF_TEST_OP_H
#define BAILIFF_TEST_OP_H

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define OP_SIGNAL(number) (1000 + (number)) /* ended by a signal */
#define OP_STATUS(status) (2000 + (status)) /* ended with a status other than 0 */
#define OP_USAGE 3000

#define OP_WORDS 32

struct op {
	const char *name;
	int args; /* at least so many */
	int (*run)(int n, char **args);
};

/* Each ends with an element without a name. */
extern const struct op op_attribute[];
extern const struct op op_call[];
extern const struct op op_capability[];
extern const struct op op_creds[];
extern const struct op op_deliver[];
extern const struct op op_device[];
extern const struct op op_endure[];
extern const struct op op_escape[];
extern const struct op op_file[];
extern const struct op op_host[];
extern const struct op op_kernel[];
extern const struct op op_map[];
extern const struct op op_mount[];
extern const struct op op_name[];
extern const struct op op_net[];
extern const struct op op_privilege[];
extern const struct op op_process[];
extern const struct op op_race[];
extern const struct op op_socket[];
extern const struct op op_storm[];
extern const struct op op_unix[];
extern const struct op op_uring[];
extern const struct op op_variant[];
extern const struct op op_way[];
extern const struct op op_where[];

/* What an operation gives, of a system call's return value. */
static inline int result(long r)
{
	return r < 0 ? -errno : 0;
}

/* The same of one that gives a descriptor, which is closed. */
static inline int closed(long fd)
{
	int r = result(fd);

	if (fd >= 0)
		close((int)fd);
	return r;
}

/* Runs the operation that the words name. */
int op_run(int n, char **words);

/* The same for a line, which is cut into words. */
int op_line(char *line);

/* Prints a result as an answer has it, with a newline. */
void op_print(FILE *to, int result);

/* Flags of open(2) from letters, as 'op help' lists them; -1 if one is unknown. */
int op_open_flags(const char *letters);

/* Waits for a process, and says how it ended. */
int op_ended(int pid);

/* After an exec that failed: the status to exit with, and from that the error again. */
int op_exec_status(void);
int op_exec_result(int ended);

/* Copies all of a file: one sendfile(2) may copy less. */
int op_copy(int to, int from);

/* A descriptor of one of the kernel's interfaces: ring, map, perf, userfaultfd, context. */
int op_interface(const char *name);

/* Opens, closes. */
int op_open(const char *path, int flags);

struct io_uring_sqe;

/* Performs an entry by io_uring: MODE inline, async or sqpoll; `as` with credentials that the
 * calling process gave the ring before it got others. */
int op_ring(const struct io_uring_sqe *entry, const char *mode);
int op_ring_as(const struct io_uring_sqe *entry, const char *mode);

/* The same with credentials that the process had when the entry was put off. */
int op_ring_late(const struct io_uring_sqe *entry);

/* Speaks with an 'op' that reads from the FIFO `in` and answers on the FIFO `out`. Prints the
 * answer; 0, or 1 if none came in time. */
int op_ask(const char *in, const char *out, int n, char **words);

#endif
