/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets, by the words of policy/sockets.h, and rules on Unix sockets. */
#include "tests/property/model.h"

#include <string.h>

/* What can be asked for. */
static const char *const single[] = {
	"inet/stream",	     "inet/stream/tcp",	   "inet/stream/sctp",	 "inet/dgram",
	"inet/dgram/icmp",   "inet/dgram/udplite", "inet6/dgram/icmpv6", "inet6/stream",
	"inet6/stream/sctp", "inet/raw/icmp",	   "inet6/raw/esp",	 "inet/seqpacket",
	"unix/stream",	     "unix/seqpacket",	   "netlink/route",	 "netlink/audit",
	"packet/raw",	     "vsock/stream",	   "alg/seqpacket",	 "xdp/raw",
	"smc/stream",	     "rds/seqpacket",	   "inet/dgram/udp",	 "inet/stream/mptcp",
};

#define SINGLES (sizeof(single) / sizeof(single[0]))

/* What can be written besides. */
static const char *const wide[] = { "inet/*",	"inet6/*",   "unix/*",	 "netlink/*",
				    "inet/raw", "inet6/raw", "packet/*", "vsock/*" };

const char *random_element(void)
{
	return one_in(2) ? wide[random_below(8)] : single[random_below(SINGLES)];
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static bool ends(const char *text, const char *with)
{
	size_t length = strlen(text), end = strlen(with);

	return length >= end && !strcmp(text + length - end, with);
}

/* Is it TCP, MPTCP or UDP over IPv4 or IPv6? */
static bool is_usual(const char *text)
{
	const char *type = strchr(text, '/') + 1;

	return begins(text, "inet") &&
	       (!strcmp(type, "stream") || !strcmp(type, "dgram") || !strcmp(type, "stream/tcp") ||
		!strcmp(type, "dgram/udp") || !strcmp(type, "stream/mptcp"));
}

static bool takes(const char *element, const char *text)
{
	size_t length = strlen(element);
	bool usual = is_usual(element) && is_usual(text);

	if (!strcmp(element, text))
		return true;
	if (ends(element, "/*"))
		return !strncmp(element, text, length - 1);
	if (ends(element, "/raw"))
		return begins(text, element) && text[length] == '/';
	/* the type alone is all that is usual of it; by itself it is protocol 0, which the usual
	 * name of a protocol is, too, but not that of MPTCP */
	if (usual && (ends(element, "/stream") || ends(element, "/dgram")))
		return begins(text, element);
	if (usual && ends(text, "/tcp"))
		return begins(element, text);
	return usual && begins(element, text) && !ends(text, "mptcp");
}

static bool is_blind(const char *text)
{
	return (begins(text, "inet") && !is_usual(text)) || begins(text, "packet/") ||
	       begins(text, "xdp/") || begins(text, "smc/") || begins(text, "rds/");
}

/* Is it one of the list, or where there is none, one that no rule on addresses sees? */
static bool is_telling(const struct model *m, const char *text)
{
	for (int i = 0; i < m->n_sockets; i++)
		if (!strcmp(m->sockets[i], text))
			return true;
	return !m->n_sockets && is_blind(text);
}

/* Mostly one that tells something. */
void random_socket(const struct model *m, struct model_action *action)
{
	const char *text = single[random_below(SINGLES)];

	for (int i = 0; i < 40 && !is_telling(m, text) && !one_in(8); i++)
		text = single[random_below(SINGLES)];
	strcpy(action->word[0], "socket");
	strcpy(action->word[1], text);
	action->count = 2;
}

static unsigned first_denial(const struct model *m)
{
	for (int i = 0; i < m->n_rules; i++)
		if (m->rules[i].section == SECTION_NETWORK && m->rules[i].act != ACT_ALLOW)
			return m->rules[i].line;
	return 0;
}

bool sockets_are_judged(const struct model *m)
{
	return m->network && (m->n_sockets || m->network == DEFAULTS_DENY || first_denial(m));
}

void decide_socket(const struct model *m, const char *text, struct model_answer *ret)
{
	bool allowed = false;

	*ret = (struct model_answer){ .judged = true };
	for (int i = 0; i < m->n_sockets; i++)
		if (takes(m->sockets[i], text)) {
			allowed = true;
			if (!ret->line || m->socket_line[i] < ret->line)
				ret->line = m->socket_line[i];
		}
	if (!m->n_sockets && m->network == DEFAULTS_DENY)
		allowed = is_usual(text) || begins(text, "unix/");
	else if (!m->n_sockets)
		allowed = !is_blind(text);
	if (allowed)
		return;
	ret->verdict = SAYS_DENIED;
	ret->record = true;
	ret->line = m->n_sockets || m->network == DEFAULTS_DENY ? 0 : first_denial(m);
}

void random_unix_rule(struct model_rule *rule, bool plain)
{
	rule->op = one_in(3) ? OP_BIND : OP_CONNECT;
	rule->n_patterns = 1;
	random_glob(rule->pattern[0], plain);
	rule->abstract = one_in(2) && rule->pattern[0][0] == '/' && rule->pattern[0][1];
	if (rule->abstract)
		rule->pattern[0][0] = '@';
}

#define NAME_MAX_BYTES 100

void random_unix(const struct model *m, struct model_action *action)
{
	struct model some = *m;
	bool bind = one_in(3);

	some.n_rules = 0;
	for (int i = 0; i < m->n_rules; i++)
		if (m->rules[i].section == SECTION_UNIX)
			some.rules[some.n_rules++] = m->rules[i];
	strcpy(action->word[0], bind ? "bind" : "connect");
	strcpy(action->word[1], "unix");
	random_path(some.n_rules && !one_in(6) ? &some : m, action->word[2]);
	if (strlen(action->word[2]) > NAME_MAX_BYTES)
		strcpy(action->word[2] + NAME_MAX_BYTES - 1, "a");
	if (action->word[2][1] == '@')
		memmove(action->word[2], action->word[2] + 1, strlen(action->word[2]));
	else if (one_in(3))
		action->word[2][0] = '@';
	action->count = 3;
}
