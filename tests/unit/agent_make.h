/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of agent/ have in common. */
#ifndef BAILIFF_TESTS_AGENT_MAKE_H
#define BAILIFF_TESTS_AGENT_MAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Writes a file of its own below /tmp and returns its path, which the caller removes and frees. */
static inline char *make_file(const char *suffix, const char *text)
{
	char *path = NULL;
	FILE *file;
	int fd;

	assert_true(asprintf(&path, "/tmp/bailiff-test-XXXXXX%s", suffix) > 0);
	fd = mkstemps(path, (int)strlen(suffix));
	assert_true(fd >= 0);
	file = fdopen(fd, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return path;
}

static inline void remove_file(char *path)
{
	unlink(path);
	free(path);
}

/* Runs a verb of the command line with what it prints on either output in `out`; its status. */
static inline int capture_verb(int (*verb)(int argc, char **argv), int argc, char **argv, char *out,
			       size_t size)
{
	int saved[2] = { dup(1), dup(2) }, status;
	FILE *said = tmpfile();

	assert_non_null(said);
	fflush(stdout);
	dup2(fileno(said), 1);
	dup2(fileno(said), 2);
	status = verb(argc, argv);
	fflush(stdout);
	fflush(stderr);
	for (int i = 0; i < 2; i++) {
		dup2(saved[i], i + 1);
		close(saved[i]);
	}
	rewind(said);
	out[fread(out, 1, size - 1, said)] = 0;
	fclose(said);
	return status;
}

#endif
