/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bailiff test: neither root nor the agent is needed. */
#include <arpa/inet.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "agent/action_device.h"
#include "agent/cleanup.h"
#include "agent/cmd.h"
#include "agent/policy_arg.h"
#include "agent/settings.h"
#include "audit/names.h"
#include "policy/image.h"
#include "policy/names.h"
#include "policy/seccomp.h"

static const char usage_head[] =
	"usage: bailiff test [OPTION]... FILE[:NAME] [--] ACTION...\n"
	"\n"
	"Tells what a policy decides, without doing it: a line for each action with the verdict,\n"
	"the rule that decides, and whether that is recorded. NAME may be left out if FILE holds\n"
	"one policy. An action is one argument ('open r /etc/shadow') or several:\n"
	"\n";

static const char usage_tail[] =
	"\n"
	"Paths are those that the kernel finds, from the root of the container, symbolic links\n"
	"resolved; other names that a file may have are not looked at. In an action of one "
	"argument\n"
	"'\\' takes the next byte as it is.\n"
	"\n"
	"  --expect VERDICT  succeed if that is the verdict of every action: allowed, denied,\n"
	"                    killed or would-deny\n"
	"  --presets DIR     where 'extends' finds presets (" SETTINGS_PRESET_DIR ")\n"
	"  -o, --output json|text\n"
	"  --help\n"
	"\n"
	"Exit status: 0 if every action is allowed (with --expect: as expected), else 1; 1 with\n"
	"nothing on standard output if the policy or an action is wrong; 2 for usage.\n";

struct test_options {
	const char *file, *policy, *presets;
	char *const *actions;
	size_t n_actions;
	int expect; /* enum event_verdict, -1 for none */
	bool json, help;
};

/* A policy as it would be in force, and again with all names of rules. */
struct test {
	struct policy_set *set;
	const struct policy *policy; /* of the set */
	struct policy_image *image, *named;
	struct diag_list diags;
};

struct tested {
	struct action action;
	struct simulate_answer answer;
	char rule[BAILIFF_PATH_MAX];
};

static int take_expect(struct test_options *o, const char *value)
{
	for (o->expect = 0; o->expect < EVENT_VERDICTS; o->expect++)
		if (!strcmp(value, audit_verdict_name((unsigned)o->expect)))
			return EXIT_DONE;
	return cmd_fail(EXIT_USAGE, "test",
			"--expect %s: must be allowed, denied, killed or would-deny", value);
}

static int take_arguments(int argc, char **argv, struct test_options *o)
{
	int at = optind + 1;

	if (optind >= argc)
		return cmd_fail(EXIT_USAGE, "test", "no policy: see --help");
	policy_arg_split(argv[optind], &o->file, &o->policy);
	if (at < argc && !strcmp(argv[at], "--"))
		at++;
	if (at >= argc)
		return cmd_fail(EXIT_USAGE, "test", "no ACTION: see --help");
	o->actions = argv + at;
	o->n_actions = (size_t)(argc - at);
	return EXIT_DONE;
}

