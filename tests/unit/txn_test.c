/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transactions on real maps; without the right to make BPF maps all is skipped. */
#include "tests/unit/agent_make.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <sys/mman.h>

#include "agent/cleanup.h"
#include "agent/rules.h"
#include "agent/txn.h"
#include "policy/image.h"

#define SLOTS 16
#define CONTAINERS 4

static struct container containers[CONTAINERS];
static uint64_t tasks[CONTAINERS];
static struct shared shared;
static struct maps maps;
static struct registry registry;

static int array_of_maps(const char *name, uint32_t value_size, uint32_t entries)
{
	LIBBPF_OPTS(bpf_map_create_opts, inner_options,
		    .map_flags = BPF_F_INNER_MAP | BPF_F_MMAPABLE);
	int inner = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, 4, value_size, 1, &inner_options);
	LIBBPF_OPTS(bpf_map_create_opts, options, .inner_map_fd = (uint32_t)inner);
	int outer = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, name, 4, 4, entries, &options);

	if (inner >= 0)
		close(inner);
	return outer;
}

static int set_up(void **state)
{
	(void)state;
	memset(containers, 0, sizeof(containers));
	maps_init(&maps);
	maps.fd[MAP_DIRECTORIES] = array_of_maps("directories", sizeof(struct policy_head), 1);
	maps.fd[MAP_POLICY_IMAGES] = array_of_maps("images", 8, SLOTS);
	maps.slots = SLOTS;
	maps.inner = calloc(SLOTS + 1, sizeof(*maps.inner));
	assert_non_null(maps.inner);
	shared = (struct shared){ 0 };
	maps.shared = &shared;
	maps.containers = containers;
	maps.tasks = tasks;
	maps.max_containers = CONTAINERS;
	return registry_open(&registry, &maps, -1);
}

static int tear_down(void **state)
{
	(void)state;
	registry_close(&registry);
	maps.containers = NULL;
	maps.tasks = NULL;
	maps_close(&maps);
	return 0;
}

#define NEED_MAPS()                                                                                \
	do {                                                                                       \
		if (maps.fd[MAP_DIRECTORIES] < 0 || maps.fd[MAP_POLICY_IMAGES] < 0)                \
			skip();                                                                    \
	} while (0)

/* A policy whose image is one word. */
static struct policy_image image(const char *name, uint64_t *word)
{
	struct policy_image made = { .words = word, .n_words = 1 };

	made.head = (struct policy_head){ .digest = *word,
					  .words = 1,
					  .own_mode = POLICY_MODE_ENFORCE };
	snprintf(made.head.name, sizeof(made.head.name), "%s", name);
	return made;
}

static void put(struct txn *txn, const char *name, uint64_t word)
{
	const struct policy_image made = image(name, &word);
	struct fault fault = { "" };

	if (txn_put(txn, &made, false, false, NULL, &fault))
		fail_msg("%s", fault.text);
}

static void begin(struct txn *txn)
{
	struct fault fault = { "" };

	if (txn_begin(txn, PLAN_REPLACE, &maps, &fault))
		fail_msg("%s", fault.text);
}

static int commit(struct txn *txn, struct txn_summary *summary)
{
	struct fault fault = { "" };

	return txn_commit(txn, &registry, summary, &fault);
}

/* From then on this is the only policy. */
static void force(const char *name, uint64_t word)
{
	struct txn_summary summary;
	struct txn txn;

	begin(&txn);
	put(&txn, name, word);
	assert_int_equal(commit(&txn, &summary), 0);
}

static int used_slots(void)
{
	int used = 0;

	for (uint32_t i = 0; i < SLOTS; i++)
		used += maps_slot_used(&maps, i);
	return used;
}

