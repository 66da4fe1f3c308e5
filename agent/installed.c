/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "agent/cleanup.h"
#include "agent/installed.h"
#include "agent/registered.h"
#include "agent/tree.h"

#define USUAL_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static const struct {
	const char *name, *programs[2], *configurations[2];
	enum installed_way way;
	void (*check)(struct hook_check *check, int root);
} runtimes[] = {
	{ "podman",
	  { "podman" },
	  { "/etc/containers/containers.conf", "/usr/share/containers/containers.conf" },
	  INSTALLED_HOOKS,
	  registered_podman },
	{ "cri-o",
	  { "crio" },
	  { "/etc/crio/crio.conf", "/etc/crio/crio.conf.d" },
	  INSTALLED_HOOKS,
	  registered_crio },
	{ "containerd",
	  { "containerd" },
	  { "/etc/containerd/config.toml" },
	  INSTALLED_HOOKS,
	  registered_containerd },
	{ "docker", { "dockerd" }, { "/etc/docker/daemon.json" }, INSTALLED_CGROUPS, NULL },
	{ "crun", { "crun" }, { NULL }, INSTALLED_CALLER, NULL },
	{ "runc", { "runc" }, { NULL }, INSTALLED_CALLER, NULL },
	{ "lxc", { "lxc-start" }, { "/etc/lxc/lxc.conf" }, INSTALLED_CGROUPS, NULL },
	{ "systemd-nspawn", { "systemd-nspawn" }, { NULL }, INSTALLED_CGROUPS, NULL },
};

/* What may be executed in a list of directories like PATH. */
static bool find_program(int root, const char *search, const char *name, char ret[PATH_MAX])
{
	while (search && *search) {
		size_t length = strcspn(search, ":");
		struct stat status;

		snprintf(ret, PATH_MAX, "%.*s/%s", (int)length, search, name);
		if (*search == '/' && !tree_stat(root, ret, &status) && S_ISREG(status.st_mode) &&
		    status.st_mode & 0111)
			return true;
		search += length;
		search += *search == ':';
	}
	*ret = 0;
	return false;
}

void installed_each(int root, const char *search,
		    void (*found)(void *context, const struct installed *runtime), void *context)
{
	OWNED(free_memory) struct installed *runtime = malloc(sizeof(*runtime));

	for (size_t i = 0; runtime && i < sizeof(runtimes) / sizeof(runtimes[0]); i++) {
		struct stat status;

		*runtime = (struct installed){ .name = runtimes[i].name, .way = runtimes[i].way };
		for (int k = 0; k < 2 && runtimes[i].programs[k] && !*runtime->program; k++)
			if (!find_program(root, USUAL_PATH, runtimes[i].programs[k],
					  runtime->program))
				find_program(root, search, runtimes[i].programs[k],
					     runtime->program);
		for (int k = 0; k < 2 && runtimes[i].configurations[k]; k++)
			if (!*runtime->configuration &&
			    !tree_stat(root, runtimes[i].configurations[k], &status))
				strcpy(runtime->configuration, runtimes[i].configurations[k]);
		if (runtimes[i].check && (*runtime->program || *runtime->configuration))
			runtimes[i].check(&runtime->hook, root);
		found(context, runtime);
	}
}
