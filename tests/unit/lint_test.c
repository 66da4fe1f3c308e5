/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said on paths, against all short paths there are. */
#include "tests/unit/policy_helper.h"

#include "policy/lint.h"
#include "policy/simulate.h"

#define ALPHABET "/abc." /* c: any other */
#define LONGEST 6
#define RULES 5

/* A rule that stands on a line of its own: line 2 is the first. */
struct rule {
	const char *action;
	const char *access;
	char path[64];
	struct policy_image *alone; /* denies what it matches */
};

static bool is_path(const char *text)
{
	size_t n = strlen(text);

	if (text[0] != '/' || n < 2 || text[n - 1] == '/' || strstr(text, "//"))
		return false;
	for (const char *at = text; at; at = strchr(at + 1, '/')) {
		size_t part = strcspn(at + 1, "/");

		if (!strncmp(at + 1, "..", part) && part <= 2)
			return false;
	}
	return true;
}

static size_t all_paths(char (**ret)[LONGEST + 1])
{
	char(*paths)[LONGEST + 1] = NULL, text[LONGEST + 1];
	size_t n = 0;

	for (unsigned length = 2, codes = 25; length <= LONGEST; length++, codes *= 5)
		for (unsigned code = 0; code < codes; code++) {
			for (unsigned i = 0, rest = code; i < length; i++, rest /= 5)
				text[i] = ALPHABET[rest % 5];
			text[length] = '\0';
			if (!is_path(text))
				continue;
			if (!(n & (n - 1)))
				paths = reallocarray(paths, n ? 2 * n : 1, sizeof(*paths));
			memcpy(paths[n++], text, sizeof(text));
		}
	*ret = paths;
	return n;
}

static void random_path(char *buf)
{
	static const char *const parts[] = { "/a",  "/b",  "/*",     "/a*",   "/?b",
					     "/ab", "/**", "/{a,b}", "/[!a]", "/.a" };

	*buf = '\0';
	for (unsigned i = 0, n = 1 + random_below(2); i < n; i++)
		strcat(buf, parts[random_below(sizeof(parts) / sizeof(*parts))]);
}

static struct policy_image *compile_alone(const char *path)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "policies = ( { name = \"p\"; file = { default = \"allow\"; rules = ( { action = "
		 "\"deny\"; access = \"rwx\"; path = \"%s\"; } ); }; } );",
		 path);
	return compile(text);
}

static char *write_policy(const struct rule *rules)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fprintf(out, "policies = ( { name = \"p\"; file = { default = \"deny\"; rules = (");
	for (int i = 0; i < RULES; i++)
		fprintf(out, "%s\n{ action = \"%s\"; access = \"%s\"; path = \"%s\"; }",
			i ? "," : "", rules[i].action, rules[i].access, rules[i].path);
	fprintf(out, " ); }; } );\n");
	fclose(out);
	return text;
}

static bool allows(const struct policy_image *image, const char *path, uint32_t access)
{
	struct decision d;

	assert_int_equal(simulate_access(image, path, access, &d), 0);
	return !d.verdict;
}

/* Does a rule allow something that is not denied anyway? All rules are for one letter. */
static bool decides(const struct policy_image *all, const struct rule *rule,
		    char (*paths)[LONGEST + 1], size_t n)
{
	uint32_t access = *rule->access == 'w' ? ACCESS_WRITE : ACCESS_EXEC;

	for (size_t i = 0; i < n; i++)
		if (!allows(rule->alone, paths[i], access) && allows(all, paths[i], access))
			return true;
	return false;
}

static bool said(const struct diag_list *diags, unsigned line, const char *what)
{
	for (size_t i = 0; i < diags->count; i++)
		if (diags->items[i].level == DIAG_WARNING && diags->items[i].line == line &&
		    strstr(diags->items[i].text, what))
			return true;
	return false;
}

/* Is there a short path that can be written and executed? */
static bool mixes(const struct policy_image *all, char (*paths)[LONGEST + 1], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (allows(all, paths[i], ACCESS_WRITE) && allows(all, paths[i], ACCESS_EXEC))
			return true;
	return false;
}

