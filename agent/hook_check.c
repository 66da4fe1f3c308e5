/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/hook_check.h"
#include "agent/tree.h"

const char *const hook_check_stages[HOOK_CHECK_STAGES] = { "createRuntime", "precreate",
							   "poststop" };

__attribute__((format(printf, 2, 3))) static void complain(struct hook_check *check,
							   const char *format, ...)
{
	va_list arguments;

	if (check->state == HOOK_CHECK_BROKEN)
		return; /* the first fault is the one to be mended first */
	check->state = HOOK_CHECK_BROKEN;
	va_start(arguments, format);
	vsnprintf(check->why, sizeof(check->why), format, arguments);
	va_end(arguments);
}

/* What anybody but the owner of the tree can change is no hook. */
static void check_owner(struct hook_check *check, const char *path, const struct stat *status,
			const struct stat *top)
{
	if (status->st_uid != top->st_uid)
		complain(check, "%s: belongs to user %u", path, status->st_uid);
	else if (status->st_mode & 022)
		complain(check, "%s: can be written by others", path);
}

static void check_program(struct hook_check *check, int root, const char *program)
{
	char directory[PATH_MAX];
	struct stat top, status;
	char *slash;

	if (*program != '/' || strlen(program) >= sizeof(directory)) {
		complain(check, "%s: not an absolute path", program);
		return;
	}
	if (tree_stat(root, "/", &top))
		return complain(check, "%s: cannot be looked at", program);
	/* The runtime says nothing of it; podman leaves such a hook out. */
	if (tree_stat(root, program, &status))
		return complain(check, "%s: does not exist", program);
	if (!S_ISREG(status.st_mode) || !(status.st_mode & 0100))
		return complain(check, "%s: cannot be executed", program);
	check_owner(check, program, &status, &top);
	strcpy(directory, program);
	while ((slash = strrchr(directory, '/')) && slash != directory) {
		*slash = 0;
		if (!tree_stat(root, directory, &status))
			check_owner(check, directory, &status, &top);
	}
}

static const char *get_text(struct json_object *object, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

static bool is_ours(struct json_object *hook)
{
	const char *path = get_text(hook, "path");
	const char *slash = path ? strrchr(path, '/') : NULL;

	return path && !strcmp(slash ? slash + 1 : path, HOOK_CHECK_NAME);
}

/* A hook that is run at a stage must be told that it is this one. */
static void take_hook(struct hook_check *check, int root, const char *file,
		      struct json_object *hook, int stage)
{
	const char *path = get_text(hook, "path"), *name = hook_check_stages[stage];
	struct json_object *arguments = NULL, *last = NULL;

	if (json_object_object_get_ex(hook, "args", &arguments) &&
	    json_object_is_type(arguments, json_type_array) &&
	    json_object_array_length(arguments) > 1)
		last = json_object_array_get_idx(arguments,
						 json_object_array_length(arguments) - 1);
	check->stages[stage] = true;
	if (check->state == HOOK_CHECK_MISSING)
		check->state = HOOK_CHECK_READY;
	if (stage == HOOK_CHECK_CREATE_RUNTIME) {
		snprintf(check->file, sizeof(check->file), "%s", file);
		snprintf(check->program, sizeof(check->program), "%s", path);
	}
	if (!json_object_is_type(last, json_type_string) ||
	    strcmp(json_object_get_string(last), name))
		complain(check, "%s: args of %s: write [ \"%s\", \"%s\" ]", file, name,
			 HOOK_CHECK_NAME, name);
	check_program(check, root, path);
}

static int stage_of(struct json_object *name)
{
	for (int i = 0; json_object_is_type(name, json_type_string) && i < HOOK_CHECK_STAGES; i++)
		if (!strcmp(json_object_get_string(name), hook_check_stages[i]))
			return i;
	return -1;
}

static bool is_for_all(struct json_object *file)
{
	struct json_object *when, *always;

	return json_object_object_get_ex(file, "when", &when) &&
	       json_object_object_get_ex(when, "always", &always) &&
	       json_object_get_boolean(always);
}

static void read_hook_file(struct hook_check *check, int root, const char *file)
{
	OWNED(free_memory) char *text = tree_read(root, file);
	struct json_object *object = text ? json_tokener_parse(text) : NULL, *hook, *stages;
	const char *version = get_text(object, "version");

	if (json_object_object_get_ex(object, "hook", &hook) && is_ours(hook) &&
	    json_object_object_get_ex(object, "stages", &stages) &&
	    json_object_is_type(stages, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(stages); i++) {
			int stage = stage_of(json_object_array_get_idx(stages, i));

			if (stage >= 0)
				take_hook(check, root, file, hook, stage);
		}
		if (!version || strcmp(version, "1.0.0"))
			complain(check, "%s: version: write \"1.0.0\"", file);
		if (!is_for_all(object))
			complain(check,
				 "%s: when: not for all containers: write { \"always\": true }",
				 file);
	}
	json_object_put(object);
}

static bool is_masked(int root, char *const *later, size_t count, const char *name)
{
	char path[PATH_MAX];
	struct stat status;

	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", later[i], name);
		if (!tree_stat(root, path, &status))
			return true;
	}
	return false;
}

static void finish(struct hook_check *check)
{
	if (!check->stages[HOOK_CHECK_CREATE_RUNTIME] && check->state == HOOK_CHECK_READY)
		check->state = HOOK_CHECK_MISSING;
}

void hook_check_directories(struct hook_check *check, int root, char *const *directories,
			    size_t count)
{
	*check = (struct hook_check){ 0 };
	for (size_t i = 0; i < count; i++) {
		char **names = NULL, path[PATH_MAX];
		int n = tree_list(root, directories[i], "*.json", &names);

		for (int k = 0; k < n; k++) {
			if (is_masked(root, directories + i + 1, count - i - 1, names[k]))
				continue;
			snprintf(path, sizeof(path), "%s/%s", directories[i], names[k]);
			read_hook_file(check, root, path);
		}
		if (n >= 0)
			tree_free_names(names, n);
	}
	finish(check);
}

void hook_check_spec(struct hook_check *check, int root, const char *file)
{
	OWNED(free_memory) char *text = tree_read(root, file);
	struct json_object *object = text ? json_tokener_parse(text) : NULL, *hooks, *list;

	*check = (struct hook_check){ 0 };
	if (!object)
		complain(check, "%s: %s", file, text ? "not JSON" : strerror(errno));
	for (int stage = 0; stage < HOOK_CHECK_STAGES; stage++) {
		if (!json_object_object_get_ex(object, "hooks", &hooks) ||
		    !json_object_object_get_ex(hooks, hook_check_stages[stage], &list) ||
		    !json_object_is_type(list, json_type_array))
			continue;
		for (size_t i = 0; i < json_object_array_length(list); i++)
			if (is_ours(json_object_array_get_idx(list, i)))
				take_hook(check, root, file, json_object_array_get_idx(list, i),
					  stage);
	}
	json_object_put(object);
	finish(check);
}
