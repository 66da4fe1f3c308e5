/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bailiff reload */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include "agent/client.h"
#include "agent/cmd.h"
#include "agent/reply.h"
#include "agent/settings.h"

static const char usage[] =
	"usage: bailiff reload [OPTION]...\n"
	"\n"
	"Makes the agent read its policies again and put them in force at once. If anything is\n"
	"wrong with them, it says where, and those in force stay.\n"
	"\n"
	"  --control-socket PATH  of the agent (" SETTINGS_CONTROL_SOCKET ")\n"
	"  --help\n";

int cmd_reload(int argc, char **argv)
{
	static const struct option options[] = {
		{ "control-socket", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *socket = SETTINGS_CONTROL_SOCKET;
	struct json_object *reply = NULL;
	int option, status;

	optind = 1;
	while ((option = args_next(argc, argv, "bailiff: reload", "", options)) >= 0) {
		if (option == 'h')
			return cmd_usage(usage);
		if (option != 'c')
			return EXIT_USAGE;
		socket = optarg;
	}
	if (optind < argc)
		return cmd_fail(EXIT_USAGE, "reload", "unexpected argument '%s'", argv[optind]);
	status = cmd_ask("reload", socket, client_request("reload"), -1, &reply);
	if (!status)
		printf("generation %" PRIu64 ": %" PRIu64 " added, %" PRIu64 " changed, %" PRIu64
		       " kept, %" PRIu64 " removed\n",
		       reply_number(reply, "generation"), reply_number(reply, "added"),
		       reply_number(reply, "changed"), reply_number(reply, "kept"),
		       reply_number(reply, "removed"));
	json_object_put(reply);
	return status;
}
