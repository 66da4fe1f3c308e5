/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decisions on paths by the compiled automaton against a naive matcher, by chance. */
#include "tests/unit/naive_glob.h"
#include "tests/unit/policy_helper.h"

#include <errno.h>

#include "policy/glob.h"
#include "policy/simulate.h"

#define RULES 6
#define ROUNDS 1500
#define PATHS 30

struct rule {
	char pattern[128];
	uint16_t access;
	int action, audit, quiet, exec;
	struct naive_pattern naive;
};

static struct rule rules[RULES];
static int n_rules;

static void put(char *buf, const char *text)
{
	strncat(buf, text, 127 - strlen(buf));
}

static void random_pattern(char *buf, int depth, int length)
{
	static const char *const pieces[] = { "a",   "b",    "c",	  "/",	    "/a",   "/b",
					      ".",   "?",    "*",	  "**",	    "/**/", "/*",
					      "/**", "[ab]", "[!a]",	  "[a-b.]", "\\*",  "\\\\",
					      "\\{", "-",    "[!\\]b-c]", "," };
	int n = 1 + (int)random_below((unsigned)length);

	for (int i = 0; i < n && strlen(buf) < 60; i++) {
		if (random_below(6) || depth > 2) {
			const char *piece = pieces[random_below(depth ? 21 : 22)];

			put(buf, piece);
			continue;
		}
		put(buf, "{");
		for (unsigned j = 1 + random_below(3); j; j--) {
			if (random_below(5))
				random_pattern(buf, depth + 1, 3);
			if (j > 1)
				put(buf, ",");
		}
		put(buf, "}");
	}
}

/* A pattern that the language takes. */
static void right_pattern(char *buf)
{
	struct arena arena = { 0 };
	struct glob_seq seq;
	char why[160];
	bool right = false;

	while (!right) {
		strcpy(buf, "/");
		random_pattern(buf, 0, 6);
		right = strlen(buf) < 100 && !glob_parse(&arena, buf, &seq, why, sizeof(why)) &&
			!glob_check_path(&seq, strlen(buf), why, sizeof(why));
		arena_clear(&arena);
	}
}

static void random_rule(struct rule *rule)
{
	right_pattern(rule->pattern);
	naive_parse(&rule->naive, rule->pattern);
	rule->exec = !random_below(6);
	rule->action = (int)random_below(rule->exec ? 2 : 3);
	rule->access = rule->exec ? ACCESS_EXEC : (uint16_t)(1 + random_below(ACCESS_ALL));
	rule->audit = rule->quiet = 0;
	if (!rule->exec && !random_below(3)) {
		rule->audit = rule->action == ACTION_ALLOW || random_below(2);
		rule->quiet = !rule->audit;
	}
}

static void put_rule(FILE *out, const struct rule *rule)
{
	static const char *const actions[] = { "allow", "deny", "kill" };

	fprintf(out, "{ action = \"%s\"; access = \"", actions[rule->action]);
	for (int bit = 0; bit < ACCESS_BITS; bit++)
		if (rule->access & 1 << bit)
			fputc(ACCESS_LETTERS[bit], out);
	fputs("\"; path = \"", out);
	for (const char *c = rule->pattern; *c; c++)
		fprintf(out, *c == '\\' ? "\\\\" : "%c", *c);
	fprintf(out, "\";%s%s },\n", rule->audit ? " audit = true;" : "",
		rule->quiet ? " quiet = true;" : "");
}

static void put_exec(FILE *out, int action, const char *name)
{
	int n = 0;

	for (int i = 0; i < n_rules; i++)
		n += rules[i].exec && rules[i].action == action;
	if (!n)
		return;
	fprintf(out, "%s = [\n", name);
	for (int i = 0; i < n_rules; i++) {
		if (!rules[i].exec || rules[i].action != action)
			continue;
		fputc('"', out);
		for (const char *c = rules[i].pattern; *c; c++)
			fprintf(out, *c == '\\' ? "\\\\" : "%c", *c);
		fprintf(out, "\"%s\n", --n ? "," : "");
	}
	fputs("];\n", out);
}

