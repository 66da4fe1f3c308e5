/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/client.h"
#include "agent/cmd.h"
#include "agent/reply.h"

int cmd_fail(int status, const char *verb, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "bailiff: %s: ", verb);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return status;
}

int cmd_usage(const char *text)
{
	fputs(text, stdout);
	return fflush(stdout) ? EXIT_REFUSED : EXIT_DONE;
}

bool cmd_output(const char *verb, const char *value, bool *json)
{
	*json = !strcmp(value, "json");
	if (*json || !strcmp(value, "text"))
		return true;
	cmd_fail(EXIT_USAGE, verb, "-o %s: must be json or text", value);
	return false;
}

void cmd_print_json(struct json_object *object)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
							    JSON_C_TO_STRING_SPACED |
							    JSON_C_TO_STRING_NOSLASHESCAPE));
}

static int exchange(struct client *client, struct json_object *request, int passed,
		    struct json_object **reply, struct fault *fault)
{
	int error = client_send(client, request, passed, fault);

	return error ? error : client_receive(client, CLIENT_TIMEOUT_SECONDS, reply, fault);
}

int cmd_ask(const char *verb, const char *socket, struct json_object *request, int passed,
	    struct json_object **reply)
{
	OWNED(client_close) struct client client = { .socket = -1 };
	struct fault fault = { "" };
	int error = client_open(&client, socket, &fault);

	if (!error)
		error = exchange(&client, request, passed, reply, &fault);
	json_object_put(request);
	if (error)
		return cmd_fail(EXIT_UNREACHABLE, verb, "%s", fault.text);
	reply_print_diagnostics(*reply, stderr);
	if (reply_is_ok(*reply))
		return EXIT_DONE;
	cmd_fail(EXIT_REFUSED, verb, "%s", reply_error_text(*reply));
	json_object_put(*reply);
	*reply = NULL;
	return EXIT_REFUSED;
}
