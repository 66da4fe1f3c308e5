/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two sections as one, by chance. */
#include "tests/unit/seccomp_filter.h"

#include "agent/oci_seccomp.h"

static const char *const calls[] = { "clone", "socket", "personality", "keyctl", "ptrace" };
#define CALLS (sizeof(calls) / sizeof(calls[0]))
#define VALUES 5
#define SECTIONS 1000

static uint64_t value_of(unsigned int i)
{
	return i;
}

/* ---- sections by chance */

static unsigned int below(unsigned int n)
{
	return (unsigned int)random() % n;
}

static void add_text(struct json_object *to, const char *key, const char *text)
{
	json_object_object_add(to, key, json_object_new_string(text));
}

static void put_action(struct json_object *to, const char *key, const char *errno_key,
		       const char *const *choice, unsigned int n)
{
	const char *name = choice[below(n)];

	add_text(to, key, name);
	if (!strcmp(name, "SCMP_ACT_ERRNO") && below(2))
		json_object_object_add(to, errno_key, json_object_new_int(below(2) ? 38 : 1));
}

static struct json_object *some_args(void)
{
	static const char *const ops[] = { "SCMP_CMP_NE",	"SCMP_CMP_LT", "SCMP_CMP_LE",
					   "SCMP_CMP_EQ",	"SCMP_CMP_GE", "SCMP_CMP_GT",
					   "SCMP_CMP_MASKED_EQ" };
	struct json_object *args = json_object_new_array();
	unsigned int n = 1 + below(2), first = below(2);

	for (unsigned int i = 0; i < n; i++) {
		struct json_object *arg = json_object_new_object();
		unsigned int index = below(8) ? (first + i) % 2 : first;

		json_object_object_add(arg, "index", json_object_new_int((int)index));
		json_object_object_add(arg, "value",
				       json_object_new_uint64(value_of(below(VALUES))));
		json_object_object_add(arg, "valueTwo", json_object_new_int((int)below(4)));
		add_text(arg, "op", ops[below(7)]);
		json_object_array_add(args, arg);
	}
	return args;
}

static struct json_object *some_section(const char *const *actions, unsigned int n, bool args)
{
	struct json_object *section = json_object_new_object(), *entries = json_object_new_array();
	unsigned int count = below(6);

	put_action(section, "defaultAction", "defaultErrnoRet", actions, n);
	for (unsigned int i = 0; i < count; i++) {
		struct json_object *entry = json_object_new_object();
		struct json_object *names = json_object_new_array();

		for (unsigned int k = below(2); k < 2; k++)
			json_object_array_add(names, json_object_new_string(calls[below(CALLS)]));
		json_object_object_add(entry, "names", names);
		put_action(entry, "action", "errnoRet", actions, n);
		if (args && below(2))
			json_object_object_add(entry, "args", some_args());
		json_object_array_add(entries, entry);
	}
	json_object_object_add(section, "syscalls", entries);
	return section;
}

struct tally {
	unsigned int same, stricter, filtered;
	unsigned int covered, open, doubted; /* sections that were not merged */
	unsigned int merged;		     /* merged ones that are known to cover */
};

static struct seccomp_data call_of(const char *name, unsigned int i)
{
	struct seccomp_data data = { .arch = SCMP_ARCH_X86_64 };

	data.nr = seccomp_syscall_resolve_name(name);
	data.args[0] = value_of(i % VALUES);
	data.args[1] = value_of(i / VALUES);
	return data;
}

/* libseccomp 2.5 gets some sets of several conditions on one call wrong. What a runtime would get
 * wrong without us says nothing. */
static bool is_understood(struct json_object *section, const char *name)
{
	static struct program program;

	if (!build(section, &program))
		return false;
	for (unsigned int i = 0; i < VALUES * VALUES; i++) {
		struct seccomp_data data = call_of(name, i);
		const uint64_t values[] = { data.args[0], data.args[1] };

		if (run(&program, &data) != says(section, name, values))
			return false;
	}
	return true;
}

/* By the text, and by the filter that comes of it. */
static void compare_call(struct json_object *const sections[3], const struct program *program,
			 const char *name, struct tally *tally)
{
	bool filtered = is_understood(sections[0], name);

	tally->filtered += filtered;
	for (unsigned int i = 0; i < VALUES * VALUES; i++) {
		struct seccomp_data data = call_of(name, i);
		const uint64_t values[] = { data.args[0], data.args[1] };
		uint32_t said[3], got = run(program, &data), wanted;

		for (int k = 0; k < 3; k++)
			said[k] = says(sections[k], name, values);
		wanted = said[rank(said[0]) >= rank(said[1]) ? 0 : 1];
		tally->same += said[2] == wanted;
		tally->stricter += rank(said[2]) > rank(wanted);
		if (rank(said[2]) < rank(wanted) || (filtered && rank(got) < rank(wanted)))
			fail_msg("%s(%llx, %llx): %x and %x, but %x, %x\n%s", name, data.args[0],
				 data.args[1], said[0], said[1], said[2], got,
				 json_object_to_json_string(sections[2]));
	}
}

