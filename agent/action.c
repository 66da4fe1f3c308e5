/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/action_network.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/action_device.h"
#include "agent/args.h"
#include "agent/cleanup.h"
#include "policy/names.h"
#include "policy/seccomp.h"

#define WORDS_MAX 4 /* of one action */

struct words {
	const char *word[WORDS_MAX];
	size_t count;
	size_t taken; /* arguments */
};

int action_take_path(const char *word, char *path, bool *directory, struct fault *fault)
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
	return action_take_path(words->word[1], what->path[0], NULL, fault);
}

static int parse_name(const struct words *words, struct simulate_action *what, struct fault *fault)
{
	what->classes = what->want[0] == ACCESS_MAP	  ? CLASS_MAP
			: what->want[0] == ACCESS_SETATTR ? CLASS_SETATTR
			: what->want[0] == ACCESS_IOCTL	  ? CLASS_IOCTL
							  : CLASS_FILE;
	return action_take_path(words->word[1], what->path[0], NULL, fault);
}

static int parse_open(const struct words *words, struct simulate_action *what, struct fault *fault)
{
	char bad = '\0';
	int access = names_access(words->word[1], &bad);

	if (access <= 0 || access & ~(ACCESS_READ | ACCESS_WRITE | ACCESS_APPEND))
		return fault_set(fault, -EINVAL,
				 "open %s: letters are r, w and a; exec, mmap and others are "
				 "actions of their own",
				 words->word[1]);
	if (access & ACCESS_WRITE && access & ACCESS_APPEND)
		return fault_set(fault, -EINVAL,
				 "open %s: a file is opened for writing (w) or for appending alone "
				 "(a)",
				 words->word[1]);
	what->classes = CLASS_FILE;
	what->want[0] = (uint32_t)access;
	return action_take_path(words->word[2], what->path[0], NULL, fault);
}

static int parse_pair(const struct words *words, struct simulate_action *what, struct fault *fault)
{
	bool exchange = !strcmp(words->word[0], "exchange"), directory[2] = { false, false };
	bool *may_be[2] = { NULL, NULL };
	int error;

	for (int i = 0; i < 2 && what->event == EVENT_RENAME; i++)
		may_be[i] = &directory[i];
	error = action_take_path(words->word[1], what->path[0], may_be[0], fault);
	if (!error)
		error = action_take_path(words->word[2], what->path[1], may_be[1], fault);
	if (error)
		return error;
	if (!exchange && directory[1] && !directory[0])
		return fault_set(fault, -EINVAL, "%s: becomes a directory only if %s/ is one",
				 words->word[2], words->word[1]);
	/* rules on execution alone hold for names too: no program is taken out of a denial */
	what->classes = CLASS_EXEC | CLASS_FILE | CLASS_UNIX;
	what->keeps[0] = true;
	what->keeps[1] = exchange;
	what->directory[0] = directory[0];
	what->directory[1] = directory[1] && exchange;
	return 0;
}

static int parse_address(const struct words *words, struct simulate_action *what,
			 struct fault *fault)
{
	return action_parse_address(words->word, words->count, what, fault);
}

static int parse_socket(const struct words *words, struct simulate_action *what,
			struct fault *fault)
{
	return action_parse_socket(words->word[1], what, fault);
}

static int parse_capability(const struct words *words, struct simulate_action *what,
			    struct fault *fault)
{
	int number = names_find(&names_capabilities, words->word[1]);
	char suggestion[1024];

	if (number < 0)
		return fault_set(fault, -EINVAL, "unknown capability \"%s\": %s", words->word[1],
				 names_suggest(&names_capabilities, words->word[1], suggestion,
					       sizeof(suggestion)));
	what->classes = CLASS_CAPABILITY;
	what->capability = (uint32_t)number;
	return 0;
}

static int parse_operation(const struct words *words, struct simulate_action *what,
			   struct fault *fault)
{
	int operation = names_find(&names_process_deny, words->word[0]);

	(void)fault;
	what->event = (enum event_action)(EVENT_OPERATION + operation);
	what->classes = (uint32_t)OPERATION_CLASS(operation);
	return 0;
}

static int parse_device(const struct words *words, struct simulate_action *what,
			struct fault *fault)
{
	return action_parse_device(words->word + 1, what, fault);
}

