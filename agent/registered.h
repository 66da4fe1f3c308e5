/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where each container runtime looks for hooks, by its configuration below `root` (see
 * agent/tree.h), and whether ours is there. */
#ifndef BAILIFF_REGISTERED_H
#define BAILIFF_REGISTERED_H

#include "agent/hook_check.h"

/* hooks_dir of [engine] in containers.conf(5); /usr/share/containers/oci/hooks.d without. */
void registered_podman(struct hook_check *check, int root);

/* hooks_dir of [crio.runtime] in crio.conf(5); the same default. */
void registered_crio(struct hook_check *check, int root);

/* base_runtime_spec of every handler in containerd's config.toml and what it imports. */
void registered_containerd(struct hook_check *check, int root);

#endif
