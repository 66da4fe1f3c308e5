/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bailiff unload */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>
#include <time.h>

#include "agent/cleanup.h"
#include "agent/client.h"
#include "agent/cmd.h"
#include "agent/hook_file.h"
#include "agent/lock.h"
#include "agent/objects.h"
#include "agent/settings.h"
#include "agent/stale.h"

static const char usage[] =
	"usage: bailiff unload [OPTION]...\n"
	"\n"
	"Takes everything away: programs, policies, bindings, those of 'bailiff run' too. Nothing\n"
	"is confined afterwards. The agent, if it runs, stops.\n"
	"\n"
	"  --control-socket PATH  of the agent (" SETTINGS_CONTROL_SOCKET ")\n"
	"  --pin-dir DIR          where it all is pinned (" SETTINGS_PIN_DIR ")\n"
	"  --help\n";

#define WAIT_MS 5000
#define WAIT_STEP_MS 20

struct unload_options {
	const char *socket, *pin_dir;
	bool help;
};

static int parse(int argc, char **argv, struct unload_options *o)
{
	static const struct option options[] = {
		{ "control-socket", required_argument, NULL, 'c' },
		{ "pin-dir", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	optind = 1;
	while ((option = args_next(argc, argv, "bailiff: unload", "", options)) >= 0) {
		if (option == 'c')
			o->socket = optarg;
		else if (option == 'p')
			o->pin_dir = optarg;
		else if (option == 'h')
			o->help = true;
		else
			return EXIT_USAGE;
	}
	if (optind < argc)
		return cmd_fail(EXIT_USAGE, "unload", "unexpected argument '%s'", argv[optind]);
	return EXIT_DONE;
}

/* The agent keeps its maps until it ends, and its lock as long. */
static int take_lock(const char *pin_dir, unsigned int wait_ms)
{
	struct timespec step = { .tv_nsec = WAIT_STEP_MS * 1000000L };

	for (unsigned int waited = 0;; waited += WAIT_STEP_MS) {
		int lock = lock_instance(pin_dir);

		if (lock != -EWOULDBLOCK || waited >= wait_ms)
			return lock;
		nanosleep(&step, NULL);
	}
}

static int unload(const struct unload_options *o, unsigned int wait_ms)
{
	OWNED(close_fd) int lock = take_lock(o->pin_dir, wait_ms);
	struct fault fault;

	if (lock == -EWOULDBLOCK)
		return cmd_fail(EXIT_UNREACHABLE, "unload",
				"an agent runs on %s and does not answer at %s", o->pin_dir,
				o->socket);
	if (lock < 0)
		return cmd_fail(EXIT_REFUSED, "unload", "lock: %s", strerror(-lock));
	if (objects_unload(o->pin_dir, &fault) || stale_unload_all(&fault))
		return cmd_fail(EXIT_REFUSED, "unload", "%s", fault.text);
	hook_file_remove(o->socket);
	return EXIT_DONE;
}

static bool agent_listens(const char *socket)
{
	OWNED(client_close) struct client client = { .socket = -1 };
	struct fault fault;

	return !client_open(&client, socket, &fault);
}

int cmd_unload(int argc, char **argv)
{
	struct unload_options o = { SETTINGS_CONTROL_SOCKET, SETTINGS_PIN_DIR, false };
	struct json_object *reply = NULL;
	int status = parse(argc, argv, &o);

	if (status || o.help)
		return status ? status : cmd_usage(usage);
	if (!agent_listens(o.socket))
		return unload(&o, 0);
	status = cmd_ask("unload", o.socket, client_request("unload"), -1, &reply);
	json_object_put(reply);
	return status ? status : unload(&o, WAIT_MS);
}
