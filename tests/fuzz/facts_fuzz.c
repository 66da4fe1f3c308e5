/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What somebody tells of a container, as JSON, and the policy that it gets for that. Build with
 * -fsanitize=fuzzer. */
#include <errno.h>
#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct selector *selector;

static void require(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "facts_fuzz: %s\n", what);
	abort();
}

static void prepare(void)
{
	static char text[] =
		"policies = ("
		"{ name = \"a\"; select = { name = \"a*\"; image = \"**/nginx:*\"; }; },"
		"{ name = \"b\"; select = { labels = \"app=[a-c]*\"; priority = 5; }; },"
		"{ name = \"c\"; select = { annotations = \"x={y,z}\"; trust = \"annotation\"; }; "
		"},"
		"{ name = \"d\"; select = { cgroup = \"/m/*.scope\"; annotations = \"x=?\"; }; },"
		"{ name = \"e\"; select = { name = \"**\"; priority = -1; }; },"
		"{ name = \"f\"; } );";
	FILE *in = fmemopen(text, strlen(text), "r");
	struct diag_list diags = { 0 };
	struct policy_set *set = NULL;

	require(in && !policy_set_load_stream(&set, in, "f", NULL, &diags), "no policies");
	require(!selector_new(&selector, set), "no selector");
	policy_set_free(set);
	diag_clear(&diags);
	fclose(in);
}

/* The choice is the one of the highest priority among those that fit. */
static void check_choice(const struct select_facts *facts)
{
	struct select_choice choice = { 0 };
	int r = selector_choose(selector, facts, &choice), best = 0;
	size_t fitting = 0, equal = 0;
	char why[256];

	for (size_t i = 0; i < selector_count(selector); i++) {
		int priority = selector_at(selector, i)->priority;
		int fits = selector_fits(selector, i, facts, why, sizeof(why));

		require(fits >= 0 && !fits == (why[0] != 0), "no reason");
		if (!fits)
			continue;
		equal = !fitting || priority > best ? 1 : equal + (priority == best);
		best = !fitting || priority > best ? priority : best;
		fitting++;
	}
	require(r == (!fitting ? -ENOENT : equal > 1 ? -ENOTUNIQ : 0), "another choice");
	require(r == -ENOENT || choice.chosen->priority == best, "another priority");
}

static void check_facts(struct json_object *object)
{
	struct fault fault = { "" };
	struct facts facts;

	if (facts_read_any(&facts, object, &fault))
		require(fault.text[0] != 0, "an error without a reason");
	else
		check_choice(&facts.known);
	facts_clear(&facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object = json_tokener_parse_ex(tokener, (const char *)data, (int)size);

	if (!selector)
		prepare();
	if (object)
		check_facts(object);
	json_object_put(object);
	json_tokener_free(tokener);
	return 0;
}
