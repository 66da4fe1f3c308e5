/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/oci_input.h"
#include "agent/oci_seccomp.h"
#include "agent/seccomp_words.h"

#define CALLS_MAX 65536 /* names and rules of a section; a filter has at most 4,096 steps */

static int wrong(struct fault *fault, const char *what)
{
	return fault_set(fault, -EINVAL, "linux.seccomp: %s", what);
}

void filter_section_clear(struct filter_section *section)
{
	for (size_t i = 0; i < section->count; i++)
		call_clear(&section->calls[i]);
	free(section->calls);
	json_object_put(section->index);
	*section = (struct filter_section){ 0 };
}

static struct call *find_call(const struct filter_section *section, const char *name)
{
	struct json_object *number;

	if (!json_object_object_get_ex(section->index, name, &number))
		return NULL;
	return &section->calls[json_object_get_int(number)];
}

static struct call *make_call(struct filter_section *section, const char *name)
{
	struct call *call = find_call(section, name);

	if (call)
		return call;
	if (!(section->count & (section->count - 1))) {
		size_t room = section->count ? section->count * 2 : 1;

		call = realloc(section->calls, room * sizeof(*call));
		if (!call)
			return NULL;
		section->calls = call;
	}
	if (json_object_object_add(section->index, name, json_object_new_int((int)section->count)))
		return NULL;
	call = &section->calls[section->count++];
	*call = (struct call){ .otherwise = section->dflt };
	return call;
}

/* A mask without bits tests nothing. */
static void add_test(struct cond *cond, const struct cond_test *test)
{
	if (test->op != COND_MASKED_EQ || test->value)
		cond->tests[cond->count++] = *test;
}

/* Runtimes take tests of one argument that is tested twice as rules of their own. */
static int add_rules(struct call *call, const struct cond_test *tests, size_t count,
		     struct call_action action)
{
	struct cond all = { 0 };
	bool twice = false;
	int error = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			twice |= tests[i].argument == tests[k].argument;
	for (size_t i = 0; !error && i < count; i++) {
		struct cond one = { 0 };

		add_test(twice ? &one : &all, &tests[i]);
		if (twice)
			error = call_add(call, &one, action);
	}
	return twice ? error : call_add(call, &all, action);
}

static int read_entry(struct filter_section *section, struct json_object *entry,
		      struct fault *fault)
{
	struct json_object *names = input_member(entry, "names", json_type_array);
	struct cond_test tests[COND_ARGUMENTS];
	struct call_action action;
	size_t count;

	if (!names)
		return wrong(fault, "syscalls without names");
	if (!seccomp_words_action(entry, "action", "errnoRet", &action))
		return wrong(fault, "syscalls with an unknown action");
	if (!seccomp_words_tests(entry, tests, &count))
		return wrong(fault, "syscalls with unknown args");
	for (size_t i = 0; i < json_object_array_length(names); i++) {
		struct json_object *name = json_object_array_get_idx(names, i);
		struct call *call;

		if (!json_object_is_type(name, json_type_string) ||
		    strlen(json_object_get_string(name)) !=
			    (size_t)json_object_get_string_len(name))
			return wrong(fault, "syscalls with a name that is none");
		if (section->count >= CALLS_MAX)
			return wrong(fault, "too many syscalls");
		call = make_call(section, json_object_get_string(name));
		if (!call || call->count >= CALLS_MAX || add_rules(call, tests, count, action))
			return fault_errno(fault, -ENOMEM, "linux.seccomp");
	}
	return 0;
}

int filter_section_read(struct filter_section *section, struct json_object *object,
			struct fault *fault)
{
	struct json_object *calls = input_member(object, "syscalls", json_type_array);
	int error = 0;

	*section = (struct filter_section){ .index = json_object_new_object() };
	if (!section->index)
		return fault_errno(fault, -ENOMEM, "linux.seccomp");
	if (!seccomp_words_action(object, "defaultAction", "defaultErrnoRet", &section->dflt))
		return wrong(fault, "unknown defaultAction");
	if (!calls && json_object_object_get(object, "syscalls"))
		return wrong(fault, "syscalls is no list");
	for (size_t i = 0; !error && calls && i < json_object_array_length(calls); i++)
		error = read_entry(section, json_object_array_get_idx(calls, i), fault);
	for (size_t i = 0; i < section->count; i++)
		call_settle(&section->calls[i]);
	return error;
}

struct call_action filter_section_decide(const struct filter_section *section, const char *name,
					 const uint64_t arguments[COND_ARGUMENTS])
{
	const struct call *call = find_call(section, name);

	return call ? call_decide(call, arguments) : section->dflt;
}

/* Calls that get the same, whatever their arguments, are one entry. */
struct writer {
	struct json_object *list;
	struct call_action actions[16];
	struct json_object *names[16];
	size_t count;
};

static struct json_object *new_entry(struct writer *writer, struct call_action action)
{
	struct json_object *entry = json_object_new_object(), *names = json_object_new_array();

	json_object_object_add(entry, "names", names);
	seccomp_words_put_action(entry, "action", "errnoRet", action);
	json_object_array_add(writer->list, entry);
	return entry;
}

static struct json_object *names_of(struct writer *writer, struct call_action action)
{
	struct json_object *names;

	for (size_t i = 0; i < writer->count; i++)
		if (call_action_equal(writer->actions[i], action))
			return writer->names[i];
	names = json_object_object_get(new_entry(writer, action), "names");
	if (writer->count < sizeof(writer->actions) / sizeof(*writer->actions)) {
		writer->actions[writer->count] = action;
		writer->names[writer->count++] = names;
	}
	return names;
}

