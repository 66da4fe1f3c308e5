/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/registered.h"
#include "agent/toml.h"
#include "agent/tree.h"

#define HOOKS_DIRECTORY "/usr/share/containers/oci/hooks.d"
#define MAX_STRINGS 32

/* Texts that live together; what finds no room is left out, and `full` says so. */
struct strings {
	char *items[MAX_STRINGS];
	size_t count;
	bool full;
};

static void strings_add(struct strings *strings, const char *text)
{
	char *copy = strings->count < MAX_STRINGS ? strdup(text) : NULL;

	if (copy)
		strings->items[strings->count++] = copy;
	else
		strings->full = true;
}

static void strings_clear(struct strings *strings)
{
	for (size_t i = 0; i < strings->count; i++)
		free(strings->items[i]);
	*strings = (struct strings){ 0 };
}

/* The file of the configuration that is not understood, if any. */
struct trouble {
	char text[PATH_MAX + 64];
};

static void read_toml(int root, const char *file, const struct toml_visitor *visitor,
		      struct trouble *trouble)
{
	OWNED(free_memory) char *text = tree_read(root, file);
	unsigned int line = text ? toml_visit(text, visitor) : 0;

	if (line && !*trouble->text)
		snprintf(trouble->text, sizeof(trouble->text), "%s:%u: not understood", file, line);
	else if (!text && errno != ENOENT && !*trouble->text)
		snprintf(trouble->text, sizeof(trouble->text), "%s: %s", file, strerror(errno));
}

static void read_toml_directory(int root, const char *directory, const char *pattern,
				const struct toml_visitor *visitor, struct trouble *trouble)
{
	char **names = NULL, path[PATH_MAX];
	int count = tree_list(root, directory, pattern, &names);

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		read_toml(root, path, visitor, trouble);
	}
	if (count >= 0)
		tree_free_names(names, count);
}

/* A configuration that can't be read to its end may say anything. */
static void judge(struct hook_check *check, const struct trouble *trouble)
{
	if (!*trouble->text || check->state == HOOK_CHECK_BROKEN)
		return;
	check->state = HOOK_CHECK_BROKEN;
	snprintf(check->why, sizeof(check->why), "%s", trouble->text);
}

struct hooks_dir {
	const char *key;
	struct strings directories;
};

static void hooks_dir_key(void *context, const char *name)
{
	struct hooks_dir *dir = context;

	if (!strcmp(name, dir->key))
		strings_clear(&dir->directories);
}

static void hooks_dir_string(void *context, const char *name, const char *value)
{
	struct hooks_dir *dir = context;

	if (!strcmp(name, dir->key))
		strings_add(&dir->directories, value);
}

static void finish_directories(struct hook_check *check, int root, struct hooks_dir *dir,
			       const struct trouble *trouble)
{
	size_t used = 0;

	hook_check_directories(check, root, dir->directories.items, dir->directories.count);
	if (check->state == HOOK_CHECK_MISSING) {
		used = (size_t)snprintf(check->why, sizeof(check->why), "no file in");
		for (size_t i = 0; i < dir->directories.count && used < sizeof(check->why); i++)
			used += (size_t)snprintf(check->why + used, sizeof(check->why) - used,
						 "%s %s", i ? " or" : "",
						 dir->directories.items[i]);
		if (used < sizeof(check->why))
			snprintf(check->why + used, sizeof(check->why) - used, " names %s",
				 HOOK_CHECK_NAME);
	}
	judge(check, trouble);
	strings_clear(&dir->directories);
}

void registered_podman(struct hook_check *check, int root)
{
	struct hooks_dir dir = { .key = "engine.hooks_dir" };
	const struct toml_visitor visitor = { hooks_dir_key, hooks_dir_string, &dir };
	struct trouble trouble = { "" };

	strings_add(&dir.directories, HOOKS_DIRECTORY);
	read_toml(root, "/usr/share/containers/containers.conf", &visitor, &trouble);
	read_toml_directory(root, "/usr/share/containers/containers.conf.d", "*.conf", &visitor,
			    &trouble);
	read_toml(root, "/etc/containers/containers.conf", &visitor, &trouble);
	read_toml_directory(root, "/etc/containers/containers.conf.d", "*.conf", &visitor,
			    &trouble);
	finish_directories(check, root, &dir, &trouble);
}

