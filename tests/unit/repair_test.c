/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On a real map of cgroups; without the right to make BPF maps all is skipped. */
#include "tests/unit/agent_make.h"

#include <bpf/bpf.h>
#include <errno.h>

#include "agent/repair.h"

#define CONTAINERS 8

static struct container containers[CONTAINERS];
static struct shared shared;
static struct objects objects;

static int set_up(void **state)
{
	(void)state;
	memset(containers, 0, sizeof(containers));
	shared = (struct shared){ .sweep_container = 99 };
	objects_init(&objects);
	objects.maps.fd[MAP_CGROUPS] =
		bpf_map_create(BPF_MAP_TYPE_HASH, "cgroups", 8, 4, CONTAINERS, NULL);
	objects.maps.containers = containers;
	objects.maps.max_containers = CONTAINERS;
	objects.shared = &shared;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	objects.maps.containers = NULL;
	objects_close(&objects);
	return 0;
}

static void enter(uint64_t id, uint32_t number)
{
	assert_int_equal(bpf_map_update_elem(objects.maps.fd[MAP_CGROUPS], &id, &number, BPF_ANY),
			 0);
}

static bool entered(uint64_t id)
{
	uint32_t number;

	return !bpf_map_lookup_elem(objects.maps.fd[MAP_CGROUPS], &id, &number);
}

static struct container *container(uint32_t number, enum container_state state, uint64_t id)
{
	containers[number] = (struct container){ .state = state, .cgroup_id = id };
	return &containers[number];
}

#define NEED_MAP()                                                                                 \
	do {                                                                                       \
		if (objects.maps.fd[MAP_CGROUPS] < 0)                                              \
			skip();                                                                    \
	} while (0)

static void whole_ones_stay(void **state)
{
	(void)state;
	NEED_MAP();
	container(1, CONTAINER_BOUND, 11);
	container(2, CONTAINER_ENDED, 12);
	enter(11, 1);
	assert_int_equal(repair_bindings(&objects), 0);
	assert_int_equal(containers[1].state, CONTAINER_BOUND);
	assert_int_equal(containers[1].cgroup_id, 11);
	assert_int_equal(containers[2].state, CONTAINER_ENDED);
	assert_int_equal(containers[2].cgroup_id, 12);
	assert_true(entered(11));
	assert_int_equal(shared.sweep_container, 99);
}

/* Killed before it was entered, after it was taken out, or while it was freed. */
static void half_ones_are_freed(void **state)
{
	(void)state;
	NEED_MAP();
	container(1, CONTAINER_BOUND, 11);
	container(2, CONTAINER_FREEING, 12);
	container(3, CONTAINER_BOUND, 13);
	container(4, CONTAINER_BOUND, 13); /* bound again since */
	enter(13, 4);
	assert_int_equal(repair_bindings(&objects), 0);
	for (uint32_t i = 1; i <= 3; i++) {
		assert_int_equal(containers[i].state, CONTAINER_FREE);
		assert_int_equal(containers[i].cgroup_id, 0);
	}
	assert_int_equal(containers[4].state, CONTAINER_BOUND);
	assert_true(entered(13));
}

/* An unload that was killed has let all tasks go. */
static void an_unload_leaves_nothing_bound(void **state)
{
	(void)state;
	NEED_MAP();
	container(1, CONTAINER_BOUND, 0);
	container(2, CONTAINER_BOUND, 0);
	enter(11, 1);
	enter(12, 2);
	enter(13, 3);
	assert_int_equal(repair_bindings(&objects), 0);
	assert_int_equal(containers[1].state, CONTAINER_FREE);
	assert_int_equal(containers[2].state, CONTAINER_FREE);
	assert_false(entered(11) || entered(12) || entered(13));
}

/* There is no iterator to run here: it was tried, and the mark stays. */
static void a_sweep_is_done_again(void **state)
{
	(void)state;
	NEED_MAP();
	container(5, CONTAINER_BOUND, 11)->sweeping = 1;
	enter(11, 5);
	assert_int_equal(repair_bindings(&objects), 0);
	assert_int_equal(shared.sweep_container, 5);
	assert_int_equal(containers[5].sweeping, 1);
	assert_int_equal(containers[5].state, CONTAINER_BOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole_ones_stay, set_up, tear_down),
		cmocka_unit_test_setup_teardown(half_ones_are_freed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_unload_leaves_nothing_bound, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_sweep_is_done_again, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
