/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the path of a cgroup says of the container that it is: where container runtimes put
 * their containers. Paths are of cgroup v2, from the root of the hierarchy. `ID` stands for 64
 * hexadecimal digits, SLICES for the root, anything that ends with a slice of systemd, or the
 * manager of a user in one. What lies below a container can look like one, too: whoever asks goes
 * from above, and no further than to the first.
 *
 *   SLICES/docker-ID.scope  /docker/ID                                       docker
 *   SLICES/cri-containerd-ID.scope  SLICES/nerdctl-ID.scope  /default/ID     containerd
 *   SLICES/crio-ID.scope  /kubepods/.../podUID/crio-ID  /crio/crio-ID        cri-o
 *   /kubepods/.../podUID/ID                                  containerd, or docker
 *   SLICES/libpod-ID.scope  /libpod_parent/libpod-ID                         podman
 *   /libpod_parent/POD/libpod-ID                                             podman
 *   SLICES/lxc.payload.NAME  /lxc/NAME                                       lxc
 *   SLICES/systemd-nspawn@NAME.service/payload  SLICES/machine-NAME.scope    systemd-nspawn
 *   SLICES/NAME.service                                                      systemd
 *
 * SLICES/SLICE:docker:ID is what runc makes of the name for systemd where it does not use
 * systemd; the same for cri-containerd, crio, libpod and nerdctl. crun puts the processes of
 * a container in a cgroup `container` below the scope, systemd-nspawn in `payload`.
 */
#ifndef BAILIFF_RUNTIMES_H
#define BAILIFF_RUNTIMES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct runtimes_cgroup {
	const char *runtime;	 /* constant; NULL: several put containers there */
	char id[NAME_MAX + 1];	 /* as the runtime names it; of a service its unit */
	char name[NAME_MAX + 1]; /* what a person would call it: 12 digits of the id, or the name */
	bool service;		 /* of systemd, not a container */
	bool inner;		 /* below the container's own cgroup, for its processes */
};

/* Whether the path is that of a container or service, and not one above or below it; fills
 * *ret if it is. */
bool runtimes_recognise(const char *path, struct runtimes_cgroup *ret);

/* Globs (policy/glob.h) of the containers' own cgroups: what runtimes_recognise() takes, without
 * services and inner cgroups. NULL at the end. */
extern const char *const runtimes_globs[];

#endif
