/* SPDX-License-Identifier: GPL-2.0-or-later */
/* precreate: podman is about to write the config.json that is on standard input, and takes instead
 * what is on standard output. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "agent/cleanup.h"
#include "agent/hook.h"
#include "agent/oci_cgroup.h"
#include "agent/oci_seccomp.h"

static int write_all(int out, const char *text, size_t length)
{
	while (length) {
		ssize_t written = write(out, text, length);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0) {
			text += written;
			length -= (size_t)written;
		}
	}
	return 0;
}

/* Beyond the 64 bits of json-c, which would make the nearest number of it. `digits` begin with no
 * zero that could be left out. */
static bool is_beyond(const char *digits, size_t count, bool negative)
{
	const char *most = negative ? "9223372036854775808" : "18446744073709551615";

	return count > strlen(most) || (count == strlen(most) && strncmp(digits, most, count) > 0);
}

/* Whether a text that is JSON has an integer that would not survive; others keep their text. */
static bool has_number_beyond(const char *at)
{
	bool quoted = false;

	for (; *at; at++) {
		size_t count = quoted ? 0 : strspn(at, "0123456789");

		if (quoted && *at == '\\')
			at++;
		else if (*at == '"')
			quoted = !quoted;
		if (!count)
			continue;
		if (!strchr(".eE", at[count]) && is_beyond(at, count, at[-1] == '-'))
			return true;
		at += strspn(at, "0123456789.eE+-") - 1;
	}
	return false;
}

static int put_section(const struct oci_config *config, struct json_object *section)
{
	struct json_object *linux_ = input_member(config->object, "linux", json_type_object);

	if (linux_)
		return json_object_object_add(linux_, "seccomp", section);
	linux_ = json_object_new_object();
	if (!linux_ || json_object_object_add(config->object, "linux", linux_))
		return -ENOMEM;
	return json_object_object_add(linux_, "seccomp", section);
}

/* 1: the config was changed. */
static int edit(struct hook *hook, const struct oci_config *config, struct json_object *reply)
{
	struct json_object *ours = input_member(reply, "seccomp", json_type_object), *merged;
	int error;

	if (!ours)
		return 0;
	error = hook_section_counts(hook, config, ours);
	if (!error)
		error = oci_seccomp_merge(config->seccomp, ours, &merged, &hook->fault);
	if (error)
		return error;
	return put_section(config, merged) ? fault_errno(&hook->fault, -ENOMEM, "config") : 1;
}

static int ask(struct hook *hook, const struct oci_config *config)
{
	OWNED(input_put) struct json_object *reply = NULL;
	struct oci_facts facts;
	char cgroup[PATH_MAX];
	bool known = config->cgroups_path && cgroups_path_expand(config->cgroups_path, cgroup);
	int r = oci_facts_of_config(&facts, config, &hook->fault);

	memcpy(hook->container, facts.name, sizeof(facts.name));
	if (!r)
		r = hook_ask_policy(hook, &facts, known ? cgroup : NULL, &reply);
	oci_facts_free(&facts);
	return r > 0 ? edit(hook, config, reply) : r;
}

static int print(const struct oci_config *config, int out)
{
	const char *text;
	size_t length;

	text = json_object_to_json_string_length(
		config->object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);
	return text ? write_all(out, text, length) : -ENOMEM;
}

/* Where there is nothing to add not one byte is changed. */
static int filter(struct hook *hook, const struct input *input, int out)
{
	OWNED(oci_config_free) struct oci_config config = { 0 };
	int r = oci_config_read(input, &config, &hook->fault), error;

	if (!r)
		r = ask(hook, &config);
	if (r < 0 && !hook->may_start)
		return r;
	if (r > 0 && has_number_beyond(input->data))
		return fault_set(&hook->fault, -ERANGE, "config.json: a number of over 64 bits");
	error = r > 0 ? print(&config, out) : write_all(out, input->data, input->length);
	if (!error)
		return r < 0 ? r : 0;
	hook->may_start = false;
	return fault_errno(&hook->fault, error, "standard output");
}

int hook_precreate(struct hook *hook, int in, int out)
{
	OWNED(input_free) struct input input = { 0 };
	int error = input_read(in, OCI_CONFIG_MAX, &input);

	if (error)
		return fault_errno(&hook->fault, error, "config.json");
	return filter(hook, &input, out);
}
