/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decisions on devices, also by chance against a naive reference, and numbers by name. */
#include "tests/unit/policy_helper.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "policy/device_name.h"
#include "policy/simulate.h"

#define ENTRIES 8

static struct decision decide(const struct policy_image *image, uint32_t type, uint32_t major,
			      uint32_t minor, uint32_t want)
{
	struct simulate_action action = { .event = EVENT_DEVICE, .classes = CLASS_DEVICE };
	struct simulate_answer answer;

	action.type = type;
	action.major = major;
	action.minor = minor;
	action.want[0] = want;
	assert_int_equal(simulate_action(image, NULL, &action, &answer), 0);
	return answer.decision;
}

struct entry {
	char type;	  /* a, b, c */
	int major, minor; /* -1: any */
	uint32_t access;
	bool deny;
	unsigned line;
};

static unsigned below(unsigned limit)
{
	return (unsigned)rand() % limit;
}

static void put_entry(FILE *out, const struct entry *e, bool first)
{
	char number[2][16];

	snprintf(number[0], sizeof(number[0]), e->major < 0 ? "*" : "%d", e->major);
	snprintf(number[1], sizeof(number[1]), e->minor < 0 ? "*" : "%d", e->minor);
	fprintf(out, "%s\"%c %s:%s %s%s%s\"\n", first ? "" : ",", e->type, number[0], number[1],
		e->access & DEVICE_READ ? "r" : "", e->access & DEVICE_WRITE ? "w" : "",
		e->access & DEVICE_MKNOD ? "m" : "");
}

static void put_list(FILE *out, struct entry *entries, bool deny, unsigned *line)
{
	bool first = true;

	for (int i = 0; i < ENTRIES; i++) {
		if (entries[i].deny != deny)
			continue;
		if (first)
			fprintf(out, "%s = [\n", deny ? "deny" : "allow");
		entries[i].line = ++*line;
		put_entry(out, &entries[i], first);
		first = false;
	}
	if (!first)
		fprintf(out, "];\n"), ++*line;
}

static char *random_text(struct entry *entries, bool allow)
{
	unsigned line = 1;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (int i = 0; i < ENTRIES; i++) {
		entries[i] = (struct entry){ .type = "abc"[below(3)] };
		entries[i].major = entries[i].type == 'a' || !below(3) ? -1 : (int)below(3);
		entries[i].minor = entries[i].type == 'a' || !below(3) ? -1 : (int)below(3);
		entries[i].access = 1 + below(7);
		entries[i].deny = !below(2);
	}
	fprintf(out, "policies = ( { name = \"p\"; device = { default = \"%s\";\n",
		allow ? "allow" : "deny");
	line = 1;
	/* "allow = [" ends in a line of its own */
	for (int deny = 0; deny < 2; deny++) {
		++line;
		put_list(out, entries, deny, &line);
	}
	fprintf(out, "}; } );\n");
	fclose(out);
	return text;
}

static bool matches(const struct entry *e, uint32_t type, int major, int minor, uint32_t bit)
{
	if (e->type != 'a' && (e->type == 'b') != (type == DEVICE_BLOCK))
		return false;
	return (e->major < 0 || e->major == major) && (e->minor < 0 || e->minor == minor) &&
	       e->access & bit;
}

/* Bit by bit: denied by a rule, by the default, or not. */
static bool naive_denies(const struct entry *entries, bool dflt, uint32_t type, int major,
			 int minor, uint32_t want)
{
	for (uint32_t bit = 1; bit < 8; bit <<= 1) {
		bool allow = dflt, deny = false;

		for (int i = 0; i < ENTRIES && want & bit; i++) {
			if (!matches(&entries[i], type, major, minor, bit))
				continue;
			deny |= entries[i].deny;
			allow |= !entries[i].deny;
		}
		if (want & bit && (deny || !allow))
			return true;
	}
	return false;
}

static void equals_naive(void **state)
{
	struct entry entries[ENTRIES];

	(void)state;
	srand((unsigned)time(NULL));
	for (int round = 0; round < 300; round++) {
		bool allow = below(2);
		char *text = random_text(entries, allow);
		struct policy_image *image = compile(text);

		for (int i = 0; i < 200; i++) {
			uint32_t type = 1 + below(2), want = 1 + below(7);
			uint32_t major = below(4), minor = below(4);
			bool denies =
				naive_denies(entries, allow, type, (int)major, (int)minor, want);

			assert_int_equal(decide(image, type, major, minor, want).verdict,
					 denies ? VERDICT_DENY : VERDICT_ALLOW);
		}
		policy_image_free(image);
		free(text);
	}
}

