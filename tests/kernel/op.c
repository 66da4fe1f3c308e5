// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Performs operations and says how they ended: one that is named on the command line, or one
 * a line from stdin, so that a running process can be asked before and after something. In a
 * line, and in what is printed, a byte of a word that is no graphic character or a backslash
 * is \xNN.
 */
#include "op.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE 65536
#define ANSWER_MS 60000

static FILE *answers;

static const struct op *const tables[] = {
	op_attribute, op_call,	    op_capability, op_creds,  op_deliver, op_device, op_endure,
	op_escape,    op_file,	    op_host,	   op_kernel, op_map,	  op_mount,  op_name,
	op_net,	      op_privilege, op_process,	   op_race,   op_socket,  op_storm,  op_unix,
	op_uring,     op_variant,   op_way,	   op_where,
};

static const struct op *find_op(const char *name)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct op *op = tables[i]; op->name; op++)
			if (!strcmp(op->name, name))
				return op;
	return NULL;
}

int op_run(int n, char **words)
{
	const struct op *op = n > 0 ? find_op(words[0]) : NULL;

	if (!op || n - 1 < op->args)
		return OP_USAGE;
	return op->run(n - 1, words + 1);
}

static void print_word(FILE *to, const char *word)
{
	for (; *word; word++) {
		unsigned char c = (unsigned char)*word;

		if (isgraph(c) && c != '\\')
			fputc(c, to);
		else
			fprintf(to, "\\x%02x", c);
	}
}

static void print_words(FILE *to, int n, char **words)
{
	for (int i = 0; i < n; i++) {
		if (i)
			fputc(' ', to);
		print_word(to, words[i]);
	}
}

static void print_result(int result)
{
	if (!result)
		fputs("ok\n", answers);
	else if (result == OP_USAGE)
		fputs("usage\n", answers);
	else if (result >= OP_STATUS(0))
		fprintf(answers, "status %d\n", result - OP_STATUS(0));
	else if (result > OP_SIGNAL(0))
		fprintf(answers, "SIG%s\n", sigabbrev_np(result - OP_SIGNAL(0)));
	else
		fprintf(answers, "%s\n", strerrorname_np(-result));
}

/* A long path is shown by its length: the answer has to fit into a pipe. */
static int perform(int n, char **words)
{
	int result;

	if (n == 1 && !strcmp(words[0], "pid")) {
		fprintf(answers, "%d\n", getpid());
		fflush(answers);
		return 0;
	}
	result = op_run(n, words);
	for (int i = 0; i < n; i++) {
		if (i)
			fputc(' ', answers);
		if (strlen(words[i]) > 512)
			fprintf(answers, "[%zu]", strlen(words[i]));
		else
			print_word(answers, words[i]);
	}
	fputs(": ", answers);
	print_result(result);
	fflush(answers);
	return result;
}

static void decode(char *word)
{
	char *to = word;

	while (*word) {
		if (word[0] == '\\' && word[1] == 'x' && isxdigit((unsigned char)word[2]) &&
		    isxdigit((unsigned char)word[3])) {
			char hex[3] = { word[2], word[3], '\0' };

			*to++ = (char)strtoul(hex, NULL, 16);
			word += 4;
		} else {
			*to++ = *word++;
		}
	}
	*to = '\0';
}

static void serve_line(char *line)
{
	char *words[OP_WORDS];
	char *rest = NULL;
	int n = 0;

	for (char *word = strtok_r(line, " \n", &rest); word && n < OP_WORDS;
	     word = strtok_r(NULL, " \n", &rest)) {
		decode(word);
		words[n++] = word;
	}
	if (n)
		perform(n, words);
}

int op_line(char *line)
{
	char *words[OP_WORDS], *rest = NULL;
	int n = 0;

	for (char *word = strtok_r(line, " \n", &rest); word && n < OP_WORDS - 1;
	     word = strtok_r(NULL, " \n", &rest))
		words[n++] = word;
	return op_run(n, words);
}

void op_print(FILE *to, int result)
{
	FILE *before = answers;

	answers = to;
	print_result(result);
	answers = before;
}

/* What programs that are executed print must not be taken for an answer. */
static int serve(void)
{
	static char line[LINE_SIZE];
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);

	answers = fd < 0 ? NULL : fdopen(fd, "w");
	if (!answers || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return 1;
	while (fgets(line, sizeof(line), stdin))
		serve_line(line);
	return 0;
}

static int read_answer(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char c;

	for (;;) {
		if (poll(&ready, 1, ANSWER_MS) != 1 || read(fd, &c, 1) != 1) {
			puts("no answer");
			return 1;
		}
		if (c == '\n')
			break;
		putchar(c);
	}
	putchar('\n');
	return 0;
}

int op_ask(const char *in, const char *out, int n, char **words)
{
	/* for writing as well: opening then waits for nobody */
	int from = open(out, O_RDWR | O_CLOEXEC), to = open(in, O_RDWR | O_CLOEXEC);
	FILE *request = to < 0 ? NULL : fdopen(to, "w");

	if (from < 0 || !request) {
		puts("nobody to ask");
		return 1;
	}
	print_words(request, n, words);
	fputc('\n', request);
	fflush(request);
	return read_answer(from);
}

int main(int argc, char **argv)
{
	answers = stdout;
	signal(SIGPIPE, SIG_IGN);
	if (argc == 1)
		return serve();
	if (!strcmp(argv[1], "true")) /* what 'exec' and its like may execute: it prints nothing */
		return 0;
	if (argc > 4 && !strcmp(argv[1], "ask"))
		return op_ask(argv[2], argv[3], argc - 4, argv + 4);
	return perform(argc - 1, argv + 1) ? 1 : 0;
}
