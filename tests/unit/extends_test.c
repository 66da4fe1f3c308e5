/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a policy has from those that it extends. */
#include "tests/unit/policy_helper.h"

#include "policy/simulate.h"

static const char diamond[] =
	"policies = (\n"
	"{ name = \"top\"; extends = [ \"left\", \"right\" ];\n"
	"  file = { rules = ( { action = \"allow\"; access = \"r\"; path = \"/top\"; } ); }; },\n"
	"{ name = \"left\"; extends = \"root\"; mode = \"off\";\n"
	"  file = { default = \"deny\"; rules = ( { action = \"deny\"; access = \"r\"; path = "
	"\"/l/**\"; } ); }; },\n"
	"{ name = \"right\"; extends = \"root\"; on_failure = \"allow\";\n"
	"  network = { default = \"deny\"; sockets = [ \"inet/raw\", \"inet/stream\" ]; };\n"
	"  file = { rules = ( { action = \"deny\"; access = \"r\"; path = \"/r\"; } ); }; },\n"
	"{ name = \"root\"; mode = \"audit\"; select = { name = \"x\"; };\n"
	"  process = { deny = [ \"bpf\", \"mount\" ]; exec = { default = \"allow\"; deny = "
	"\"/su\"; }; };\n"
	"  network = { default = \"allow\"; sockets = [ \"inet/stream\" ]; };\n"
	"  file = { default = \"allow\"; rules = ( { action = \"deny\"; access = \"r\"; path = "
	"\"/root\"; } ); }; } );\n";

static void merged(void **state)
{
	struct policy_set *set = load(diamond);
	const struct policy *top = policy_set_find(set, "top");
	static const char *const paths[] = { "/root", "/l/**", "/r", "/top" };
	static const unsigned lines[] = { 12, 5, 8, 3 };

	(void)state;
	/* of root's rule there is one, though it came on two ways, and the last mode counts */
	assert_int_equal(top->file.n_rules, 4);
	for (int i = 0; i < 4; i++) {
		assert_string_equal(top->file.rules[i]->paths.items[0].text, paths[i]);
		assert_int_equal(top->file.rules[i]->pos.line, lines[i]);
	}
	assert_int_equal(policy_mode(top), POLICY_MODE_AUDIT);
	assert_int_equal(top->file.dflt, DEFAULT_ALLOW);
	assert_int_equal(top->network.dflt, DEFAULT_DENY);
	assert_int_equal(top->network.sockets.count, 2);
	assert_string_equal(top->network.sockets.items[0].text, "inet/stream");
	assert_int_equal(top->network.sockets.items[0].pos.line, 11);
	assert_int_equal(top->process_deny.count, 2);
	assert_int_equal(top->exec.deny.count, 1);
	assert_true(top->has_on_failure);
	assert_int_equal(top->on_failure, DEFAULT_ALLOW);
	assert_false(top->select.present);
	assert_true(policy_set_find(set, "root")->select.present);
	assert_int_equal(policy_set_find(set, "root")->file.n_rules, 1);
	assert_int_equal(policy_set_find(set, "left")->file.n_rules, 2);
	assert_int_equal(policy_mode(policy_set_find(set, "left")), POLICY_MODE_OFF);
	policy_set_free(set);
}

static void rules_keep_their_source(void **state)
{
	struct policy_image *image = compile(diamond);
	struct decision d;
	char source[32];

	(void)state;
	assert_int_equal(simulate_access(image, "/l/x", ACCESS_READ, &d), 0);
	assert_int_equal(d.verdict, VERDICT_DENY);
	image_rule_source(&image->head, image->words, d.rule, source, sizeof(source));
	assert_string_equal(source, "test.cfg:5");
	assert_int_equal(simulate_access(image, "/top", ACCESS_READ, &d), 0);
	assert_int_equal(d.verdict, VERDICT_ALLOW);
	policy_image_free(image);
}

/* A long chain, and one that a cycle hangs on. */
static void chains(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct policy_set *set;

	(void)state;
	fputs("policies = ( ", out);
	for (int i = 0; i < 200; i++)
		fprintf(out,
			"{ name = \"p%d\"; extends = \"p%d\"; process = { deny = \"bpf\"; }; },\n",
			i, i + 1);
	fputs("{ name = \"p200\"; mode = \"off\"; } );", out);
	fclose(out);
	set = load(text);
	assert_int_equal(policy_mode(policy_set_at(set, 0)), POLICY_MODE_OFF);
	policy_set_free(set);
	free(text);
	assert_refused("policies = ( { name = \"a\"; extends = \"b\"; },\n"
		       "{ name = \"b\"; extends = \"c\"; }, { name = \"c\"; extends = \"b\"; } );",
		       "test.cfg:2: extends makes a cycle, b -> c -> b: leave one of them out\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merged),
		cmocka_unit_test(rules_keep_their_source),
		cmocka_unit_test(chains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
