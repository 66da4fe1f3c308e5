/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bailiff status */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <time.h>

#include "agent/client.h"
#include "agent/cmd.h"
#include "agent/reply.h"
#include "agent/settings.h"

static const char usage[] =
	"usage: bailiff status [OPTION]...\n"
	"\n"
	"Shows the agent, the policies in force, the containers, and what was counted.\n"
	"\n"
	"  -o, --output json|text\n"
	"  --control-socket PATH  of the agent (" SETTINGS_CONTROL_SOCKET ")\n"
	"  --help\n";

static struct json_object *member(struct json_object *object, const char *name, enum json_type type)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, name, &value) || !json_object_is_type(value, type))
		return NULL;
	return value;
}

static void print_agent(struct json_object *status)
{
	printf("agent       pid %" PRIu64 ", version %s, %" PRIu64 " programs attached\n",
	       reply_number(status, "pid"), reply_string(status, "version"),
	       reply_number(status, "programs"));
	printf("policies    generation %" PRIu64 ", modes %s\n", reply_number(status, "generation"),
	       reply_string(status, "mode"));
}

static void print_policies(struct json_object *list)
{
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *policy = json_object_array_get_idx(list, i);

		printf("  %-24s %-8s %6" PRIu64 " rules %8" PRIu64 " words%s\n",
		       reply_string(policy, "name"), reply_string(policy, "mode"),
		       reply_number(policy, "rules"), reply_number(policy, "words"),
		       json_object_get_boolean(json_object_object_get(policy, "private"))
			       ? "  (private)"
			       : "");
	}
}

static void print_since(uint64_t seconds)
{
	time_t since = (time_t)seconds;
	char text[32];
	struct tm tm;

	if (localtime_r(&since, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm))
		printf("%s", text);
}

static void print_choice(struct json_object *container)
{
	if (*reply_string(container, "unmatched"))
		printf("  no longer selected: %s", reply_string(container, "unmatched"));
	else if (*reply_string(container, "select"))
		printf("  selected by %s, priority %" PRId64, reply_string(container, "select"),
		       json_object_get_int64(json_object_object_get(container, "priority")));
	else
		printf("  by %s", reply_string(container, "chosen"));
	putchar('\n');
}

static void print_containers(struct json_object *list)
{
	printf("containers  %zu\n", list ? json_object_array_length(list) : 0);
	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *container = json_object_array_get_idx(list, i);

		printf("  %-24s %-16s %5" PRIu64 " tasks  %-5s since ",
		       reply_string(container, "name"), reply_string(container, "policy"),
		       reply_number(container, "tasks"), reply_string(container, "state"));
		print_since(reply_number(container, "since"));
		printf("  %s", reply_string(container, "cgroup"));
		print_choice(container);
	}
}

static void print_group(struct json_object *counters, const char *name)
{
	struct json_object *group = member(counters, name, json_type_object);

	if (!group)
		return;
	printf("%-11s", name);
	json_object_object_foreach(group, key, value)
		printf(" %s %" PRIu64, key, json_object_get_uint64(value));
	putchar('\n');
}

static void print_status(struct json_object *status)
{
	struct json_object *counters = member(status, "counters", json_type_object);

	print_agent(status);
	print_policies(member(status, "policies", json_type_array));
	print_containers(member(status, "containers", json_type_array));
	print_group(counters, "decided");
	print_group(counters, "delivered");
	print_group(counters, "lost");
	print_group(counters, "unjudged");
}

int cmd_status(int argc, char **argv)
{
	static const struct option options[] = {
		{ "control-socket", required_argument, NULL, 'c' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *socket = SETTINGS_CONTROL_SOCKET;
	struct json_object *reply = NULL;
	bool json = false;
	int option, status;

	optind = 1;
	while ((option = args_next(argc, argv, "bailiff: status", "o:", options)) >= 0) {
		if (option == 'h')
			return cmd_usage(usage);
		if (option == 'c')
			socket = optarg;
		else if (option != 'o' || !cmd_output("status", optarg, &json))
			return EXIT_USAGE;
	}
	if (optind < argc)
		return cmd_fail(EXIT_USAGE, "status", "unexpected argument '%s'", argv[optind]);
	status = cmd_ask("status", socket, client_request("status"), -1, &reply);
	if (!status && json)
		cmd_print_json(reply);
	else if (!status)
		print_status(reply);
	json_object_put(reply);
	return status;
}
