/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/sockets_range.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include "policy/names.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* by the order of names_socket_types and names_netlink */
static const uint8_t type_numbers[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET,
					SOCK_RDM };
static const uint8_t netlink_numbers[] = { 0,  2,  4,  5,  6,  7,  8,  9,  10,
					   11, 12, 14, 15, 16, 18, 19, 20, 21 };

/* Protocols that sockets of IPv4 and IPv6 have besides raw ones. `usual`: what the type alone
 * means, which is also protocol 0. */
static const struct inet_protocol {
	const char *name;
	uint16_t number;
	uint8_t type;
	uint8_t family; /* 0: both */
	bool usual;
} inet_protocols[] = {
	{ "tcp", IPPROTO_TCP, SOCK_STREAM, 0, true },
	{ "mptcp", IPPROTO_MPTCP, SOCK_STREAM, 0, true },
	{ "sctp", IPPROTO_SCTP, SOCK_STREAM, 0, false },
	{ "udp", IPPROTO_UDP, SOCK_DGRAM, 0, true },
	{ "udplite", IPPROTO_UDPLITE, SOCK_DGRAM, 0, false },
	{ "icmp", IPPROTO_ICMP, SOCK_DGRAM, AF_INET, false },
	{ "icmpv6", IPPROTO_ICMPV6, SOCK_DGRAM, AF_INET6, false },
	{ "sctp", IPPROTO_SCTP, SOCK_SEQPACKET, 0, true },
	{ "icmp", IPPROTO_ICMP, SOCK_RAW, AF_INET, false },
	{ "igmp", IPPROTO_IGMP, SOCK_RAW, AF_INET, false },
	{ "icmpv6", IPPROTO_ICMPV6, SOCK_RAW, AF_INET6, false },
	{ "tcp", IPPROTO_TCP, SOCK_RAW, 0, false },
	{ "udp", IPPROTO_UDP, SOCK_RAW, 0, false },
	{ "gre", IPPROTO_GRE, SOCK_RAW, 0, false },
	{ "esp", IPPROTO_ESP, SOCK_RAW, 0, false },
	{ "ah", IPPROTO_AH, SOCK_RAW, 0, false },
};

#define INET_PROTOCOLS (sizeof(inet_protocols) / sizeof(inet_protocols[0]))

static void add_range(struct socket_ranges *ranges, uint32_t first, uint32_t last, uint16_t rule)
{
	ranges->items[ranges->count++] = (struct socket_range){ first, last, rule };
}

static void add_protocol(struct socket_ranges *ranges, uint32_t family, uint32_t type,
			 uint32_t protocol, uint16_t rule)
{
	uint32_t key = SOCKET_KEY(family, type, protocol);

	add_range(ranges, key, key, rule);
}

static void add_types(struct socket_ranges *ranges, uint32_t family, uint32_t first, uint32_t last,
		      uint16_t rule)
{
	add_range(ranges, SOCKET_KEY(family, first, 0),
		  SOCKET_KEY(family, last, SOCKET_PROTOCOL_MAX), rule);
}

void sockets_add_family(struct socket_ranges *ranges, uint32_t family, uint16_t rule)
{
	add_types(ranges, family, 0, 15, rule);
}

static bool is_inet(uint32_t family)
{
	return family == AF_INET || family == AF_INET6;
}

/* Does a type of IPv4 or IPv6 mean a few protocols only? */
static bool has_usual(uint32_t type)
{
	return type == SOCK_STREAM || type == SOCK_DGRAM;
}

void sockets_add_usual(struct socket_ranges *ranges, uint32_t family, uint32_t type, uint16_t rule)
{
	add_protocol(ranges, family, type, 0, rule);
	for (size_t i = 0; i < INET_PROTOCOLS; i++)
		if (inet_protocols[i].type == type && inet_protocols[i].usual)
			add_protocol(ranges, family, type, inet_protocols[i].number, rule);
}

/* An element's parts; empty where there is none. */
struct socket_words {
	char family[32], type[32], protocol[32];
};

static bool split(const char *text, struct socket_words *words)
{
	char *const parts[] = { words->family, words->type, words->protocol };

	memset(words, 0, sizeof(*words));
	for (size_t i = 0; i < 3; i++) {
		size_t length = strcspn(text, "/");

		if (!length || length >= sizeof(words->family))
			return false;
		memcpy(parts[i], text, length);
		text += length;
		if (!*text)
			return i > 0;
		text++;
	}
	return false;
}

static const struct inet_protocol *find_protocol(const char *name, uint32_t family, uint32_t type)
{
	for (size_t i = 0; i < INET_PROTOCOLS; i++) {
		const struct inet_protocol *p = &inet_protocols[i];

		if (p->type == type && (!p->family || p->family == family) &&
		    !strcmp(p->name, name))
			return p;
	}
	return NULL;
}

/* What is wrong with an element; `why` may be NULL. */
struct complaint {
	char *why;
	size_t size;
};

static int __attribute__((format(printf, 2, 3)))
refuse(const struct complaint *c, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	if (c->why)
		vsnprintf(c->why, c->size, fmt, args);
	va_end(args);
	return -EINVAL;
}

static int refuse_name(const struct complaint *c, const char *what, const char *text,
		       const struct name_table *table)
{
	char suggestion[512];

	return refuse(c, "unknown %s \"%s\": %s", what, text,
		      names_suggest(table, text, suggestion, sizeof(suggestion)));
}

