/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program that a container starts with, as far as it can be told before the container's
 * mounts are made. It serves a message only: the kernel judges what is executed.
 */
#ifndef BAILIFF_OCI_ENTRY_H
#define BAILIFF_OCI_ENTRY_H

#include <limits.h>

#include "agent/oci_config.h"

/* Writes the path that the first word of process.args leads to below the directory `root`, by
 * process.cwd and by PATH in process.env as a runtime looks for it, with all symbolic links
 * followed. False: it can't be told, for it leads through a mount of the container, or nowhere. */
bool oci_entry_find(const struct oci_config *config, int root, char path[PATH_MAX]);

/* Writes the path of what a descriptor is open on; false if it has none. */
bool oci_path_of(int fd, char path[PATH_MAX]);

#endif