static void compare(struct json_object *const sections[3], struct tally *tally)
{
	static struct program program;

	if (!build(sections[2], &program))
		fail_msg("%s", json_object_to_json_string(sections[2]));
	for (unsigned int c = 0; c < CALLS; c++)
		compare_call(sections, &program, calls[c], tally);
	compare_call(sections, &program, "getpid", tally);
}

static void merge(struct json_object *sections[3])
{
	struct fault fault = { "" };

	if (oci_seccomp_merge(sections[0], sections[1], &sections[2], &fault))
		fail_msg("%s", fault.text);
}

/* Whether the first of two sections lets any call through, or part of one, that the second denies.
 */
static bool is_open(struct json_object *const sections[2])
{
	for (unsigned int c = 0; c <= CALLS; c++)
		for (unsigned int i = 0; i < VALUES * VALUES; i++) {
			const uint64_t values[] = { value_of(i % VALUES), value_of(i / VALUES) };
			const char *name = c < CALLS ? calls[c] : "getpid";
			int theirs = rank(says(sections[0], name, values));
			int ours = rank(says(sections[1], name, values));

			if (ours >= rank(SCMP_ACT_ERRNO(1)) && theirs < ours)
				return true;
		}
	return false;
}

static void cover(struct json_object *const sections[3], struct tally *tally)
{
	struct fault fault = { "" };
	int error = oci_seccomp_covers(sections[0], sections[1], &fault);
	bool opened = is_open(sections);

	assert_true(!error || error == -EPERM);
	if (!error && opened)
		fail_msg("%s\n%s", json_object_to_json_string(sections[0]),
			 json_object_to_json_string(sections[1]));
	tally->covered += !error;
	tally->open += opened;
	tally->doubted += error && !opened;
	tally->merged += !oci_seccomp_covers(sections[2], sections[1], &fault);
}

static struct tally many(const char *const *actions, unsigned int n, const char *const *others,
			 unsigned int n_others, bool other_args)
{
	struct tally tally = { 0 };

	for (int i = 0; i < SECTIONS; i++) {
		struct json_object *sections[3] = { some_section(actions, n, true),
						    some_section(others, n_others, other_args) };

		merge(sections);
		compare(sections, &tally);
		cover(sections, &tally);
		for (int k = 0; k < 3; k++)
			json_object_put(sections[k]);
	}
	return tally;
}

static void print_tally(const struct tally *tally)
{
	print_message(
		"# %u the same, %u stricter, %u calls by the filter; %u covered as they were, "
		"%u open, %u in doubt, %u covered when merged\n",
		tally->same, tally->stricter, tally->filtered, tally->covered, tally->open,
		tally->doubted, tally->merged);
}

static const char *const all_actions[] = { "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO",
					   "SCMP_ACT_LOG",   "SCMP_ACT_TRAP",
					   "SCMP_ACT_KILL",  "SCMP_ACT_KILL_PROCESS" };

/* As profiles of runtimes are: one action for some calls, another one for all else. */
static void is_exact_for_profiles(void **state)
{
	static const char *const two[] = { "SCMP_ACT_ERRNO", "SCMP_ACT_ALLOW" };
	struct tally tally = many(two, 2, all_actions, 3, false);

	(void)state;
	print_tally(&tally);
	assert_true(tally.same > 140000 && tally.filtered > 5000);
	assert_true(tally.stricter * 100 < tally.same);
	assert_int_equal(tally.merged, SECTIONS);
	assert_true(tally.covered > 100 && tally.open > 100 && tally.doubted * 20 < tally.open);
}

static void is_never_laxer(void **state)
{
	struct tally tally = many(all_actions, 6, all_actions, 6, true);

	(void)state;
	print_tally(&tally);
	assert_true(tally.same > 140000 && tally.filtered > 5000);
	assert_true(tally.stricter * 20 < tally.same);
	assert_true(tally.merged * 20 > SECTIONS * 19);
	assert_true(tally.covered > 100 && tally.open > 100 && tally.doubted * 20 < tally.open);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_exact_for_profiles),
		cmocka_unit_test(is_never_laxer),
	};

	if (seccomp_api_get() < 3)
		seccomp_api_set(3);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
