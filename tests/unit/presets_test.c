/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The presets and the examples that are shipped: they load, compile, are enforced, and decide as
 * their comments say. */
#include "tests/unit/policy_helper.h"

#include <dirent.h>

#include "policy/simulate.h"

static struct policy_set *load_path(const char *path)
{
	struct diag_list diags = { 0 };
	struct policy_set *set = NULL;
	int r = policy_set_load(&set, &path, 1, "policy/presets", &diags);

	for (size_t i = 0; !r && i < policy_set_count(set); i++)
		policy_enforceable(policy_set_at(set, i), &diags);
	diag_print(&diags, stderr);
	assert_int_equal(r, 0);
	assert_int_equal(diags.errors, 0);
	diag_clear(&diags);
	return set;
}

static struct policy_image *compile_path(const char *path)
{
	struct policy_set *set = load_path(path);
	struct diag_list diags = { 0 };
	struct policy_image *image = NULL;

	assert_int_equal(policy_set_count(set), 1);
	assert_int_equal(policy_compile(policy_set_at(set, 0), &image, &diags), 0);
	policy_set_free(set);
	diag_clear(&diags);
	return image;
}

static unsigned verdict(const struct policy_image *image, const char *path, uint32_t want)
{
	struct decision decision;

	assert_int_equal(simulate_access(image, path, want, &decision), 0);
	return decision.verdict;
}

/* path, what baseline says, what restricted says */
static const struct {
	const char *path;
	uint32_t want;
	bool baseline, restricted;
} cases[] = {
	{ "/proc/sys/kernel/core_pattern", ACCESS_WRITE, false, false },
	{ "/proc/sys/kernel/core_pattern", ACCESS_READ, true, true },
	{ "/proc/sys/kernel/modprobe", ACCESS_WRITE, false, false },
	{ "/proc/sys/fs/binfmt_misc/register", ACCESS_WRITE, false, false },
	{ "/proc/sys/net/ipv4/ip_local_port_range", ACCESS_WRITE, true, false },
	{ "/proc/sys/net/core/somaxconn", ACCESS_READ, true, true },
	{ "/sys/fs/cgroup/memory/release_agent", ACCESS_WRITE, false, false },
	{ "/proc/interrupts", ACCESS_READ, false, false },
	{ "/sys/fs/cgroup/memory.max", ACCESS_READ, true, true },
	{ "/sys/kernel/uevent_helper", ACCESS_WRITE, false, false },
	{ "/sys/kernel/mm/transparent_hugepage/enabled", ACCESS_READ, true, true },
	{ "/proc/sysrq-trigger", ACCESS_WRITE, false, false },
	{ "/proc/kcore", ACCESS_READ, false, false },
	{ "/proc/kallsyms", ACCESS_READ, false, false },
	{ "/proc/1/status", ACCESS_READ, true, true },
	{ "/proc/1/mem", ACCESS_WRITE, true, false },
	{ "/dev/mem", ACCESS_READ, false, false },
	{ "/dev/sda1", ACCESS_READ, false, false },
	{ "/dev/nvme0n1", ACCESS_WRITE, false, false },
	{ "/dev/dm-0", ACCESS_READ, false, false },
	{ "/dev/mapper/root", ACCESS_READ, false, false },
	{ "/dev/null", ACCESS_WRITE, true, true },
	{ "/dev/pts/0", ACCESS_READ | ACCESS_WRITE, true, true },
	{ "/dev/shm/x", ACCESS_WRITE, true, false },
	{ "/sys/kernel/debug/tracing/trace", ACCESS_READ, false, false },
	{ "/sys/fs/bpf/bailiff/maps/tasks", ACCESS_READ, false, false },
	{ "/etc/passwd", ACCESS_READ, true, true },
	{ "/etc/passwd", ACCESS_WRITE, true, false },
	{ "/etc/shadow", ACCESS_READ, true, false },
	{ "/usr/lib/x86_64-linux-gnu/libc.so.6", ACCESS_READ, true, true },
	{ "/usr/lib/x86_64-linux-gnu/libc.so.6", ACCESS_WRITE, true, false },
	{ "/usr/bin/id", ACCESS_EXEC, true, false },
	{ "/home/user/file", ACCESS_READ, true, false },
};

