/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a client may ask of the agent: {"command": "...", ...}. A key or a command that is
 * not listed here is an error, and so is a value of the wrong type or over its limit.
 *
 *   status, reload, unload   no further key
 *   ping    no further key; answered when all events up to now were passed on
 *   bind    cgroup (path from the root of the hierarchy), policy (name), name, start (bool:
 *           confine what is executed from now on, and leave running tasks alone); with a
 *           descriptor of a policy file: file (how messages call it), audit_only (bool), and
 *           policy may be absent if the file holds one policy. Without both the policy is
 *           selected by what is known of the container: name, cgroup, image, and the objects
 *           annotations, image_annotations and labels, with texts as values (agent/facts.h)
 *           From a runtime's hook also: runtime_id (how the runtime calls the container), outside
 *           (bool: the descriptor that comes along is of the runtime's own root directory),
 *           root_is_outside (bool: the container's root is that very directory), entry_point
 *           (path of the program that the container starts with, if it can be told: the reply to
 *           one that the policy denies says so), pid (of its first process), rootfs
 *           (where its root lies in the mount namespace of that process)
 *   unbind  one of id (cgroup id), cgroup, name, runtime_id; if_empty (bool: only if no confined
 *           task is left)
 *   seccomp what a runtime has to install for the policy that would be selected: the facts that
 *           bind takes, each of which may be missing
 *   tail    denied (bool), container (name or cgroup path), class (string)
 *
 * The reply to a bind with a file has the syscall filter that the policy wants, as the numbers of
 * "seccomp"; those to seccomp and to a runtime's hook have the section of the OCI runtime
 * specification, or null, as "seccomp" beside "policy" and "on_failure", or "bound": false if no
 * policy's select fits. The reply is {"ok": true, ...} or {"ok": false, "error": "...",
 * "diagnostics": [...]}.
 */
#ifndef BAILIFF_REQUEST_H
#define BAILIFF_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/fault.h"

struct json_object;

enum request_command {
	REQUEST_PING,
	REQUEST_STATUS,
	REQUEST_RELOAD,
	REQUEST_UNLOAD,
	REQUEST_BIND,
	REQUEST_UNBIND,
	REQUEST_TAIL,
	REQUEST_SECCOMP,
};

#define REQUEST_NAME_MAX 512 /* bytes of what a runtime calls a container, with the NUL */

/* Strings live as long as the object; NULL, 0 and false where a key is absent. */
struct request {
	struct json_object *object;
	enum request_command command;
	const char *cgroup;
	const char *policy;
	const char *name;
	const char *file;
	const char *container;
	const char *class;
	const char *image;
	const char *runtime_id;
	const char *entry_point;
	const char *rootfs;
	struct json_object *annotations, *image_annotations, *labels;
	uint64_t id;
	uint64_t pid;
	bool start;
	bool audit_only;
	bool denied;
	bool outside;
	bool root_is_outside;
	bool if_empty;
};

/* Parses the text of a frame; 0, or -EBADMSG or -EINVAL with the fault saying why. */
int request_parse(const char *text, size_t length, struct request *request, struct fault *fault);
void request_free(struct request *request);

#endif
