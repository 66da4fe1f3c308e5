/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The decision once more: each rule is held against the action, one after the other. */
#include "tests/property/matches.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/naive_glob.h"

/* U and B: connect and bind of Unix sockets, of which a name keeps the former */
#define ALL_LETTERS "rwaxmcdlsiUB"

static struct naive_pattern *parsed[MODEL_RULES][MODEL_PATTERNS];

void reference_start(const struct model *m)
{
	for (int i = 0; i < m->n_rules; i++)
		for (int k = 0; has_paths(&m->rules[i]) && k < m->rules[i].n_patterns; k++) {
			if (!parsed[i][k])
				parsed[i][k] = malloc(sizeof(*parsed[i][k]));
			if (!parsed[i][k])
				abort();
			naive_parse(parsed[i][k], m->rules[i].pattern[k]);
		}
}

static bool rule_has_letter(const struct model_rule *rule, char letter)
{
	if (letter == 'm' && rule->act != ACT_ALLOW && rule_has_letter(rule, 'x'))
		return true;
	if (rule->section == SECTION_EXEC)
		return letter == 'x';
	if (rule->section == SECTION_UNIX)
		return letter == (rule->op == OP_BIND ? 'B' : 'U');
	if (rule->section != SECTION_FILE)
		return false;
	return strchr(rule->letters, letter) || (letter == 'a' && strchr(rule->letters, 'w'));
}

static bool has_unix(const struct model *m)
{
	for (int i = 0; i < m->n_rules; i++)
		if (m->rules[i].section == SECTION_UNIX)
			return true;
	return false;
}

static struct model_answer decide_letter(const struct model *m, const char *path, char letter)
{
	struct matches found = { 0 };
	enum model_default dflt = letter == 'x' && m->exec ? m->exec : m->file;

	if (letter == 'U' || letter == 'B')
		dflt = has_unix(m) ? m->network : NO_SECTION;

	for (int i = 0; i < m->n_rules; i++)
		for (int k = 0; k < m->rules[i].n_patterns; k++)
			if (rule_has_letter(&m->rules[i], letter) &&
			    naive_match(parsed[i][k], path))
				note_rule(&found, &m->rules[i]);
	return conclude(&found, dflt);
}

static struct model_answer decide_letters(const struct model *m, const char *path,
					  const char *letters)
{
	struct model_answer one[sizeof(ALL_LETTERS)];
	int n = 0;

	for (const char *l = ALL_LETTERS; *l; l++)
		if (strchr(letters, *l))
			one[n++] = decide_letter(m, path, *l);
	return gravest(one, n);
}

static bool denied_by_rule(const struct model *m, const char *path, char letter)
{
	struct model_answer a = decide_letter(m, path, letter);

	return a.verdict && a.line;
}

/* Of two decisions alike the first, but one that is recorded or of a rule before one that is
 * not. */
static bool graver(const struct model_answer *a, const struct model_answer *than)
{
	if (a->verdict != than->verdict)
		return a->verdict > than->verdict;
	if (a->record != than->record)
		return a->record;
	return !a->verdict && a->line && !than->line;
}

/* A file that has one name and gets the other keeps the denials of the first. */
static void keep_denials(const struct model *m, const char *from, const char *to,
			 struct model_answer *a)
{
	char lost[sizeof(ALL_LETTERS)] = "", *at = lost;
	struct model_answer kept;

	for (const char *l = ALL_LETTERS; *l; l++)
		if (*l != 'B' && denied_by_rule(m, from, *l) && !denied_by_rule(m, to, *l))
			*at++ = *l;
	if (at == lost)
		return;
	kept = decide_letters(m, from, lost);
	if (graver(&kept, a))
		*a = kept;
}

static bool loses_at(const struct model *m, const char *from, const char *to, const char *below)
{
	char a[2 * MODEL_WORD], b[2 * MODEL_WORD];

	snprintf(a, sizeof(a), "%s%s", from[1] ? from : "", below);
	snprintf(b, sizeof(b), "%s%s", to[1] ? to : "", below);
	for (const char *l = ALL_LETTERS; *l; l++)
		if (*l != 'B' && denied_by_rule(m, a, *l) && !denied_by_rule(m, b, *l))
			return true;
	return false;
}

/* Tries some paths below: what is denied there under the old name has to be under the new. */
static enum model_below look_below(const struct model *m, const char *from, const char *to)
{
	size_t length = from[1] ? strlen(from) : 0;
	bool denies = false;
	char path[MODEL_WORD];