static int parse_sysctl(const struct words *words, struct simulate_action *what,
			struct fault *fault)
{
	return action_parse_sysctl(words->word + 1, words->count - 1, what, fault);
}

/* How many words `word` has behind it, of a verb that leaves it open; 0: that is no question. */
static size_t more_words(const char *verb, const char *word)
{
	if (!strcmp(verb, "device"))
		return *word == '/' ? 1 : 2;
	if (!strcmp(verb, "sysctl"))
		return !strcmp(word, "write") ? 2 : 1;
	return 0;
}

/* There is nothing in it for the simulator: no program judges it. */
static int parse_syscall(const struct words *words, struct simulate_action *what,
			 struct fault *fault)
{
	(void)what;
	if (!seccomp_known(words->word[1]))
		return fault_set(fault, -EINVAL, "unknown syscall \"%s\"", words->word[1]);
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

#define OPERATION(verb)                                                                            \
	{                                                                                          \
		verb, parse_operation, EVENT_OPERATION, { 0, 0 }, 0, 0, verb                       \
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
	NAME("mmap", EVENT_MMAP, ACCESS_MAP),
	NAME("mprotect", EVENT_MPROTECT, ACCESS_MAP),
	NAME("chmod", EVENT_CHMOD, ACCESS_SETATTR),
	NAME("chown", EVENT_CHOWN, ACCESS_SETATTR),
	NAME("utimes", EVENT_UTIMES, ACCESS_SETATTR),
	NAME("setxattr", EVENT_SETXATTR, ACCESS_SETATTR),
	NAME("removexattr", EVENT_REMOVEXATTR, ACCESS_SETATTR),
	NAME("ioctl", EVENT_IOCTL, ACCESS_IOCTL),
	ADDRESS("connect", EVENT_CONNECT),
	ADDRESS("send", EVENT_SENDMSG),
	ADDRESS("bind", EVENT_BIND),
	ADDRESS("listen", EVENT_LISTEN),
	ADDRESS("accept", EVENT_ACCEPT),
	{ "socket", parse_socket, EVENT_SOCKET, { 0, 0 }, 1, 1, "socket FAMILY/TYPE" },
	{ "capability", parse_capability, EVENT_CAPABILITY, { 0, 0 }, 1, 1, "capability NAME" },
	OPERATION("ptrace"),
	OPERATION("userns"),
	OPERATION("mount"),
	OPERATION("bpf"),
	OPERATION("module"),
	OPERATION("perf"),
	OPERATION("keyring"),
	OPERATION("io_uring"),
	OPERATION("userfaultfd"),
	OPERATION("memfd_exec"),
	OPERATION("deleted_exec"),
	OPERATION("wx_memory"),
	OPERATION("setns"),
	OPERATION("signal_outside"),
	OPERATION("cgroup_escape"),
	OPERATION("reboot"),
	OPERATION("settime"),
	OPERATION("syslog"),
	{ "device", parse_device, EVENT_DEVICE, { 0, 0 }, 2, 3, "device TYPE MAJOR:MINOR LETTERS" },
	{ "sysctl", parse_sysctl, EVENT_SYSCTL, { 0, 0 }, 2, 3, "sysctl write NAME VALUE" },
	{ "syscall", parse_syscall, 0, { 0, 0 }, 1, 1, "syscall NAME" },
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
	size_t more = n > 1 ? more_words(verb->name, args[1]) : 0;
	size_t least = more ? more + 1 : verb->least, most = more ? least + 1 : verb->most + 1;

	while (words->count < n && words->count < most &&
	       (words->count <= least || is_number(args[words->count]))) {
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
	if (words.count <= verb->least || words.count > verb->most + 1 ||
	    (words.count == 3 && more_words(verb->name, words.word[1]) == 2))
		return fault_set(fault, -EINVAL, "%s: takes the form '%s'", verb->name,
				 verb->usage);
	*action = (struct action){ .verb = verb->name };
	if (verb->parse == parse_address || verb->parse == parse_socket)
		snprintf(action->proto, sizeof(action->proto), "%s", words.word[1]);
	if (verb->parse == parse_syscall)
		snprintf(action->syscall, sizeof(action->syscall), "%s", words.word[1]);
	action->what.event = verb->event;
	memcpy(action->what.want, verb->want, sizeof(verb->want));
	error = verb->parse(&words, &action->what, fault);
	return error ? error : (int)words.taken;
}
