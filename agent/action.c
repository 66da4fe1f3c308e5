/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/action.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/args.h"
#include "agent/cleanup.h"
#include "policy/names.h"

#define WORDS_MAX 4 /* of one action */

const char action_help[] =
	"  exec PATH               a program; the interpreter of a script is judged as well\n"
	"  open LETTERS PATH       r, w, a (append only)\n"
	"  create PATH             a new file; also mkdir, mknod and symlink\n"
	"  delete PATH             also rmdir\n"
	"  truncate PATH\n"
	"  rename OLD NEW          to a name that is not there yet; replace OLD NEW: that is\n"
	"                          there; exchange OLD NEW. A directory is written as PATH/\n"
	"  link OLD NEW            a hard link\n"
	"  connect PROTO ADDRESS PORT\n"
	"                          also send and bind. PROTO: tcp, udp; icmp and others have no\n"
	"                          PORT, and are not all judged\n";

struct words {
	const char *word[WORDS_MAX];
	size_t count;
	size_t taken; /* arguments */
};

/* Takes a path as the kernel would have found it; a '/' at the end says that it is a
 * directory, where `directory` is not NULL. */
static int take_path(const char *word, char *path, bool *directory, struct fault *fault)
{
	size_t length = strlen(word);

	if (*word != '/')
		return fault_set(fault, -EINVAL, "%s: is no absolute path", word);
	if (length > 1 && word[length - 1] == '/') {
		if (!directory)
			return fault_set(fault, -EINVAL, "%s: leave the \"/\" at the end out",
					 word);
		*directory = true;
		length--;
	}
	if (length >= BAILIFF_PATH_MAX)
		return fault_set(fault, -EINVAL, "a path of %zu bytes: at most %d", length,
				 BAILIFF_PATH_MAX - 1);
	memcpy(path, word, length);
	path[length] = '\0';
	for (const char *at = path; length > 1 && *at;) {
		size_t part = strcspn(++at, "/");

		if (part == 0 || (part <= 2 && !strncmp(at, "..", part)))
			return fault_set(fault, -EINVAL,
					 "%s: has \"//\", \".\" or \"..\" in it: write the path "
					 "that the kernel finds, without symbolic links",
					 word);
		if (part > 255)
			return fault_set(fault, -EINVAL, "a name of %zu bytes: at most 255", part);
		at += part;
	}
	return 0;
}

static int parse_exec(const struct words *words, struct simulate_action *what, struct fault *fault)
{
	what->classes = CLASS_EXEC;
	return take_path(words->word[1], what->path[0], NULL, fault);
}

static int parse_name(const struct words *words, struct simulate_action *what, struct fault *fault)
{
	what->classes = CLASS_FILE;
	return take_path(words->word[1], what->path[0], NULL, fault);
}

static int parse_open(const struct words *words, struct simulate_action *what, struct fault *fault)
{
	char bad = '\0';
	int access = names_access(words->word[1], &bad);

	if (access <= 0 || access & ~(ACCESS_READ | ACCESS_WRITE | ACCESS_APPEND))
		return fault_set(fault, -EINVAL,
				 "open %s: letters are r, w and a; exec, create and others are "
				 "actions of their own",
				 words->word[1]);
	if (access & ACCESS_WRITE && access & ACCESS_APPEND)
		return fault_set(fault, -EINVAL,
				 "open %s: a file is opened for writing (w) or for appending alone "
				 "(a)",
				 words->word[1]);
	what->classes = CLASS_FILE;
	what->want[0] = (uint32_t)access;
	return take_path(words->word[2], what->path[0], NULL, fault);
}

