/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <libconfig.h>
#include <stddef.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/settings.h"
#include "agent/hooks.h"
#include "bpf/abi_limits.h"

enum kind { KIND_PATH, KIND_DEFAULT, KIND_BOOL, KIND_NUMBER, KIND_POWER, KIND_CLASSES };

#define MEMBER(name) #name, offsetof(struct settings, name)

static const struct key {
	const char *name;
	size_t offset;
	enum kind kind;
	uint32_t min, max;
} keys[] = {
	{ MEMBER(policy_dir), KIND_PATH, 1, 0 },
	{ MEMBER(watch_policies), KIND_BOOL, 0, 0 },
	{ MEMBER(preset_dir), KIND_PATH, 1, 0 },
	{ MEMBER(pin_dir), KIND_PATH, 1, 0 },
	{ MEMBER(control_socket), KIND_PATH, 1, 0 },
	{ MEMBER(log_file), KIND_PATH, 0, 0 },
	{ MEMBER(on_failure), KIND_DEFAULT, 0, 0 },
	{ MEMBER(syslog), KIND_BOOL, 0, 0 },
	{ MEMBER(audit_only), KIND_BOOL, 0, 0 },
	{ MEMBER(syslog_rate), KIND_NUMBER, 1, 1000000 },
	{ MEMBER(allow_missing), KIND_CLASSES, 0, 0 },
	{ MEMBER(ring_denied), KIND_POWER, 1 << 16, 1 << 28 },
	{ MEMBER(ring_other), KIND_POWER, 1 << 16, 1 << 28 },
	{ MEMBER(max_tasks), KIND_NUMBER, 1024, 1 << 22 },
	{ MEMBER(max_containers), KIND_NUMBER, 16, 1 << 16 },
};

int settings_set(char **member, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return -ENOMEM;
	free(*member);
	*member = copy;
	return 0;
}

int settings_init(struct settings *settings)
{
	struct settings fresh = {
		.policy_dir = strdup(SETTINGS_POLICY_DIR),
		.preset_dir = strdup(SETTINGS_PRESET_DIR),
		.pin_dir = strdup(SETTINGS_PIN_DIR),
		.control_socket = strdup(SETTINGS_CONTROL_SOCKET),
		.log_file = strdup(SETTINGS_LOG_FILE),
		.on_failure = strdup("deny"),
		.syslog = true,
		.syslog_rate = 100,
		.ring_denied = 1 << 20,
		.ring_other = 1 << 22,
		.max_tasks = BAILIFF_MAX_TASKS,
		.max_containers = BAILIFF_MAX_CONTAINERS,
	};

	if (fresh.policy_dir && fresh.preset_dir && fresh.pin_dir && fresh.control_socket &&
	    fresh.log_file && fresh.on_failure) {
		*settings = fresh;
		return 0;
	}
	settings_free(&fresh);
	return -ENOMEM;
}

void settings_free(struct settings *settings)
{
	free(settings->policy_dir);
	free(settings->preset_dir);
	free(settings->pin_dir);
	free(settings->control_socket);
	free(settings->log_file);
	free(settings->on_failure);
	*settings = (struct settings){ 0 };
}

static int copy_settings(const struct settings *from, struct settings *to)
{
	struct settings copy = *from;

	copy.policy_dir = strdup(from->policy_dir);
	copy.preset_dir = strdup(from->preset_dir);
	copy.pin_dir = strdup(from->pin_dir);
	copy.control_socket = strdup(from->control_socket);
	copy.log_file = strdup(from->log_file);
	copy.on_failure = strdup(from->on_failure);
	if (copy.policy_dir && copy.preset_dir && copy.pin_dir && copy.control_socket &&
	    copy.log_file && copy.on_failure) {
		*to = copy;
		return 0;
	}
	settings_free(&copy);
	return -ENOMEM;
}

/* A setting, and where to complain about it. */
struct place {
	const char *file;
	config_setting_t *setting;
	struct fault *fault;
};

static int complain(const struct place *place, const char *what)
{
	return fault_set(place->fault, -EINVAL, "%s:%u: %s: %s", place->file,
			 config_setting_source_line(place->setting),
			 config_setting_name(place->setting), what);
}

