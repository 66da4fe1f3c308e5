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
#include "agent/load.h"
#include "agent/probe.h"

static const char usage[] =
	"usage: bailiff doctor [OPTION]...\n"
	"\n"
	"Tries every hook that bailiff uses, and says which ones this kernel lacks and why. Exits\n"
	"with 3 if anything is missing. Needs root: nobody else may load BPF programs.\n"
	"\n"
	"  -o, --output json|text\n"
	"  --help\n";

struct examination {
	struct probe probe;
	struct json_object *report; /* NULL: text */
	struct json_object *hooks;
	unsigned int missing;
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

static int examine(bool json)
{
	struct examination e = { .report = json ? json_object_new_object() : NULL };
	int error;

	probe_open(&e.probe);
	examine_host(&e);
	if (json) {
		e.hooks = json_object_new_array();
		json_object_object_add(e.report, "hooks", e.hooks);
	}
	error = load_each_section(examine_hook, &e);
	probe_close(&e.probe);
	if (json) {
		json_object_object_add(e.report, "ok", json_object_new_boolean(!e.missing));
		cmd_print_json(e.report);
		json_object_put(e.report);
	}
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
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	bool json = false;
	int option;

	optind = 1;
	while ((option = args_next(argc, argv, "bailiff: doctor", "o:", options)) >= 0) {
		if (option == 'h')
			return cmd_usage(usage);
		if (option != 'o' || !cmd_output("doctor", optarg, &json))
			return EXIT_USAGE;
	}
	if (optind < argc)
		return cmd_fail(EXIT_USAGE, "doctor", "unexpected argument '%s'", argv[optind]);
	return examine(json);
}