/* The policy, and for each rule the line that it stands on. */
static char *policy_text(int file_default, int exec_default)
{
	static const char *const defaults[] = { NULL, "allow", "deny" };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	fprintf(out, "policies = ( { name = \"p\";\n");
	if (exec_default) {
		fprintf(out, "process = { exec = { default = \"%s\";\n", defaults[exec_default]);
		put_exec(out, ACTION_ALLOW, "allow");
		put_exec(out, ACTION_DENY, "deny");
		fprintf(out, "}; };\n");
	}
	fprintf(out, "file = { default = \"%s\"; rules = (\n", defaults[file_default]);
	for (int i = 0; i < n_rules; i++)
		if (!rules[i].exec)
			put_rule(out, &rules[i]);
	/* libconfig has no comma after the last element */
	fprintf(out, "{ action = \"allow\"; access = \"r\"; path = \"/never\"; } ); }; } );\n");
	fclose(out);
	return text;
}

/* Lines of the rules in the text above: execution first, allow before deny. */
static unsigned rule_line(int index, int exec_default)
{
	unsigned line = 2;
	int counts[2] = { 0, 0 };

	for (int i = 0; i < n_rules; i++)
		if (rules[i].exec)
			counts[rules[i].action]++;
	if (!exec_default) {
		line += 1;
	} else if (rules[index].exec) {
		line += 2;
		if (rules[index].action == ACTION_DENY && counts[0])
			line += (unsigned)counts[0] + 2;
	} else {
		line += 1 + (counts[0] ? (unsigned)counts[0] + 2 : 0) +
			(counts[1] ? (unsigned)counts[1] + 2 : 0) + 1 + 1;
	}
	for (int i = 0; i < index; i++)
		if (rules[i].exec == rules[index].exec &&
		    (!rules[i].exec || rules[i].action == rules[index].action))
			line++;
	return line;
}

struct expected {
	int verdict, record;
	unsigned line; /* 0: default */
};

/* Whether the rule matches, and how early it stands: its line. */
static unsigned better(unsigned line, unsigned than)
{
	return !than || line < than ? line : than;
}

static struct expected naive_decide(const char *path, int bit, int dflt, int exec_default)
{
	unsigned kill = 0, loud_kill = 0, deny = 0, loud_deny = 0, audit = 0;
	bool allow = false;
	struct expected e = { 0 };

	for (int i = 0; i < n_rules; i++) {
		const struct rule *r = &rules[i];
		unsigned line = rule_line(i, exec_default);
		uint16_t access = r->access & ACCESS_WRITE ? r->access | ACCESS_APPEND : r->access;

		if (access & ACCESS_EXEC && r->action != ACTION_ALLOW)
			access |= ACCESS_MAP;
		if (!(access & 1 << bit) || !naive_match(&r->naive, path))
			continue;
		if (r->action == ACTION_KILL) {
			kill = better(line, kill);
			loud_kill = r->quiet ? loud_kill : better(line, loud_kill);
		} else if (r->action == ACTION_DENY) {
			deny = better(line, deny);
			loud_deny = r->quiet ? loud_deny : better(line, loud_deny);
		} else {
			allow = true;
			audit = r->audit ? better(line, audit) : audit;
		}
	}
	if (kill || deny) {
		e.verdict = kill ? VERDICT_KILL : VERDICT_DENY;
		e.record = loud_kill || loud_deny;
		e.line = kill ? (loud_kill ? loud_kill : kill) : (loud_deny ? loud_deny : deny);
	} else if (allow) {
		e.record = audit != 0;
		e.line = audit;
	} else if (dflt == DEFAULT_DENY) {
		e.verdict = VERDICT_DENY;
		e.record = 1;
	}
	return e;
}

/* A path that one of the patterns' expansions leads to, or nearly. */
static void likely_path(char *buf)
{
	const struct naive_pattern *p = &rules[random_below((unsigned)n_rules)].naive;
	const struct naive_list *list = &p->lists[random_below((unsigned)p->count)];
	static const char *const fill[] = { "", "a", "b", "ab", "c.", "a/b", "/a", "b/", "-" };

	buf[0] = '\0';
	for (int i = 0; i < list->count && strlen(buf) < 200; i++) {
		char byte[2] = { (char)list->tokens[i], 0 };

		if (list->tokens[i] == NAIVE_STARS)
			strcat(buf, fill[random_below(9)]);
		else if (list->tokens[i] == NAIVE_STAR)
			strcat(buf, fill[random_below(5)]);
		else if (list->tokens[i] >= NAIVE_SET)
			strcat(buf, &"a\0b\0c\0.\0]\0-"[random_below(6) * 2]);
		else if (random_below(20))
			strcat(buf, byte);
	}
	if (buf[0] != '/')
		strcpy(buf, "/a");
}

