/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/agent_make.h"

#include "agent/registry.h"

#define CONTAINERS 4

static struct container containers[CONTAINERS];
static uint64_t tasks[CONTAINERS];
static const struct maps maps = {
	.max_containers = CONTAINERS,
	.containers = containers,
	.tasks = tasks,
};

static int clear(void **state)
{
	(void)state;
	memset(containers, 0, sizeof(containers));
	memset(tasks, 0, sizeof(tasks));
	return 0;
}

static void bind_one(struct registry *registry, uint32_t number, uint64_t id, const char *name,
		     const char *path)
{
	struct container *c = &containers[number];

	*c = (struct container){ .cgroup_id = id, .policy = number, .state = CONTAINER_BOUND };
	strcpy(c->name, name);
	assert_int_equal(registry_remember(registry, number, id, name, path), 0);
}

static void finds_containers(void **state)
{
	struct registry_entry entry;
	struct registry registry;

	(void)state;
	assert_int_equal(registry_open(&registry, &maps, -1), 0);
	assert_false(registry_next(&registry, 0, &entry));
	bind_one(&registry, 1, 11, "one", "/a/one");
	bind_one(&registry, 3, 33, "three", "/a/three");
	tasks[3] = 5;
	assert_true(registry_next(&registry, 0, &entry));
	assert_int_equal(entry.number, 1);
	assert_true(registry_next(&registry, 2, &entry));
	assert_int_equal(entry.tasks, 5);
	assert_true(registry_find_id(&registry, 33, &entry));
	assert_string_equal(entry.path, "/a/three");
	assert_true(registry_find_name(&registry, "one", &entry));
	assert_true(registry_find_path(&registry, "/a/one", &entry));
	assert_true(registry_find_policy(&registry, 3, &entry));
	assert_false(registry_find_id(&registry, 12, &entry));
	assert_false(registry_find_policy(&registry, 2, &entry));
	registry_close(&registry);
}

static void learns_what_was_bound_before(void **state)
{
	struct registry_entry entry;
	struct registry registry;

	(void)state;
	containers[2] = (struct container){ .cgroup_id = 22, .state = CONTAINER_BOUND };
	strcpy(containers[2].name, "two");
	assert_int_equal(registry_open(&registry, &maps, -1), 0);
	assert_true(registry_find_name(&registry, "two", &entry));
	assert_string_equal(entry.path, "");
	registry_close(&registry);
}

static void an_ended_one_is_found_by_its_policy_only(void **state)
{
	struct registry_entry entry;
	struct registry registry;

	(void)state;
	assert_int_equal(registry_open(&registry, &maps, -1), 0);
	bind_one(&registry, 0, 1, "gone", "/gone");
	containers[0].state = CONTAINER_ENDED;
	assert_false(registry_find_name(&registry, "gone", &entry));
	assert_true(registry_find_policy(&registry, 0, &entry));
	registry_close(&registry);
}

static void remembers_after_the_end(void **state)
{
	struct registry registry;

	(void)state;
	assert_int_equal(registry_open(&registry, &maps, -1), 0);
	bind_one(&registry, 0, 1, "gone", "/gone");
	containers[0].state = CONTAINER_FREE;
	containers[0].cgroup_id = 0;
	assert_string_equal(registry_recall(&registry, 0, 1)->path, "/gone");
	assert_null(registry_recall(&registry, 0, 2));
	assert_null(registry_recall(&registry, 1000, 1));
	registry_close(&registry);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(finds_containers, clear),
		cmocka_unit_test_setup(learns_what_was_bound_before, clear),
		cmocka_unit_test_setup(an_ended_one_is_found_by_its_policy_only, clear),
		cmocka_unit_test_setup(remembers_after_the_end, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
