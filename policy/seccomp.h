/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Syscall filters. What a policy says on a call, by its name, and the program that libseccomp
 * makes of it.
 *
 * kill beats deny beats allow, and any of them beats the default. A name also stands for what
 * the same operation is called on the other architectures whose calls this kernel takes: a
 * denial of chown holds for chown32 of int 0x80.
 */
#ifndef BAILIFF_POLICY_SECCOMP_H
#define BAILIFF_POLICY_SECCOMP_H

#include <linux/filter.h>

#include "policy/policy.h"
#include "policy/seccomp_names.h"

#define SECCOMP_ARCHITECTURES 3 /* at most: native, and what is compatible with it */

struct seccomp_decision {
	enum policy_action action;
	const struct policy_pos *rule; /* NULL: the default */
};

/* Is there a call of that name? */
bool seccomp_known(const char *name);

/* Decides a call, whatever the mode. Returns 0, or -ENOENT if there is no call of that name. */
int seccomp_decide(const struct policy *p, const char *name, struct seccomp_decision *ret);

/* A call that is not left to the default. */
struct seccomp_rule {
	char name[SECCOMP_NAME_MAX];
	int number; /* libseccomp's, native or not */
	enum policy_action action;
	const struct policy_pos *pos;
};

/* A part of the ipc(2) multiplexer, without the version in the upper half of its argument. */
struct seccomp_ipc {
	unsigned call;
	enum policy_action action;
};

#define SECCOMP_IPC_CALLS 12

/* All that a policy says, each call once. */
struct seccomp_rules {
	struct seccomp_rule *items;
	size_t count;
	struct seccomp_ipc ipc[SECCOMP_IPC_CALLS];
	size_t n_ipc;
};

/* Returns 0 or -ENOMEM. */
int seccomp_rules_build(const struct policy *p, struct seccomp_rules *ret);
void seccomp_rules_clear(struct seccomp_rules *rules);

/* libseccomp's action for one of ours in a mode; audit: what would be denied is logged. */
uint32_t seccomp_action(const struct policy *p, enum policy_action action, bool audit);
uint32_t seccomp_default(const struct policy *p, bool audit);

/* Tokens of the architectures that a filter is for, the native one first; how many. */
size_t seccomp_architectures(uint32_t ret[SECCOMP_ARCHITECTURES]);

/* Whether a policy wants a filter. */
static inline bool seccomp_wanted(const struct policy *p)
{
	return p->seccomp.present && p->mode != POLICY_MODE_OFF;
}

/* What the kernel is given; no code: no filter. */
struct seccomp_program {
	struct sock_filter *code;
	uint16_t count;
};

/* Returns 0, -E2BIG with an error if the kernel would not take it, or another negative errno
 * with an error. `audit_only` takes enforce for audit. */
int seccomp_compile(const struct policy *p, bool audit_only, struct seccomp_program *ret,
		    struct diag_list *diags);
void seccomp_program_clear(struct seccomp_program *program);

/* Adds an error if the filter would let nothing start. */
void seccomp_check(const struct policy *p, struct diag_list *diags);

#endif
