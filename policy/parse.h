/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tools of the parsers: settings to values, with a diagnostic for whatever does not fit. */
#ifndef BAILIFF_POLICY_PARSE_H
#define BAILIFF_POLICY_PARSE_H

#include <libconfig.h>

#include "policy/names.h"
#include "policy/set.h"

#define SUGGEST_MAX 512

struct parse {
	struct policy_set *set;
	const char *file; /* lives as long as the set */
	bool presets;
	bool no_memory;
	struct diag_list *diags;
};

/* A key of a group and what takes its value. */
struct parse_key {
	const char *name;
	void (*take)(struct parse *p, const config_setting_t *s, void *target);
};

#define PARSE_KEYS(keys) (keys), sizeof(keys) / sizeof((keys)[0])

struct policy_pos parse_pos(const struct parse *p, const config_setting_t *s);

void parse_error(struct parse *p, const config_setting_t *s, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* An error on a name that is not in `table`: `unknown WHAT "TEXT": suggestion`. */
void parse_unknown(struct parse *p, const config_setting_t *s, const char *what, const char *text,
		   const struct name_table *table);

/* Gives each member of a group to its key; unknown keys and empty groups are errors. Returns
 * false if `s` is no group. `what` names it in messages. */
bool parse_group(struct parse *p, const config_setting_t *s, const char *what,
		 const struct parse_key *keys, size_t n, void *target);

/* The values of scalars; NULL, -1 or false with an error if the type is another. */
const char *parse_string(struct parse *p, const config_setting_t *s);
bool parse_bool(struct parse *p, const config_setting_t *s, bool *ret);
bool parse_int(struct parse *p, const config_setting_t *s, long long *ret);
int parse_name(struct parse *p, const config_setting_t *s, const char *what,
	       const struct name_table *table);

/* One string, or each of a list or an array that must not be empty: `take` gets them. */
void parse_each(struct parse *p, const config_setting_t *s, const char *what,
		void (*take)(struct parse *p, const config_setting_t *s, void *target),
		void *target);

/* Whether an entry is right; reports what is wrong itself. */
typedef bool (*parse_check)(struct parse *p, const config_setting_t *s, const char *text);

/* Strings to entries, those that are there already left out. */
void parse_entries(struct parse *p, const config_setting_t *s, const char *what, parse_check check,
		   struct policy_entries *ret);
void parse_entries_add(struct parse *p, struct policy_entries *list, struct policy_entry entry);

/* A `default` key; a second one of the parsers' keys. */
void parse_default(struct parse *p, const config_setting_t *s, enum policy_default *ret);

/* A section with the keys default, allow and deny; the same with the key kill. */
void parse_lists(struct parse *p, const config_setting_t *s, const char *what, parse_check check,
		 struct policy_lists *ret);
void parse_lists_kill(struct parse *p, const config_setting_t *s, const char *what,
		      parse_check check, struct policy_lists *ret);

/* The keys action, audit and quiet of a rule, and what they exclude. */
struct parse_verdict {
	struct policy_verdict verdict;
	bool has_action;
};

void parse_action(struct parse *p, const config_setting_t *s, struct parse_verdict *ret);
void parse_verdict_check(struct parse *p, const config_setting_t *rule,
			 const struct parse_verdict *v);

/* Globs: of paths, and of other text. */
bool parse_check_path(struct parse *p, const config_setting_t *s, const char *text);
bool parse_check_glob(struct parse *p, const config_setting_t *s, const char *text);

/* The sections; `target` is the struct policy. */
void parse_select(struct parse *p, const config_setting_t *s, void *target);
void parse_process(struct parse *p, const config_setting_t *s, void *target);
void parse_file_section(struct parse *p, const config_setting_t *s, void *target);
void parse_network(struct parse *p, const config_setting_t *s, void *target);
void parse_device(struct parse *p, const config_setting_t *s, void *target);
void parse_sysctl(struct parse *p, const config_setting_t *s, void *target);
void parse_seccomp(struct parse *p, const config_setting_t *s, void *target);

#endif
