/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of sysctls, and values in ranges, also by chance against a naive reference. */
#include "tests/unit/policy_helper.h"

#include <errno.h>

#include "policy/simulate.h"
#include "policy/sysctl_name.h"

#define RULES 6

static struct simulate_answer ask(const struct policy_image *image, const char *name,
				  const char *value)
{
	struct simulate_action action = {
		.event = EVENT_SYSCTL,
		.classes = value ? CLASS_SYSCTL_WRITE : CLASS_SYSCTL_READ,
		.want = { value ? NAME_SYSCTL_WRITE : NAME_SYSCTL_READ, 0 },
	};
	struct simulate_answer answer;

	strcpy(action.path[0], name);
	strcpy(action.path[1], value ? value : "");
	assert_int_equal(simulate_action(image, NULL, &action, &answer), 0);
	return answer;
}

static bool allows(const struct policy_image *image, const char *name, const char *value)
{
	return ask(image, name, value).decision.verdict == VERDICT_ALLOW;
}

static void swaps_separators(void **state)
{
	static const char *const pairs[][2] = {
		{ "net.core.*", "net.core.*" },
		{ "net/core/*", "net.core.*" },
		{ "net.ipv4.conf.eth0/100.forwarding", "net.ipv4.conf.eth0/100.forwarding" },
		{ "net/ipv4/conf/eth0.100/forwarding", "net.ipv4.conf.eth0/100.forwarding" },
		{ "a/[./]/b", "a.[./].b" },
		{ "a[.]/b", "a[.].b" },
		{ "{a/b,c/d}.e", "{a.b,c.d}/e" },
		{ "kernel", "kernel" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		char text[64];

		strcpy(text, pairs[i][0]);
		sysctl_canonical(text);
		assert_string_equal(text, pairs[i][1]);
		sysctl_swap(text);
		sysctl_swap(text);
		assert_string_equal(text, pairs[i][1]);
	}
}

static void decides_by_name(void **state)
{
	struct policy_image *image = compile(
		"policies = ( { name = \"p\"; file = { default = \"allow\"; rules = (\n"
		"{ action = \"deny\"; access = \"r\"; path = \"/**\"; } ); }; sysctl = {\n"
		"read = { default = \"allow\"; deny = [ \"kernel.*\",\n"
		"\"net/ipv4/conf/eth0.1/**\" ]; }; write = { default = \"deny\"; allow = [\n"
		"\"net.**\" ]; deny = \"net.core.[bm]*\"; }; }; } );\n");
	struct simulate_answer answer;

	(void)state;
	assert_false(allows(image, "kernel/osrelease", NULL));
	assert_true(allows(image, "kernel/random/uuid", NULL));
	assert_true(allows(image, "kernel", NULL));
	assert_false(allows(image, "net/ipv4/conf/eth0.1/a/b", NULL));
	assert_true(allows(image, "net/ipv4/conf/eth0/1/a", NULL));
	assert_true(allows(image, "net/x/y", "whatever"));
	assert_false(allows(image, "net/core/bpf_x", "1"));
	assert_false(allows(image, "vm/x", "1"));
	answer = ask(image, "net/core/message", "1");
	assert_int_equal(answer.reason, REASON_RULE);
	answer = ask(image, "vm/x", "1");
	assert_int_equal(answer.reason, REASON_DEFAULT);
	policy_image_free(image);
}

/* Under limits of 10 and 20. */
static const struct {
	const char *value;
	enum event_reason reason; /* 0: allowed */
} writes[] = {
	{ "10", 0 },
	{ "20\n", 0 },
	{ " \t10\n", 0 },
	{ "0xA", 0 },
	{ "0Xa 012", 0 },
	{ "10 20 15", 0 },
	{ "9", REASON_RANGE },
	{ "21", REASON_RANGE },
	{ "10 21", REASON_RANGE },
	{ "10 9 20", REASON_RANGE },
	{ "-10", REASON_RANGE },
	{ "0x15", REASON_RANGE },
	{ "010", REASON_RANGE },
	{ "0", REASON_RANGE },
	{ "9223372036854775807", REASON_RANGE },
	{ "9223372036854775808", REASON_RANGE },
	{ "18446744073709551615", REASON_RANGE },
	{ "18446744073709551626", REASON_VALUE }, /* 10 and 2^64 */
	{ "-9223372036854775808", REASON_RANGE },
	{ "-9223372036854775809", REASON_VALUE },
	{ "-18446744073709551606", REASON_VALUE },
	{ "", REASON_VALUE },
	{ " \n", REASON_VALUE },
	{ "-", REASON_VALUE },
	{ "--10", REASON_VALUE },
	{ "1-0", REASON_VALUE },
	{ "+10", REASON_VALUE },
	{ "10a", REASON_VALUE },
	{ "0x", REASON_VALUE },
	{ "0xg", REASON_VALUE },
	{ "08", REASON_VALUE },
	{ "00x10", REASON_VALUE },
	{ "10,20", REASON_VALUE },
	{ "10\v20", REASON_VALUE },
	{ "x10", REASON_VALUE },
	{ "10 \xa0", REASON_VALUE },
};

static void reads_values(void **state)
{
	struct policy_image *image = compile("policies = ( { name = \"p\"; sysctl = { write = {\n"
					     "default = \"allow\"; allow = ( { name = \"a\";\n"
					     "min = 10; max = 20; } ); }; }; } );\n");
	char long_value[BAILIFF_SYSCTL_MAX + 8];

	(void)state;
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		struct simulate_answer answer = ask(image, "a", writes[i].value);

		if (answer.decision.verdict != (writes[i].reason ? VERDICT_DENY : VERDICT_ALLOW) ||
		    (writes[i].reason && answer.reason != writes[i].reason))
			fail_msg("\"%s\": verdict %u, reason %u", writes[i].value,
				 answer.decision.verdict, answer.reason);
	}
	assert_true(allows(image, "b", "anything"));
	memset(long_value, ' ', sizeof(long_value));
	strcpy(long_value + BAILIFF_SYSCTL_MAX - 3, "10");
	assert_true(allows(image, "a", long_value));
	strcpy(long_value + BAILIFF_SYSCTL_MAX - 2, "10");
	assert_int_equal(ask(image, "a", long_value).reason, REASON_VALUE);
	policy_image_free(image);
}

