/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The containers that run, as crun and runc write them down. */
#include "tests/unit/agent_make.h"
#include "tests/unit/remove_tree.h"

#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/runtime_states.h"

static char root[] = "/tmp/bailiff-states-XXXXXX";
static struct runtime_states states;

/* Writes root/path, and makes the directories that it needs. */
static void put(const char *path, const char *text)
{
	char whole[512];
	FILE *out;

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	for (char *slash = strchr(whole + strlen(root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = 0;
		mkdir(whole, 0755);
		*slash = '/';
	}
	out = fopen(whole, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

static void put_config(const char *bundle, const char *cgroups_path)
{
	char path[256], text[512];

	snprintf(path, sizeof(path), "%s/config.json", bundle);
	snprintf(text, sizeof(text),
		 "{\"root\":{\"path\":\"rootfs\"},\"annotations\":{\"role\":\"db\"},"
		 "\"linux\":{\"cgroupsPath\":\"%s\"}}",
		 cgroups_path);
	put(path, text);
}

static bool is_bound(void *context, const char *cgroup)
{
	(void)context;
	return !strcmp(cgroup, "/six");
}

static int make(void **state)
{
	(void)state;
	if (!mkdtemp(root))
		return -1;
	put_config("/b/one", "/one");
	put("/run/crun/web/status", "{\"cgroup-path\":\"/one\",\"bundle\":\"/b/one\",\"pid\":7}");
	put_config("/b/two", "/two");
	put("/run/runc/db/state.json", "{\"id\":\"db\",\"cgroup_paths\":{\"\":\"/two\"},"
				       "\"config\":{\"labels\":[\"x=y\",\"bundle=/b/two\"]}}");
	put_config("/b/three", "/three");
	put("/run/containerd/runc/k8s.io/ab/state.json",
	    "{\"cgroup_paths\":{\"\":\"/three\"},\"config\":{\"labels\":[\"bundle=/b/three\"]}}");
	put_config("/b/six", "/six");
	put("/run/crun/db/status",
	    "{\"cgroup-path\":\"/six\",\"bundle\":\"/b/six\"}"); /* another db */
	put("/run/crun/broken/status", "{\"cgroup-path\":");
	put("/run/crun/odd/status", "{\"cgroup-path\":7,\"bundle\":\"/b/one\"}");
	put("/run/crun/lost/status", "{\"cgroup-path\":\"/four\",\"bundle\":\"/b/none\"}");
	put("/run/crun/climbs/status",
	    "{\"cgroup-path\":\"/a/../five\",\"bundle\":\"/b/one\",\"pid\":7}");
	put("/run/runc/bare/state.json", "{\"cgroup_paths\":{},\"config\":{}}");
	return runtime_states_read(&states, root, is_bound, NULL);
}

static int take_away(void **state)
{
	(void)state;
	runtime_states_free(&states);
	return remove_tree(root);
}

static const char *text_of(const char *cgroup, const char *key)
{
	struct json_object *facts = runtime_states_find(&states, cgroup), *value;

	if (!facts || !json_object_object_get_ex(facts, key, &value))
		return NULL;
	return json_object_get_string(value);
}

static void finds_by_cgroup(void **state)
{
	struct json_object *annotations;

	(void)state;
	assert_string_equal(text_of("/one", "name"), "web");
	assert_string_equal(text_of("/one", "runtime_id"), "web");
	assert_string_equal(text_of("/one", "cgroup"), "/one");
	assert_string_equal(text_of("/two", "name"), "db");
	assert_string_equal(text_of("/three", "runtime_id"), "ab");
	assert_true(json_object_object_get_ex(runtime_states_find(&states, "/one"),
					      "image_annotations", &annotations));
	assert_int_equal(json_object_object_length(annotations), 1);
}

static void leaves_out_what_it_cannot_read(void **state)
{
	(void)state;
	assert_int_equal(states.count, 3);
	assert_null(runtime_states_find(&states, "/six"));
	assert_null(runtime_states_find(&states, "/four"));
	assert_null(runtime_states_find(&states, "/five"));
	assert_null(runtime_states_find(&states, "/"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_by_cgroup),
		cmocka_unit_test(leaves_out_what_it_cannot_read),
	};

	return cmocka_run_group_tests(tests, make, take_away);
}
