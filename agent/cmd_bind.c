/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bailiff bind, bailiff unbind */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "agent/cgroup.h"
#include "agent/cleanup.h"
#include "agent/client.h"
#include "agent/cmd.h"
#include "agent/reply.h"
#include "agent/settings.h"

static const char bind_usage[] =
	"usage: bailiff bind [OPTION]... CGROUP\n"
	"       bailiff bind [OPTION]... --pid PID\n"
	"\n"
	"Binds a cgroup and all below it to a policy that the agent has loaded, and confines what\n"
	"runs in it. CGROUP is a path from the root of the cgroup2 hierarchy, or the directory.\n"
	"Without --policy the 'select' of the policies decides, by what is said of the container.\n"
	"\n"
	"  --policy NAME          the policy\n"
	"  --name NAME            how the container is called (the last part of CGROUP)\n"
	"  --image IMAGE          what it was made from\n"
	"  --annotation KEY=VALUE, --label KEY=VALUE\n"
	"                         that it has from whoever started it; more than one may be given\n"
	"  --image-annotation KEY=VALUE\n"
	"                         that the author of the image chose\n"
	"  --pid PID              the cgroup that this process is in\n"
	"  --start                leave what runs alone; confine what is executed from now on\n"
	"  --control-socket PATH  of the agent (" SETTINGS_CONTROL_SOCKET ")\n"
	"  --help\n";

static const char unbind_usage[] =
	"usage: bailiff unbind [OPTION]... CGROUP\n"
	"       bailiff unbind [OPTION]... --name NAME | --id ID\n"
	"\n"
	"Lets a container go: what runs in it is not confined any more.\n"
	"\n"
	"  --name NAME            the container of that name\n"
	"  --id ID                the container whose cgroup has this id\n"
	"  --control-socket PATH  of the agent (" SETTINGS_CONTROL_SOCKET ")\n"
	"  --help\n";

struct bind_options {
	const char *policy, *name, *image, *socket;
	struct json_object *request; /* gets the pairs */
	unsigned long pid;
	bool start, help;
};

/* Adds KEY=VALUE to an object of the request. */
static int add_pair(struct json_object *request, const char *group, const char *option, char *pair)
{
	char *equals = strchr(pair, '=');
	struct json_object *object;

	if (!equals || equals == pair)
		return cmd_fail(EXIT_USAGE, "bind", "--%s %s: not KEY=VALUE", option, pair);
	if (!json_object_object_get_ex(request, group, &object)) {
		object = json_object_new_object();
		json_object_object_add(request, group, object);
	}
	*equals = 0;
	json_object_object_add(object, pair, json_object_new_string(equals + 1));
	*equals = '=';
	return EXIT_DONE;
}

static int parse_pair(struct bind_options *o, int option)
{
	if (option == 'a')
		return add_pair(o->request, "annotations", "annotation", optarg);
	if (option == 'l')
		return add_pair(o->request, "labels", "label", optarg);
	return add_pair(o->request, "image_annotations", "image-annotation", optarg);
}

static int parse_bind(int argc, char **argv, struct bind_options *o)
{
	static const struct option options[] = {
		{ "policy", required_argument, NULL, 'p' },
		{ "name", required_argument, NULL, 'n' },
		{ "image", required_argument, NULL, 'm' },
		{ "annotation", required_argument, NULL, 'a' },
		{ "image-annotation", required_argument, NULL, 'A' },
		{ "label", required_argument, NULL, 'l' },
		{ "pid", required_argument, NULL, 'i' },
		{ "start", no_argument, NULL, 's' },
		{ "control-socket", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option, status = EXIT_DONE;

	optind = 1;
	while (!status && (option = args_next(argc, argv, "bailiff: bind", "", options)) >= 0) {
		if (option == 'p')
			o->policy = optarg;
		else if (option == 'n')
			o->name = optarg;
		else if (option == 'c')
			o->socket = optarg;
		else if (option == 'm')
			o->image = optarg;
		else if (option == 's')
			o->start = true;
		else if (option == 'h')
			o->help = true;
		else if (option == 'a' || option == 'A' || option == 'l')
			status = parse_pair(o, option);
		else if (option != 'i')
			return EXIT_USAGE;
		else if (!args_number(optarg, 1, 1UL << 22, &o->pid))
			return cmd_fail(EXIT_USAGE, "bind", "--pid %s: not a process id", optarg);
	}
	if (o->help || status)
		return status;
	if (argc - optind != !o->pid)
		return cmd_fail(EXIT_USAGE, "bind", "needs one of CGROUP and --pid: see --help");
	return EXIT_DONE;
}

static int bind(struct bind_options *o, const char *given)
{
	struct json_object *reply = NULL;
	char cgroup[PATH_MAX];
	int error =
		given ? cgroup_normalize(given, cgroup) : cgroup_of_process((pid_t)o->pid, cgroup);
	int status;

	if (error)
		return cmd_fail(EXIT_REFUSED, "bind", "%s: %s", given ? given : "--pid",
				strerror(-error));
	client_add(o->request, "cgroup", cgroup);
	client_add(o->request, "policy", o->policy);
	client_add(o->request, "name", o->name);
	client_add(o->request, "image", o->image);
	if (o->start)
		json_object_object_add(o->request, "start", json_object_new_boolean(true));
	status = cmd_ask("bind", o->socket, json_object_get(o->request), -1, &reply);
	if (!status)
		printf("%" PRIu64 "\n", reply_number(reply, "id"));
	json_object_put(reply);
	return status;
}

int cmd_bind(int argc, char **argv)
{
	struct bind_options o = { .socket = SETTINGS_CONTROL_SOCKET,
				  .request = client_request("bind") };
	int status = parse_bind(argc, argv, &o);

	if (!status)
		status = o.help ? cmd_usage(bind_usage) : bind(&o, o.pid ? NULL : argv[optind]);
	json_object_put(o.request);
	return status;
}

struct unbind_options {
	const char *name, *socket;
	unsigned long id;
	bool help;
};

static int parse_unbind(int argc, char **argv, struct unbind_options *o)
{
	static const struct option options[] = {
		{ "name", required_argument, NULL, 'n' },
		{ "id", required_argument, NULL, 'i' },
		{ "control-socket", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	optind = 1;
	while ((option = args_next(argc, argv, "bailiff: unbind", "", options)) >= 0) {
		if (option == 'n')
			o->name = optarg;
		else if (option == 'c')
			o->socket = optarg;
		else if (option == 'h')
			o->help = true;
		else if (option != 'i')
			return EXIT_USAGE;
		else if (!args_number(optarg, 1, UINT64_MAX, &o->id))
			return cmd_fail(EXIT_USAGE, "unbind", "--id %s: not a number", optarg);
	}
	if (!o->help && !!o->name + !!o->id + (argc - optind) != 1)
		return cmd_fail(EXIT_USAGE, "unbind", "needs one of CGROUP, --name and --id");
	return EXIT_DONE;
}

int cmd_unbind(int argc, char **argv)
{
	struct unbind_options o = { .socket = SETTINGS_CONTROL_SOCKET };
	struct json_object *request, *reply = NULL;
	int status = parse_unbind(argc, argv, &o);

	if (status || o.help)
		return status ? status : cmd_usage(unbind_usage);
	request = client_request("unbind");
	client_add(request, "name", o.name);
	client_add(request, "cgroup", argv[optind]);
	if (o.id)
		json_object_object_add(request, "id", json_object_new_uint64(o.id));
	status = cmd_ask("unbind", o.socket, request, -1, &reply);
	json_object_put(reply);
	return status;
}