void registered_crio(struct hook_check *check, int root)
{
	struct hooks_dir dir = { .key = "crio.runtime.hooks_dir" };
	const struct toml_visitor visitor = { hooks_dir_key, hooks_dir_string, &dir };
	struct trouble trouble = { "" };

	strings_add(&dir.directories, HOOKS_DIRECTORY);
	read_toml(root, "/etc/crio/crio.conf", &visitor, &trouble);
	read_toml_directory(root, "/etc/crio/crio.conf.d", "*", &visitor, &trouble);
	finish_directories(check, root, &dir, &trouble);
	if (check->stages[HOOK_CHECK_PRECREATE] && check->state != HOOK_CHECK_BROKEN) {
		check->state = HOOK_CHECK_BROKEN;
		snprintf(check->why, sizeof(check->why),
			 "one is for the stage precreate, which CRI-O does not know");
	}
}

/* The handlers of containerd by their names, with the last base_runtime_spec of each. */
struct handlers {
	struct strings names, specs;
	struct strings imports;
};

static const char *const marker = ".runtimes.";

/* The place of the handler that a key belongs to, MAX_STRINGS for none; *rest: what follows. */
static size_t find_handler(struct handlers *handlers, const char *name, const char **rest)
{
	const char *at = strstr(name, marker);
	char handler[TOML_MAX];
	size_t length, i = 0;

	if (!at)
		return MAX_STRINGS;
	at += strlen(marker);
	length = strcspn(at, ".");
	snprintf(handler, sizeof(handler), "%.*s", (int)length, at);
	*rest = at + length;
	while (i < handlers->names.count && strcmp(handlers->names.items[i], handler))
		i++;
	if (i == handlers->names.count) {
		strings_add(&handlers->names, handler);
		strings_add(&handlers->specs, "");
	}
	return i < handlers->specs.count ? i : MAX_STRINGS;
}

static void handler_key(void *context, const char *name)
{
	const char *rest;

	find_handler(context, name, &rest);
}

static void handler_string(void *context, const char *name, const char *value)
{
	struct handlers *handlers = context;
	const char *rest;
	size_t i = find_handler(handlers, name, &rest);

	if (!strcmp(name, "imports"))
		strings_add(&handlers->imports, value);
	if (i == MAX_STRINGS || strcmp(rest, ".base_runtime_spec"))
		return;
	free(handlers->specs.items[i]);
	handlers->specs.items[i] = strdup(value);
}

static void read_imports(int root, struct handlers *handlers, const struct toml_visitor *visitor,
			 struct trouble *trouble)
{
	for (size_t i = 0; i < handlers->imports.count; i++) {
		char directory[PATH_MAX];
		char *slash;

		snprintf(directory, sizeof(directory), "%s%s",
			 *handlers->imports.items[i] == '/' ? "" : "/etc/containerd/",
			 handlers->imports.items[i]);
		slash = strrchr(directory, '/');
		*slash = 0;
		read_toml_directory(root, directory, slash + 1, visitor, trouble);
	}
}

static void missing(struct hook_check *check, const char *what, const char *name)
{
	*check = (struct hook_check){ 0 };
	snprintf(check->why, sizeof(check->why), "%s%s", what, name);
}

/* The first handler that is not in order speaks for all. */
static void check_handlers(struct hook_check *check, int root, const struct handlers *handlers)
{
	if (!handlers->names.count)
		return missing(check, "no handler has a base_runtime_spec", "");
	for (size_t i = 0; i < handlers->names.count; i++) {
		const char *spec = i < handlers->specs.count ? handlers->specs.items[i] : NULL;

		if (!spec || !*spec)
			return missing(check, "no base_runtime_spec for handler ",
				       handlers->names.items[i]);
		hook_check_spec(check, root, spec);
		if (check->state == HOOK_CHECK_MISSING)
			return missing(check, spec, " does not name " HOOK_CHECK_NAME);
		if (check->state != HOOK_CHECK_READY)
			return;
	}
	if (handlers->names.full || handlers->specs.full)
		return missing(check, "too many handlers", "");
}

void registered_containerd(struct hook_check *check, int root)
{
	struct handlers handlers = { 0 };
	const struct toml_visitor visitor = { handler_key, handler_string, &handlers };
	struct trouble trouble = { "" };

	read_toml(root, "/etc/containerd/config.toml", &visitor, &trouble);
	read_imports(root, &handlers, &visitor, &trouble);
	check_handlers(check, root, &handlers);
	judge(check, &trouble);
	strings_clear(&handlers.names);
	strings_clear(&handlers.specs);
	strings_clear(&handlers.imports);
}
