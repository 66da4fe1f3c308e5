/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/parse_address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void add_ports(struct parse *p, struct net_rule *rule, unsigned first, unsigned last)
{
	rule->ports = arena_grow(&p->set->arena, rule->ports, rule->n_ports, sizeof(*rule->ports));
	if (!rule->ports) {
		p->no_memory = true;
		return;
	}
	rule->ports[rule->n_ports++] = (struct port_range){ (uint16_t)first, (uint16_t)last };
}

/* Digits to a number up to 65535, moving *at behind them; -1 if there is none. */
static int port_number(const char **at)
{
	int value = 0, digits = 0;

	for (; isdigit((unsigned char)**at); ++*at, digits++)
		if (value <= 65535)
			value = value * 10 + (**at - '0');
	return digits && value <= 65535 ? value : -1;
}

/* One port or range; returns whether it is right. */
static bool take_range(struct parse *p, const config_setting_t *s, const char **at,
		       struct net_rule *rule)
{
	int first = port_number(at), last = first;

	if (**at == '-') {
		++*at;
		last = port_number(at);
	}
	if (first < 0 || last < 0 || (**at && **at != ',')) {
		parse_error(p, s,
			    "\"%s\" is no port: write numbers from 0 to 65535, as "
			    "\"80,443,8000-8100\"",
			    config_setting_get_string(s));
		return false;
	}
	if (last < first) {
		parse_error(p, s, "port range %d-%d is empty: write %d-%d", first, last, last,
			    first);
		return false;
	}
	add_ports(p, rule, (unsigned)first, (unsigned)last);
	return true;
}

void parse_ports(struct parse *p, const config_setting_t *s, struct net_rule *rule)
{
	long long number;
	const char *at;

	if (config_setting_type(s) == CONFIG_TYPE_INT) {
		if (!parse_int(p, s, &number))
			return;
		if (number < 0 || number > 65535)
			parse_error(p, s, "port %lld is out of range: write 0 to 65535", number);
		else
			add_ports(p, rule, (unsigned)number, (unsigned)number);
		return;
	}
	if (config_setting_type(s) != CONFIG_TYPE_STRING) {
		parse_error(p, s, "port takes a number or a string: write \"80,443,8000-8100\"");
		return;
	}
	at = config_setting_get_string(s);
	while (take_range(p, s, &at, rule) && *at == ',')
		at++;
}

static unsigned cidr_bits(const struct cidr *cidr)
{
	return cidr->v6 ? 128 : 32;
}

/* Clears the bits behind the prefix; returns whether there were any. */
static bool cidr_clear_host(struct cidr *cidr)
{
	bool host = false;

	for (unsigned bit = cidr->prefix; bit < cidr_bits(cidr); bit++) {
		uint8_t mask = (uint8_t)(0x80 >> (bit % 8));

		host |= cidr->address[bit / 8] & mask;
		cidr->address[bit / 8] &= (uint8_t)~mask;
	}
	return host;
}

void cidr_text(const struct cidr *cidr, char *buf)
{
	char address[INET6_ADDRSTRLEN] = "";

	inet_ntop(cidr->v6 ? AF_INET6 : AF_INET, cidr->address, address, sizeof(address));
	snprintf(buf, CIDR_TEXT, "%s/%u", address, cidr->prefix);
}

/* IPv4 written as IPv6 is IPv4. */
static void cidr_unmap(struct cidr *cidr)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (!cidr->v6 || cidr->prefix < 96 || memcmp(cidr->address, mapped, sizeof(mapped)))
		return;
	memmove(cidr->address, cidr->address + 12, 4);
	memset(cidr->address + 4, 0, 12);
	cidr->v6 = false;
	cidr->prefix -= 96;
}

static bool take_prefix(struct parse *p, const config_setting_t *s, const char *text,
			struct cidr *cidr)
{
	unsigned max = cidr_bits(cidr);
	int prefix = text ? port_number(&text) : (int)max;

	if (prefix < 0 || (text && *text) || (unsigned)prefix > max) {
		parse_error(p, s, "\"%s\" has no right prefix: write 0 to %u bits",
			    config_setting_get_string(s), max);
		return false;
	}
	cidr->prefix = (uint8_t)prefix;
	return true;
}

void parse_cidr(struct parse *p, const config_setting_t *s, void *target)
{
	struct net_rule *rule = target;
	const char *text = parse_string(p, s), *slash;
	struct cidr cidr = { 0 };
	char address[INET6_ADDRSTRLEN], right[CIDR_TEXT];
	size_t len;

	if (!text)
		return;
	slash = strchr(text, '/');
	len = slash ? (size_t)(slash - text) : strlen(text);
	snprintf(address, sizeof(address), "%.*s", (int)len, text);
	cidr.v6 = strchr(address, ':') != NULL;
	if (len >= sizeof(address) ||
	    inet_pton(cidr.v6 ? AF_INET6 : AF_INET, address, cidr.address) != 1) {
		parse_error(p, s,
			    "\"%s\" is no address range: write \"10.0.0.0/8\" or \"fd00::/8\"",
			    text);
		return;
	}
	if (!take_prefix(p, s, slash ? slash + 1 : NULL, &cidr))
		return;
	if (cidr_clear_host(&cidr)) {
		cidr_text(&cidr, right);
		parse_error(p, s, "%s has host bits: write %s", text, right);
		return;
	}
	cidr_unmap(&cidr);
	rule->peers = arena_grow(&p->set->arena, rule->peers, rule->n_peers, sizeof(cidr));
	if (rule->peers)
		rule->peers[rule->n_peers++] = cidr;
	else
		p->no_memory = true;
}