static void is_frozen(int outer, uint32_t index)
{
	OWNED(close_fd) int fd = -1;
	uint32_t id, zero = 0;
	char value[sizeof(struct policy_head)] = { 0 };

	assert_int_equal(bpf_map_lookup_elem(outer, &index, &id), 0);
	fd = bpf_map_get_fd_by_id(id);
	assert_true(fd >= 0);
	assert_int_equal(bpf_map_update_elem(fd, &zero, value, 0), -EPERM);
	assert_ptr_equal(mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
	assert_int_equal(errno, EPERM);
}

static void nobody_changes_what_is_in_force(void **state)
{
	struct policy_head *heads;
	uint32_t count;

	(void)state;
	NEED_MAPS();
	force("a", 1);
	assert_int_equal(maps_read_directory(&maps, &heads, &count), 0);
	is_frozen(maps.fd[MAP_DIRECTORIES], 0);
	is_frozen(maps.fd[MAP_POLICY_IMAGES], heads[0].slot);
	free(heads);
}

static void switches_and_releases(void **state)
{
	struct txn_summary summary;
	struct policy_head *heads;
	struct txn txn;
	uint64_t word = 0;
	uint32_t count;

	(void)state;
	NEED_MAPS();
	begin(&txn);
	put(&txn, "a", 1);
	put(&txn, "b", 2);
	assert_int_equal(commit(&txn, &summary), 0);
	assert_int_equal(summary.added, 2);
	begin(&txn);
	put(&txn, "a", 3);
	put(&txn, "b", 2);
	assert_int_equal(commit(&txn, &summary), 0);
	assert_int_equal(summary.generation, 2);
	assert_int_equal(summary.changed, 1);
	assert_int_equal(summary.kept, 1);
	assert_int_equal(used_slots(), 2);
	assert_int_equal(maps_read_directory(&maps, &heads, &count), 0);
	assert_int_equal(count, 2);
	assert_string_equal(heads[0].name, "a");
	assert_int_equal(maps_read_image(&maps, heads[0].slot, 0, 1, &word), 0);
	assert_int_equal(word, 3);
	free(heads);
}

static void an_abort_leaves_no_trace(void **state)
{
	struct policy_head *heads;
	struct txn txn;
	uint32_t count;

	(void)state;
	NEED_MAPS();
	force("a", 1);
	begin(&txn);
	put(&txn, "a", 2);
	put(&txn, "b", 3);
	txn_abort(&txn);
	assert_int_equal(used_slots(), 1);
	assert_int_equal(maps_read_directory(&maps, &heads, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(heads[0].digest, 1);
	free(heads);
}

static void a_policy_in_use_stays(void **state)
{
	struct txn_summary summary;
	struct txn txn;
	struct fault fault = { "" };

	(void)state;
	NEED_MAPS();
	force("a", 1);
	containers[2] = (struct container){ .cgroup_id = 9, .state = CONTAINER_BOUND, .policy = 0 };
	assert_int_equal(registry_remember(&registry, 2, 9, "web", "/web"), 0);
	begin(&txn);
	put(&txn, "b", 2);
	assert_int_equal(txn_commit(&txn, &registry, &summary, &fault), -EBUSY);
	assert_non_null(strstr(fault.text, "'a'"));
	assert_non_null(strstr(fault.text, "'web' (/web)"));
	txn_abort(&txn);
	assert_int_equal(used_slots(), 1);
}

static void a_lot_of_policies_at_once(void **state)
{
	struct txn_summary summary;
	struct txn txn;
	char name[8];

	(void)state;
	NEED_MAPS();
	begin(&txn);
	for (uint64_t i = 0; i < SLOTS; i++) {
		snprintf(name, sizeof(name), "p%d", (int)i);
		put(&txn, name, i + 1);
	}
	assert_int_equal(commit(&txn, &summary), 0);
	assert_int_equal(used_slots(), SLOTS);
	begin(&txn);
	assert_int_equal(commit(&txn, &summary), 0);
	assert_int_equal(summary.removed, SLOTS);
	assert_int_equal(used_slots(), 0);
}

static void leave(uint32_t slot)
{
	const uint64_t word = 1;
	struct maps_image left = { slot, maps_make_image(&word, 1) };

	assert_int_equal(maps_place_images(&maps, &left, 1), 0);
	close(left.fd);
}

/* Images are put and taken away by several threads: an end leaves holes. */
static void what_an_interruption_left_is_cleaned(void **state)
{

	(void)state;
	NEED_MAPS();
	force("kept", 7);
	assert_int_equal(shared.slots_busy, 0);
	assert_int_equal(shared.slots_end, 1);
	leave(2);
	leave(5);
	shared.slots_end = 6;
	assert_int_equal(txn_clean(&maps), 0);
	assert_int_equal(used_slots(), 3); /* nobody was interrupted */
	shared.slots_busy = 1;
	assert_int_equal(txn_clean(&maps), 0);
	assert_int_equal(used_slots(), 1);
	assert_int_equal(shared.slots_busy, 0);
}

static void older_generations_keep_their_names(void **state)
{
	struct rules rules = { 0 };

	(void)state;
	NEED_MAPS();
	for (uint64_t i = 1; i <= RULES_GENERATIONS + 2; i++) {
		force(i & 1 ? "odd" : "even", i);
		assert_int_equal(rules_learn(&rules, &maps), 0);
	}
	assert_null(rules_policy_name(&rules, 0, 1));
	assert_null(rules_policy_name(&rules, 0, 2));
	assert_string_equal(rules_policy_name(&rules, 0, 3), "odd");
	assert_string_equal(rules_policy_name(&rules, 1, 4), "even");
	assert_null(rules_policy_name(&rules, 1, 3));
	assert_null(rules_policy_name(&rules, 0, RULES_GENERATIONS + 3));
	rules_free(&rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(switches_and_releases, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nobody_changes_what_is_in_force, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_abort_leaves_no_trace, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_policy_in_use_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_lot_of_policies_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_an_interruption_left_is_cleaned, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(older_generations_keep_their_names, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