static void write_call(struct writer *writer, const char *name, const struct call *call)
{
	for (size_t i = 0; i < call->count; i++) {
		const struct call_rule *rule = &call->rules[i];
		struct json_object *names, *entry;

		if (!rule->cond.count) {
			names = names_of(writer, rule->action);
			json_object_array_add(names, json_object_new_string(name));
			continue;
		}
		entry = new_entry(writer, rule->action);
		json_object_array_add(json_object_object_get(entry, "names"),
				      json_object_new_string(name));
		seccomp_words_put_tests(entry, &rule->cond);
	}
}

/* A call that a section does not name. */
static struct call unnamed(const struct filter_section *section)
{
	return (struct call){ .otherwise = section->dflt };
}

/* The call as the section has it, which keeps the rules. */
static struct call call_of(const struct filter_section *section, const char *name)
{
	const struct call *found = find_call(section, name);

	return found ? *found : unnamed(section);
}

static int merge_call(struct writer *writer, const struct filter_section *config,
		      const struct filter_section *policy, const char *name,
		      struct call_action dflt)
{
	const struct call theirs = call_of(config, name), ours = call_of(policy, name);
	struct call merged;
	int error = call_merge(&theirs, &ours, dflt, &merged);

	if (error)
		return error;
	write_call(writer, name, &merged);
	call_clear(&merged);
	return 0;
}

static int merge_calls(struct writer *writer, const struct filter_section *config,
		       const struct filter_section *policy, struct call_action dflt)
{
	int error = 0;

	json_object_object_foreach(config->index, name, number)
	{
		(void)number;
		if (!error)
			error = merge_call(writer, config, policy, name, dflt);
	}
	json_object_object_foreach(policy->index, other, unused)
	{
		(void)unused;
		if (!error && !find_call(config, other))
			error = merge_call(writer, config, policy, other, dflt);
	}
	return error;
}

/* The config's section with another default and other calls; what else is in it stays. */
static struct json_object *copy_section(struct json_object *config, struct call_action dflt,
					struct json_object *calls)
{
	struct json_object *section = json_object_new_object();

	json_object_object_foreach(config, key, value)
	{
		if (!strcmp(key, "defaultErrnoRet") || !strcmp(key, "syscalls"))
			continue;
		if (!strcmp(key, "defaultAction"))
			seccomp_words_put_action(section, key, "defaultErrnoRet", dflt);
		else
			json_object_object_add(section, key, json_object_get(value));
	}
	json_object_object_add(section, "syscalls", calls);
	return section;
}

/* As runc takes it: no filter. */
static bool says_nothing(struct json_object *config)
{
	struct json_object *calls = json_object_object_get(config, "syscalls");

	return !json_object_object_get(config, "defaultAction") &&
	       (!calls ||
		(json_object_is_type(calls, json_type_array) && !json_object_array_length(calls)));
}

int oci_seccomp_merge(struct json_object *config, struct json_object *policy,
		      struct json_object **merged, struct fault *fault)
{
	OWNED(filter_section_clear) struct filter_section theirs = { 0 }, ours = { 0 };
	struct writer writer = { 0 };
	struct call_action dflt;
	int error;

	if (!config || says_nothing(config)) {
		*merged = json_object_get(policy);
		return 0;
	}
	error = filter_section_read(&theirs, config, fault);
	if (!error)
		error = filter_section_read(&ours, policy, fault);
	if (error)
		return error;
	dflt = call_stricter(theirs.dflt, ours.dflt);
	writer.list = json_object_new_array();
	error = merge_calls(&writer, &theirs, &ours, dflt);
	if (error) {
		json_object_put(writer.list);
		return fault_errno(fault, error, "linux.seccomp");
	}
	*merged = copy_section(config, dflt, writer.list);
	return 0;
}

static bool covers_call(const struct filter_section *config, const struct filter_section *policy,
			const char *name)
{
	const struct call theirs = call_of(config, name), ours = call_of(policy, name);

	return call_covers(&theirs, &ours);
}

/* The first call that is let through, "" for those that neither names; NULL if none is. */
static const char *find_gap(const struct filter_section *config,
			    const struct filter_section *policy)
{
	const struct call theirs = unnamed(config), ours = unnamed(policy);

	json_object_object_foreach(policy->index, name, number)
	{
		(void)number;
		if (!covers_call(config, policy, name))
			return name;
	}
	json_object_object_foreach(config->index, other, unused)
	{
		(void)unused;
		if (!covers_call(config, policy, other))
			return other;
	}
	return call_covers(&theirs, &ours) ? NULL : "";
}

int oci_seccomp_covers(struct json_object *config, struct json_object *policy, struct fault *fault)
{
	OWNED(filter_section_clear) struct filter_section theirs = { 0 }, ours = { 0 };
	const char *gap;
	int error = filter_section_read(&ours, policy, fault);

	if (!error && config && !says_nothing(config))
		error = filter_section_read(&theirs, config, fault);
	else if (!error)
		theirs.index = json_object_new_object();
	if (error || !theirs.index)
		return error ? error : fault_errno(fault, -ENOMEM, "linux.seccomp");
	gap = find_gap(&theirs, &ours);
	if (!gap)
		return 0;
	return fault_set(fault, -EPERM,
			 "linux.seccomp of config.json lets %s%s through, which the policy denies: "
			 "see precreate in bailiff-hook(8)",
			 *gap ? gap : "calls", *gap ? "" : " that it does not name");
}