static int parse(int argc, char **argv, struct test_options *o)
{
	static const struct option options[] = {
		{ "expect", required_argument, NULL, 'e' },
		{ "presets", required_argument, NULL, 'p' },
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option, status = EXIT_DONE;

	optind = 1;
	while (!status && (option = args_next(argc, argv, "bailiff: test", "o:", options)) >= 0) {
		if (option == 'p')
			o->presets = optarg;
		else if (option == 'h')
			o->help = true;
		else if (option == 'e')
			status = take_expect(o, optarg);
		else if (option != 'o' || !cmd_output("test", optarg, &o->json))
			status = EXIT_USAGE;
	}
	return status || o->help ? status : take_arguments(argc, argv, o);
}

static int compile(struct test *t, const struct test_options *o, struct fault *fault)
{
	const struct policy *policy = policy_arg_choose(t->set, o->file, o->policy, fault);
	int error;

	if (!policy)
		return -EINVAL;
	t->policy = policy;
	policy_enforceable(policy, &t->diags);
	error = policy_compile(policy, &t->image, &t->diags);
	if (!error && policy_compile_named(policy, &t->named, &t->diags))
		error = fault_set(fault, -E2BIG,
				  "%s: too large to tell which rule allows what is not recorded",
				  policy_name(policy));
	return error || !t->diags.errors ? error : -EINVAL;
}

static void test_close(struct test *t)
{
	policy_image_free(t->image);
	policy_image_free(t->named);
	policy_set_free(t->set);
	diag_clear(&t->diags);
}

/* Loads the policy; what is wrong with it is told, as is what would not let it be in force. */
static int test_open(struct test *t, const struct test_options *o)
{
	OWNED(close_file) FILE *in = fopen(o->file, "re");
	struct fault fault = { "" };
	int error;

	if (!in)
		return cmd_fail(EXIT_REFUSED, "test", "%s: %s", o->file, strerror(errno));
	error = policy_set_load_stream(&t->set, in, o->file, o->presets, &t->diags);
	if (!error)
		error = compile(t, o, &fault);
	if (!error)
		return EXIT_DONE;
	diag_print(&t->diags, stderr);
	if (*fault.text || !t->diags.errors)
		cmd_fail(EXIT_REFUSED, "test", "%s", *fault.text ? fault.text : strerror(-error));
	return EXIT_REFUSED;
}

/* The filter is the kernel's own: bailiff records nothing of it. */
static int test_syscall(const struct test *t, struct tested *tested)
{
	struct simulate_answer *answer = &tested->answer;
	struct seccomp_decision decision;
	int error = seccomp_decide(t->policy, tested->action.syscall, &decision);

	if (error)
		return error;
	*answer = (struct simulate_answer){ .judged = seccomp_wanted(t->policy),
					    .verdict = EVENT_ALLOWED,
					    .reason = REASON_DEFAULT };
	if (!answer->judged)
		return 0;
	if (decision.rule) {
		const char *name = strrchr(decision.rule->file, '/');

		answer->reason = REASON_RULE;
		snprintf(tested->rule, sizeof(tested->rule), "%s:%u",
			 name ? name + 1 : decision.rule->file, decision.rule->line);
	}
	if (decision.action != ACTION_ALLOW && t->policy->mode == POLICY_MODE_AUDIT)
		answer->verdict = EVENT_WOULD_DENY;
	else if (decision.action != ACTION_ALLOW)
		answer->verdict = decision.action == ACTION_KILL ? EVENT_KILLED : EVENT_DENIED;
	return 0;
}

static int test_action(const struct test *t, struct tested *tested)
{
	int error = *tested->action.syscall
			    ? test_syscall(t, tested)
			    : simulate_action(t->image, t->named, &tested->action.what,
					      &tested->answer);

	if (!error && !*tested->action.syscall)
		error = image_rule_source(&t->image->head, t->image->words,
					  tested->answer.decision.rule, tested->rule,
					  sizeof(tested->rule));
	return error < 0 ? error : 0;
}

static bool has_rule(const struct tested *tested)
{
	return tested->answer.reason == REASON_RULE || tested->answer.reason == REASON_RANGE ||
	       tested->answer.reason == REASON_VALUE;
}

/* The rule, or why no rule decided. */
static const char *because(const struct tested *tested)
{
	if (!tested->answer.judged)
		return "not-judged";
	if (has_rule(tested))
		return tested->rule;
	return audit_reason_name(tested->answer.reason);
}

static int print_text(const struct tested *tested)
{
	OWNED(audit_text_free) struct audit_text text = { 0 };
	int error = action_text(&tested->action, &text);

	if (error)
		return error;
	printf("%s %s (%s), %s\n", audit_verdict_name(tested->answer.verdict), text.data,
	       because(tested), tested->answer.decision.record ? "recorded" : "not recorded");
	return 0;
}

static void add_string(struct json_object *object, const char *name, const char *value)
{
	json_object_object_add(object, name, json_object_new_string(value));
}

static int add_path(struct json_object *object, const char *name, const struct tested *tested,
		    int which)
{
	OWNED(audit_text_free) struct audit_text text = { 0 };
	const struct simulate_action *what = &tested->action.what;
	int error = action_path(what->path[which], what->directory[which], &text);

	if (!error)
		add_string(object, name, text.data);
	return error;
}

static int add_object(struct json_object *object, const struct tested *tested)
{
	const struct simulate_action *what = &tested->action.what;
	char letters[ACCESS_BITS + 1], address[INET6_ADDRSTRLEN];
	int error;

	if (*tested->action.syscall) {
		add_string(object, "syscall", tested->action.syscall);
		return 0;
	}
	if (simulate_has_address(what)) {
		action_address(what, address);
		add_string(object, "protocol", tested->action.proto);
		add_string(object, "address", address);
		json_object_object_add(object, "port", json_object_new_int(what->port));
		return 0;
	}
	if (simulate_is_socket(what)) {
		add_string(object, "socket", tested->action.proto);
		return 0;
	}
	if (what->event == EVENT_DEVICE)
		return action_json_device(what, object);
	if (what->event == EVENT_SYSCTL)
		return action_json_sysctl(what, object);
	if (what->event == EVENT_CAPABILITY)
		add_string(object, "capability", names_capabilities.names[what->capability]);
	if (simulate_has_number(what))
		return 0;
	names_access_text((uint16_t)(what->want[0] | what->want[1]), letters);
	add_string(object, "access", letters);
	error = add_path(object, "path", tested, 0);
	if (!error && simulate_has_pair(what))
		error = add_path(object, "new_path", tested, 1);
	return error;
}

static int add_json(struct json_object *list, const struct tested *tested)
{
	struct json_object *object = json_object_new_object();
	int error;

	add_string(object, "action", tested->action.verb);
	error = add_object(object, tested);
	add_string(object, "verdict", audit_verdict_name(tested->answer.verdict));
	add_string(object, "reason",
		   tested->answer.judged ? audit_reason_name(tested->answer.reason) : "not-judged");
	if (tested->answer.judged && has_rule(tested))
		add_string(object, "rule", tested->rule);
	json_object_object_add(object, "recorded",
			       json_object_new_boolean(tested->answer.decision.record));
	json_object_array_add(list, object);
	return error;
}

/* Nothing is printed before everything was understood. */
static int parse_actions(const struct test_options *o, struct tested **ret, size_t *n)
{
	struct tested *tested = calloc(o->n_actions, sizeof(*tested));
	struct fault fault;

	*ret = tested;
	for (size_t at = 0; tested && at < o->n_actions; ++*n) {
		int taken = action_parse(o->actions + at, o->n_actions - at, &tested[*n].action,
					 &fault);

		if (taken < 0)
			return cmd_fail(EXIT_REFUSED, "test", "action %zu: %s", *n + 1, fault.text);
		at += (size_t)taken;
	}
	return tested ? EXIT_DONE : cmd_fail(EXIT_REFUSED, "test", "%s", strerror(ENOMEM));
}

static int answer_all(const struct test *t, const struct test_options *o, struct tested *tested,
		      size_t n)
{
	struct json_object *list = json_object_new_array();
	int status = EXIT_DONE, expected = o->expect < 0 ? EVENT_ALLOWED : o->expect, error = 0;

	for (size_t i = 0; i < n && !error; i++) {
		error = test_action(t, &tested[i]);
		if (!error)
			error = o->json ? add_json(list, &tested[i]) : print_text(&tested[i]);
		if ((int)tested[i].answer.verdict != expected)
			status = EXIT_REFUSED;
	}
	if (o->json && !error)
		cmd_print_json(list);
	json_object_put(list);
	if (error || fflush(stdout))
		return cmd_fail(EXIT_REFUSED, "test", "%s", strerror(error ? -error : errno));
	return status;
}

int cmd_test(int argc, char **argv)
{
	struct test_options o = { .presets = SETTINGS_PRESET_DIR, .expect = -1 };
	OWNED(test_close) struct test t = { 0 };
	OWNED(free_memory) struct tested *tested = NULL;
	int status = parse(argc, argv, &o);
	size_t n = 0;

	if (status)
		return status;
	if (o.help) {
		printf("%s%s", usage_head, action_help);
		return cmd_usage(usage_tail);
	}
	status = test_open(&t, &o);
	if (status || !t.image)
		return status;
	status = parse_actions(&o, &tested, &n);
	return status ? status : answer_all(&t, &o, tested, n);
}
