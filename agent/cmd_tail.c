/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bailiff tail */
#include <json-c/json.h>
#include <stdio.h>

#include "agent/cleanup.h"
#include "agent/client.h"
#include "agent/cmd.h"
#include "agent/hooks.h"
#include "agent/reply.h"
#include "agent/settings.h"
#include "audit/format_human.h"

static const char usage[] =
	"usage: bailiff tail [OPTION]...\n"
	"\n"
	"Follows the events of all containers as they come, one line each, until interrupted.\n"
	"\n"
	"  --denied                what was denied, or would be\n"
	"  --container NAME        of one container, by name or cgroup path\n"
	"  --class CLASS           of exec, file, network, device or sysctl (several: exec,file)\n"
	"  -o, --output json|text  json: as in the log file\n"
	"  --control-socket PATH   of the agent (" SETTINGS_CONTROL_SOCKET ")\n"
	"  --help\n";

struct tail_options {
	const char *socket, *container, *class;
	bool denied, json, help;
};

static int parse(int argc, char **argv, struct tail_options *o)
{
	static const struct option options[] = {
		{ "denied", no_argument, NULL, 'd' },
		{ "container", required_argument, NULL, 'n' },
		{ "class", required_argument, NULL, 'k' },
		{ "control-socket", required_argument, NULL, 'c' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct fault fault;
	uint32_t classes;
	int option;

	optind = 1;
	while ((option = args_next(argc, argv, "bailiff: tail", "o:", options)) >= 0) {
		if (option == 'd')
			o->denied = true;
		else if (option == 'n')
			o->container = optarg;
		else if (option == 'k')
			o->class = optarg;
		else if (option == 'c')
			o->socket = optarg;
		else if (option == 'h')
			o->help = true;
		else if (option != 'o' || !cmd_output("tail", optarg, &o->json))
			return EXIT_USAGE;
	}
	if (o->class && hook_classes_parse(o->class, &classes, &fault))
		return cmd_fail(EXIT_USAGE, "tail", "%s", fault.text);
	if (optind < argc)
		return cmd_fail(EXIT_USAGE, "tail", "unexpected argument '%s'", argv[optind]);
	return EXIT_DONE;
}

static struct json_object *make_request(const struct tail_options *o)
{
	struct json_object *request = client_request("tail");

	client_add(request, "container", o->container);
	client_add(request, "class", o->class);
	if (o->denied)
		json_object_object_add(request, "denied", json_object_new_boolean(true));
	return request;
}

static int print_line(struct json_object *line, bool json)
{
	OWNED(audit_text_free) struct audit_text text = { 0 };
	const char *plain = json_object_to_json_string_ext(
		line, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);

	if (!json && !audit_format_human(audit_slice_of(plain), &text))
		plain = text.data;
	return puts(plain) < 0 || fflush(stdout) ? -EPIPE : 0;
}

static int follow(struct client *client, bool json, struct fault *fault)
{
	int error = 0;

	while (!error) {
		struct json_object *line = NULL;

		error = client_receive(client, 0, &line, fault);
		if (!error && print_line(line, json))
			error = fault_set(fault, -EPIPE, "output is closed");
		json_object_put(line);
	}
	return error;
}

static int start(struct client *client, const struct tail_options *o, struct fault *fault)
{
	struct json_object *request = make_request(o), *reply = NULL;
	int error = client_send(client, request, -1, fault);

	json_object_put(request);
	if (!error)
		error = client_receive(client, CLIENT_TIMEOUT_SECONDS, &reply, fault);
	if (!error && !reply_is_ok(reply))
		error = fault_set(fault, -EINVAL, "%s", reply_error_text(reply));
	json_object_put(reply);
	return error;
}

int cmd_tail(int argc, char **argv)
{
	struct tail_options o = { .socket = SETTINGS_CONTROL_SOCKET };
	OWNED(client_close) struct client client = { .socket = -1 };
	struct fault fault = { "" };
	int status = parse(argc, argv, &o);
	int error;

	if (status || o.help)
		return status ? status : cmd_usage(usage);
	error = client_open(&client, o.socket, &fault);
	if (!error)
		error = start(&client, &o, &fault);
	if (!error)
		error = follow(&client, o.json, &fault);
	if (error == -EPIPE)
		return EXIT_DONE;
	return cmd_fail(error == -EINVAL ? EXIT_REFUSED : EXIT_UNREACHABLE, "tail", "%s",
			fault.text);
}
