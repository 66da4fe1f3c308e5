/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bailiff seccomp: the linux.seccomp section of the OCI runtime specification. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/cmd.h"
#include "agent/policy_arg.h"
#include "agent/seccomp_section.h"
#include "agent/settings.h"
#include "policy/seccomp.h"

static const char usage[] =
	"usage: bailiff seccomp [OPTION]... FILE[:NAME]\n"
	"\n"
	"Prints the seccomp section of a policy as the object \"linux.seccomp\" of an OCI "
	"runtime's\n"
	"config.json; null if the policy has none, or its mode is \"off\". NAME may be left out "
	"if\n"
	"FILE holds one policy.\n"
	"\n"
	"  --audit-only   nothing is denied, what would be is logged\n"
	"  --presets DIR  where 'extends' finds presets (" SETTINGS_PRESET_DIR ")\n"
	"  --help\n";

struct seccomp_options {
	const char *file, *policy, *presets;
	bool audit_only, help;
};

static int parse(int argc, char **argv, struct seccomp_options *o)
{
	static const struct option options[] = {
		{ "audit-only", no_argument, NULL, 'a' },
		{ "presets", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	optind = 1;
	while ((option = args_next(argc, argv, "bailiff: seccomp", "", options)) >= 0) {
		if (option == 'a')
			o->audit_only = true;
		else if (option == 'p')
			o->presets = optarg;
		else if (option == 'h')
			o->help = true;
		else
			return EXIT_USAGE;
	}
	if (o->help)
		return EXIT_DONE;
	if (optind + 1 != argc)
		return cmd_fail(EXIT_USAGE, "seccomp", "one FILE[:NAME] is wanted: see --help");
	policy_arg_split(argv[optind], &o->file, &o->policy);
	return EXIT_DONE;
}

static int print(const struct policy *p, bool audit_only)
{
	struct json_object *section;
	int error = seccomp_section(p, audit_only, &section);

	if (error)
		return error;
	if (section)
		cmd_print_json(section);
	else
		puts("null");
	json_object_put(section);
	return 0;
}

/* Compiles too: what no kernel would take is not printed. */
static int answer(const struct seccomp_options *o, FILE *in, struct diag_list *diags,
		  struct fault *fault)
{
	OWNED(policy_set_freep) struct policy_set *set = NULL;
	OWNED(seccomp_program_clear) struct seccomp_program program = { 0 };
	const struct policy *policy;
	int error = policy_set_load_stream(&set, in, o->file, o->presets, diags);

	if (error)
		return error;
	policy = policy_arg_choose(set, o->file, o->policy, fault);
	if (!policy)
		return -EINVAL;
	error = seccomp_compile(policy, o->audit_only, &program, diags);
	if (!error)
		error = print(policy, o->audit_only);
	return error;
}

int cmd_seccomp(int argc, char **argv)
{
	struct seccomp_options o = { .presets = SETTINGS_PRESET_DIR };
	OWNED(close_file) FILE *in = NULL;
	struct diag_list diags = { 0 };
	struct fault fault = { "" };
	int status = parse(argc, argv, &o);
	int error;

	if (status || o.help)
		return status ? status : cmd_usage(usage);
	in = fopen(o.file, "re");
	if (!in)
		return cmd_fail(EXIT_REFUSED, "seccomp", "%s: %s", o.file, strerror(errno));
	error = answer(&o, in, &diags, &fault);
	if (!error && fflush(stdout))
		error = -errno;
	if (error)
		diag_print(&diags, stderr);
	if (error && (*fault.text || !diags.errors))
		cmd_fail(EXIT_REFUSED, "seccomp", "%s",
			 *fault.text ? fault.text : strerror(-error));
	diag_clear(&diags);
	return error ? EXIT_REFUSED : EXIT_DONE;
}