	for (int i = 0; i < m->n_rules; i++)
		denies |= has_paths(&m->rules[i]) && m->rules[i].act != ACT_ALLOW;
	if (!denies || !strcmp(from, to))
		return BELOW_NO;
	if (!to[1]) /* nothing gets the name of the root */
		return BELOW_UNKNOWN;
	for (int i = 0; i < 12; i++) {
		random_path(m, path);
		if (!strncmp(path, from, length) && path[length] == '/' && path[length + 1] &&
		    loses_at(m, from, to, path + length))
			return BELOW_YES;
		if (path[1] && loses_at(m, from, to, path))
			return BELOW_YES;
	}
	return BELOW_UNKNOWN;
}

static bool take_slash(char *path)
{
	size_t length = strlen(path);
	bool slash = length > 1 && path[length - 1] == '/';

	if (slash)
		path[length - 1] = '\0';
	return slash;
}

static enum model_below worse(enum model_below a, enum model_below b)
{
	return a == BELOW_YES || b == BELOW_YES ? BELOW_YES : a == BELOW_NO ? b : a;
}

static void decide_pair(const struct model *m, const struct model_action *action,
			struct model_answer *ret)
{
	char from[MODEL_WORD], to[MODEL_WORD];
	const char *verb = action->word[0];
	bool is_link = !strcmp(verb, "link"), exchange = !strcmp(verb, "exchange");
	bool replace = !strcmp(verb, "replace"), directory[2];
	struct model_answer second;

	strcpy(from, action->word[1]);
	strcpy(to, action->word[2]);
	directory[0] = take_slash(from);
	directory[1] = take_slash(to) && exchange;
	*ret = decide_letters(m, from, is_link ? "l" : exchange ? "cd" : "d");
	second = decide_letters(m, to, exchange || replace ? "cd" : "c");
	if (graver(&second, ret))
		*ret = second;
	keep_denials(m, from, to, ret);
	if (exchange)
		keep_denials(m, to, from, ret);
	if (directory[0])
		ret->below = look_below(m, from, to);
	if (directory[1])
		ret->below = worse(ret->below, look_below(m, to, from));
}

static unsigned __int128 take_address(const char *word, bool far)
{
	unsigned __int128 address = 0, mapped = (unsigned __int128)0xffff << 32;
	uint8_t bytes[16] = { [10] = 0xff, [11] = 0xff };

	if (strchr(word, ':'))
		inet_pton(AF_INET6, word, bytes);
	else
		inet_pton(AF_INET, word, bytes + 12);
	for (int i = 0; i < 16; i++)
		address = address << 8 | bytes[i];
	/* to the unspecified address: the kernel goes to loopback */
	if (far && address == mapped)
		return mapped | 0x7f000001;
	return far && !address ? 1 : address;
}

static bool rule_takes(const struct model_rule *rule, const char *proto, enum model_op op, int port,
		       unsigned __int128 address)
{
	bool named = !strcmp(proto, "tcp") || !strcmp(proto, "udp");
	bool peer = !rule->n_ranges, ports = !rule->n_ports;

	if (rule->section != SECTION_NETWORK || rule->op != op)
		return false;
	if (rule->proto && named != (!strcmp(rule->proto, "tcp") || !strcmp(rule->proto, "udp")))
		return false; /* all but the two are one */
	if (rule->proto && named && strcmp(rule->proto, proto) != 0)
		return false;
	for (int i = 0; i < rule->n_ranges; i++)
		peer |= range_has(&rule->ranges[i], address);
	for (int i = 0; i < rule->n_ports && named; i++)
		ports |= port >= rule->ports[i][0] && port <= rule->ports[i][1];
	return peer && ports;
}

static struct model_answer decide_port(const struct model *m, const char *proto, enum model_op op,
				       int port, unsigned __int128 address)
{
	struct matches found = { 0 };

	for (int i = 0; i < m->n_rules; i++)
		if (rule_takes(&m->rules[i], proto, op, port, address))
			note_rule(&found, &m->rules[i]);
	return conclude(&found, m->network);
}

static enum model_op op_of(const struct model *m, const char *verb)
{
	if (!strcmp(verb, "bind"))
		return OP_BIND;
	if (!strcmp(verb, "accept"))
		return OP_ACCEPT;
	if (strcmp(verb, "listen") != 0)
		return OP_CONNECT;
	for (int i = 0; i < m->n_rules; i++)
		if (m->rules[i].section == SECTION_NETWORK && m->rules[i].op == OP_LISTEN)
			return OP_LISTEN;
	return OP_BIND; /* says nothing on listen */
}

