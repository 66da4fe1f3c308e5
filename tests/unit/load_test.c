/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is there of programs on demand is told by the pins of their links, here plain files. */
#include "tests/unit/agent_make.h"

#include <sys/stat.h>
#include <unistd.h>

#include "agent/objects.h"
#include "bpf/abi_policy.h"

static const char *const links[] = { "file-bailiff_file_ioctl", "file-bailiff_file_ioctl_compat",
				     "file-bailiff_uring_cmd" };
static struct objects objects;

static void link_path(char path[PATH_MAX], const char *name)
{
	snprintf(path, PATH_MAX, "%.3000s/links/%s", objects.pin_dir, name);
}

static int set_up(void **state)
{
	char path[PATH_MAX];

	(void)state;
	objects_init(&objects);
	strcpy(objects.pin_dir, "/tmp/bailiff-load-XXXXXX");
	assert_non_null(mkdtemp(objects.pin_dir));
	link_path(path, "");
	assert_int_equal(mkdir(path, 0700), 0);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		link_path(path, links[i]);
		fclose(fopen(path, "w"));
	}
	return 0;
}

static int tear_down(void **state)
{
	char path[PATH_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		link_path(path, links[i]);
		unlink(path);
	}
	link_path(path, "");
	rmdir(path);
	rmdir(objects.pin_dir);
	objects_close(&objects);
	return 0;
}

static void takes_what_another_build_attached(void **state)
{
	struct fault fault;

	(void)state;
	objects.other_build = true;
	assert_int_equal(objects_need(&objects, CLASS_FILE | CLASS_IOCTL, &fault), 0);
	assert_int_equal(objects.classes, CLASS_IOCTL);
	assert_int_equal(objects.programs, sizeof(links) / sizeof(links[0]));
}

static void adds_nothing_to_another_build(void **state)
{
	struct fault fault;

	(void)state;
	objects.other_build = true;
	objects.allow_missing = UINT32_MAX;
	/* or the kernel lacks the hook, and nothing would have been added */
	if (objects_need(&objects, CLASS_SYSCTL_WRITE, &fault) == 0)
		skip();
	assert_non_null(strstr(fault.text, "another build"));
	assert_int_equal(objects.classes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(takes_what_another_build_attached, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(adds_nothing_to_another_build, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
