/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's decision in user space: bpf/match.h over an image in memory.
 */
#ifndef BAILIFF_POLICY_SIMULATE_H
#define BAILIFF_POLICY_SIMULATE_H

#include <stdbool.h>

#include "bpf/abi_event.h"
#include "policy/image.h"

typedef const struct policy_image image_t;
#define MATCH_INLINE inline

static inline bool image_read(image_t *image, __u32 index, __u64 *ret)
{
	if (index >= image->n_words)
		return false;
	*ret = image->words[index];
	return true;
}

#include "bpf/match.h"

/* Decides the access bits `want` (ACCESS_*) to a path. Classes that the policy does not judge
 * are allowed. Returns 0 or -EINVAL for a path that is not absolute or too long. */
int simulate_access(const struct policy_image *image, const char *path, uint32_t want,
		    struct decision *ret);

/* Whether a directory that moves from one path to the other takes files out of a denial: 1 or 0;
 * -EINVAL as above. */
int simulate_loses_below(const struct policy_image *image, const char *from, const char *to);

/* What the tables of an image say on an address in network order; simulate_action() says what
 * the hooks make of it. An IPv4-mapped IPv6 address is IPv4. Returns 0 or -EINVAL for an unknown
 * operation or protocol. */
int simulate_net4(const struct policy_image *image, enum net_op op, enum net_proto proto,
		  const uint8_t address[4], uint16_t port, struct decision *ret);
int simulate_net6(const struct policy_image *image, enum net_op op, enum net_proto proto,
		  const uint8_t address[16], uint16_t port, struct decision *ret);

static inline int simulate_connect4(const struct policy_image *image, enum net_proto proto,
				    const uint8_t address[4], uint16_t port, struct decision *ret)
{
	return simulate_net4(image, NET_CONNECT, proto, address, port, ret);
}

static inline int simulate_connect6(const struct policy_image *image, enum net_proto proto,
				    const uint8_t address[16], uint16_t port, struct decision *ret)
{
	return simulate_net6(image, NET_CONNECT, proto, address, port, ret);
}

/* An operation as the hooks see it. Paths are those that the kernel found: absolute, without
 * `.` and `..`, from the root of the container's mount namespace. */
struct simulate_action {
	enum event_action event;
	uint32_t classes; /* CLASS_*: it is judged by policies that have one of them */
	/* names: one, or the existing one and the new one */
	char path[2][BAILIFF_PATH_MAX];
	uint32_t want[2]; /* ACCESS_* */
	bool keeps[2];	  /* as in struct name_pair */
	bool directory[2];
	uint32_t name_length; /* of path[0] that is no path, "@" included; 0: it is a path */
	uint32_t type;	      /* of a socket or device */
	/* a socket to be created */
	uint32_t family, protocol;
	/* addresses, in network order; IPv4 in the first four bytes */
	enum net_op op;
	enum net_proto proto;
	bool v6;
	uint8_t address[16];
	uint16_t port;
	/* capabilities; an operation has its number in `event` */
	uint32_t capability;
	/* EVENT_DEVICE; its access is DEVICE_* in want[0] */
	uint32_t major, minor;
	/* EVENT_SYSCTL: path[0] is the kernel's name, path[1] the value; access is NAME_* */
};

struct simulate_answer {
	bool judged; /* else the policy has nothing to say to this */
	struct decision decision;
	enum event_verdict verdict; /* in the policy's mode */
	enum event_reason reason;
};

static inline bool simulate_has_pair(const struct simulate_action *action)
{
	return action->event == EVENT_RENAME || action->event == EVENT_LINK;
}

static inline bool simulate_is_socket(const struct simulate_action *action)
{
	return action->event == EVENT_SOCKET;
}

static inline bool simulate_has_number(const struct simulate_action *action)
{
	return action->event == EVENT_CAPABILITY || action->event >= EVENT_OPERATION;
}

static inline bool simulate_has_address(const struct simulate_action *action)
{
	return action->classes == CLASS_NETWORK;
}

/* Are its paths none? */
static inline bool simulate_has_no_path(const struct simulate_action *action)
{
	return action->event == EVENT_DEVICE || action->event == EVENT_SYSCTL;
}

/* Decides. The rule of an allowed access to a path is known only if it is recorded: `named`,
 * which is the same policy by policy_compile_named(), tells it otherwise; it may be NULL.
 * Returns 0 or -EINVAL for a path that is not absolute or too long. */
int simulate_action(const struct policy_image *image, const struct policy_image *named,
		    const struct simulate_action *action, struct simulate_answer *ret);

#endif
