/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bailiff check: neither root nor the agent is needed. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/cmd.h"
#include "agent/explain.h"
#include "agent/reply.h"
#include "agent/settings.h"
#include "policy/image.h"
#include "policy/lint.h"
#include "policy/policy.h"

static const char usage[] =
	"usage: bailiff check [OPTION]... [FILE|DIR]...\n"
	"\n"
	"Checks policies (" SETTINGS_POLICY_DIR ") as one set, and prints them as they were\n"
	"understood, 'extends' resolved; that text means the same. Exits with 1 if anything is\n"
	"wrong, and says where.\n"
	"\n"
	"  --explain CONTAINER.json  say which policy would be selected for this container,\n"
	"                          and for each policy why or why not, instead of the text\n"
	"  --presets DIR           where 'extends' finds presets (" SETTINGS_PRESET_DIR ")\n"
	"  -o, --output json|text  json: findings and names instead of the text\n"
	"  -q, --quiet             print findings only\n"
	"  --help\n";

struct check_options {
	const char *presets, *explain;
	bool json, quiet, help;
};

static int parse(int argc, char **argv, struct check_options *o)
{
	static const struct option options[] = {
		{ "explain", required_argument, NULL, 'e' },
		{ "presets", required_argument, NULL, 'p' },
		{ "output", required_argument, NULL, 'o' },
		{ "quiet", no_argument, NULL, 'q' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	optind = 1;
	while ((option = args_next(argc, argv, "bailiff: check", "o:q", options)) >= 0) {
		if (option == 'p')
			o->presets = optarg;
		else if (option == 'e')
			o->explain = optarg;
		else if (option == 'q')
			o->quiet = true;
		else if (option == 'h')
			o->help = true;
		else if (option != 'o' || !cmd_output("check", optarg, &o->json))
			return EXIT_USAGE;
	}
	return EXIT_DONE;
}

/* What can't be enforced is no fault of the language: loading refuses it, check mentions it. */
static void note_unenforced(const struct policy *policy, struct diag_list *diags)
{
	struct diag_list found = { 0 };

	policy_enforceable(policy, &found);
	for (size_t i = 0; i < found.count; i++)
		diag_add(diags, DIAG_NOTE, found.items[i].file, found.items[i].line, "%s",
			 found.items[i].text);
	diag_clear(&found);
}

static int compile_all(const struct policy_set *set, struct diag_list *diags)
{
	for (size_t i = 0; i < policy_set_count(set); i++) {
		OWNED(policy_image_freep) struct policy_image *image = NULL;
		const struct policy *policy = policy_set_at(set, i);
		int error = policy_compile(policy, &image, diags);

		if (error && !diags->errors)
			return error;
		if (!error) {
			note_unenforced(policy, diags);
			policy_lint(policy, diags);
		}
	}
	return diags->errors ? -EINVAL : 0;
}

static void print_json(const struct policy_set *set, bool ok, const struct diag_list *diags)
{
	struct json_object *object = json_object_new_object();
	struct json_object *names = json_object_new_array();

	json_object_object_add(object, "ok", json_object_new_boolean(ok));
	for (size_t i = 0; set && i < policy_set_count(set); i++)
		json_object_array_add(names,
				      json_object_new_string(policy_name(policy_set_at(set, i))));
	json_object_object_add(object, "policies", names);
	reply_add_diagnostics(object, diags);
	cmd_print_json(object);
	json_object_put(object);
}

static int report(const struct check_options *o, const struct policy_set *set, int error,
		  struct diag_list *diags)
{
	if (o->json && (error || !o->explain))
		print_json(set, !error, diags);
	else if (o->explain && !error)
		return explain(o->explain, set, o->json); /* notes are of no interest here */
	else
		diag_print(diags, stderr);
	if (error && !diags->errors)
		return cmd_fail(EXIT_REFUSED, "check", "%s", strerror(-error));
	if (error)
		return EXIT_REFUSED;
	if (!o->json && !o->quiet)
		error = policy_set_dump(set, stdout);
	if (error || fflush(stdout))
		return cmd_fail(EXIT_REFUSED, "check", "output: %s",
				strerror(error ? -error : errno));
	return EXIT_DONE;
}

int cmd_check(int argc, char **argv)
{
	static const char *const standard[] = { SETTINGS_POLICY_DIR };
	struct check_options o = { .presets = SETTINGS_PRESET_DIR };
	OWNED(policy_set_freep) struct policy_set *set = NULL;
	struct diag_list diags = { 0 };
	const char *const *paths;
	int status = parse(argc, argv, &o);
	int error;

	if (status || o.help)
		return status ? status : cmd_usage(usage);
	paths = optind < argc ? (const char *const *)argv + optind : standard;
	error = policy_set_load(&set, paths, optind < argc ? (size_t)(argc - optind) : 1, o.presets,
				&diags);
	if (!error)
		error = compile_all(set, &diags);
	status = report(&o, set, error, &diags);
	diag_clear(&diags);
	return status;
}
