/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bailiff run */
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

#include "agent/cleanup.h"
#include "agent/cmd.h"
#include "agent/hooks.h"
#include "agent/policy_arg.h"
#include "agent/run.h"
#include "agent/settings.h"
#include "audit/format_human.h"
#include "bpf/abi_limits.h"

static const char usage[] =
	"usage: bailiff run --policy FILE[:NAME] [OPTION]... [--] COMMAND [ARGUMENT]...\n"
	"\n"
	"Runs a command in a cgroup of its own, confined by a policy of FILE. The running agent\n"
	"does it if there is one, else this command itself. What is denied is told on stderr.\n"
	"What is still there when COMMAND ends is killed.\n"
	"\n"
	"  --policy FILE[:NAME]    NAME may be left out if FILE holds one policy\n"
	"  --audit-only            decide and tell, deny nothing\n"
	"  --name NAME             how the container is called\n"
	"  --log FILE              all events as JSON lines, appended to FILE\n"
	"  --allow-missing=CLASS,...\n"
	"                          run though this kernel cannot enforce exec, file or network\n"
	"  --presets DIR           where 'extends' finds presets (" SETTINGS_PRESET_DIR ")\n"
	"  --no-agent              do not ask the agent\n"
	"  --control-socket PATH   of the agent (" SETTINGS_CONTROL_SOCKET ")\n"
	"  --help\n"
	"\n"
	"Exit status: that of COMMAND, 128 and the number of the signal that killed it; 125 if\n"
	"bailiff failed, 126 if COMMAND cannot be executed, 127 if it is not there; 2 for usage,\n"
	"3 if the kernel lacks what is needed.\n";

static int take_option(int option, struct run_options *o, struct fault *fault)
{
	switch (option) {
	case 'p':
		policy_arg_split(optarg, &o->file, &o->policy);
		return 0;
	case 'a':
		o->audit_only = true;
		return 0;
	case 'n':
		o->name = optarg;
		return 0;
	case 'l':
		o->log = optarg;
		return 0;
	case 'm':
		return hook_classes_parse(optarg, &o->allow_missing, fault);
	case 'd':
		o->presets = optarg;
		return 0;
	case 'x':
		o->socket = NULL;
		return 0;
	case 'c':
		o->socket = optarg;
		return 0;
	default:
		o->help = true;
		return 0;
	}
}

