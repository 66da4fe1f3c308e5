/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#include "audit/walk.h"
#include "policy/sockets.h"

static const char *transport_name(const struct event *head)
{
	if (head->family == AF_UNIX)
		return "unix";
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

/* "inet/raw/icmp", as the policy language has it */
static void walk_socket(struct audit_walk *walk, const struct event *head)
{
	char text[SOCKET_TEXT];

	audit_walk_string(walk, "bailiff.socket",
			  sockets_text(head->family, head->socket_type, head->port, text));
}

static void walk_transport(struct audit_walk *walk, const struct event *head)
{
	const char *transport = transport_name(head);
	char number[4];

	if (transport) {
		audit_walk_string(walk, "network.transport", transport);
	} else if (head->protocol) {
		snprintf(number, sizeof(number), "%u", head->protocol);
		audit_walk_string(walk, "network.iana_number", number);
	}
	audit_walk_string(walk, "network.type", head->family == AF_INET ? "ipv4" : "ipv6");
}

void audit_walk_network(struct audit_walk *walk, const struct event *head)
{
	bool local = head->action == EVENT_BIND || head->action == EVENT_LISTEN;
	char ip[INET6_ADDRSTRLEN];

	if (head->action == EVENT_SOCKET) {
		walk_socket(walk, head);
		return;
	}
	if (head->family == AF_UNIX) /* its name is file.path */
		audit_walk_string(walk, "network.transport", transport_name(head));
	if (head->family != AF_INET && head->family != AF_INET6)
		return;
	inet_ntop(head->family, head->address, ip, sizeof(ip));
	if (head->action == EVENT_ACCEPT) {
		audit_walk_string(walk, "source.ip", ip);
		audit_walk_number(walk, "source.port", head->peer_port);
		audit_walk_number(walk, "destination.port", head->port);
	} else {
		audit_walk_string(walk, local ? "source.ip" : "destination.ip", ip);
		audit_walk_number(walk, local ? "source.port" : "destination.port", head->port);
	}
	walk_transport(walk, head);
}
