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
		log_warning("%s: container %s%s%s starts unconfined, as on_failure allows: %s",
			    stage, named, *hook->policy ? ", policy " : "", hook->policy,
			    hook->fault.text);
	else
		log_error("%s: container %s%s%s does not start: %s", stage, named,
			  *hook->policy ? ", policy " : "", hook->policy, hook->fault.text);
	return hook->may_start ? EXIT_DONE : EXIT_REFUSED;
}

static int run_stage(const char *name, const char *socket)
{
	struct hook hook = { .socket = socket, .seconds = HOOK_SECONDS };

	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		if (!strcmp(stages[i].name, name))
			return stages[i].run(&hook) ? tell(&hook, name) : EXIT_DONE;
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
