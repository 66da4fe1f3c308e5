/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bailiff doctor */
#include <json-c/json.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "agent/cgroup.h"
#include "agent/cleanup.h"
#include "agent/cmd.h"
#include "agent/hooks.h"
#include "agent/installed.h"
#include "agent/load.h"
#include "agent/probe.h"
#include "agent/tree.h"

static const char usage[] =
	"usage: bailiff doctor [OPTION]...\n"
	"\n"
	"Tries every hook that bailiff uses, and says which ones this kernel lacks and why. Exits\n"
	"with 3 if anything is missing. Needs root: nobody else may load BPF programs.\n"
	"Then says which container runtimes are here and whether they run bailiff-hook.\n"
	"\n"
	"  --root DIR           look for the runtimes of the tree at DIR, of an image say, and at\n"
	"                       nothing else; exits with 1 if one of them runs no hook\n"
	"  -o, --output json|text\n"
	"  --help\n";

struct examination {
	struct probe probe;
	struct json_object *report; /* NULL: text */
	struct json_object *hooks, *runtimes;
	unsigned int missing;
	unsigned int without_hook; /* runtimes */
};

static void print_item(struct examination *e, const char *name, const char *text, bool found)
{
	e->missing += !found;
	if (e->report)
		json_object_object_add(e->report, name,
				       found ? json_object_new_string(text) : NULL);
	else
		printf("%-28s %s\n", name, text);
}

static void examine_hook(void *context, const char *section, bool optional)
{
	struct examination *e = context;
	struct json_object *hook;
	struct fault why = { "" };
	int error = probe_section(&e->probe, section, &why);
	const char *class = hook_class_name(hook_class(section));

	optional = optional && !probe_exists(&e->probe, section);
	e->missing += error && !optional;
	if (!e->report) {
		printf("%-28s %-9s %s%s%s\n", section, class,
		       !error	  ? "available"
		       : optional ? "not needed here"
				  : "missing",
		       error ? ": " : "", why.text);
		return;
	}
	hook = json_object_new_object();
	json_object_object_add(hook, "hook", json_object_new_string(section));
	json_object_object_add(hook, "class", json_object_new_string(class));
	json_object_object_add(hook, "available", json_object_new_boolean(!error));
	json_object_object_add(hook, "needed", json_object_new_boolean(!optional));
	if (error)
		json_object_object_add(hook, "why", json_object_new_string(why.text));
	json_object_array_add(e->hooks, hook);
}

static void close_mounts(FILE **mounts)
{
	if (*mounts)
		endmntent(*mounts);
}

static bool find_bpf_mount(char path[PATH_MAX])
{
	OWNED(close_mounts) FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *entry;

	while (mounts && (entry = getmntent(mounts))) {
		if (strcmp(entry->mnt_type, "bpf"))
			continue;
		snprintf(path, PATH_MAX, "%s", entry->mnt_dir);
		return true;
	}
	return false;
}

static void examine_host(struct examination *e)
{
	char path[PATH_MAX];
	struct utsname host;

	if (!uname(&host))
		print_item(e, "kernel", host.release, true);
	print_item(e, "type information", e->probe.kernel ? "/sys/kernel/btf/vmlinux" : "missing",
		   e->probe.kernel != NULL);
	print_item(e, "security modules", *e->probe.lsm_error ? e->probe.lsm_error : e->probe.lsm,
		   true);
	if (cgroup_mount_point(path))
		print_item(e, "cgroup2", "missing: mount -t cgroup2 none /sys/fs/cgroup", false);
	else
		print_item(e, "cgroup2", path, true);
	if (find_bpf_mount(path))
		print_item(e, "bpf file system", path, true);
	else
		print_item(e, "bpf file system", "missing: mount -t bpf bpf /sys/fs/bpf", false);
}

static struct json_object *text_or_null(const char *text)
{
	return *text ? json_object_new_string(text) : NULL;
}

static void report_runtime(struct examination *e, const struct installed *runtime,
			   const char *state)
{
	struct json_object *object = json_object_new_object(), *hook = json_object_new_object();
	struct json_object *stages = json_object_new_array();

	for (int i = 0; i < HOOK_CHECK_STAGES; i++)
		if (runtime->hook.stages[i])
			json_object_array_add(stages, json_object_new_string(hook_check_stages[i]));
	json_object_object_add(hook, "state", json_object_new_string(state));
	json_object_object_add(hook, "stages", stages);
	json_object_object_add(hook, "file", text_or_null(runtime->hook.file));
	json_object_object_add(hook, "program", text_or_null(runtime->hook.program));
	json_object_object_add(hook, "why", text_or_null(runtime->hook.why));
	json_object_object_add(object, "name", json_object_new_string(runtime->name));
	json_object_object_add(object, "program", text_or_null(runtime->program));
	json_object_object_add(object, "configuration", text_or_null(runtime->configuration));
	json_object_object_add(object, "hook", hook);
	json_object_array_add(e->runtimes, object);
}

