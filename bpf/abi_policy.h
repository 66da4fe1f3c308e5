/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A compiled policy, as the BPF programs read it and user space writes it.
 *
 * A policy is a struct policy_head in the directory (one array per generation of the set,
 * swapped as a whole) and an image: an array of 64-bit words, written once before anything
 * points to it and never changed. Offsets and counts below are in words of that image.
 *
 * Path automaton. A state is named by the word it starts at, its base; base 0 is the dead
 * state. Word [base] is the state's header, DFA_HEADER(accept, default): the index + 1 of
 * its accept entry, 0 for none, and the state that follows on every byte class that has no
 * transition of its own; with DFA_REACHES_DENIAL if a denial can follow. The transition on
 * byte class c (1 to 255) is word [base + c] if DFA_CHECK() of it is base, else the header's
 * default. No base equals an accept index, so that a header is never taken for a transition.
 * A target with DFA_TRAP set never leaves itself: the path need not be read further. Rows of
 * several states overlap in the words that they leave free (row displacement: Aho, Sethi,
 * Ullman, "Compilers", 3.9).
 *
 * Addresses. Each operation has a table for IPv4 and one for IPv6, sorted by first address,
 * that covers all addresses from 0 on; an entry names a port table, sorted by key from 0 on.
 * IPv4: one word NET4_ENTRY(first address in host order, port table). IPv6: three words,
 * the high and low half of the first address in host order, and the port table. A port
 * table is a word with the number of its entries and then that many NET_PORT() words; its
 * key is NET_KEY(protocol class, port).
 */
#ifndef BAILIFF_ABI_POLICY_H
#define BAILIFF_ABI_POLICY_H

#include <linux/types.h>

#include "abi_limits.h"

enum policy_mode {
	POLICY_MODE_OFF = 0,   /* bound, not judged, not recorded */
	POLICY_MODE_AUDIT = 1, /* judged and recorded, nothing denied */
	POLICY_MODE_ENFORCE = 2,
};

/* Classes for which a policy has something to say; no bit, no work. */
enum policy_class {
	CLASS_EXEC = 1 << 0,
	CLASS_FILE = 1 << 1,
	CLASS_NETWORK = 1 << 2,
	CLASS_NETWORK_KILL = 1 << 3, /* a network rule with action "kill" exists */
};

/* Access letters, in the order of the policy language. ACCESS_EXEC is decided by
 * process.exec and by file rules with `x` together. A rule on `w` covers `a`. */
enum access_bit {
	ACCESS_READ_BIT,
	ACCESS_WRITE_BIT,
	ACCESS_APPEND_BIT,
	ACCESS_EXEC_BIT,
	ACCESS_MAP_BIT,
	ACCESS_CREATE_BIT,
	ACCESS_DELETE_BIT,
	ACCESS_LINK_BIT,
	ACCESS_SETATTR_BIT,
	ACCESS_IOCTL_BIT,
	ACCESS_BITS,
	/* names that are no paths don't begin with a slash */
	NAME_SYSCTL_READ_BIT = ACCESS_BITS, /* net/core/somaxconn */
	NAME_SYSCTL_WRITE_BIT,
	NAME_UNIX_CONNECT_BIT, /* @name of the abstract namespace; the path of any other */
	NAME_UNIX_BIND_BIT,
	NAME_BITS,
};

#define ACCESS_READ (1U << ACCESS_READ_BIT)
#define ACCESS_WRITE (1U << ACCESS_WRITE_BIT)
#define ACCESS_APPEND (1U << ACCESS_APPEND_BIT)
#define ACCESS_EXEC (1U << ACCESS_EXEC_BIT)
#define ACCESS_MAP (1U << ACCESS_MAP_BIT)
#define ACCESS_CREATE (1U << ACCESS_CREATE_BIT)
#define ACCESS_DELETE (1U << ACCESS_DELETE_BIT)
#define ACCESS_LINK (1U << ACCESS_LINK_BIT)
#define ACCESS_SETATTR (1U << ACCESS_SETATTR_BIT)
#define ACCESS_IOCTL (1U << ACCESS_IOCTL_BIT)
#define ACCESS_ALL ((1U << ACCESS_BITS) - 1)
#define ACCESS_LETTERS "rwaxmcdlsi" /* by bit */
#define NAME_SYSCTL_READ (1U << NAME_SYSCTL_READ_BIT)
#define NAME_SYSCTL_WRITE (1U << NAME_SYSCTL_WRITE_BIT)
#define NAME_UNIX_CONNECT (1U << NAME_UNIX_CONNECT_BIT)
#define NAME_UNIX_BIND (1U << NAME_UNIX_BIND_BIT)
#define NAME_ALL ((1U << NAME_BITS) - 1)