static void decide_address(const struct model *m, const struct model_action *action,
			   struct model_answer *ret)
{
	const char *verb = action->word[0], *proto = action->word[1];
	enum model_op op = op_of(m, verb);
	unsigned __int128 address = take_address(action->word[2], op == OP_CONNECT);
	int port = action->count > 3 ? atoi(action->word[3]) : 0;

	*ret = decide_port(m, proto, op, port, address);
	/* who listens without a port gets any */
	for (int any = 1; !strcmp(verb, "listen") && !port && !strcmp(proto, "tcp") &&
			  !ret->verdict && any < 65536;
	     any++) {
		struct model_answer a = decide_port(m, proto, op, any, address);

		if (!a.verdict || !a.line)
			continue;
		a.verdict = SAYS_DENIED;
		*ret = a;
	}
}

static const char *letters_of(const struct model_action *action)
{
	static const struct {
		const char *verb, *letters;
	} verbs[] = {
		{ "exec", "x" },     { "create", "c" },	  { "mkdir", "c" },
		{ "mknod", "c" },    { "symlink", "c" },  { "delete", "d" },
		{ "rmdir", "d" },    { "truncate", "w" }, { "mmap", "m" },
		{ "mprotect", "m" }, { "chmod", "s" },	  { "chown", "s" },
		{ "utimes", "s" },   { "setxattr", "s" }, { "removexattr", "s" },
		{ "ioctl", "i" },
	};

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(action->word[0], verbs[i].verb))
			return verbs[i].letters;
	return action->word[1]; /* open */
}

static bool is_network(const char *verb)
{
	static const char *const verbs[] = { "connect", "send", "bind", "accept", "listen" };

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(verb, verbs[i]))
			return true;
	return false;
}

/* Letters that have hooks of their own are judged if something is said on them. */
static bool letter_is_judged(const struct model *m, char letter)
{
	if (!strchr("msi", letter) || m->file == DEFAULTS_DENY)
		return true;
	for (int i = 0; i < m->n_rules; i++)
		if (rule_has_letter(&m->rules[i], letter) &&
		    (m->rules[i].act != ACT_ALLOW || m->rules[i].audit))
			return true;
	return false;
}

static bool name_is_judged(const struct model *m, const struct model_action *action, bool pair)
{
	const char *letters = pair ? "x" : letters_of(action);

	if (pair && has_unix(m))
		return true;
	if (!m->file && (!m->exec || (!pair && *letters != 'x' && *letters != 'm')))
		return false;
	return letter_is_judged(m, *letters);
}

static void decide_unix(const struct model *m, const struct model_action *action,
			struct model_answer *ret)
{
	bool bind = !strcmp(action->word[0], "bind"), makes = bind && *action->word[2] == '/';

	if (has_unix(m) || (makes && m->file))
		*ret = decide_letters(m, action->word[2], makes ? "cB" : bind ? "B" : "U");
}

void reference_decide(const struct model *m, const struct model_action *action,
		      struct model_answer *ret)
{
	const char *verb = action->word[0];
	bool unix_name = action->count > 2 && !strcmp(action->word[1], "unix");
	bool network = is_network(verb) && !unix_name;
	bool pair = !network && strcmp(verb, "open") && action->count == 3;

	*ret = (struct model_answer){ 0 };
	if (m->mode == MODE_OFF)
		return;
	if (!strcmp(verb, "device")) {
		decide_device(m, action, ret);
		return;
	}
	if (!strcmp(verb, "sysctl")) {
		decide_sysctl(m, action, ret);
		return;
	}
	if (!strcmp(verb, "capability") || action->count == 1) {
		decide_number(m, action, ret);
		return;
	}
	if (!strcmp(verb, "socket")) {
		if (sockets_are_judged(m))
			decide_socket(m, action->word[1], ret);
		return;
	}
	if (unix_name) {
		decide_unix(m, action, ret);
		return;
	}
	if (network ? !m->network : !name_is_judged(m, action, pair))
		return;
	if (network)
		decide_address(m, action, ret);
	else if (pair)
		decide_pair(m, action, ret);
	else
		*ret = decide_letters(m, action->word[action->count - 1], letters_of(action));
}