static int parse_pair(const struct words *words, struct simulate_action *what, struct fault *fault)
{
	bool exchange = !strcmp(words->word[0], "exchange"), directory[2] = { false, false };
	bool *may_be[2] = { NULL, NULL };
	int error;

	for (int i = 0; i < 2 && what->event == EVENT_RENAME; i++)
		may_be[i] = &directory[i];
	error = take_path(words->word[1], what->path[0], may_be[0], fault);
	if (!error)
		error = take_path(words->word[2], what->path[1], may_be[1], fault);
	if (error)
		return error;
	if (!exchange && directory[1] && !directory[0])
		return fault_set(fault, -EINVAL, "%s: becomes a directory only if %s/ is one",
				 words->word[2], words->word[1]);
	/* rules on execution alone hold for names too: no program is taken out of a denial */
	what->classes = CLASS_EXEC | CLASS_FILE;
	what->keeps[0] = true;
	what->keeps[1] = exchange;
	what->directory[0] = directory[0];
	what->directory[1] = directory[1] && exchange;
	return 0;
}

/* What the hooks see: raw sockets, SCTP and others pass them by, ping sockets and UDP-Lite in
 * part. */
static const char *judged_protocols(enum event_action event)
{
	static const char *const by_event[EVENT_ACTIONS] = {
		[EVENT_CONNECT] = "tcp, udp, icmp, icmpv6",
		[EVENT_SENDMSG] = "udp, udplite",
		[EVENT_BIND] = "tcp, udp, udplite",
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

static int take_protocol(const struct words *words, struct simulate_action *what,
			 struct fault *fault)
{
	const struct proto_name *proto = names_proto(words->word[1]);
	char suggestion[256];
	bool port = words->count > 3;

	if (!proto)
		return fault_set(fault, -EINVAL, "unknown protocol \"%s\": %s", words->word[1],
				 names_suggest(&names_protos, words->word[1], suggestion,
					       sizeof(suggestion)));
	if (what->event == EVENT_SENDMSG && proto->proto == NET_PROTO_TCP)
		return fault_set(fault, -EINVAL,
				 "send tcp: has a connection: ask for connect instead");
	if (!is_judged(what->event, words->word[1]))
		return fault_set(fault, -EINVAL, "%s over %s is not judged yet: only over %s",
				 words->word[0], words->word[1], judged_protocols(what->event));
	if (port && !proto->ports)
		return fault_set(fault, -EINVAL, "%s has no ports: leave \"%s\" out",
				 words->word[1], words->word[3]);
	if (!port && proto->ports)
		return fault_set(fault, -EINVAL, "%s %s %s: the port is missing", words->word[0],
				 words->word[1], words->word[2]);
	what->proto = proto->proto;
	return 0;
}

static int parse_address(const struct words *words, struct simulate_action *what,
			 struct fault *fault)
{
	unsigned long port = 0;
	int error = take_protocol(words, what, fault);

	if (error)
		return error;
	what->classes = CLASS_NETWORK;
	what->op = what->event == EVENT_BIND ? NET_BIND : NET_CONNECT;
	what->v6 = strchr(words->word[2], ':') != NULL;
	if (inet_pton(what->v6 ? AF_INET6 : AF_INET, words->word[2], what->address) != 1)
		return fault_set(fault, -EINVAL,
				 "%s: is no address: write \"10.0.0.1\" or \"fd00::1\"",
				 words->word[2]);
	if (words->count > 3 && !args_number(words->word[3], 0, 65535, &port))
		return fault_set(fault, -EINVAL, "%s: is no port: write 0 to 65535",
				 words->word[3]);
	what->port = (uint16_t)port;
	return 0;
}

struct verb {
	const char *name;
	int (*parse)(const struct words *words, struct simulate_action *what, struct fault *fault);
	enum event_action event;
	uint32_t want[2];
	size_t least, most; /* words behind the verb */
	const char *usage;
};

#define NAME(verb, event, access)                                                                  \
	{                                                                                          \
		verb, parse_name, event, { access, 0 }, 1, 1, verb " PATH"                         \
	}
#define PAIR(verb, event, old, new)                                                                \
	{                                                                                          \
		verb, parse_pair, event, { old, new }, 2, 2, verb " OLD NEW"                       \
	}
#define ADDRESS(verb, event)                                                                       \
	{                                                                                          \
		verb, parse_address, event, { 0, 0 }, 2, 3, verb " PROTO ADDRESS PORT"             \
	}

static const struct verb verbs[] = {
	{ "exec", parse_exec, EVENT_EXEC, { ACCESS_EXEC, 0 }, 1, 1, "exec PATH" },
	{ "open", parse_open, EVENT_OPEN, { 0, 0 }, 2, 2, "open LETTERS PATH" },
	NAME("create", EVENT_CREATE, ACCESS_CREATE),
	NAME("mkdir", EVENT_MKDIR, ACCESS_CREATE),
	NAME("mknod", EVENT_MKNOD, ACCESS_CREATE),
	NAME("symlink", EVENT_SYMLINK, ACCESS_CREATE),
	NAME("delete", EVENT_DELETE, ACCESS_DELETE),
	NAME("rmdir", EVENT_RMDIR, ACCESS_DELETE),
	NAME("truncate", EVENT_TRUNCATE, ACCESS_WRITE),
	PAIR("rename", EVENT_RENAME, ACCESS_DELETE, ACCESS_CREATE),
	PAIR("replace", EVENT_RENAME, ACCESS_DELETE, ACCESS_CREATE | ACCESS_DELETE),
	PAIR("exchange", EVENT_RENAME, ACCESS_DELETE | ACCESS_CREATE,
	     ACCESS_CREATE | ACCESS_DELETE),
	PAIR("link", EVENT_LINK, ACCESS_LINK, ACCESS_CREATE),
	ADDRESS("connect", EVENT_CONNECT),
	ADDRESS("send", EVENT_SENDMSG),
	ADDRESS("bind", EVENT_BIND),
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static const struct verb *find_verb(const char *name, struct fault *fault)
{
	const char *names[VERBS + 1] = { NULL }, *nearest;

	for (size_t i = 0; i < VERBS; i++) {
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
		names[i] = verbs[i].name;
	}
	nearest = args_nearest(name, names);
	if (nearest)
		fault_set(fault, -EINVAL, "unknown action '%s': did you mean '%s'?", name, nearest);
	else
		fault_set(fault, -EINVAL, "unknown action '%s': see --help", name);
	return NULL;
}

/* Splits `text` in place; a word too many is counted and not kept. */
static void split(char *text, struct words *words)
{
	char *from = text, *to;

	for (;;) {
		from += strspn(from, " \t");
		if (!*from)
			return;
		to = from;
		if (words->count < WORDS_MAX)
			words->word[words->count] = to;
		words->count++;
		while (*from && *from != ' ' && *from != '\t') {
			from += *from == '\\' && from[1];
			*to++ = *from++;
		}
		from += *from != '\0';
		*to = '\0';
	}
}

static bool is_number(const char *word)
{
	return *word && strspn(word, "0123456789") == strlen(word);
}

/* The words of a verb's own arguments. A port is optional: no verb is a number. */
static void gather(char *const *args, size_t n, const struct verb *verb, struct words *words)
{
	size_t most = verb->most + 1;

	while (words->count < n && words->count < most &&
	       (words->count <= verb->least || is_number(args[words->count]))) {
		words->word[words->count] = args[words->count];
		words->count++;
	}
	words->taken = words->count;
}

int action_parse(char *const *args, size_t n, struct action *action, struct fault *fault)
{
	bool whole = strpbrk(args[0], " \t") != NULL;
	OWNED(free_memory) char *copy = whole ? strdup(args[0]) : NULL;
	struct words words = { .taken = 1 };
	const struct verb *verb;
	int error;

	if (whole && !copy)
		return fault_errno(fault, -ENOMEM, "%s", args[0]);
	if (whole)
		split(copy, &words);
	verb = find_verb(whole ? (words.count ? words.word[0] : "") : args[0], fault);
	if (!verb)
		return -EINVAL;
	if (!whole)
		gather(args, n, verb, &words);
	if (words.count <= verb->least || words.count > verb->most + 1)
		return fault_set(fault, -EINVAL, "%s: takes the form '%s'", verb->name,
				 verb->usage);
	*action = (struct action){ .verb = verb->name };
	if (verb->parse == parse_address)
		snprintf(action->proto, sizeof(action->proto), "%s", words.word[1]);
	action->what.event = verb->event;
	memcpy(action->what.want, verb->want, sizeof(verb->want));
	error = verb->parse(&words, &action->what, fault);
	return error ? error : (int)words.taken;
}
