/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bailiffd: the agent. Options, settings, and then the loop. */
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "agent/agent.h"
#include "agent/args.h"
#include "agent/capture.h"
#include "agent/cleanup.h"
#include "agent/exit.h"
#include "agent/hooks.h"
#include "agent/log.h"
#include "agent/notify.h"

#define MAX_ARENAS 4
#define RETURN_BYTES (128 << 10)

enum {
	OPTION_CONFIG = 256,
	OPTION_POLICIES,
	OPTION_AUDIT,
	OPTION_MISSING,
	OPTION_LOG,
	OPTION_SOCKET,
	OPTION_PINS,
	OPTION_NO_SYSLOG,
	OPTION_HELP,
	OPTION_VERSION
};

static const struct option options[] = {
	{ "config", required_argument, NULL, OPTION_CONFIG },
	{ "policies", required_argument, NULL, OPTION_POLICIES },
	{ "audit-only", no_argument, NULL, OPTION_AUDIT },
	{ "allow-missing", required_argument, NULL, OPTION_MISSING },
	{ "log-file", required_argument, NULL, OPTION_LOG },
	{ "control-socket", required_argument, NULL, OPTION_SOCKET },
	{ "pin-dir", required_argument, NULL, OPTION_PINS },
	{ "no-syslog", no_argument, NULL, OPTION_NO_SYSLOG },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ 0 },
};

static const char usage[] =
	"usage: bailiffd [OPTION]...\n"
	"\n"
	"Loads the BPF programs or adopts those that are loaded, puts the policies in force,\n"
	"and serves 'bailiff' until SIGTERM, which leaves everything in force. SIGHUP reads the\n"
	"policies again and reopens the log file.\n"
	"\n"
	"  --config FILE           settings (" SETTINGS_FILE ")\n"
	"  --policies DIR          policies (" SETTINGS_POLICY_DIR ")\n"
	"  --audit-only            decide and record, deny nothing\n"
	"  --allow-missing=CLASS,...\n"
	"                          start though this kernel cannot enforce exec, file or network\n"
	"  --log-file FILE         JSON lines (" SETTINGS_LOG_FILE "); '' for none\n"
	"  --no-syslog             do not log to syslog\n"
	"  --control-socket PATH   (" SETTINGS_CONTROL_SOCKET ")\n"
	"  --pin-dir DIR           on a bpf file system (" SETTINGS_PIN_DIR ")\n"
	"  --help, --version\n";

/* The settings file comes first wherever its option stands, so that options override it. */
static int read_settings_file(int argc, char **argv, struct settings *settings, struct fault *fault)
{
	const char *path = NULL;
	int option, error;

	optind = 1;
	while ((option = args_next(argc, argv, "bailiffd", "", options)) >= 0)
		if (option == OPTION_CONFIG)
			path = optarg;
	error = settings_read(settings, path ? path : SETTINGS_FILE, fault);
	return error == -ENOENT && !path ? 0 : error;
}

static int take_option(int option, struct settings *settings, struct fault *fault)
{
	switch (option) {
	case OPTION_POLICIES:
		return settings_set(&settings->policy_dir, optarg);
	case OPTION_AUDIT:
		settings->audit_only = true;
		return 0;
	case OPTION_MISSING:
		return hook_classes_parse(optarg, &settings->allow_missing, fault);
	case OPTION_LOG:
		return settings_set(&settings->log_file, optarg);
	case OPTION_SOCKET:
		return settings_set(&settings->control_socket, optarg);
	case OPTION_PINS:
		return settings_set(&settings->pin_dir, optarg);
	case OPTION_NO_SYSLOG:
		settings->syslog = false;
		return 0;
	default:
		return 0;
	}
}

/* --help or --version, wherever it stands; '?' after a message; 0: neither. */
static int find_question(int argc, char **argv)
{
	int option;

	optind = 1;
	while ((option = args_next(argc, argv, "bailiffd", "", options)) >= 0)
		if (option == OPTION_HELP || option == OPTION_VERSION || option == '?')
			return option;
	return 0;
}

static int answer(int question)
{
	if (question == '?')
		return EXIT_USAGE;
	if (question == OPTION_VERSION)
		return puts("bailiffd " BAILIFF_VERSION) < 0 ? EXIT_REFUSED : EXIT_DONE;
	return fputs(usage, stdout) < 0 ? EXIT_REFUSED : EXIT_DONE;
}

/* Negative: go on; else the exit status. */
static int parse(int argc, char **argv, struct settings *settings)
{
	int option = find_question(argc, argv);
	struct fault fault = { "" };

	if (option)
		return answer(option);
	if (read_settings_file(argc, argv, settings, &fault)) {
		log_error("%s", fault.text);
		return EXIT_REFUSED;
	}
	optind = 1;
	while ((option = args_next(argc, argv, "bailiffd", "", options)) >= 0) {
		if (take_option(option, settings, &fault)) {
			log_error("%s", fault.text);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		log_error("unexpected argument '%s': see --help", argv[optind]);
		return EXIT_USAGE;
	}
	return -1;
}

static int serve(const struct settings *settings)
{
	struct fault fault = { "" };
	struct agent agent;
	int error = agent_open(&agent, settings, &fault);

	if (error) {
		log_error("%s", fault.text);
		agent_close(&agent);
		return error == -EOPNOTSUPP ? EXIT_KERNEL : EXIT_REFUSED;
	}
	notify_manager("READY=1");
	error = agent_run(&agent);
	notify_manager("STOPPING=1");
	agent_close(&agent);
	if (error)
		log_error("event loop: %s", strerror(-error));
	return error ? EXIT_REFUSED : EXIT_DONE;
}

/* A reload needs several times the memory that is kept: let all of it go back. */
static void return_memory_early(void)
{
	mallopt(M_ARENA_MAX, MAX_ARENAS);
	mallopt(M_MMAP_THRESHOLD, RETURN_BYTES);
	mallopt(M_TRIM_THRESHOLD, RETURN_BYTES);
}

/* A reload has a descriptor open for each container, and for each policy. */
static void allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	struct settings settings;
	int status;

	return_memory_early();
	allow_descriptors();
	if (settings_init(&settings))
		return EXIT_REFUSED;
	capture_start();
	status = parse(argc, argv, &settings);
	if (status < 0) {
		if (settings.syslog)
			log_use_syslog();
		status = serve(&settings);
	}
	settings_free(&settings);
	return status;
}