#define BAILIFF_RULE_NONE 0xffff /* the default decided */

/* What an accepting state says, per access bit; five words, in this layout. `deny` includes
 * `kill`; a bit is in at most one of `allow` and `deny`. */
struct policy_accept {
	__u16 allow;
	__u16 deny;
	__u16 kill;
	__u16 audit;		   /* record it even when allowed */
	__u16 quiet;		   /* do not record the denial */
	__u16 rule[NAME_BITS + 1]; /* deciding rule of each bit; the last one is padding */
};

#define ACCEPT_WORDS 5

#define DFA_TRAP 0x80000000U
#define DFA_BASE(target) ((target) & ~DFA_TRAP)
#define DFA_HEADER(accept, dflt) (((__u64)(accept) << 32) | (__u32)(dflt))
#define DFA_REACHES_DENIAL (1ULL << 63) /* in a header: some path from here on is denied */
#define DFA_ACCEPT(header) ((__u32)((header) >> 32) & 0x7fffffff)
#define DFA_DEFAULT(header) ((__u32)(header))
#define DFA_TRANSITION(check, next) (((__u64)(check) << 32) | (__u32)(next))
#define DFA_CHECK(word) ((__u32)((word) >> 32))
#define DFA_NEXT(word) ((__u32)(word))

enum net_op {
	NET_CONNECT, /* connect, and each message sent to an address */
	NET_BIND,
	NET_ACCEPT,
	NET_LISTEN,
	NET_OPS,
};

enum net_proto {
	NET_PROTO_TCP,
	NET_PROTO_UDP,
	NET_PROTO_OTHER,
	NET_PROTOS,
};

enum net_verdict {
	NET_ALLOW = 0,
	NET_DENY = 1,
	NET_KILL = 2,
};

#define NET_AUDIT 1 /* flags of NET_PORT */
#define NET_QUIET 2

#define NET4_ENTRY(first, table) (((__u64)(first) << 32) | (__u32)(table))
#define NET4_FIRST(word) ((__u32)((word) >> 32))
#define NET4_TABLE(word) ((__u32)(word))
#define NET6_WORDS 3
#define NET_KEY(proto, port) (((__u32)(proto) << 16) | (__u16)(port))
#define NET_PORT(key, verdict, flags, rule)                                                        \
	(((__u64)(key) << 32) | ((__u64)(verdict) << 24) | ((__u64)(flags) << 16) | (__u16)(rule))
#define NET_PORT_KEY(word) ((__u32)((word) >> 32))
#define NET_PORT_VERDICT(word) ((__u8)((word) >> 24))
#define NET_PORT_FLAGS(word) ((__u8)((word) >> 16))
#define NET_PORT_RULE(word) ((__u16)(word))

struct net_table {
	__u32 v4_off, v4_count; /* entries */
	__u32 v6_off, v6_count;
};

#define RULE_SOURCE(file, line) (((__u64)(file) << 32) | (__u32)(line))

struct policy_head {
	__u64 digest;	  /* of the content (image and head, but for generation, slot and mode) */
	__u32 generation; /* of the set that this directory is */
	__u32 slot;	  /* in policy_images */
	__u32 words;	  /* of the image */
	__u32 classes;	  /* CLASS_* */
	__u8 mode;	  /* enum policy_mode, as in force */
	__u8 in_use;	  /* 0: no policy has this number */
	__u8 private_;	  /* 1: added by `bailiff run`, not part of the policy directory */
	__u8 own_mode;	  /* enum policy_mode, as the policy says */
	__u16 default_allow; /* ACCESS_* and NAME_* that are allowed where no rule matches */
	__u16 pad0;
	__u32 dfa_start; /* base of the start state; bases count from dfa_off */
	__u32 dfa_off, dfa_words;
	__u32 accept_off, accept_count; /* entries of ACCEPT_WORDS each */
	struct net_table net[NET_OPS];
	__u32 rules_off, rules_count;	  /* one RULE_SOURCE() word each */
	__u32 files_off, files_count;	  /* one word each: byte offset << 32 | length in strings */
	__u32 strings_off, strings_words; /* bytes of file names, not NUL-terminated, padded */
	__u32 pad1;
	char name[BAILIFF_NAME_MAX];
	__u8 byte_class[256]; /* 1 to 255 */
};

_Static_assert(sizeof(struct policy_accept) == 8 * ACCEPT_WORDS, "layout of policy_accept");
_Static_assert(sizeof(struct policy_head) == 464, "layout of policy_head");

#endif
