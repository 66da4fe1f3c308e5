/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fields of a record, by name, in a fixed order, the same for every format.
 *
 * Names of the Elastic Common Schema where it has one:
 *   @timestamp            RFC 3339, UTC, nanoseconds
 *   event.kind            event; metric (suppressed); pipeline_error (lost)
 *   event.category        process, file, network, configuration
 *   event.type            list: allowed or denied, and what kind of change it was
 *   event.action          see names.h; suppressed; lost
 *   event.outcome         success (allowed, would-deny), failure (denied, killed)
 *   event.reason          see names.h
 *   process.pid, process.thread.id, process.parent.pid, process.name, process.executable,
 *   process.args (list), process.exit_code (128 + signal if a signal ended it),
 *   user.id, group.id (effective, host's), container.id (as the runtime names it),
 *   container.name, container.runtime, container.image.name
 *   orchestrator.namespace, orchestrator.resource.name    the pod
 *   file.path             the object that was acted on, in the container's view; of rename
 *                         and link the existing name
 *   file.target_path      symlink: what it points to, as given
 *   destination.ip, destination.port    connect, sendmsg
 *   source.ip, source.port              bind: the local end, whichever side it becomes
 *   network.transport, network.type, network.iana_number (where transport has no name)
 *   rule.name             file.cfg:line, default, or #number where the file is not known
 *   rule.ruleset          the policy
 * Own names, where it has none:
 *   bailiff.verdict, bailiff.mode, bailiff.generation, bailiff.access (letters),
 *   bailiff.pod_container the container's name in its pod
 *   bailiff.cgroup        path of the bound cgroup
 *   bailiff.container_id  its id
 *   bailiff.cgroup_id     id of the cgroup in which the task is now, if another
 *   bailiff.capability    capability: its name without CAP_, its number if it has none here
 *   bailiff.target_pid    ptrace, signal_outside: the process that it was done to
 *   bailiff.ioctl         ioctl: the request, as 0x5401
 *   bailiff.xattr         setxattr, removexattr: the name of the attribute
 *   bailiff.new_path      rename, link: the new name
 *   bailiff.device        device: "c 1:3", with its number in decimal
 *   bailiff.sysctl.name   sysctl: "net.core.somaxconn"
 *   bailiff.sysctl.value  sysctl: what was to be written
 *   bailiff.sysctl.value_cut   true: only its first BAILIFF_SYSCTL_MAX - 1 bytes are known
 *   bailiff.signal        process-exit: what ended it
 *   bailiff.args_cut      true: the kernel passed on only the first BAILIFF_ARGS_MAX bytes
 *   bailiff.suppressed, bailiff.suppressed_action
 *   bailiff.lost.total, bailiff.lost.NAME    NAME: ring.denied, ring.other (no room in the
 *                         ring), unread.denied, unread.other (put there, never received),
 *                         malformed, memory, SINK.full, SINK.io, SINK.queue, SINK.size,
 *                         SINK.memory
 * A field whose value is not known, or means nothing for the action, is left out.
 */
#ifndef BAILIFF_AUDIT_FIELDS_H
#define BAILIFF_AUDIT_FIELDS_H

#include "audit/record.h"

/* Each function takes one field; what it returns, if not 0, ends the walk. */
struct audit_visitor {
	int (*text)(void *ctx, const char *name, struct audit_slice value);
	int (*list)(void *ctx, const char *name, struct audit_slice values); /* between NULs */
	int (*number)(void *ctx, const char *name, uint64_t value);
	int (*flag)(void *ctx, const char *name); /* true */
	void *ctx;
};

/* Takes the next value off a list. False: there is none. To begin, *rest is the list; an
 * empty list has one empty value. */
bool audit_list_next(struct audit_slice *rest, struct audit_slice *value);

/* Shows every field to the visitor; names are constant text except bailiff.lost.*, which are
 * gone after the call. 0, or what a function returned. */
int audit_fields_visit(const struct audit_record *record, const struct audit_visitor *visitor);

#endif