static int parse(int argc, char **argv, struct run_options *o)
{
	static const struct option options[] = {
		{ "policy", required_argument, NULL, 'p' },
		{ "audit-only", no_argument, NULL, 'a' },
		{ "name", required_argument, NULL, 'n' },
		{ "log", required_argument, NULL, 'l' },
		{ "allow-missing", required_argument, NULL, 'm' },
		{ "presets", required_argument, NULL, 'd' },
		{ "no-agent", no_argument, NULL, 'x' },
		{ "control-socket", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct fault fault;
	int option;

	optind = 1;
	while ((option = args_next(argc, argv, "bailiff: run", "", options)) >= 0) {
		if (option == '?')
			return EXIT_USAGE;
		if (take_option(option, o, &fault))
			return cmd_fail(EXIT_USAGE, "run", "%s", fault.text);
	}
	o->command = argv + optind;
	if (o->help)
		return EXIT_DONE;
	if (!o->file)
		return cmd_fail(EXIT_USAGE, "run", "no --policy");
	if (o->name && (!*o->name || strlen(o->name) >= BAILIFF_NAME_MAX))
		return cmd_fail(EXIT_USAGE, "run", "--name: must be 1 to %d bytes long",
				BAILIFF_NAME_MAX - 1);
	if (!*o->command)
		return cmd_fail(EXIT_USAGE, "run", "no COMMAND");
	return EXIT_DONE;
}

void run_print(const struct run_output *output, struct audit_slice json)
{
	OWNED(audit_text_free) struct audit_text text = { 0 };

	if (output->log) {
		fprintf(output->log, "%.*s\n", (int)json.len, json.data);
		fflush(output->log);
		return;
	}
	if (!audit_format_human(json, &text))
		json = audit_text_slice(&text);
	fprintf(stderr, "bailiff: %.*s\n", (int)json.len, json.data);
}

/* One run. */
struct run {
	const struct run_options *options;
	struct sandbox sandbox;
	struct run_child child;
	struct run_backend *backend;
	struct run_output output;
	struct loop loop;
	struct source signals, end;
	sigset_t mask; /* as it was */
};

static void command_ended(struct source *source, uint32_t events)
{
	struct run *run = (struct run *)((char *)source - offsetof(struct run, end));

	(void)events;
	loop_stop(&run->loop);
}

/* What the terminal sent was sent to the command as well. */
static void forward_signal(struct source *source, uint32_t events)
{
	struct run *run = (struct run *)((char *)source - offsetof(struct run, signals));
	struct signalfd_siginfo info;

	(void)events;
	if (read(source->fd, &info, sizeof(info)) == sizeof(info) && info.ssi_code != SI_KERNEL)
		kill(run->child.pid, (int)info.ssi_signo);
}

static int watch_signals(struct run *run, struct fault *fault)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigprocmask(SIG_SETMASK, NULL, &run->mask);
	run->signals = (struct source){ loop_signals(&set), forward_signal };
	if (run->signals.fd < 0)
		return fault_errno(fault, run->signals.fd, "signals");
	return 0;
}

static int confine(struct run *run, FILE *policy, struct fault *fault)
{
	const struct run_options *o = run->options;
	struct run_backend *backend = o->socket ? run_agent(o->socket) : NULL;
	int error;

	if (!backend)
		backend = run_private();
	error = backend->start(backend, o, policy, &run->sandbox, &run->loop, &run->output, fault);
	if (!error)
		run->backend = backend;
	return error;
}

static int start(struct run *run, FILE *policy, struct fault *fault)
{
	int error = loop_open(&run->loop);

	if (error)
		return fault_errno(fault, error, "event loop");
	error = watch_signals(run, fault);
	if (!error)
		error = sandbox_create(&run->sandbox, fault);
	if (!error)
		error = run_child_start(&run->child, &run->sandbox, run->options->command,
					&run->mask, fault);
	if (!error)
		error = confine(run, policy, fault);
	if (error)
		return error;
	run->end = (struct source){ run->child.pidfd, command_ended };
	if (loop_add(&run->loop, &run->end, EPOLLIN) ||
	    loop_add(&run->loop, &run->signals, EPOLLIN))
		return fault_set(fault, -ENOMEM, "event loop");
	return run_child_release(&run->child, &run->backend->filter, fault);
}

static int finish(struct run *run)
{
	int status = run_child_reap(&run->child);

	sandbox_remove(&run->sandbox);
	if (run->backend)
		run->backend->finish(run->backend);
	loop_close(&run->loop);
	close_fd(&run->signals.fd);
	close_file(&run->output.log);
	return status;
}

static int open_log(struct run *run, const char *path)
{
	OWNED(close_fd) int fd = -1;

	if (!path)
		return 0;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	run->output.log = fd < 0 ? NULL : fdopen(fd, "a");
	if (!run->output.log)
		return -errno;
	take_fd(&fd);
	return 0;
}

int cmd_run(int argc, char **argv)
{
	struct run_options o = { .socket = SETTINGS_CONTROL_SOCKET,
				 .presets = SETTINGS_PRESET_DIR };
	struct run run = { .options = &o,
			   .sandbox = SANDBOX_NONE,
			   .child = RUN_CHILD_NONE,
			   .loop.epoll = -1,
			   .signals.fd = -1 };
	OWNED(close_file) FILE *policy = NULL;
	struct fault fault = { "" };
	int status = parse(argc, argv, &o);
	int error;

	if (status || o.help)
		return status ? status : cmd_usage(usage);
	policy = fopen(o.file, "re");
	if (!policy)
		return cmd_fail(EXIT_RUN_FAILED, "run", "%s: %s", o.file, strerror(errno));
	if (open_log(&run, o.log))
		return cmd_fail(EXIT_RUN_FAILED, "run", "%s: %s", o.log, strerror(errno));
	error = start(&run, policy, &fault);
	if (!error)
		error = loop_run(&run.loop);
	status = finish(&run);
	if (!error)
		return status;
	cmd_fail(EXIT_RUN_FAILED, "run", "%s", fault.text);
	return error == -EOPNOTSUPP ? EXIT_KERNEL : EXIT_RUN_FAILED;
}