static void print_runtime(const struct installed *runtime, const char *state)
{
	const struct hook_check *hook = &runtime->hook;
	char name[40];

	printf("%-28s %s%s\n", runtime->name,
	       *runtime->program ? runtime->program : runtime->configuration,
	       *runtime->program ? "" : ", no program in PATH");
	snprintf(name, sizeof(name), "%s hook", runtime->name);
	printf("%-28s ", name);
	if (runtime->way == INSTALLED_CALLER)
		puts("those of the config.json of whoever calls it");
	else if (runtime->way == INSTALLED_CGROUPS)
		printf("%s runs none: its containers are found by their cgroups\n", runtime->name);
	else if (hook->state == HOOK_CHECK_READY)
		printf("%s: %s, by %s\n", state, hook->program, hook->file);
	else
		printf("hook %s: containers of %s start unconfined%s: %s\n", state, runtime->name,
		       hook->state == HOOK_CHECK_BROKEN ? " or not at all" : "", hook->why);
}

static void examine_runtime(void *context, const struct installed *runtime)
{
	static const char *const states[] = {
		[HOOK_CHECK_MISSING] = "missing",
		[HOOK_CHECK_BROKEN] = "broken",
		[HOOK_CHECK_READY] = "registered",
	};
	struct examination *e = context;
	const char *state = runtime->way == INSTALLED_CALLER	? "caller"
			    : runtime->way == INSTALLED_CGROUPS ? "none"
								: states[runtime->hook.state];

	if (!*runtime->program && !*runtime->configuration)
		return;
	e->without_hook +=
		runtime->way == INSTALLED_HOOKS && runtime->hook.state != HOOK_CHECK_READY;
	if (e->report)
		report_runtime(e, runtime, state);
	else
		print_runtime(runtime, state);
}

static int examine_runtimes(struct examination *e, const char *root)
{
	OWNED(close_fd) int fd = tree_open(root ? root : "/");

	if (fd < 0)
		return cmd_fail(EXIT_REFUSED, "doctor", "%s: %s", root, strerror(-fd));
	if (e->report) {
		e->runtimes = json_object_new_array();
		json_object_object_add(e->report, "runtimes", e->runtimes);
	}
	installed_each(fd, root ? NULL : getenv("PATH"), examine_runtime, e);
	return EXIT_DONE;
}

static int examine_kernel(struct examination *e)
{
	int error;

	probe_open(&e->probe);
	examine_host(e);
	if (e->report) {
		e->hooks = json_object_new_array();
		json_object_object_add(e->report, "hooks", e->hooks);
	}
	error = load_each_section(examine_hook, e);
	probe_close(&e->probe);
	return error;
}

static int examine(bool json, const char *root)
{
	struct examination e = { .report = json ? json_object_new_object() : NULL };
	int error = root ? 0 : examine_kernel(&e), status = examine_runtimes(&e, root);

	if (json) {
		json_object_object_add(
			e.report, "ok",
			json_object_new_boolean(!e.missing && !(root && e.without_hook)));
		if (!status)
			cmd_print_json(e.report);
		json_object_put(e.report);
	}
	if (status)
		return status;
	if (root)
		return e.without_hook ? EXIT_REFUSED : EXIT_DONE;
	if (error)
		return cmd_fail(EXIT_REFUSED, "doctor", "BPF object file: %s", strerror(-error));
	if (e.missing && geteuid())
		cmd_fail(EXIT_KERNEL, "doctor", "not root: what is missing may be there");
	return e.missing ? EXIT_KERNEL : EXIT_DONE;
}

int cmd_doctor(int argc, char **argv)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "root", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *root = NULL;
	bool json = false;
	int option;

	optind = 1;
	while ((option = args_next(argc, argv, "bailiff: doctor", "o:", options)) >= 0) {
		if (option == 'h')
			return cmd_usage(usage);
		if (option == 'r')
			root = optarg;
		else if (option != 'o' || !cmd_output("doctor", optarg, &json))
			return EXIT_USAGE;
	}
	if (optind < argc)
		return cmd_fail(EXIT_USAGE, "doctor", "unexpected argument '%s'", argv[optind]);
	return examine(json, root);
}
