/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges and ports, and addresses at their borders. */
#include "tests/property/model.h"

#include <arpa/inet.h>
#include <string.h>

typedef unsigned __int128 address_t;

#define MAPPED ((address_t)0xffff << 32) /* ::ffff:0:0 */

static address_t parse6(const char *text)
{
	uint8_t bytes[16];
	address_t address = 0;

	inet_pton(AF_INET6, text, bytes);
	for (int i = 0; i < 16; i++)
		address = address << 8 | bytes[i];
	return address;
}

static void print6(address_t address, char *buf, size_t size)
{
	uint8_t bytes[16];

	for (int i = 15; i >= 0; i--, address >>= 8)
		bytes[i] = (uint8_t)address;
	inet_ntop(AF_INET6, bytes, buf, (socklen_t)size);
}

static void print4(address_t address, char *buf, size_t size)
{
	uint32_t bytes = htonl((uint32_t)address);

	inet_ntop(AF_INET, &bytes, buf, (socklen_t)size);
}

static address_t host_bits(int prefix)
{
	return prefix ? ((address_t)1 << (128 - prefix)) - 1 : ~(address_t)0;
}

bool range_has(const struct model_range *range, address_t address)
{
	return (address & ~host_bits(range->prefix)) == range->first;
}

void range_text(const struct model_range *range, char *buf, size_t size)
{
	char address[INET6_ADDRSTRLEN];

	if (range->v4)
		print4(range->first, address, sizeof(address));
	else
		print6(range->first, address, sizeof(address));
	snprintf(buf, size, "%s/%d", address, range->v4 ? range->prefix - 96 : range->prefix);
}

static void random_range(struct model_range *range)
{
	static const char *const bases[] = {
		"::ffff:10.1.2.3",
		"::ffff:127.0.0.1",
		"::ffff:192.168.1.255",
		"::ffff:10.1.2.4",
		"fd00::1",
		"::1",
		"::",
		"fd00:0:0:1::ff",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"::ffff:0.0.0.0",
		"fe80::1",
		"::fffe:ffff:ffff",
		"::ffff:255.255.255.255",
		"0:0:0:0:1::",
	};
	address_t base = parse6(bases[random_below(14)]);
	bool mapped = base >> 32 == 0xffff;

	range->v4 = mapped && !one_in(4);
	range->prefix = one_in(3)   ? 128
			: range->v4 ? 96 + (int)random_below(33)
				    : (int)random_below(129);
	range->first = base & ~host_bits(range->prefix);
}

void random_ranges(struct model_rule *rule)
{
	rule->n_ranges = rule->op == OP_BIND || rule->op == OP_LISTEN
				 ? 0
				 : (int)random_below(MODEL_RANGES + 1);
	for (int i = 0; i < rule->n_ranges; i++)
		random_range(&rule->ranges[i]);
}

static int random_port(void)
{
	static const int ports[] = { 0, 1, 22, 80, 81, 443, 1023, 1024, 8000, 8100, 65534, 65535 };

	return one_in(4) ? (int)random_below(65536) : ports[random_below(12)];
}

void random_ports(struct model_rule *rule)
{
	bool named = !rule->proto || !strcmp(rule->proto, "tcp") || !strcmp(rule->proto, "udp");

	rule->n_ports = named ? (int)random_below(MODEL_PORTS + 1) : 0;
	for (int i = 0; i < rule->n_ports; i++) {
		int a = random_port(), b = one_in(3) ? a : random_port(),
		    least = rule->op != OP_BIND && rule->op != OP_LISTEN;

		a = a < least ? least : a;
		b = b < least ? least : b;
		rule->ports[i][0] = a < b ? a : b;
		rule->ports[i][1] = a < b ? b : a;
	}
}

/* At a border of the range, on either side of it, or somewhere in it. */
static address_t near_range(const struct model_range *range)
{
	address_t host = host_bits(range->prefix), some = 0;

	for (int i = 0; i < 4; i++)
		some = some << 32 | random_below(UINT32_MAX);
	switch (random_below(5)) {
	case 0:
		return range->first;
	case 1:
		return range->first | host;
	case 2:
		return range->first - 1;
	case 3:
		return (range->first | host) + 1;
	default:
		return range->first | (some & host);
	}
}

static int near_port(const struct model_rule *rule)
{
	const int *range;
	int port;

	if (!rule || !rule->n_ports || one_in(4))
		return random_port();
	range = rule->ports[random_below((unsigned)rule->n_ports)];
	port = range[random_below(2)] + (int)random_below(3) - 1;
	return port < 0 ? 0 : port > 65535 ? 65535 : port;
}

static void put_address(address_t address, char *buf, size_t size)
{
	if (address >> 32 == 0xffff && !one_in(3))
		print4(address, buf, size);
	else
		print6(address, buf, size);
}

void random_address(const struct model *m, struct model_action *action)
{
	static const char *const verbs[] = { "connect", "connect", "send",
					     "bind",	"accept",  "listen" };
	static const char *const by_op[] = { "connect", "bind", "accept", "listen" };
	const char *verb = verbs[random_below(6)], *proto = one_in(2) ? "tcp" : "udp";
	const struct model_rule *rule = NULL;
	struct model_range range;

	for (int i = 0; i < m->n_rules; i++)
		if (m->rules[i].section == SECTION_NETWORK && (!rule || one_in(2)))
			rule = &m->rules[i];
	if (rule && rule->op != OP_CONNECT && !one_in(4))
		verb = by_op[rule->op];
	if (rule && rule->proto && !one_in(4))
		proto = rule->proto;
	if (!strcmp(verb, "send") && !strcmp(proto, "tcp"))
		verb = "connect";
	if (!strcmp(verb, "accept") || !strcmp(verb, "listen"))
		proto = one_in(6) ? "dccp" : "tcp";
	else if ((strcmp(proto, "tcp") && strcmp(proto, "udp")) || one_in(6))
		proto = !strcmp(verb, "connect") ? "icmp" : "udplite";
	random_range(&range);
	if (rule && rule->n_ranges && !one_in(4))
		range = rule->ranges[random_below((unsigned)rule->n_ranges)];
	strcpy(action->word[0], verb);
	strcpy(action->word[1], proto);
	put_address(one_in(20) ? (one_in(2) ? 0 : MAPPED) : near_range(&range), action->word[2],
		    MODEL_WORD);
	action->count = 3;
	if (!strcmp(proto, "tcp") || !strcmp(proto, "udp"))
		snprintf(action->word[action->count++], MODEL_WORD, "%d", near_port(rule));
}
