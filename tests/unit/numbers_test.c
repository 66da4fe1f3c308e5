/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capabilities and operations: what lists of them, by chance, say against a plain reference. */
#include "tests/unit/policy_helper.h"

#include <errno.h>

#include "policy/names.h"
#include "policy/simulate.h"

#define LISTS 3
#define ROUNDS 300

static const char *const keys[LISTS] = { "allow", "deny", "kill" };

/* One list per line, so that a line is a rule: allow 2, deny 3, kill 4. */
static uint64_t put_list(FILE *out, const struct name_table *table, const char *key)
{
	uint64_t members = 0;

	fprintf(out, "%s = [ ", key);
	for (size_t i = 0; i < table->count; i++) {
		if (random_below(4))
			continue;
		fprintf(out, "%s\"%s\"", members ? ", " : "", table->names[i]);
		members |= 1ULL << i;
	}
	if (!members) {
		fprintf(out, "\"%s\"", table->names[0]);
		members = 1;
	}
	fputs(" ];\n", out);
	return members;
}

static struct decision reference(const uint64_t members[LISTS], bool deny, uint32_t number)
{
	uint64_t bit = 1ULL << number;
	bool allowed = members[0] & bit;
	unsigned line = members[2] & bit ? 4 : members[1] & bit ? 3 : allowed ? 2 : 0;
	uint8_t verdict = VERDICT_ALLOW;

	if (members[2] & bit)
		verdict = VERDICT_KILL;
	else if (members[1] & bit || (deny && !allowed))
		verdict = VERDICT_DENY;
	return (struct decision){ verdict, verdict != VERDICT_ALLOW, (uint16_t)line };
}

static void decision_is(const struct policy_image *image, struct decision d, struct decision right)
{
	char source[64], expected[64] = "default";

	image_rule_source(&image->head, image->words, d.rule, source, sizeof(source));
	if (right.rule)
		snprintf(expected, sizeof(expected), "test.cfg:%u", right.rule);
	assert_int_equal(d.verdict, right.verdict);
	assert_int_equal(d.record, right.record);
	assert_string_equal(source, expected);
}

static void capabilities(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		bool deny = random_below(2);
		uint64_t members[LISTS];
		struct policy_image *image;
		char text[8192];
		FILE *out = fmemopen(text, sizeof(text), "w");

		fprintf(out,
			"policies = ( { name = \"p\"; process = { capabilities = { "
			"default = \"%s\";\n",
			deny ? "deny" : "allow");
		for (int i = 0; i < LISTS; i++)
			members[i] = put_list(out, &names_capabilities, keys[i]);
		fputs("}; }; } );\n", out);
		fclose(out);
		image = compile(text);
		assert_int_equal(image->head.classes, CLASS_CAPABILITY);
		for (uint32_t i = 0; i < 64; i++) {
			struct decision right = reference(members, deny, i);

			decision_is(image, match_number(image, &image->head.capabilities, i),
				    right);
		}
		policy_image_free(image);
	}
}

static uint32_t classes_of(uint64_t members)
{
	uint32_t classes = 0;

	for (uint32_t i = 0; i < OPERATIONS; i++)
		if (members & 1ULL << i)
			classes |= i == OPERATION_WX_MEMORY	   ? CLASS_WX_MEMORY
				   : i == OPERATION_SIGNAL_OUTSIDE ? CLASS_SIGNAL
				   : i == OPERATION_CGROUP_ESCAPE  ? CLASS_CGROUP
								   : CLASS_PROCESS;
	return classes;
}

static void operations(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t members[LISTS] = { 0 };
		struct policy_image *image;
		char text[2048];
		FILE *out = fmemopen(text, sizeof(text), "w");

		fputs("policies = ( { name = \"p\";\nprocess = {\n", out);
		for (int i = 1; i < LISTS; i++)
			members[i] = put_list(out, &names_process_deny, keys[i]);
		fputs("}; } );\n", out);
		fclose(out);
		image = compile(text);
		assert_int_equal(image->head.classes, classes_of(members[1] | members[2]));
		for (uint32_t i = 0; i < OPERATIONS; i++)
			decision_is(image, match_number(image, &image->head.operations, i),
				    reference(members, false, i));
		policy_image_free(image);
	}
}

static void damage_is_found(void **state)
{
	struct policy_image *image = compile("policies = ( { name = \"p\"; process = { "
					     "capabilities = { default = \"deny\"; }; "
					     "kill = \"ptrace\"; }; } );");
	struct policy_head head = image->head;

	(void)state;
	assert_int_equal(image_check(&head, image->words), 0);
	head.operations.deny = 0; /* a kill that is no denial */
	assert_int_equal(image_check(&head, image->words), -EBADMSG);
	head = image->head;
	head.capabilities.rules_off = head.words;
	assert_int_equal(image_check(&head, image->words), -EBADMSG);
	head = image->head;
	head.capabilities.rules_count = 65;
	assert_int_equal(image_check(&head, image->words), -EBADMSG);
	head = image->head;
	image->words[head.operations.rules_off] = head.rules_count;
	assert_int_equal(image_check(&head, image->words), -EBADMSG);
	policy_image_free(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capabilities),
		cmocka_unit_test(operations),
		cmocka_unit_test(damage_is_found),
	};

	random_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
