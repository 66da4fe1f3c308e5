/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said on names of sysctls, against all short names there are. */
#include "tests/unit/policy_helper.h"

#include "policy/lint.h"
#include "policy/simulate.h"

#define ALPHABET "/abc" /* c: any other */
#define LONGEST 5
#define ENTRIES 5

/* Stands on a line of its own: line 2 is the first. */
struct entry {
	const char *list; /* "allow" or "deny" */
	bool limited;	  /* to 9 */
	char glob[32];
	struct policy_image *alone; /* denies what it matches */
};

static size_t all_names(char (**ret)[LONGEST + 1])
{
	char(*names)[LONGEST + 1] = calloc(4096, sizeof(*names)), text[LONGEST + 1];
	size_t n = 0;

	for (unsigned length = 1, codes = 4; length <= LONGEST; length++, codes *= 4)
		for (unsigned code = 0; code < codes; code++) {
			for (unsigned i = 0, rest = code; i < length; i++, rest /= 4)
				text[i] = ALPHABET[rest % 4];
			text[length] = '\0';
			if (*text != '/' && text[length - 1] != '/' && !strstr(text, "//"))
				memcpy(names[n++], text, sizeof(text));
		}
	*ret = names;
	return n;
}

static void make_entry(struct entry *entry)
{
	static const char *const parts[] = { "a", "b", "*", "a*", "?", "{a,b.b}", "[!a]", "**" };
	char text[256];

	entry->list = random_below(3) ? "allow" : "deny";
	entry->limited = *entry->list == 'a' && random_below(2);
	strcpy(entry->glob, parts[random_below(7)]);
	if (random_below(2)) {
		strcat(entry->glob, ".");
		strcat(entry->glob, parts[random_below(8)]);
	}
	snprintf(text, sizeof(text),
		 "policies = ( { name = \"p\"; sysctl = { write = { default = \"allow\"; deny = "
		 "\"%s\"; }; }; } );",
		 entry->glob);
	entry->alone = compile(text);
}

static void put_list(FILE *out, const struct entry *entries, const char *list)
{
	bool first = true;

	fprintf(out, "%s = (", list);
	for (int i = 0; i < ENTRIES; i++) {
		const struct entry *entry = &entries[i];

		if (strcmp(entry->list, list) != 0)
			continue;
		fprintf(out, entry->limited ? "%s{ name = \"%s\"; max = 9; }" : "%s\"%s\"",
			first ? "" : ",\n", entry->glob);
		first = false;
	}
	fprintf(out, "%s);\n", first ? "\"none\"" : "");
}

static char *write_policy(const struct entry *entries)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fprintf(out, "policies = ( { name = \"p\"; sysctl = { write = { default = \"%s\";\n",
		random_below(2) ? "deny" : "allow");
	put_list(out, entries, "allow");
	put_list(out, entries, "deny");
	fprintf(out, "}; }; } );\n");
	fclose(out);
	return text;
}

static bool allows(const struct policy_image *image, const char *name, const char *value)
{
	struct simulate_action action = {
		.event = EVENT_SYSCTL,
		.classes = CLASS_SYSCTL_WRITE,
		.want = { NAME_SYSCTL_WRITE, 0 },
	};
	struct simulate_answer answer;

	strcpy(action.path[0], name);
	strcpy(action.path[1], value);
	assert_int_equal(simulate_action(image, NULL, &action, &answer), 0);
	return answer.decision.verdict == VERDICT_ALLOW;
}

/* Is a name of an entry allowed, or with limits allowed up to them? */
static bool decides(const struct policy_image *all, const struct entry *entry, bool limits,
		    char (*names)[LONGEST + 1], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!allows(entry->alone, names[i], "5") && allows(all, names[i], "5") &&
		    !(limits && allows(all, names[i], "10")))
			return true;
	return false;
}

static bool said(const struct diag_list *diags, const struct entry *entry, const char *what)
{
	char start[64];

	snprintf(start, sizeof(start), "sysctl \"%s\" %s", entry->glob, what);
	for (size_t i = 0; i < diags->count; i++)
		if (!strncmp(diags->items[i].text, start, strlen(start)))
			return true;
	return false;
}

struct counts {
	unsigned dead, unlimited, longer;
};

static void check_entry(const struct entry *entry, const struct diag_list *diags,
			const struct policy_image *all, char (*names)[LONGEST + 1], size_t n,
			const char *text, struct counts *counts)
{
	bool dead = said(diags, entry, "is never allowed");
	bool unlimited = said(diags, entry, "has limits that hold for nothing");
	bool allowing = decides(all, entry, false, names, n);
	bool limiting = decides(all, entry, true, names, n);

	if (dead && allowing)
		fail_msg("\"%s\" is allowed:\n%s", entry->glob, text);
	if (unlimited && limiting)
		fail_msg("\"%s\" has limits that hold:\n%s", entry->glob, text);
	counts->dead += dead;
	counts->unlimited += unlimited;
	counts->longer +=
		(!dead && !allowing) || (entry->limited && !dead && !unlimited && !limiting);
}

static bool is_unique(const struct entry *entries, int which)
{
	for (int i = 0; i < ENTRIES; i++)
		if (i != which && !strcmp(entries[i].glob, entries[which].glob))
			return false;
	return true;
}

static void try_policy(char (*names)[LONGEST + 1], size_t n, struct counts *counts)
{
	struct diag_list diags = { 0 };
	struct entry entries[ENTRIES];
	struct policy_image *all;
	struct policy_set *set;
	char *text;

	for (int i = 0; i < ENTRIES; i++)
		make_entry(&entries[i]);
	text = write_policy(entries);
	set = load(text);
	all = compile(text);
	policy_lint(policy_set_at(set, 0), &diags);
	for (int i = 0; i < ENTRIES; i++) {
		/* warnings name the glob */
		if (*entries[i].list == 'a' && is_unique(entries, i))
			check_entry(&entries[i], &diags, all, names, n, text, counts);
		policy_image_free(entries[i].alone);
	}
	diag_clear(&diags);
	policy_image_free(all);
	policy_set_free(set);
	free(text);
}

static void tells_the_truth(void **state)
{
	char(*names)[LONGEST + 1];
	size_t n = all_names(&names);
	struct counts counts = { 0 };

	(void)state;
	random_start();
	for (int i = 0; i < 300; i++)
		try_policy(names, n, &counts);
	print_message("%zu names, %u never allowed, %u with idle limits (%u perhaps)\n", n,
		      counts.dead, counts.unlimited, counts.longer);
	assert_true(counts.dead > 20 && counts.unlimited > 20 &&
		    counts.longer < (counts.dead + counts.unlimited) / 4);
	free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(tells_the_truth) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