static void presets_decide(void **state)
{
	struct policy_image *baseline = compile_path("policy/presets/baseline.cfg");
	struct policy_image *restricted = compile_path("policy/presets/restricted.cfg");

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if ((verdict(baseline, cases[i].path, cases[i].want) == VERDICT_ALLOW) !=
			    cases[i].baseline ||
		    (verdict(restricted, cases[i].path, cases[i].want) == VERDICT_ALLOW) !=
			    cases[i].restricted)
			fail_msg("%s %x", cases[i].path, cases[i].want);
	}
	policy_image_free(baseline);
	policy_image_free(restricted);
}

/* Below these directories nothing is denied by its name, so that a walk for other names of what is
 * denied leaves them out. */
static void images_are_not_walked(void **state)
{
	static const char *const directories[] = { "/usr/", "/home/a/", "/srv/app/", "/var/lib/" };
	struct policy_image *image = compile_path("policy/presets/baseline.cfg");

	(void)state;
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++) {
		const struct policy_head *head = &image->head;
		uint32_t at = head->dfa_start;

		for (const char *c = directories[i]; *c && at && !(at & DFA_TRAP); c++)
			at = match_step(image, head->dfa_off, at, head->byte_class[(uint8_t)*c]);
		if (at && image_word(image, head->dfa_off + DFA_BASE(at)) & DFA_REACHES_DENIAL)
			fail_msg("%s", directories[i]);
	}
	policy_image_free(image);
}

static void connects(const char *path, const uint8_t address[4], uint16_t port, bool allowed)
{
	struct policy_image *image = compile_path(path);
	struct decision decision;

	assert_int_equal(simulate_connect4(image, NET_PROTO_TCP, address, port, &decision), 0);
	if ((decision.verdict == VERDICT_ALLOW) != allowed)
		fail_msg("%s: %u.%u.%u.%u %u", path, address[0], address[1], address[2], address[3],
			 port);
	policy_image_free(image);
}

static void presets_decide_addresses(void **state)
{
	(void)state;
	connects("policy/presets/baseline.cfg", (uint8_t[]){ 192, 0, 2, 1 }, 80, true);
	connects("policy/presets/baseline.cfg", (uint8_t[]){ 169, 254, 169, 254 }, 80, false);
	connects("policy/presets/baseline.cfg", (uint8_t[]){ 168, 63, 129, 16 }, 32526, false);
	/* the name server of some clouds */
	connects("policy/presets/baseline.cfg", (uint8_t[]){ 169, 254, 169, 254 }, 53, true);
	connects("policy/presets/restricted.cfg", (uint8_t[]){ 192, 0, 2, 1 }, 80, false);
}

/* Nothing is denied, and what is judged under restricted is recorded. */
static void observe_denies_nothing(void **state)
{
	struct policy_image *image = compile_path("policy/presets/observe.cfg");
	struct policy_image *restricted = compile_path("policy/presets/restricted.cfg");

	(void)state;
	assert_int_equal(image->head.mode, POLICY_MODE_AUDIT);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(verdict(image, cases[i].path, cases[i].want), VERDICT_DENY);
	assert_int_equal(restricted->head.classes & ~image->head.classes & ~CLASS_SECCOMP, 0);
	policy_image_free(restricted);
	policy_image_free(image);
}

static int is_config(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 4 && !strcmp(entry->d_name + length - 4, ".cfg");
}

static void examples_are_right(void **state)
{
	struct dirent **entries;
	int n = scandir("docs/examples", &entries, is_config, alphasort);

	(void)state;
	assert_true(n >= 5);
	for (int i = 0; i < n; i++) {
		char path[300];
		struct policy_image *image;

		snprintf(path, sizeof(path), "docs/examples/%s", entries[i]->d_name);
		image = compile_path(path);
		assert_int_equal(verdict(image, "/etc/shadow", ACCESS_READ), VERDICT_DENY);
		assert_int_equal(verdict(image, "/bin/dash", ACCESS_EXEC), VERDICT_DENY);
		assert_int_equal(verdict(image, "/root/.ssh/authorized_keys", ACCESS_CREATE),
				 VERDICT_DENY);
		policy_image_free(image);
		free(entries[i]);
	}
	free(entries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(presets_decide),
		cmocka_unit_test(presets_decide_addresses),
		cmocka_unit_test(images_are_not_walked),
		cmocka_unit_test(observe_denies_nothing),
		cmocka_unit_test(examples_are_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