static int take_path(const struct place *place, const struct key *key, char **member)
{
	const char *text = config_setting_get_string(place->setting);

	if (!text)
		return complain(place, "must be a string");
	if (*text != '/' && (key->min || *text))
		return complain(place, "must be an absolute path");
	return settings_set(member, text);
}

static int take_default(const struct place *place, char **member)
{
	const char *text = config_setting_get_string(place->setting);

	if (!text || (strcmp(text, "deny") && strcmp(text, "allow")))
		return complain(place, "must be \"deny\" or \"allow\"");
	return settings_set(member, text);
}

static int take_number(const struct place *place, const struct key *key, uint32_t *member)
{
	int type = config_setting_type(place->setting);
	long long value = config_setting_get_int64(place->setting);
	char what[128];

	if (type == CONFIG_TYPE_INT)
		value = config_setting_get_int(place->setting);
	else if (type != CONFIG_TYPE_INT64)
		return complain(place, "must be a number");
	if (value < key->min || value > key->max) {
		snprintf(what, sizeof(what), "must be %u to %u", key->min, key->max);
		return complain(place, what);
	}
	if (key->kind == KIND_POWER && (value & (value - 1)))
		return complain(place, "must be a power of two");
	*member = (uint32_t)value;
	return 0;
}

static int take_classes(const struct place *place, uint32_t *member)
{
	uint32_t all = 0;

	if (!config_setting_is_array(place->setting) && !config_setting_is_list(place->setting))
		return complain(place, "must be a list of classes");
	for (int i = 0; i < config_setting_length(place->setting); i++) {
		const char *name = config_setting_get_string_elem(place->setting, i);
		struct fault why;
		uint32_t class;

		if (!name)
			return complain(place, "must be a list of strings");
		if (hook_classes_parse(name, &class, &why))
			return complain(place, why.text);
		all |= class;
	}
	*member = all;
	return 0;
}

static int take_bool(const struct place *place, bool *member)
{
	if (config_setting_type(place->setting) != CONFIG_TYPE_BOOL)
		return complain(place, "must be true or false");
	*member = config_setting_get_bool(place->setting);
	return 0;
}

static int take_setting(const struct place *place, struct settings *settings)
{
	const char *name = config_setting_name(place->setting);

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		void *member = (char *)settings + keys[i].offset;

		if (strcmp(keys[i].name, name))
			continue;
		switch (keys[i].kind) {
		case KIND_PATH:
			return take_path(place, &keys[i], member);
		case KIND_DEFAULT:
			return take_default(place, member);
		case KIND_BOOL:
			return take_bool(place, member);
		case KIND_CLASSES:
			return take_classes(place, member);
		default:
			return take_number(place, &keys[i], member);
		}
	}
	return complain(place, "unknown key");
}

static int read_settings(config_t *parsed, FILE *in, const char *path, struct settings *settings,
			 struct fault *fault)
{
	config_setting_t *root;

	if (!config_read(parsed, in))
		return fault_set(fault, -EINVAL, "%s:%d: %s", path, config_error_line(parsed),
				 config_error_text(parsed));
	root = config_root_setting(parsed);
	for (int i = 0; i < config_setting_length(root); i++) {
		config_setting_t *setting = config_setting_get_elem(root, (unsigned int)i);
		const char *included = config_setting_source_file(setting);
		struct place place = { included ? included : path, setting, fault };
		int error = take_setting(&place, settings);

		if (error)
			return error;
	}
	return 0;
}

int settings_read(struct settings *settings, const char *path, struct fault *fault)
{
	OWNED(close_file) FILE *in = fopen(path, "re");
	struct settings changed;
	config_t parsed;
	int error;

	if (!in)
		return fault_errno(fault, -errno, "%s", path);
	error = copy_settings(settings, &changed);
	if (error)
		return fault_errno(fault, error, "%s", path);
	config_init(&parsed);
	error = read_settings(&parsed, in, path, &changed, fault);
	config_destroy(&parsed);
	if (error) {
		settings_free(&changed);
		return error;
	}
	settings_free(settings);
	*settings = changed;
	return 0;
}
