/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#include "audit/walk.h"

static const char *transport_name(const struct event *head)
{
	switch (head->protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_UDPLITE:
		return "udplite";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_DCCP:
		return "dccp";
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_ICMPV6:
		return "ipv6-icmp";
	case IPPROTO_IP:
		if (head->socket_type == SOCK_STREAM)
			return "tcp";
		return head->socket_type == SOCK_DGRAM ? "udp" : NULL;
	default:
		return NULL;
	}
}

void audit_walk_network(struct audit_walk *walk, const struct event *head)
{
	bool local = head->action == EVENT_BIND;
	const char *transport = transport_name(head);
	char ip[INET6_ADDRSTRLEN];
	char number[4];

	if (!head->family)
		return;
	inet_ntop(head->family, head->address, ip, sizeof(ip));
	audit_walk_string(walk, local ? "source.ip" : "destination.ip", ip);
	audit_walk_number(walk, local ? "source.port" : "destination.port", head->port);
	if (transport) {
		audit_walk_string(walk, "network.transport", transport);
	} else if (head->protocol) {
		snprintf(number, sizeof(number), "%u", head->protocol);
		audit_walk_string(walk, "network.iana_number", number);
	}
	audit_walk_string(walk, "network.type", head->family == AF_INET ? "ipv4" : "ipv6");
}
