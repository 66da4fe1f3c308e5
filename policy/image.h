/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compiled policies: the words that the kernel reads (bpf/abi_policy.h).
 *
 * Which rule decides an access to a path, for each bit by itself: among the rules that match
 * and have the bit, kill beats deny beats allow, and any rule beats the default. An allowed
 * access is recorded if one of the allowing rules has `audit`, and the first such rule (by
 * file and line) is named. A denial goes unrecorded only if all denying rules are `quiet`;
 * the first rule of the winning action that is not quiet is named, else the first. Rules
 * that are written on the same line of the same file are one rule by name.
 * Network rules decide in the same way; they also name the rule of an unrecorded allow. An
 * image holds no rule for a path access that is allowed and not recorded, unless it was
 * compiled for that.
 *
 * Several bits at once are denied if one of them is, and killed if one is; a bit that only the
 * default denies counts too, and has the denial recorded. The rule is that of the first bit, by
 * the order of ACCESS_LETTERS, that is denied by a rule of the winning action, one that is not
 * quiet if there is one; of what is allowed, that of the first bit that is to be recorded, else
 * of the first that a rule allows.
 *
 * Execution is decided by process.exec and by file rules with `x` together. Its default is
 * that of process.exec, else that of the file section, else allow.
 *
 * A network rule without `proto` holds for every protocol; with ports and without `proto`,
 * for TCP and UDP. A rule with IPv4 ranges only says nothing on IPv6 addresses, and the
 * other way round; a range that contains ::ffff:0:0/96 holds for all of IPv4 too.
 */
#ifndef BAILIFF_POLICY_IMAGE_H
#define BAILIFF_POLICY_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/abi_policy.h"
#include "policy/diag.h"
#include "policy/policy.h"

struct policy_image {
	struct policy_head head;
	uint64_t *words;
	size_t n_words;
};

/* Compiles one policy of a loaded set. Of the head, generation, slot, in_use and owner
 * stay 0, and mode is own_mode. Returns 0, -E2BIG with an error that names the limit and the
 * patterns that led to it, or -ENOMEM. */
int policy_compile(const struct policy *p, struct policy_image **ret, struct diag_list *diags);

/* The same rules in a larger image that tells the rule of each allowed access to a path, all of
 * which it would record. Nothing but these names is to be taken from it. */
int policy_compile_named(const struct policy *p, struct policy_image **ret,
			 struct diag_list *diags);

/* What is allowed where no rule matches: bits of ACCESS_ALL and NAME_ALL. */
uint16_t policy_default_allow(const struct policy *p);

/* NULL is fine. */
void policy_image_free(struct policy_image *image);
void policy_image_freep(struct policy_image **image);

/* Digest of the content: everything but generation, slot, mode, in_use, owner and the
 * digest itself. */
uint64_t image_digest(const struct policy_head *head, const uint64_t *words);

/* Writes "file.cfg:line" for a rule, "default" for BAILIFF_RULE_NONE. Trusts nothing of the
 * image, which has head->words words. Returns the length written, -EBADMSG if the image has
 * no such rule, or -ENOSPC; `buf` is "" then. */
int image_rule_source(const struct policy_head *head, const uint64_t *words, uint16_t rule,
		      char *buf, size_t size);

/* Proves that no decision can read outside of what the image means: every offset, base,
 * target and order. Returns 0, -EBADMSG or -ENOMEM. */
int image_check(const struct policy_head *head, const uint64_t *words);

#endif
