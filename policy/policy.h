/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policies as the user wrote them: the model, and the way from text to it.
 *
 * A loaded set is valid as a whole (docs: the policy language) and never changes. All memory
 * belongs to the set; pointers out of it live until policy_set_free().
 *
 * `extends` is resolved at loading: the named policies are merged in order and then the
 * policy's own content. Rules and lists accumulate without duplicates and keep the position
 * where they were written; of mode, on_failure, default and errno the later one wins;
 * `select` is not inherited. A section's `default` is required, its own or an inherited one.
 * A section that is absent is not judged.
 */
#ifndef BAILIFF_POLICY_POLICY_H
#define BAILIFF_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "bpf/abi_policy.h"
#include "policy/diag.h"

/* Where something was written: the file as the caller named it, and a line from 1. */
struct policy_pos {
	const char *file;
	unsigned line;
};

enum policy_action {
	ACTION_ALLOW,
	ACTION_DENY,
	ACTION_KILL,
};

enum policy_default {
	DEFAULT_UNSET,
	DEFAULT_ALLOW,
	DEFAULT_DENY,
};

/* One element of a list. Limits are given for sysctl writes only. */
struct policy_entry {
	const char *text;
	struct policy_pos pos;
	bool has_min, has_max;
	int64_t min, max;
};

static inline bool policy_entry_ranged(const struct policy_entry *entry)
{
	return entry->has_min || entry->has_max;
}

struct policy_entries {
	struct policy_entry *items;
	size_t count;
};

/* A section that is no more than a default and lists; not every section takes `kill`. */
struct policy_lists {
	bool present;
	struct policy_pos pos;
	enum policy_default dflt;
	struct policy_entries allow, deny, kill;
};

/* What file and network rules have in common; `audit` and `quiet` exclude each other. */
struct policy_verdict {
	enum policy_action action;
	bool audit; /* log even when allowed */
	bool quiet; /* deny without a log line */
};

struct file_rule {
	struct policy_pos pos;
	struct policy_verdict verdict;
	uint16_t access; /* ACCESS_*, as written */
	struct policy_entries paths;
};

struct policy_file {
	bool present;
	struct policy_pos pos;
	enum policy_default dflt;
	const struct file_rule **rules;
	size_t n_rules;
};

struct port_range {
	uint16_t first, last;
};

/* An address range, in network order; IPv4-mapped IPv6 of 96 bits and more is IPv4. */
struct cidr {
	bool v6;
	uint8_t prefix;
	uint8_t address[16];
};

struct net_rule {
	struct policy_pos pos;
	struct policy_verdict verdict;
	enum net_op op;
	const char *proto;	  /* as in names.h; NULL for every protocol */
	struct port_range *ports; /* none: every port */
	size_t n_ports;
	struct cidr *peers; /* `to` or `from`; none: every address */
	size_t n_peers;
	/* of Unix sockets; a rule that has one of these is on no other */
	struct policy_entries paths, abstracts;
};

static inline bool net_rule_is_unix(const struct net_rule *rule)
{
	return rule->paths.count || rule->abstracts.count;
}

struct policy_network {
	bool present;
	struct policy_pos pos;
	enum policy_default dflt;
	struct policy_entries sockets; /* "family/type" */
	const struct net_rule **rules;
	size_t n_rules;
};

/* Which containers: every key that is given must match, any element of it may. */
struct policy_select {
	bool present;
	struct policy_pos pos;
	struct policy_entries name, image, annotations, labels, cgroup;
	bool trust_annotations; /* those that the author of the image chose count too */
	bool is_default;	/* containers that no other policy selects */
	bool has_priority;
	int priority;
};

struct policy {
	const char *name;
	struct policy_pos pos;
	struct policy_entries extends;
	bool has_mode;
	enum policy_mode mode;
	bool has_on_failure;
	struct policy_pos on_failure_pos;
	enum policy_default on_failure; /* DEFAULT_DENY: the container does not start */
	struct policy_select select;
	struct policy_lists exec, capabilities;
	struct policy_entries process_deny, process_kill; /* operations */
	struct policy_file file;
	struct policy_network network;
	struct policy_lists device, sysctl_write, sysctl_read, seccomp;
	const char *seccomp_errno; /* "EPERM"; NULL if not given */
};

struct policy_set;

/* Reads, parses, resolves and validates files and directories (of a directory all *.cfg, by
 * name, no dotfiles). An `extends` name that no file defines is looked for in
 * preset_dir/NAME.cfg; preset_dir may be NULL. Returns 0, -EINVAL with errors in `diags`, or
 * another negative errno on I/O trouble, in `diags` as well. Files that use @include are
 * refused. */
int policy_set_load(struct policy_set **ret, const char *const *paths, size_t n,
		    const char *preset_dir, struct diag_list *diags);

/* The same for one open file that is called `display_name` in positions. */
int policy_set_load_stream(struct policy_set **ret, FILE *in, const char *display_name,
			   const char *preset_dir, struct diag_list *diags);

/* NULL is fine. */
void policy_set_free(struct policy_set *set);
void policy_set_freep(struct policy_set **set);

/* Policies in the order of their files; presets that were only extended don't count. */
size_t policy_set_count(const struct policy_set *set);
const struct policy *policy_set_at(const struct policy_set *set, size_t index);
const struct policy *policy_set_find(const struct policy_set *set, const char *name);

const char *policy_name(const struct policy *p);
enum policy_mode policy_mode(const struct policy *p);

/* Prints the canonical text, `extends` resolved: it parses to the same set and prints the
 * same again. Returns 0 or a negative errno of the stream. */
int policy_set_dump(const struct policy_set *set, FILE *out);

/* Adds notes on what a default "deny" does not cover, and on what needs more than the kernel. */
void policy_enforceable(const struct policy *p, struct diag_list *diags);

#endif
