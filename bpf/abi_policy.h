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

enum policy_owner {
	POLICY_OF_DIRECTORY = 0,
	POLICY_PRIVATE = 1, /* added by `bailiff run` */
	/* Judges nobody. The paths that it lets be read are the cgroups that are bound when they
	 * are made; the line of the rule that decides is the number of the policy. Those that it
	 * lets be written are cgroups that container runtimes make. */
	POLICY_WATCH = 2,
};

/* Classes for which a policy has something to say; no bit, no work. */
enum policy_class {
	CLASS_EXEC = 1 << 0,
	CLASS_FILE = 1 << 1,
	CLASS_NETWORK = 1 << 2,
	CLASS_NETWORK_KILL = 1 << 3, /* a network rule with action "kill" exists */
	CLASS_CAPABILITY = 1 << 4,
	CLASS_PROCESS = 1 << 5, /* process.deny or process.kill, but for those that follow */
	CLASS_WX_MEMORY = 1 << 6,
	CLASS_SIGNAL = 1 << 7,
	CLASS_CGROUP = 1 << 8,
	/* rules or a default that can deny or record these accesses exist */
	CLASS_MAP = 1 << 16,
	CLASS_SETATTR = 1 << 17,
	CLASS_IOCTL = 1 << 18,
	CLASS_APPEND = 1 << 19, /* a file may be appended to that may not be written */
	CLASS_DEVICE = 1 << 9,
	CLASS_SYSCTL_READ = 1 << 10,
	CLASS_SYSCTL_WRITE = 1 << 11,
	CLASS_SOCKET = 1 << 12,	 /* of network, like the next two: which may be created */
	CLASS_ACCEPT = 1 << 13,	 /* some connection that comes in is denied or recorded */
	CLASS_UNIX = 1 << 14,	 /* a rule on Unix sockets exists */
	CLASS_SECCOMP = 1 << 30, /* no program judges it: it is what user space installs */
};

/* What process.deny names, in the order of names_process_deny. */
enum operation {
	OPERATION_PTRACE,
	OPERATION_USERNS,
	OPERATION_MOUNT,
	OPERATION_BPF,
	OPERATION_MODULE,
	OPERATION_PERF,
	OPERATION_KEYRING,
	OPERATION_IO_URING,
	OPERATION_USERFAULTFD,
	OPERATION_MEMFD_EXEC,
	OPERATION_DELETED_EXEC,
	OPERATION_WX_MEMORY,
	OPERATION_SETNS,
	OPERATION_SIGNAL_OUTSIDE,
	OPERATION_CGROUP_ESCAPE,
	OPERATION_REBOOT,
	OPERATION_SETTIME,
	OPERATION_SYSLOG,
	OPERATIONS,
};

/* The class that judges an operation: one of its own where the hook is hot or often idle. */
#define OPERATION_CLASS(operation)                                                                 \
	((operation) == OPERATION_WX_MEMORY	   ? CLASS_WX_MEMORY                               \
	 : (operation) == OPERATION_SIGNAL_OUTSIDE ? CLASS_SIGNAL                                  \
	 : (operation) == OPERATION_CGROUP_ESCAPE  ? CLASS_CGROUP                                  \
						   : CLASS_PROCESS)

/* A set of things that have a number and no path: capabilities by their number in
 * linux/capability.h, enum operation. `deny` includes `kill`. The image has a word for each
 * number below rules_count: the rule that decides on it. */
struct number_set {
	__u64 deny;
	__u64 kill;
	__u32 rules_off, rules_count;
};

/* Access letters, in the order of the policy language. ACCESS_EXEC is decided by
 * process.exec and by file rules with `x` together. A rule on `w` covers `a`, a denial of `x`
 * covers `m`. */
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
#define ACCESS_KEPT (ACCESS_ALL | NAME_UNIX_CONNECT) /* what a name must not lose denials of */
#define NAME_ALL ((1U << NAME_BITS) - 1)

#define BAILIFF_RULE_NONE 0xffff /* the default decided */

/* What an accepting state says, per access bit; five words, in this layout. `deny` includes
 * `kill`; a bit is in at most one of `allow` and `deny`. `ranges` is not 0 only where
 * NAME_SYSCTL_WRITE is in `allow`. */
struct policy_accept {
	__u16 allow;
	__u16 deny;
	__u16 kill;
	__u16 audit;	       /* record it even when allowed */
	__u16 quiet;	       /* do not record the denial */
	__u16 rule[NAME_BITS]; /* deciding rule of each bit */
	__u16 ranges;	       /* number + 1 of the ranges of which a new value has to fit one; 0 */
};

#define ACCEPT_WORDS 5

#define DFA_TRAP 0x80000000U
#define DFA_BASE(target) ((target) & ~DFA_TRAP)
#define DFA_HEADER(accept, dflt) (((__u64)(accept) << 32) | (__u32)(dflt))
#define DFA_REACHES_DENIAL                                                                         \
	(1ULL << 63) /* in a header: ACCESS_KEPT of some path from here on is denied */
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

/* Which sockets may be created: a port table of its own, by this key. Of netlink the
 * protocol alone counts: the type is 0 there. */