static void random_path(char *buf)
{
	unsigned n = 1 + random_below(12);

	strcpy(buf, "/");
	for (unsigned i = 0; i < n; i++)
		strcat(buf, &"a\0b\0c\0/\0.\0*\0-\0\\\0{\0\xff"[random_below(10) * 2]);
}

static int check_path(const struct policy_image *image, const char *path, int file_default,
		      int exec_default)
{
	int matched = 0;

	for (int bit = 0; bit < ACCESS_BITS; bit++) {
		int dflt = bit == ACCESS_EXEC_BIT && exec_default ? exec_default : file_default;
		struct expected e = naive_decide(path, bit, dflt, exec_default);
		struct decision d;
		char source[64], expected[64] = "default";

		assert_int_equal(simulate_access(image, path, 1U << bit, &d), 0);
		if (e.line)
			snprintf(expected, sizeof(expected), FILE_NAME ":%u", e.line);
		image_rule_source(&image->head, image->words, d.rule, source, sizeof(source));
		if (d.verdict != e.verdict || d.record != e.record || strcmp(source, expected)) {
			for (int i = 0; i < n_rules; i++)
				print_message("%u: %s\n", rule_line(i, exec_default),
					      rules[i].pattern);
			print_message("path %s letter %c\n", path, ACCESS_LETTERS[bit]);
		}
		assert_int_equal(d.verdict, e.verdict);
		assert_int_equal(d.record, e.record);
		assert_string_equal(source, expected);
		matched |= e.line || e.verdict != (dflt == DEFAULT_DENY);
	}
	return matched;
}

static void compiled_equals_naive(void **state)
{
	int pairs = 0, matched = 0;

	(void)state;
	random_start();
	for (int round = 0; round < ROUNDS; round++) {
		int file_default = 1 + (int)random_below(2), exec_default = (int)random_below(3);
		struct policy_image *image;
		char path[512], *text;

		n_rules = 1 + (int)random_below(RULES);
		for (int i = 0; i < n_rules; i++) {
			random_rule(&rules[i]);
			if (rules[i].exec && !exec_default)
				i--;
		}
		text = policy_text(file_default, exec_default);
		image = compile(text);
		for (int i = 0; i < PATHS; i++) {
			if (random_below(4))
				likely_path(path);
			else
				random_path(path);
			matched += check_path(image, path, file_default, exec_default);
			pairs++;
		}
		policy_image_free(image);
		free(text);
	}
	print_message("%d pairs, %d with a rule\n", pairs, matched);
	assert_true(pairs >= 10000);
	assert_true(matched > pairs / 5);
}

static void moves_of_directories(void **state)
{
	struct policy_image *image =
		compile("policies = ( { name = \"x\"; file = { default = \"allow\"; rules = ("
			"{ action = \"deny\"; access = \"r\"; path = \"/data/secret/**\"; },"
			"{ action = \"deny\"; access = \"w\"; path = \"/**/*.key\"; },"
			"{ action = \"deny\"; access = \"rwacdlx\"; path = \"/vault{,/**}\"; }"
			"); }; } );");

	(void)state;
	assert_int_equal(simulate_loses_below(image, "/data/secret", "/data/public"), 1);
	assert_int_equal(simulate_loses_below(image, "/data", "/old"), 1);
	assert_int_equal(simulate_loses_below(image, "/vault/a", "/srv/a"), 1);
	/* below both the same is denied, or more below the new name */
	assert_int_equal(simulate_loses_below(image, "/srv/a", "/srv/b"), 0);
	assert_int_equal(simulate_loses_below(image, "/data/secret/a", "/data/secret/b"), 0);
	assert_int_equal(simulate_loses_below(image, "/vault/a", "/vault/b"), 0);
	assert_int_equal(simulate_loses_below(image, "/data/secrets", "/data/public"), 0);
	assert_int_equal(simulate_loses_below(image, "data", "/b"), -EINVAL);
	policy_image_free(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compiled_equals_naive),
		cmocka_unit_test(moves_of_directories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
