/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bailiff-hook: what container runtimes and podman run at the stages of a container's life. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/args.h"
#include "agent/exit.h"
#include "agent/hook.h"
#include "agent/log.h"
#include "agent/settings.h"

static const char usage[] =
	"usage: bailiff-hook [--control-socket PATH] STAGE\n"
	"\n"
	"Run by container runtimes, not by hand. STAGE is one of\n"
	"\n"
	"  createRuntime  bind the container whose state is on standard input to its policy\n"
	"  precreate      add the policy's seccomp section to the config.json on standard input\n"
	"  poststop       unbind what is left of the container\n"
	"\n"
	"  --control-socket PATH  (" SETTINGS_CONTROL_SOCKET ")\n"
	"  --help, --version\n";

static int create_runtime(struct hook *hook)
{
	return hook_create_runtime(hook, STDIN_FILENO);
}

static int precreate(struct hook *hook)
{
	return hook_precreate(hook, STDIN_FILENO, STDOUT_FILENO);
}

static int poststop(struct hook *hook)
{
	hook_poststop(hook, STDIN_FILENO);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct hook *hook);
} stages[] = {
	{ "createRuntime", create_runtime },
	{ "precreate", precreate },
	{ "poststop", poststop },
};

/* crun throws away what a hook prints, podman what one at precreate prints: syslog has it too. */
static int tell(const struct hook *hook, const char *stage)
{
	const char *named = *hook->container ? hook->container : "unknown";

	log_use_syslog();
	if (hook->may_start)
		log_warning("%s: container %s%s%s starts %s, as on_failure allows: %s", stage,
			    named, *hook->policy ? ", policy " : "", hook->policy,
			    hook->bound ? "without its filter" : "unconfined", hook->fault.text);
	else
		log_error("%s: container %s%s%s does not start: %s", stage, named,
			  *hook->policy ? ", policy " : "", hook->policy, hook->fault.text);
	return hook->may_start ? EXIT_DONE : EXIT_REFUSED;
}

/* In a user namespace below the host's (user_namespaces(7)), as under rootless podman, whose owner
 * could as well run no hooks: the agent is not his to ask. The watcher binds such containers. */
static bool is_rootless(void)
{
	unsigned int inside = 0, outside = 0, count = 0;
	FILE *map = fopen("/proc/self/uid_map", "re");
	bool whole = map && fscanf(map, "%u %u %u", &inside, &outside, &count) == 3 && !inside &&
		     !outside && count == UINT32_MAX;

	if (map)
		fclose(map);
	return map && !whole;
}

/* What a stage leaves as it is. */
static int pass_on(const char *stage)
{
	char buffer[4096];
	size_t length;

	while ((length = fread(buffer, 1, sizeof(buffer), stdin)))
		if (!strcmp(stage, "precreate") && fwrite(buffer, 1, length, stdout) != length)
			return EXIT_REFUSED;
	return ferror(stdin) || fflush(stdout) ? EXIT_REFUSED : EXIT_DONE;
}

static int run_stage(const char *name, const char *socket)
{
	struct hook hook = { .socket = socket, .seconds = HOOK_SECONDS };

	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		if (strcmp(stages[i].name, name))
			continue;
		if (is_rootless())
			return pass_on(name);
		return stages[i].run(&hook) ? tell(&hook, name) : EXIT_DONE;
	}
	fprintf(stderr, "bailiff-hook: unknown stage '%s': see --help\n", name);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "control-socket", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	const char *socket = SETTINGS_CONTROL_SOCKET;
	int option;

	log_as("bailiff-hook", "bailiff");
	while ((option = args_next(argc, argv, "bailiff-hook", "", options)) >= 0) {
		if (option == 's')
			socket = optarg;
		else if (option == 'h')
			return fputs(usage, stdout) < 0 ? EXIT_REFUSED : EXIT_DONE;
		else if (option == 'v')
			return puts("bailiff-hook " BAILIFF_VERSION) < 0 ? EXIT_REFUSED : EXIT_DONE;
		else
			return EXIT_USAGE;
	}
	if (optind + 1 != argc) {
		fputs("bailiff-hook: one STAGE is wanted: see --help\n", stderr);
		return EXIT_USAGE;
	}
	return run_stage(argv[optind], socket);
}