static void one_sided_limits(void **state)
{
	struct policy_image *image = compile(
		"policies = ( { name = \"p\"; sysctl = { write = { default = \"deny\"; allow = (\n"
		"{ name = \"low\"; min = -5; }, { name = \"high\"; max = 5; },\n"
		"{ name = \"large\"; max = 9223372036854775807L; } ); }; }; } );\n");

	(void)state;
	assert_true(allows(image, "low", "18446744073709551615"));
	assert_true(allows(image, "low", "-5"));
	assert_false(allows(image, "low", "-6"));
	assert_true(allows(image, "high", "-9223372036854775808"));
	assert_false(allows(image, "high", "6"));
	assert_true(allows(image, "large", "9223372036854775807"));
	assert_false(allows(image, "large", "9223372036854775808"));
	policy_image_free(image);
}

struct rule {
	char pattern; /* 'a', 'b', or '*' for both */
	bool deny, ranged;
	int min, max;
};

static unsigned below(unsigned limit)
{
	return (unsigned)rand() % limit;
}

static char *random_text(struct rule *rules, bool allow)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	const char *comma = "";

	for (int i = 0; i < RULES; i++) {
		rules[i] = (struct rule){ .pattern = "ab*"[below(3)], .deny = !below(6) };
		rules[i].ranged = !rules[i].deny && below(4);
		rules[i].min = (int)below(10);
		rules[i].max = rules[i].min + (int)below(4);
	}
	fprintf(out,
		"policies = ( { name = \"p\"; sysctl = { write = { default = \"%s\"; allow = ( ",
		allow ? "allow" : "deny");
	for (int i = 0; i < RULES; i++) {
		if (rules[i].ranged)
			fprintf(out, "%s{ name = \"x.%c\"; min = %d; max = %d; }", comma,
				rules[i].pattern, rules[i].min, rules[i].max);
		else if (!rules[i].deny)
			fprintf(out, "%s\"x.%c\"", comma, rules[i].pattern);
		if (!rules[i].deny)
			comma = ", ";
	}
	fprintf(out, "%s\"none\" ); deny = [ \"nothing\"", comma);
	for (int i = 0; i < RULES; i++)
		if (rules[i].deny)
			fprintf(out, ", \"x.%c\"", rules[i].pattern);
	fprintf(out, " ]; }; }; } );\n");
	fclose(out);
	return text;
}

