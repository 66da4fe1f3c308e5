/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Heads, sources of rules, digests, and images that are damaged. */
#include "tests/unit/policy_helper.h"

#include <errno.h>

#include "policy/simulate.h"

static const char full[] =
	"policies = ( {\n"
	"name = \"web\"; mode = \"audit\";\n"
	"process = { exec = { default = \"deny\"; allow = [ \"/bin/*\",\n"
	" \"/usr/bin/**\" ]; }; };\n"
	"file = { default = \"allow\"; rules = (\n"
	"{ action = \"deny\"; access = \"w\"; path = \"/etc/**\"; },\n"
	"{ action = \"kill\"; access = \"rw\"; path = [ \"/etc/shadow\", \"/proc/**/mem\" ]; } ); "
	"};\n"
	"network = { default = \"deny\"; rules = (\n"
	"{ action = \"allow\"; op = \"connect\"; to = \"10.0.0.0/8\"; port = \"80,443\"; },\n"
	"{ action = \"deny\"; op = \"connect\"; to = [ \"10.1.0.0/16\", \"fd00::/8\" ]; } ); };\n"
	"} );\n";

static void head_says(void **state)
{
	struct policy_image *image = compile(full);
	const struct policy_head *head = &image->head;

	(void)state;
	assert_string_equal(head->name, "web");
	assert_int_equal(head->mode, POLICY_MODE_AUDIT);
	assert_int_equal(head->own_mode, POLICY_MODE_AUDIT);
	assert_int_equal(head->classes,
			 CLASS_EXEC | CLASS_FILE | CLASS_NETWORK | CLASS_SOCKET | CLASS_ACCEPT);
	assert_int_equal(head->default_allow, NAME_ALL & ~ACCESS_EXEC);
	assert_int_equal(head->words, image->n_words);
	assert_int_equal(head->generation | head->slot | head->in_use | head->owner, 0);
	assert_int_equal(head->rules_count, 6);
	assert_int_equal(head->files_count, 1);
	policy_image_free(image);
}

static uint16_t default_allow(const char *sections)
{
	char text[512];
	struct policy_image *image;
	uint16_t allow;

	snprintf(text, sizeof(text), "policies = ( { name = \"p\"; %s } );", sections);
	image = compile(text);
	allow = image->head.default_allow;
	policy_image_free(image);
	return allow;
}

static void defaults(void **state)
{
	(void)state;
	assert_int_equal(default_allow(""), NAME_ALL);
	assert_int_equal(default_allow("file = { default = \"deny\"; };"), NAME_ALL & ~ACCESS_ALL);
	assert_int_equal(default_allow("file = { default = \"allow\"; };"), NAME_ALL);
	assert_int_equal(default_allow("process = { exec = { default = \"deny\"; }; };"),
			 NAME_ALL & ~ACCESS_EXEC);
	assert_int_equal(default_allow("file = { default = \"deny\"; };"
				       "process = { exec = { default = \"allow\"; }; };"),
			 (NAME_ALL & ~ACCESS_ALL) | ACCESS_EXEC);
}

static void decision_is(const struct policy_image *image, const char *path, uint32_t want,
			int verdict, int record, const char *source)
{
	struct decision d;
	char buf[64];

	assert_int_equal(simulate_access(image, path, want, &d), 0);
	assert_int_equal(d.verdict, verdict);
	assert_int_equal(d.record, record);
	assert_true(image_rule_source(&image->head, image->words, d.rule, buf, sizeof(buf)) > 0);
	assert_string_equal(buf, source);
}

