/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What podman and CRI-O keep of their containers, in the store that both have of
 * containers/storage: STORE/DRIVER-containers/containers.json, and beside it
 * volatile-containers.json for those that go at the next boot. What is in there was written by the
 * manager alone.
 */
#ifndef BAILIFF_OCI_STORE_H
#define BAILIFF_OCI_STORE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct json_object;

/* Writes STORE/DRIVER-containers of a bundle that is STORE/DRIVER-containers/ID/userdata; false
 * for any other bundle. */
bool store_of_bundle(const char *bundle, const char *id, char directory[PATH_MAX]);

/* The same of a root that lies below STORE/DRIVER: of the first such store that is there. */
bool store_of_root(const char *root, char directory[PATH_MAX]);

/* Finds a container by its id: 0 and its entry, the caller's; -ENOENT; -EBADMSG if what is there
 * can't be understood, or another negative errno. */
int store_find(const char *directory, const char *id, struct json_object **entry);

/* The same in the text of one list. */
int store_find_in(const char *text, size_t length, const char *id, struct json_object **entry);

#endif