/* The example of a warning on that; it must be right. */
static bool said_mixed(const struct diag_list *diags, const struct policy_image *all)
{
	bool ret = false;

	for (size_t i = 0; i < diags->count; i++) {
		const char *text = diags->items[i].text;
		char path[128];

		if (sscanf(text, "what is allowed to be written here, as \"%127[^\"]", path) != 1)
			continue;
		assert_true(is_path(path));
		assert_true(allows(all, path, ACCESS_WRITE) && allows(all, path, ACCESS_EXEC));
		ret = true;
	}
	return ret;
}

/* What was counted. `longer`: rules of which only a longer path might show that they decide. */
struct counts {
	unsigned dead, longer, mixed;
};

static void try_policy(char (*paths)[LONGEST + 1], size_t n, struct counts *counts)
{
	static const char *const actions[] = { "allow", "allow", "deny", "kill" };
	struct diag_list diags = { 0 };
	struct rule rules[RULES];
	struct policy_set *set;
	struct policy_image *all;
	bool mixed;
	char *text;

	for (int i = 0; i < RULES; i++) {
		rules[i].action = actions[random_below(4)];
		rules[i].access = random_below(2) ? "w" : "x";
		random_path(rules[i].path);
		rules[i].alone = compile_alone(rules[i].path);
	}
	text = write_policy(rules);
	set = load(text);
	all = compile(text);
	policy_lint(policy_set_at(set, 0), &diags);
	for (int i = 0; i < RULES; i++) {
		bool dead = said(&diags, (unsigned)i + 2, "allows nothing");
		bool shown = *rules[i].action != 'a' || decides(all, &rules[i], paths, n);

		if (dead && shown)
			fail_msg("line %d decides:\n%s", i + 2, text);
		counts->dead += dead;
		counts->longer += !dead && !shown;
		policy_image_free(rules[i].alone);
	}
	mixed = said_mixed(&diags, all);
	if (!mixed && mixes(all, paths, n))
		fail_msg("written and executed:\n%s", text);
	counts->mixed += mixed;
	diag_clear(&diags);
	policy_image_free(all);
	policy_set_free(set);
	free(text);
}

static void tells_the_truth(void **state)
{
	char(*paths)[LONGEST + 1];
	size_t n = all_paths(&paths);
	struct counts counts = { 0 };

	(void)state;
	random_start();
	for (int i = 0; i < 400; i++)
		try_policy(paths, n, &counts);
	print_message("%zu paths, %u rules that never decide (%u perhaps), %u policies that mix\n",
		      n, counts.dead, counts.longer, counts.mixed);
	assert_true(counts.dead > 20 && counts.mixed > 20 && counts.longer < counts.dead / 4);
	free(paths);
}

/* Three rules allow the same each time, forty what the next one does too; three are denied. */
static void sees_through_many_rules(void **state)
{
	struct diag_list diags = { 0 };
	struct policy_set *set;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	double began;

	(void)state;
	fprintf(out, "policies = ( { name = \"p\"; file = { default = \"deny\"; rules = (\n");
	for (int i = 0; i < 900; i++)
		fprintf(out, "{ action = \"allow\"; access = \"r\"; path = \"/srv/%d{,/**}\"; },\n",
			i / 3);
	for (int depth = 1; depth <= 40; depth++) {
		fprintf(out, "{ action = \"allow\"; access = \"r\"; path = \"");
		for (int k = 0; k < depth; k++)
			fprintf(out, "/a");
		fprintf(out, "/**\"; },\n");
	}
	fprintf(out,
		"{ action = \"deny\"; access = \"r\"; path = \"/srv/299{,/**}\"; } ); }; } );\n");
	fclose(out);
	set = load(text);
	began = seconds();
	policy_lint(policy_set_at(set, 0), &diags);
	print_message("%.3f s\n", seconds() - began);
	assert_true(seconds() - began < 5);
	assert_int_equal(diags.count, 3);
	for (unsigned line = 899; line <= 901; line++)
		assert_true(said(&diags, line, "allows nothing"));
	diag_clear(&diags);
	policy_set_free(set);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_the_truth),
		cmocka_unit_test(sees_through_many_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