static void sources(void **state)
{
	struct policy_image *image = compile(full);
	char buf[16];

	(void)state;
	decision_is(image, "/bin/sh", ACCESS_EXEC, VERDICT_ALLOW, 0, "default");
	decision_is(image, "/sbin/sh", ACCESS_EXEC, VERDICT_DENY, 1, "default");
	decision_is(image, "/etc/x", ACCESS_WRITE, VERDICT_DENY, 1, "test.cfg:6");
	decision_is(image, "/etc/x", ACCESS_APPEND, VERDICT_DENY, 1, "test.cfg:6");
	decision_is(image, "/etc/x", ACCESS_READ, VERDICT_ALLOW, 0, "default");
	decision_is(image, "/etc/shadow", ACCESS_WRITE, VERDICT_KILL, 1, "test.cfg:7");
	decision_is(image, "/etc/shadow", ACCESS_READ | ACCESS_EXEC, VERDICT_KILL, 1, "test.cfg:7");
	decision_is(image, "/proc/1/task/mem", ACCESS_READ, VERDICT_KILL, 1, "test.cfg:7");
	assert_int_equal(image_rule_source(&image->head, image->words, 6, buf, sizeof(buf)),
			 -EBADMSG);
	assert_string_equal(buf, "");
	assert_int_equal(image_rule_source(&image->head, image->words, 0, buf, 10), -ENOSPC);
	assert_int_equal(image_rule_source(&image->head, image->words, 0, buf, 11), 10);
	assert_string_equal(buf, "test.cfg:3");
	assert_int_equal(image_rule_source(&image->head, image->words, BAILIFF_RULE_NONE, buf, 7),
			 -ENOSPC);
	policy_image_free(image);
}

static void digests(void **state)
{
	struct policy_image *a = compile(full), *b = compile(full);
	char other[sizeof(full)];

	(void)state;
	assert_true(a->head.digest == b->head.digest);
	b->head.generation = 7;
	b->head.slot = 3;
	b->head.mode = POLICY_MODE_ENFORCE;
	b->head.in_use = b->head.owner = 1;
	assert_true(image_digest(&b->head, b->words) == a->head.digest);
	b->head.own_mode = POLICY_MODE_ENFORCE;
	assert_true(image_digest(&b->head, b->words) != a->head.digest);
	policy_image_free(b);
	memcpy(other, full, sizeof(full));
	memcpy(strstr(other, "shadow"), "shadoe", 6);
	b = compile(other);
	assert_true(b->head.digest != a->head.digest);
	policy_image_free(a);
	policy_image_free(b);
}

static void damaged(const struct policy_image *image, const struct policy_head *head)
{
	assert_int_equal(image_check(head, image->words), -EBADMSG);
}

static void damaged_heads(void **state)
{
	struct policy_image *image = compile(full);
	const struct policy_head good = image->head;
	struct policy_head h;

	(void)state;
#define DAMAGE(field, value)                                                                       \
	do {                                                                                       \
		h = good;                                                                          \
		h.field = (value);                                                                 \
		damaged(image, &h);                                                                \
	} while (0)
	DAMAGE(words, good.words - 1);
	DAMAGE(words, UINT32_MAX);
	DAMAGE(dfa_off, good.words);
	DAMAGE(dfa_off, UINT32_MAX);
	DAMAGE(dfa_words, 0);
	DAMAGE(dfa_words, good.words + 1);
	DAMAGE(dfa_words, good.dfa_words - 1);
	DAMAGE(dfa_start, good.dfa_words);
	DAMAGE(dfa_start, 1);
	DAMAGE(accept_count, UINT32_MAX);
	DAMAGE(accept_off, UINT32_MAX);
	DAMAGE(rules_count, good.rules_count - 1);
	DAMAGE(rules_off, UINT32_MAX - 2);
	DAMAGE(files_count, 0);
	DAMAGE(strings_words, 0);
	DAMAGE(net[NET_CONNECT].v4_count, 0);
	DAMAGE(net[NET_CONNECT].v4_off, good.words);
	DAMAGE(net[NET_BIND].v6_count, UINT32_MAX);
	DAMAGE(byte_class['a'], 0);
	DAMAGE(byte_class['a'], 255);
	DAMAGE(own_mode, 3);
	DAMAGE(default_allow, NAME_ALL + 1);
#undef DAMAGE
	h = good;
	memset(h.name, 'x', sizeof(h.name));
	damaged(image, &h);
	policy_image_free(image);
}

static void word_damaged(const struct policy_image *image, size_t at, uint64_t value)
{
	uint64_t old = image->words[at];

	assert_in_range(at, 0, image->n_words - 1);
	image->words[at] = value;
	damaged(image, &image->head);
	image->words[at] = old;
}

