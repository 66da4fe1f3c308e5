/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/agent_make.h"

#include "agent/about.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct abouts abouts;

static void is(const char *text, const char *expected)
{
	if (text && expected)
		assert_string_equal(text, expected);
	else
		assert_ptr_equal(text, expected);
}

static struct audit_container ask(const char *path, const char *selection)
{
	static uint64_t serial;
	struct registry_memory memory = { .serial = ++serial,
					  .path = (char *)path,
					  .selection = (char *)selection };
	struct audit_container found = { 0 };

	abouts_fill(&abouts, 3, &memory, &found);
	return found;
}

/* Annotations as an author of a pod or image could have written them all, with those that the
 * runtimes set. */
#define FACTS                                                                                      \
	"{\"facts\":{\"annotations\":{"                                                            \
	"\"io.kubernetes.cri.image-name\":\"c/"                                                    \
	"image\",\"io.kubernetes.cri.sandbox-name\":\"c-pod\","                                    \
	"\"io.kubernetes.cri.sandbox-namespace\":\"c-space\","                                     \
	"\"io.kubernetes.cri.container-name\":\"c-name\",\"io.kubernetes.pod.name\":\"o-pod\","    \
	"\"io.kubernetes.pod.namespace\":\"o-space\",\"io.kubernetes.container.name\":\"o-name\"}" \
	"%s}}"

static struct audit_container ask_with(const char *path, const char *more)
{
	struct audit_container found;
	char *selection;

	assert_true(asprintf(&selection, FACTS, more) > 0);
	found = ask(path, selection);
	free(selection);
	return found;
}

static void believes_the_runtime(void **state)
{
	struct audit_container found = ask_with("/a.slice/cri-containerd-" ID ".scope", "");

	(void)state;
	is(found.runtime, "containerd");
	is(found.runtime_id, ID);
	is(found.image, "c/image");
	is(found.pod, "c-pod");
	is(found.pod_namespace, "c-space");
	is(found.pod_container, "c-name");
	found = ask_with("/a.slice/crio-" ID ".scope/container", ",\"image\":\"quay/x\"");
	is(found.runtime, "cri-o");
	is(found.image, "quay/x");
	is(found.pod, "o-pod");
	is(found.pod_namespace, "o-space");
	is(found.pod_container, "o-name");
}

static void believes_nobody_else(void **state)
{
	static const char *const paths[] = { "/machine.slice/libpod-" ID ".scope",
					     "/system.slice/docker-" ID ".scope",
					     "/lxc/a",
					     "/system.slice/a.service",
					     "/nightly",
					     "" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct audit_container found = ask_with(paths[i], ",\"image\":\"i\"");

		is(found.image, "i");
		is(found.pod, NULL);
		is(found.pod_namespace, NULL);
		is(found.pod_container, NULL);
	}
}

static void knows_what_it_can(void **state)
{
	struct audit_container found = ask("/kubepods/podx/" ID, NULL);

	(void)state;
	is(found.runtime, NULL);
	is(found.runtime_id, ID);
	is(found.image, NULL);
	found = ask("/system.slice/a.service", "{\"facts\":{\"image\":7,\"annotations\":[]}}");
	is(found.runtime, "systemd");
	is(found.runtime_id, "a.service");
	is(found.image, NULL);
	found = ask("/nightly", "no JSON");
	is(found.runtime, NULL);
	is(found.runtime_id, NULL);
	found = ask("/a.slice/crio-" ID ".scope", "{\"facts\":{\"annotations\":[\"x\"]}}");
	is(found.pod, NULL);
	found = ask_with("/kubepods/podx/" ID, "");
	is(found.runtime, NULL);
	is(found.pod, "c-pod");
	found = ask_with("/machine.slice/machine-qemu\\x2d1.scope", "");
	is(found.pod, NULL);
	found = ask("/nightly", "{\"facts\":{\"runtime_id\":\"mine\"}}");
	is(found.runtime, NULL);
	is(found.runtime_id, "mine"); /* as the hook was told */
	found = ask("/nightly", "{\"facts\":{\"image\":\"\"}}");
	is(found.image, NULL);
}

static void learns_anew(void **state)
{
	struct registry_memory memory = { .serial = 1000, .path = "/lxc/a" };
	struct audit_container found = { 0 }, again = { 0 };
	char image[2 * ABOUT_MAX] = { 0 }, *selection;

	(void)state;
	abouts_fill(&abouts, 700, &memory, &found);
	is(found.runtime_id, "a");
	memory.path = "/lxc/b";
	abouts_fill(&abouts, 700, &memory, &again);
	assert_ptr_equal(again.runtime_id, found.runtime_id);
	memory.serial++;
	abouts_fill(&abouts, 700, &memory, &again);
	is(again.runtime_id, "b");
	memset(image, 'i', sizeof(image) - 1);
	assert_true(asprintf(&selection, "{\"facts\":{\"image\":\"%s\"}}", image) > 0);
	found = ask("/nightly", selection);
	free(selection);
	assert_int_equal(strlen(found.image), ABOUT_MAX - 1);
}

static int clear(void **state)
{
	(void)state;
	abouts_clear(&abouts);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(believes_the_runtime),
		cmocka_unit_test(believes_nobody_else),
		cmocka_unit_test(knows_what_it_can),
		cmocka_unit_test(learns_anew),
	};

	return cmocka_run_group_tests(tests, NULL, clear);
}
