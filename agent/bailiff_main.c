/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bailiff: the command line. */
#include <stdio.h>
#include <string.h>

#include "agent/capture.h"
#include "agent/cmd.h"

static int help(int argc, char **argv);
static int version(int argc, char **argv);

static const struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
} verbs[] = {
	{ "check", cmd_check, "check policies and print how they were understood" },
	{ "test", cmd_test, "what a policy decides on given actions" },
	{ "run", cmd_run, "confine one command; no agent is needed" },
	{ "bind", cmd_bind, "bind a cgroup to a policy" },
	{ "unbind", cmd_unbind, "let a container go" },
	{ "seccomp", cmd_seccomp, "a policy's syscall filter, for an OCI runtime" },
	{ "status", cmd_status, "what is in force" },
	{ "reload", cmd_reload, "read the policies again" },
	{ "tail", cmd_tail, "follow the events" },
	{ "doctor", cmd_doctor, "what this kernel can do, and what is missing" },
	{ "unload", cmd_unload, "take everything away" },
	{ "help", help, "this list; 'bailiff VERB --help' tells more" },
	{ "version", version, "print the version" },
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static const struct verb *find(const char *name)
{
	for (size_t i = 0; i < VERBS; i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static int help(int argc, char **argv)
{
	const struct verb *verb = argc > 1 ? find(argv[1]) : NULL;
	char *ask[] = { argc > 1 ? argv[1] : NULL, "--help", NULL };

	if (verb && verb->run != help && verb->run != version)
		return verb->run(2, ask);
	puts("usage: bailiff VERB [OPTION]... [ARGUMENT]...\n");
	for (size_t i = 0; i < VERBS; i++)
		printf("  %-8s  %s\n", verbs[i].name, verbs[i].summary);
	puts("\nExit status: 0 done, 1 refused or invalid, 2 usage, 3 the kernel lacks what is "
	     "needed,\n"
	     "4 the agent cannot be reached; 'run' passes on that of the command.");
	return fflush(stdout) ? EXIT_REFUSED : EXIT_DONE;
}

static int version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return puts("bailiff " BAILIFF_VERSION) < 0 ? EXIT_REFUSED : EXIT_DONE;
}

static int unknown(const char *name)
{
	const char *names[VERBS + 1] = { NULL };
	const char *nearest;

	for (size_t i = 0; i < VERBS; i++)
		names[i] = verbs[i].name;
	nearest = args_nearest(name, names);
	if (nearest)
		return cmd_fail(EXIT_USAGE, name, "unknown verb: did you mean '%s'?", nearest);
	return cmd_fail(EXIT_USAGE, name, "unknown verb: see 'bailiff help'");
}

int main(int argc, char **argv)
{
	const struct verb *verb;

	capture_start();
	if (argc < 2)
		return cmd_fail(EXIT_USAGE, "usage", "bailiff VERB ...: see 'bailiff help'");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help(1, argv);
	if (!strcmp(argv[1], "--version"))
		return version(1, argv);
	verb = find(argv[1]);
	return verb ? verb->run(argc - 1, argv + 1) : unknown(argv[1]);
}