/* Denied, else by an allowance without a range, else one range must take all, else the default. */
static bool naive_allows(const struct rule *rules, bool dflt, char name, const int *values, int n)
{
	bool ranged = false, fits = false;

	for (int i = 0; i < RULES; i++)
		if (rules[i].deny && (rules[i].pattern == '*' || rules[i].pattern == name))
			return false;
	for (int i = 0; i < RULES; i++) {
		bool all = true;

		if (rules[i].deny || (rules[i].pattern != '*' && rules[i].pattern != name))
			continue;
		if (!rules[i].ranged)
			return true;
		ranged = true;
		for (int k = 0; k < n; k++)
			all &= values[k] >= rules[i].min && values[k] <= rules[i].max;
		fits |= all;
	}
	return ranged ? fits : dflt;
}

static void equals_naive(void **state)
{
	(void)state;
	srand((unsigned)time(NULL));
	for (int round = 0; round < 300; round++) {
		struct rule rules[RULES];
		bool allow = below(2);
		char *text = random_text(rules, allow);
		struct policy_image *image = compile(text);

		for (int i = 0; i < 100; i++) {
			char name[] = { 'x', '/', "ab"[below(2)], '\0' }, value[64] = "";
			int values[2], n = 1 + (int)below(2);

			for (int k = 0; k < n; k++) {
				values[k] = (int)below(14);
				sprintf(value + strlen(value), "%s%d", k ? " " : "", values[k]);
			}
			if (allows(image, name, value) !=
			    naive_allows(rules, allow, name[2], values, n))
				fail_msg("%s%s = %s", text, name, value);
		}
		policy_image_free(image);
		free(text);
	}
}

static void checks_images(void **state)
{
	struct policy_image *image = compile("policies = ( { name = \"p\"; sysctl = { write = {\n"
					     "default = \"deny\"; allow = ( { name = \"a\";\n"
					     "min = 10; } ); }; }; } );\n");

	(void)state;
	assert_int_equal(image->head.range_count, 1);
	image->words[image->head.range_off] = RANGE_SET(image->n_words, 1);
	assert_int_equal(image_check(&image->head, image->words), -EBADMSG);
	image->words[image->head.range_off] = RANGE_SET(0, BAILIFF_MAX_RANGES + 1);
	assert_int_equal(image_check(&image->head, image->words), -EBADMSG);
	image->head.range_count = 0;
	assert_int_equal(image_check(&image->head, image->words), -EBADMSG);
	policy_image_free(image);
}

static void limits_ranges(void **state)
{
	struct policy_set *set = NULL;
	struct diag_list diags = { 0 };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	fputs("policies = ( { name = \"p\"; sysctl = { write = { default = \"deny\"; allow = (",
	      out);
	for (int i = 0; i <= BAILIFF_MAX_RANGES; i++)
		fprintf(out, "%s{ name = \"a\"; max = %d; }", i ? "," : "", i);
	fputs("); }; }; } );\n", out);
	fclose(out);
	assert_true(try_load(text, &set, &diags) < 0);
	assert_non_null(strstr(diags.items[0].text, "65 sysctls with a range, the limit is 64"));
	diag_clear(&diags);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(swaps_separators), cmocka_unit_test(decides_by_name),
		cmocka_unit_test(reads_values),	    cmocka_unit_test(one_sided_limits),
		cmocka_unit_test(equals_naive),	    cmocka_unit_test(checks_images),
		cmocka_unit_test(limits_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