static int add_netlink(const struct socket_words *w, struct socket_ranges *ranges, uint16_t rule,
		       const struct complaint *c)
{
	int index = names_find(&names_netlink, w->type);

	if (index < 0)
		return refuse_name(c, "netlink protocol", w->type, &names_netlink);
	add_protocol(ranges, AF_NETLINK, 0, netlink_numbers[index], rule);
	return 0;
}

static int add_type(const struct socket_words *w, uint32_t family, struct socket_ranges *ranges,
		    uint16_t rule, const struct complaint *c)
{
	int index = names_find(&names_socket_types, w->type);
	const struct inet_protocol *protocol;
	uint32_t type;

	if (index < 0)
		return refuse_name(c, "socket type", w->type, &names_socket_types);
	type = type_numbers[index];
	if (!*w->protocol) {
		if (is_inet(family) && has_usual(type))
			sockets_add_usual(ranges, family, type, rule);
		else
			add_types(ranges, family, type, type, rule);
		return 0;
	}
	protocol = find_protocol(w->protocol, family, type);
	if (!protocol)
		return refuse(c,
			      "there is no \"%s/%s/%s\": a protocol is written as in "
			      "\"inet/dgram/icmp\" or \"inet/stream/sctp\"",
			      w->family, w->type, w->protocol);
	add_protocol(ranges, family, type, protocol->number, rule);
	if (protocol->usual)
		add_protocol(ranges, family, type, 0, rule);
	return 0;
}

static int add_element(const char *text, struct socket_ranges *ranges, uint16_t rule,
		       const struct complaint *c)
{
	struct socket_words w;
	int family;

	if (!split(text, &w))
		return refuse(c, "\"%s\" is no socket: write \"family/type\", as \"inet/stream\"",
			      text);
	family = names_family_number(w.family);
	if (family < 0)
		return refuse_name(c, "socket family", w.family, &names_families);
	if (*w.protocol && !is_inet((uint32_t)family))
		return refuse(c,
			      "\"%s\": only inet and inet6 have a protocol behind the type: leave "
			      "it out",
			      text);
	if (!strcmp(w.type, "*") && !*w.protocol)
		sockets_add_family(ranges, (uint32_t)family, rule);
	else if (family == AF_NETLINK)
		return add_netlink(&w, ranges, rule, c);
	else
		return add_type(&w, (uint32_t)family, ranges, rule, c);
	return 0;
}

int sockets_check(const char *text, char *why, size_t size)
{
	struct socket_range items[SOCKETS_PER_ELEMENT];
	struct socket_ranges ranges = { items, 0 };

	return add_element(text, &ranges, BAILIFF_RULE_NONE, &(struct complaint){ why, size });
}

int sockets_add(const char *text, struct socket_ranges *ranges, uint16_t rule)
{
	return add_element(text, ranges, rule, &(struct complaint){ 0 });
}

/* An element that is one socket, and what the type alone means: that with protocol 0. */
int sockets_parse_one(const char *text, uint32_t *family, uint32_t *type, uint32_t *protocol)
{
	struct socket_range items[SOCKETS_PER_ELEMENT];
	struct socket_ranges ranges = { items, 0 };
	struct socket_words w;
	uint32_t key;

	if (sockets_add(text, &ranges, 0) || !split(text, &w) || !strcmp(w.type, "*"))
		return -EINVAL;
	key = items[0].first;
	*family = SOCKET_FAMILY(key);
	*type = *family == AF_NETLINK ? SOCK_RAW : SOCKET_TYPE(key);
	*protocol = SOCKET_PROTOCOL(key);
	return 0;
}

static const char *name_of(const struct name_table *table, const uint8_t *numbers, uint32_t number)
{
	for (size_t i = 0; i < table->count; i++)
		if (numbers[i] == number)
			return table->names[i];
	return NULL;
}

static const char *or_number(const char *name, uint32_t number, char *buf)
{
	if (!name)
		snprintf(buf, 12, "%u", number);
	return name ? name : buf;
}

static const char *protocol_name(uint32_t family, uint32_t type, uint32_t number)
{
	for (size_t i = 0; i < INET_PROTOCOLS; i++) {
		const struct inet_protocol *p = &inet_protocols[i];

		if (p->type == type && p->number == number && (!p->family || p->family == family))
			return p->name;
	}
	return NULL;
}

const char *sockets_text(uint32_t family, uint32_t type, uint32_t protocol, char *buf)
{
	const char *family_name = names_family(family);
	char numbers[3][12];
	int n;

	family_name = or_number(family_name, family, numbers[0]);
	if (family == AF_NETLINK) {
		snprintf(buf, SOCKET_TEXT, "%s/%s", family_name,
			 or_number(name_of(&names_netlink, netlink_numbers, protocol), protocol,
				   numbers[1]));
		return buf;
	}
	n = snprintf(buf, SOCKET_TEXT, "%s/%s", family_name,
		     or_number(name_of(&names_socket_types, type_numbers, type), type, numbers[1]));
	if (protocol && is_inet(family))
		snprintf(buf + n, SOCKET_TEXT - (size_t)n, "/%s",
			 or_number(protocol_name(family, type, protocol), protocol, numbers[2]));
	return buf;
}
