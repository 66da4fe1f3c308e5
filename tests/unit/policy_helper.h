/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of policy/ share: policies out of strings, and random numbers with a seed. */
#ifndef BAILIFF_TESTS_POLICY_HELPER_H
#define BAILIFF_TESTS_POLICY_HELPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "policy/image.h"
#include "policy/policy.h"

#define FILE_NAME "test.cfg"

static inline int try_load(const char *text, struct policy_set **set, struct diag_list *diags)
{
	FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int r;

	assert_non_null(in);
	r = policy_set_load_stream(set, in, FILE_NAME, NULL, diags);
	fclose(in);
	return r;
}

/* Loads a text that must be right. */
static inline struct policy_set *load(const char *text)
{
	struct diag_list diags = { 0 };
	struct policy_set *set = NULL;
	int r = try_load(text, &set, &diags);

	if (r < 0)
		diag_print(&diags, stderr);
	assert_int_equal(r, 0);
	assert_int_equal(diags.errors, 0);
	diag_clear(&diags);
	return set;
}

/* Compiles the first policy of a text; both must be right. */
static inline struct policy_image *compile(const char *text)
{
	struct policy_set *set = load(text);
	struct diag_list diags = { 0 };
	struct policy_image *image = NULL;
	int r = policy_compile(policy_set_at(set, 0), &image, &diags);

	if (r < 0)
		diag_print(&diags, stderr);
	assert_int_equal(r, 0);
	assert_int_equal(image_check(&image->head, image->words), 0);
	policy_set_free(set);
	diag_clear(&diags);
	return image;
}

static inline char *dump(const struct policy_set *set)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(policy_set_dump(set, out), 0);
	fclose(out);
	return text;
}

static inline char *print_diags(const struct diag_list *diags)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	diag_print(diags, out);
	fclose(out);
	return text;
}

/* Fails unless loading says exactly `expected`. */
static inline void assert_refused(const char *text, const char *expected)
{
	struct diag_list diags = { 0 };
	struct policy_set *set = NULL;
	int r = try_load(text, &set, &diags);
	char *got = print_diags(&diags);

	assert_string_equal(got, expected);
	assert_true(r < 0);
	assert_null(set);
	free(got);
	diag_clear(&diags);
}

static inline double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t random_state;

/* Takes the seed from SEED, else from the clock, and prints it. */
static inline void random_start(void)
{
	const char *seed = getenv("SEED");

	random_state = seed ? strtoull(seed, NULL, 0) : (uint64_t)time(NULL);
	print_message("SEED=%llu\n", (unsigned long long)random_state);
}

static inline unsigned random_below(unsigned limit)
{
	uint64_t x;

	random_state += 0x9e3779b97f4a7c15ULL;
	x = random_state;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return (unsigned)((x ^ x >> 31) % limit);
}

#endif
