/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the policy language, and the nearest one to a word that is none. */
#ifndef BAILIFF_POLICY_NAMES_H
#define BAILIFF_POLICY_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/abi_policy.h"

struct name_table {
	const char *const *names;
	size_t count;
};

extern const struct name_table names_modes;	   /* by enum policy_mode */
extern const struct name_table names_defaults;	   /* by enum policy_default - 1 */
extern const struct name_table names_actions;	   /* by enum policy_action */
extern const struct name_table names_ops;	   /* by enum net_op */
extern const struct name_table names_capabilities; /* by number, lower case without CAP_ */
extern const struct name_table names_process_deny; /* by enum operation */
extern const struct name_table names_families;
extern const struct name_table names_socket_types;
extern const struct name_table names_netlink; /* what follows "netlink/" */
extern const struct name_table names_protos;

/* Index of `text`, or -1. */
int names_find(const struct name_table *table, const char *text);

/* The name that is most like `text`, NULL if none is like it. */
const char *names_nearest(const struct name_table *table, const char *text);

/* What is right instead of `text`: `did you mean "x"?` or `write one of a, b, c`, cut to
 * `size`. Returns `buf`. */
const char *names_suggest(const struct name_table *table, const char *text, char *buf, size_t size);

struct proto_name {
	enum net_proto proto;
	bool ports;	  /* has port numbers that rules can name */
	bool connections; /* has listen and accept */
	bool shared;	  /* judged as one with others of its class */
};

/* What a name of names_protos means; NULL if it is none. */
const struct proto_name *names_proto(const char *text);

/* Number of a capability, of a family (AF_*) or of an errno; -1 if there is none. */
int names_family_number(const char *text);
const char *names_family(unsigned int number); /* NULL if there is none */
int names_errno_number(const char *text);

/* Letters to ACCESS_*, `*` for all; -1 with `bad` set to the letter that is none, or that
 * stands there twice. An empty text is 0. */
int names_access(const char *text, char *bad);

/* ACCESS_* to letters, "*" for all; needs ACCESS_BITS + 1 bytes. */
void names_access_text(uint16_t access, char *buf);

#endif
