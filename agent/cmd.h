/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs of the command line, and what several of them need. */
#ifndef BAILIFF_CMD_H
#define BAILIFF_CMD_H

#include <stdbool.h>

#include "agent/args.h"
#include "agent/exit.h"
#include "agent/fault.h"

struct json_object;

/* argv[0] is the verb; the result is the exit status. */
int cmd_bind(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_reload(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_seccomp(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_tail(int argc, char **argv);
int cmd_test(int argc, char **argv);
int cmd_unbind(int argc, char **argv);
int cmd_unload(int argc, char **argv);

/* Prints "bailiff: VERB: ..." on stderr; returns `status`. */
int cmd_fail(int status, const char *verb, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Prints usage text on stdout; returns the exit status. */
int cmd_usage(const char *text);

/* Parses the value of -o: "json" or "text"; false after a message. */
bool cmd_output(const char *verb, const char *value, bool *json);

/* Prints the object on stdout, on several lines. */
void cmd_print_json(struct json_object *object);

/* Asks the agent, gives the request away, and prints what went wrong. EXIT_DONE and the reply,
 * which is the caller's, or the exit status. passed: a descriptor to send along, or -1. */
int cmd_ask(const char *verb, const char *socket, struct json_object *request, int passed,
	    struct json_object **reply);

#endif