#define SOCKET_PROTOCOL_MAX 0xfffff
#define SOCKET_KEY(family, type, protocol)                                                         \
	(((__u32)(family) << 24) | (((__u32)(type)&15) << 20) |                                    \
	 ((__u32)(protocol) < SOCKET_PROTOCOL_MAX ? (__u32)(protocol) : SOCKET_PROTOCOL_MAX))
#define SOCKET_FAMILY(key) ((key) >> 24)
#define SOCKET_TYPE(key) ((key) >> 20 & 15)
#define SOCKET_PROTOCOL(key) ((key)&SOCKET_PROTOCOL_MAX)

struct net_table {
	__u32 v4_off, v4_count; /* entries */
	__u32 v6_off, v6_count;
};

/* Devices: one word each, sorted by rule. */
#define DEVICE_READ 1U
#define DEVICE_WRITE 2U
#define DEVICE_MKNOD 4U
#define DEVICE_ACCESS (DEVICE_READ | DEVICE_WRITE | DEVICE_MKNOD)
#define DEVICE_LETTERS "rwm" /* by bit */
#define DEVICE_BLOCK 1U
#define DEVICE_CHAR 2U

#define DEVICE_ENTRY(major, minor, rule)                                                           \
	(((__u64)(major) << 36) | ((__u64)(minor) << 16) | (__u16)(rule))
#define DEVICE_ENTRY_TYPES(types) ((__u64)(types) << 48)
#define DEVICE_ENTRY_ACCESS(access) ((__u64)(access) << 50)
#define DEVICE_ENTRY_DENY (1ULL << 53)
#define DEVICE_ENTRY_ANY_MAJOR (1ULL << 54)
#define DEVICE_ENTRY_ANY_MINOR (1ULL << 55)
#define DEVICE_RULE(word) ((__u16)(word))
#define DEVICE_MINOR(word) ((__u32)((word) >> 16) & 0xfffff)
#define DEVICE_MAJOR(word) ((__u32)((word) >> 36) & 0xfff)
#define DEVICE_TYPES(word) ((__u32)((word) >> 48) & 3)
#define DEVICE_ACCESS_OF(word) ((__u32)((word) >> 50) & DEVICE_ACCESS)

/* Ranges of new values of sysctls: head->range_count words RANGE_SET(), and what they name:
 * three words for each range, RANGE_ENTRY() and the limits, sorted by rule. */
#define RANGE_SET(off, count) (((__u64)(off) << 32) | (__u32)(count))
#define RANGE_SET_OFF(word) ((__u32)((word) >> 32))
#define RANGE_SET_COUNT(word) ((__u32)(word))
#define RANGE_WORDS 3
#define RANGE_HAS_MIN 1
#define RANGE_HAS_MAX 2
#define RANGE_ENTRY(flags, rule) (((__u64)(flags) << 16) | (__u16)(rule))
#define RANGE_FLAGS(word) ((__u32)((word) >> 16))
#define RANGE_RULE(word) ((__u16)(word))

#define RULE_SOURCE(file, line) (((__u64)(file) << 32) | (__u32)(line))

struct policy_head {
	__u64 digest; /* of the content (image and head, but for generation, slot, mode and owner)
		       */
	__u32 generation;    /* of the set that this directory is */
	__u32 slot;	     /* in policy_images */
	__u32 words;	     /* of the image */
	__u32 classes;	     /* CLASS_* */
	__u8 mode;	     /* enum policy_mode, as in force */
	__u8 in_use;	     /* 0: no policy has this number */
	__u8 owner;	     /* enum policy_owner */
	__u8 own_mode;	     /* enum policy_mode, as the policy says */
	__u16 default_allow; /* ACCESS_* and NAME_* that are allowed where no rule matches */
	__u16 pad0;
	__u32 dfa_start; /* base of the start state; bases count from dfa_off */
	__u32 dfa_off, dfa_words;
	__u32 accept_off, accept_count; /* entries of ACCEPT_WORDS each */
	struct net_table net[NET_OPS];
	__u32 watch; /* of number 0 only: number + 1 of the POLICY_WATCH; 0: there is none */
	struct number_set capabilities;
	struct number_set operations;
	__u32 rules_off, rules_count;	  /* one RULE_SOURCE() word each */
	__u32 files_off, files_count;	  /* one word each: byte offset << 32 | length in strings */
	__u32 strings_off, strings_words; /* bytes of file names, not NUL-terminated, padded */
	__u32 device_off, device_count;	  /* DEVICE_ENTRY() words */
	__u32 device_default;		  /* DEVICE_* that are allowed where no entry matches */
	__u32 range_off, range_count;	  /* RANGE_SET() words */
	__u32 sockets_off;		  /* with CLASS_SOCKET */
	char name[BAILIFF_NAME_MAX];
	__u8 byte_class[256]; /* 1 to 255 */
};

_Static_assert(sizeof(struct policy_accept) == 8 * ACCEPT_WORDS, "layout of policy_accept");
_Static_assert(sizeof(struct policy_head) == 536, "layout of policy_head");

#endif