static void names_the_first_rule(void **state)
{
	struct policy_image *image = compile("policies = ( { name = \"p\"; device = {\n"
					     "default = \"deny\"; allow = [ \"c 1:3 w\",\n"
					     "\"c 1:* rw\",\n"
					     "\"c *:4095 r\" ]; deny = [\n"
					     "\"c 1:5 w\",\n"
					     "\"c 1:5 rw\" ]; }; } );\n");
	char rule[64];

	(void)state;
	assert_int_equal(decide(image, DEVICE_CHAR, 1, 5, DEVICE_READ | DEVICE_WRITE).verdict,
			 VERDICT_DENY);
	/* r comes first, and is denied by the second only */
	assert_int_equal(decide(image, DEVICE_CHAR, 1, 5, DEVICE_READ | DEVICE_WRITE).rule, 4);
	assert_int_equal(decide(image, DEVICE_CHAR, 1, 5, DEVICE_WRITE).rule, 3);
	assert_int_equal(decide(image, DEVICE_CHAR, 1, 3, DEVICE_READ | DEVICE_WRITE).rule, 1);
	assert_int_equal(decide(image, DEVICE_CHAR, 1, 3, DEVICE_WRITE).rule, 0);
	assert_int_equal(decide(image, DEVICE_CHAR, 7, 4095, DEVICE_READ).rule, 2);
	assert_int_equal(decide(image, DEVICE_CHAR, 1, 3, DEVICE_MKNOD).rule, BAILIFF_RULE_NONE);
	assert_int_equal(decide(image, DEVICE_BLOCK, 1, 3, DEVICE_READ).verdict, VERDICT_DENY);
	image_rule_source(&image->head, image->words, 4, rule, sizeof(rule));
	assert_string_equal(rule, "test.cfg:6");
	image->head.device_count += 1 << 20;
	assert_int_equal(image_check(&image->head, image->words), -EBADMSG);
	policy_image_free(image);
}

static void put_file(const char *root, const char *path, const char *text)
{
	char full[512];
	FILE *out;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *at = full + strlen(root) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		mkdir(full, 0700);
		*at = '/';
	}
	out = fopen(full, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static void finds_names(void **state)
{
	char root[] = "/tmp/bailiff-device-XXXXXX", path[256];
	struct device_number found = { 0 };
	struct utsname host;

	(void)state;
	assert_non_null(mkdtemp(root));
	uname(&host);
	put_file(root, "/sys/dev/char/1:3/uevent", "MAJOR=1\nMINOR=3\nDEVNAME=null\n");
	put_file(root, "/sys/dev/block/8:1/uevent", "MAJOR=8\nMINOR=1\nDEVNAME=sda1\n");
	put_file(root, "/sys/dev/char/10:200/uevent", "DEVNAME=net/tun\n");
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.devname", host.release);
	put_file(root, path, "# comment\nfuse fuse c10:229\nbad bad x1:1\nworse worse c9999:1\n");
	assert_int_equal(device_find(root, "null", 4, &found), 0);
	assert_int_equal(found.type, DEVICE_CHAR);
	assert_int_equal(found.major << 8 | found.minor, 0x103);
	assert_int_equal(device_find(root, "sda1", 4, &found), 0);
	assert_int_equal(found.type, DEVICE_BLOCK);
	assert_int_equal(device_find(root, "sda1", 3, &found), -ENODEV);
	assert_int_equal(device_find(root, "net/tun", 7, &found), 0);
	assert_int_equal(device_find(root, "fuse", 4, &found), 0);
	assert_int_equal(found.minor, 229);
	assert_int_equal(device_find(root, "bad", 3, &found), -ENODEV);
	assert_int_equal(device_find(root, "worse", 5, &found), -ENODEV);
	assert_int_equal(device_find(root, "comment", 7, &found), -ENODEV);
	/* a node of that name is not believed */
	put_file(root, "/dev/x", "");
	assert_int_equal(device_find(root, "x", 1, &found), -ENODEV);
	snprintf(path, sizeof(path), "rm -r %s", root);
	assert_int_equal(system(path), 0);
}

static void refuses_unknown_names(void **state)
{
	struct policy_set *set =
		load("policies = ( { name = \"p\"; device = { default = \"deny\";\n"
		     "deny = \"/dev/no-such-device rw\"; }; } );\n");
	struct policy_image *image = NULL;
	struct diag_list diags = { 0 };

	(void)state;
	assert_int_equal(policy_compile(policy_set_at(set, 0), &image, &diags), -ENODEV);
	assert_int_equal(diags.errors, 1);
	assert_int_equal(diags.items[0].line, 2);
	diag_clear(&diags);
	policy_set_free(set);
}

static void refuses_kill(void **state)
{
	struct policy_set *set = NULL;
	struct diag_list diags = { 0 };

	(void)state;
	assert_true(try_load("policies = ( { name = \"p\"; device = { default = \"deny\";\n"
			     "kill = \"b *:* m\"; }; } );\n",
			     &set, &diags) < 0);
	assert_int_equal(diags.errors, 1);
	assert_non_null(strstr(diags.items[0].text, "nothing can be killed"));
	diag_clear(&diags);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equals_naive), cmocka_unit_test(names_the_first_rule),
		cmocka_unit_test(finds_names),	cmocka_unit_test(refuses_unknown_names),
		cmocka_unit_test(refuses_kill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
