/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/action_network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "agent/args.h"
#include "policy/names.h"
#include "policy/sockets.h"

#define UNIX_NAME_MAX 108 /* bytes of an abstract name and the NUL in front, here an '@' */

/* What the hooks see of addresses: raw sockets, SCTP and others pass them by, ping sockets and
 * UDP-Lite in part. Such sockets are for network.sockets to decide. */
static const char *judged_protocols(enum event_action event)
{
	static const char *const by_event[EVENT_ACTIONS] = {
		[EVENT_CONNECT] = "tcp, udp, icmp, icmpv6",
		[EVENT_SENDMSG] = "udp, udplite",
		[EVENT_BIND] = "tcp, udp, udplite",
		[EVENT_LISTEN] = "tcp, sctp, dccp",
		[EVENT_ACCEPT] = "tcp, dccp",
	};

	return by_event[event];
}

static bool is_judged(enum event_action event, const char *proto)
{
	const char *list = judged_protocols(event);
	size_t length = strlen(proto);

	for (;; list += 2) {
		size_t name = strcspn(list, ",");

		if (name == length && !strncmp(list, proto, length))
			return true;
		list += name;
		if (!*list)
			return false;
	}
}

static int take_protocol(const char *const *word, size_t count, struct simulate_action *what,
			 struct fault *fault)
{
	const struct proto_name *proto = names_proto(word[1]);
	char suggestion[256];
	bool port = count > 3;

	if (!proto)
		return fault_set(
			fault, -EINVAL, "unknown protocol \"%s\": %s", word[1],
			names_suggest(&names_protos, word[1], suggestion, sizeof(suggestion)));
	if (what->event == EVENT_SENDMSG && proto->proto == NET_PROTO_TCP)
		return fault_set(fault, -EINVAL,
				 "send tcp: has a connection: ask for connect instead");
	if (!is_judged(what->event, word[1]))
		return fault_set(fault, -EINVAL, "%s over %s is not judged: only over %s", word[0],
				 word[1], judged_protocols(what->event));
	if (port && !proto->ports)
		return fault_set(fault, -EINVAL, "%s has no ports: leave \"%s\" out", word[1],
				 word[3]);
	if (!port && proto->ports)
		return fault_set(fault, -EINVAL, "%s %s %s: the port is missing", word[0], word[1],
				 word[2]);
	what->proto = proto->proto;
	return 0;
}

static int take_name(const char *name, struct simulate_action *what, struct fault *fault)
{
	size_t length = strlen(name);

	if (length > UNIX_NAME_MAX)
		return fault_set(fault, -EINVAL, "a name of %zu bytes: at most %d", length - 1,
				 UNIX_NAME_MAX - 1);
	what->name_length = (uint32_t)length;
	memcpy(what->path[0], name, length + 1);
	return 0;
}

/* The name of a Unix socket; the kernel's record of a bind to a path is one of a new file. */
static int parse_unix(const char *const *word, size_t count, struct simulate_action *what,
		      struct fault *fault)
{
	const char *name = word[2];
	bool bind = what->event == EVENT_BIND;

	if ((!bind && what->event != EVENT_CONNECT) || count > 3)
		return fault_set(fault, -EINVAL,
				 "%s unix: takes the form 'connect unix PATH' or 'bind unix PATH', "
				 "@NAME for PATH",
				 word[0]);
	what->want[0] = bind ? NAME_UNIX_BIND : NAME_UNIX_CONNECT;
	what->classes = CLASS_UNIX;
	if (*name != '@') {
		if (bind) {
			what->want[0] |= ACCESS_CREATE;
			what->classes |= CLASS_FILE;
		}
		return action_take_path(name, what->path[0], NULL, fault);
	}
	return take_name(name, what, fault);
}

static enum net_op op_of(enum event_action event)
{
	switch (event) {
	case EVENT_BIND:
		return NET_BIND;
	case EVENT_LISTEN:
		return NET_LISTEN;
	case EVENT_ACCEPT:
		return NET_ACCEPT;
	default:
		return NET_CONNECT;
	}
}

int action_parse_address(const char *const *word, size_t count, struct simulate_action *what,
			 struct fault *fault)
{
	unsigned long port = 0;
	int error;

	if (!strcmp(word[1], "unix"))
		return parse_unix(word, count, what, fault);
	error = take_protocol(word, count, what, fault);
	if (error)
		return error;
	what->classes = CLASS_NETWORK;
	what->op = op_of(what->event);
	what->v6 = strchr(word[2], ':') != NULL;
	if (inet_pton(what->v6 ? AF_INET6 : AF_INET, word[2], what->address) != 1)
		return fault_set(fault, -EINVAL,
				 "%s: is no address: write \"10.0.0.1\" or \"fd00::1\"", word[2]);
	if (count > 3 && !args_number(word[3], 0, 65535, &port))
		return fault_set(fault, -EINVAL, "%s: is no port: write 0 to 65535", word[3]);
	what->port = (uint16_t)port;
	return 0;
}

int action_parse_socket(const char *text, struct simulate_action *what, struct fault *fault)
{
	char why[1024];

	what->classes = CLASS_SOCKET;
	if (sockets_check(text, why, sizeof(why)))
		return fault_set(fault, -EINVAL, "%s", why);
	if (sockets_parse_one(text, &what->family, &what->type, &what->protocol))
		return fault_set(fault, -EINVAL, "%s: is more than one socket: name the type",
				 text);
	return 0;
}
