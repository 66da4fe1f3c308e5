/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policies and actions by chance, and what they should come to by the words of policy/image.h
 * and policy/glob.h, in the most obvious way. Shares no code with policy/ and bpf/.
 */
#ifndef BAILIFF_TESTS_PROPERTY_MODEL_H
#define BAILIFF_TESTS_PROPERTY_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define MODEL_RULES 10
#define MODEL_PATTERNS 2 /* of one rule */
#define MODEL_GLOB 160	 /* bytes of a pattern */
#define MODEL_PORTS 3
#define MODEL_RANGES 3
#define MODEL_SOCKETS 3
#define MODEL_WORDS 4 /* of an action */
#define MODEL_WORD 4096

#define MODEL_FILE "p.cfg"

enum model_section {
	SECTION_EXEC,
	SECTION_FILE,
	SECTION_NETWORK,
	SECTION_UNIX,
	SECTION_CAPABILITY,
	SECTION_OPERATION,
	SECTION_DEVICE,
	SECTION_SYSCTL_READ,
	SECTION_SYSCTL_WRITE,
};
enum model_op { OP_CONNECT, OP_BIND, OP_ACCEPT, OP_LISTEN };
enum model_act { ACT_ALLOW, ACT_DENY, ACT_KILL };
enum model_default { NO_SECTION, DEFAULTS_ALLOW, DEFAULTS_DENY };
enum model_mode { MODE_OFF, MODE_AUDIT, MODE_ENFORCE };

/* Addresses of both families as IPv6 ones; `v4`: written as an IPv4 range. */
struct model_range {
	unsigned __int128 first;
	int prefix;
	bool v4;
};

struct model_rule {
	enum model_section section;
	enum model_act act;
	bool audit, quiet;
	char letters[12]; /* of SECTION_FILE and SECTION_DEVICE */
	int n_patterns;
	char pattern[MODEL_PATTERNS][MODEL_GLOB];
	enum model_op op;  /* from here on SECTION_NETWORK; of SECTION_UNIX, too */
	bool abstract;	   /* of SECTION_UNIX: the pattern has an '@' in front */
	const char *proto; /* NULL: none given */
	int n_ports;
	int ports[MODEL_PORTS][2];
	int n_ranges;
	struct model_range ranges[MODEL_RANGES];
	const char *name; /* of SECTION_CAPABILITY and SECTION_OPERATION */
	int node;	  /* of SECTION_DEVICE: -1, or one that has a name */
	char type;
	int major, minor;      /* -1: any */
	bool has_min, has_max; /* of SECTION_SYSCTL_WRITE */
	int64_t min, max;
	unsigned line; /* in the text, set by model_text() */
};

struct model {
	enum model_mode mode;
	enum model_default exec, file, network, capabilities, device, sysctl_read, sysctl_write;
	int n_rules;
	struct model_rule rules[MODEL_RULES];
	int n_sockets;
	const char *sockets[MODEL_SOCKETS];
	unsigned socket_line[MODEL_SOCKETS];
};

struct model_action {
	int count;
	char word[MODEL_WORDS][MODEL_WORD];
};

enum model_verdict { SAYS_ALLOWED, SAYS_DENIED, SAYS_KILLED };

/* Whether a directory's move loses denials below it. */
enum model_below { BELOW_NO, BELOW_YES, BELOW_UNKNOWN };

/* What else than a rule or the default it is by. */
enum model_why { WHY_RULE, WHY_RANGE, WHY_INTEGER };

struct model_answer {
	bool judged;
	enum model_verdict verdict; /* whatever the mode */
	bool record;
	unsigned line;		/* of the rule; 0: the default */
	enum model_below below; /* if nothing else denies it */
	enum model_why why;
	bool limited; /* allowed by limits to the value */
};

/* random.c: numbers from a seed. */
extern uint64_t random_seed;
unsigned random_below(unsigned limit);
bool one_in(unsigned n);

/* Are the rule's patterns paths, or names of Unix sockets? */
static inline bool has_paths(const struct model_rule *rule)
{
	return rule->section == SECTION_EXEC || rule->section == SECTION_FILE ||
	       rule->section == SECTION_UNIX;
}

/* model.c */
void model_random(struct model *m);
/* The policy as text, each rule on a line of its own; the caller frees it. */
char *model_text(struct model *m);

/* paths.c: a glob that the language takes; a path that one of the rules' globs leads to, or
 * nearly; one that this glob leads to; whether a glob is right. */
void random_glob(char *buf, bool plain);
bool right_glob(const char *text);
void random_path(const struct model *m, char *buf);
void path_of_glob(const char *glob, char *buf);

/* addresses.c */
void random_ranges(struct model_rule *rule);
void random_ports(struct model_rule *rule);
void random_address(const struct model *m, struct model_action *action);
bool range_has(const struct model_range *range, unsigned __int128 address);
void range_text(const struct model_range *range, char *buf, size_t size);

/* sockets.c: an element of the list, a socket, a rule on Unix sockets, a name of one; what the
 * list comes to. */
const char *random_element(void);
void random_socket(const struct model *m, struct model_action *action);
void random_unix_rule(struct model_rule *rule, bool plain);
void random_unix(const struct model *m, struct model_action *action);
bool sockets_are_judged(const struct model *m);
void decide_socket(const struct model *m, const char *text, struct model_answer *ret);

/* numbers.c: names that rules may have; an action with one, often one that a rule has;
 * whether two operations are judged together; and what the rules come to. */
const char *random_name(enum model_section section);
void random_number(const struct model *m, struct model_action *action);
bool judged_together(const char *operation, const char *other);
void decide_number(const struct model *m, const struct model_action *action,
		   struct model_answer *ret);

/* The number of a capability that an action is on, by linux/capability.h; -1: it is on none. */
int capability_of(const struct model_action *action);

/* devices.c: an entry and its text; a device; what the entries come to. */
void random_device_rule(struct model_rule *rule);
void device_text(const struct model_rule *rule, char *buf);
void random_device(const struct model *m, struct model_action *action);
void decide_device(const struct model *m, const struct model_action *action,
		   struct model_answer *ret);

/* sysctls.c: a name with limits or without; one that is read or written; what it comes to. */
void random_sysctl_rule(struct model_rule *rule);
void random_sysctl(const struct model *m, struct model_action *action);
void decide_sysctl(const struct model *m, const struct model_action *action,
		   struct model_answer *ret);

/* actions.c */
void random_action(const struct model *m, struct model_action *action);

/* reference.c; the model must have been given to reference_start() last, after model_text(). */
void reference_start(const struct model *m);
void reference_decide(const struct model *m, const struct model_action *action,
		      struct model_answer *ret);

#endif
