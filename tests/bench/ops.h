/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BENCH_OPS_H
#define BENCH_OPS_H

#define PER_BATCH 32 /* a whole number of slabs of struct file */

struct operation {
	const char *name;
	void (*before)(int batch); /* not counted */
	void (*run)(int i);	   /* i counts within the batch */
	int times;		   /* in a batch, PER_BATCH at most; even for rename */
};

/* Those of the classes that few policies have rules for; ends with one without a name. */
extern const struct operation others[];

/* Where `others` has a file that it may change: set before the first of them. */
extern const char *others_file;

/* For operations that need nothing. */
void nothing_before(int batch);

/* Says why, and ends the program. */
_Noreturn void fail(const char *what);

#endif