/* One fault of each kind in the tables. */
static void damaged_tables(void **state)
{
	struct policy_image *image = compile(full);
	const struct policy_head *h = &image->head;
	const struct net_table *net = &h->net[NET_CONNECT];
	uint64_t *words = image->words;
	uint32_t ports = NET4_TABLE(words[net->v4_off + 1]);
	uint32_t accept = h->accept_off, start = h->dfa_off + h->dfa_start;
	uint8_t slash = h->byte_class['/'];

	(void)state;
	assert_true(net->v4_count > 2 && net->v6_count > 1 && words[ports] > 2);
	word_damaged(image, net->v4_off, words[net->v4_off + 1]);
	word_damaged(image, net->v4_off + 2, words[net->v4_off + 1]);
	word_damaged(image, net->v4_off, NET4_ENTRY(0, h->words));
	word_damaged(image, net->v6_off + 1, 1);
	word_damaged(image, net->v6_off + NET6_WORDS, 0);
	word_damaged(image, net->v6_off + 2, words[net->v6_off + 2] | 1ULL << 32);
	word_damaged(image, ports, 0);
	word_damaged(image, ports, UINT32_MAX);
	word_damaged(image, ports + 1, NET_PORT(1, NET_DENY, 0, BAILIFF_RULE_NONE));
	word_damaged(image, ports + 2, words[ports + 1]);
	word_damaged(image, ports + 1, NET_PORT(0, 3, 0, BAILIFF_RULE_NONE));
	word_damaged(image, ports + 1, NET_PORT(0, NET_DENY, 4, BAILIFF_RULE_NONE));
	word_damaged(image, ports + 1, NET_PORT(0, NET_DENY, 0, h->rules_count));
	word_damaged(image, accept, words[accept] | 0x00010001); /* allowed and denied */
	word_damaged(image, accept, 1ULL << 32);		 /* killed, not denied */
	word_damaged(image, accept, 0xffff);			 /* more than the letters */
	word_damaged(image, start, DFA_HEADER(h->accept_count + 1, 0));
	word_damaged(image, start, DFA_HEADER(0, h->dfa_words - 1));
	word_damaged(image, start, DFA_HEADER(0, DFA_TRAP));
	word_damaged(image, start, DFA_HEADER(0, h->dfa_start | DFA_TRAP));
	word_damaged(image, start + slash, DFA_TRANSITION(h->dfa_start, 1));
	assert_false(DFA_NEXT(words[start + slash]) & DFA_TRAP);
	word_damaged(image, start + slash, words[start + slash] | DFA_TRAP);
	word_damaged(image, h->dfa_off, DFA_HEADER(1, 0));
	word_damaged(image, h->rules_off, RULE_SOURCE(h->files_count, 1));
	word_damaged(image, h->files_off, 9);
	policy_image_free(image);
}

/* Whatever is written over a word, the check does not read outside of the image (the
 * sanitizers watch), and what it lets pass can be asked without that either. */
static void damaged_words(void **state)
{
	struct policy_image *image = compile(full);
	int refused = 0;

	(void)state;
	random_start();
	for (int i = 0; i < 20000; i++) {
		size_t at = random_below((unsigned)image->n_words);
		uint64_t old = image->words[at];
		struct decision d;
		char buf[64];

		if (random_below(2))
			image->words[at] ^= 1ULL << random_below(64);
		else
			image->words[at] = (uint64_t)random_below(UINT32_MAX) << random_below(33);
		for (uint16_t rule = 0; rule < 8; rule++)
			image_rule_source(&image->head, image->words, rule, buf, sizeof(buf));
		if (image_check(&image->head, image->words) < 0) {
			refused++;
		} else {
			simulate_access(image, "/etc/shadow", ACCESS_ALL, &d);
			assert_true(d.rule == BAILIFF_RULE_NONE ||
				    d.rule < image->head.rules_count);
		}
		image->words[at] = old;
	}
	print_message("%d of 20000 refused\n", refused);
	assert_true(refused > 2000);
	assert_int_equal(image_check(&image->head, image->words), 0);
	policy_image_free(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head_says),	 cmocka_unit_test(defaults),
		cmocka_unit_test(sources),	 cmocka_unit_test(digests),
		cmocka_unit_test(damaged_heads), cmocka_unit_test(damaged_tables),
		cmocka_unit_test(damaged_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
