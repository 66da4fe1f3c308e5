/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operations that a scenario asks for by name. An operation gives 0, a negative errno, or one
 * of the values below where a process that it started ended.
 */
#ifndef BAILIFF_TEST_OP_H
#define BAILIFF_TEST_OP_H

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
extern const struct op op_deliver[];
extern const struct op op_endure[];
extern const struct op op_file[];
extern const struct op op_mount[];
extern const struct op op_name[];
extern const struct op op_net[];
extern const struct op op_process[];
extern const struct op op_race[];
extern const struct op op_storm[];
extern const struct op op_uring[];
extern const struct op op_way[];
extern const struct op op_where[];

/* Runs the operation that the words name. */
int op_run(int n, char **words);

/* Flags of open(2) from letters, as 'op help' lists them; -1 if one is unknown. */
int op_open_flags(const char *letters);

/* Waits for a process, and says how it ended. */
int op_ended(int pid);

/* Opens, closes. */
int op_open(const char *path, int flags);

/* Speaks with an 'op' that reads from the FIFO `in` and answers on the FIFO `out`. Prints the
 * answer; 0, or 1 if none came in time. */
int op_ask(const char *in, const char *out, int n, char **words);

#endif
