/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What runtimes, their managers and the authors of images have a hook read: a state, a config.json
 * with its facts and cgroup, a list of containers, two seccomp sections. The first byte says which.
 * Build with -fsanitize=fuzzer. */
#include <errno.h>
#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/oci_cgroup.h"
#include "agent/oci_facts.h"
#include "agent/oci_seccomp.h"
#include "agent/oci_state.h"
#include "agent/oci_store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "oci_fuzz: %s\n", what);
	abort();
}

static void check_state(const struct input *input)
{
	struct fault fault = { "" };
	struct oci_state state;

	if (oci_state_read(input, &state, &fault)) {
		require(fault.text[0] != 0, "an error without a reason");
		return;
	}
	require(state.pid >= 0 && !strchr(state.id, '/'), "pid or id");
	require(!state.bundle || state.bundle[0] == '/', "bundle");
	oci_state_free(&state);
}

static void check_facts(const struct oci_config *config, const char *bundle)
{
	struct fault fault = { "" };
	struct oci_facts facts;
	int error = bundle ? oci_facts_of_bundle(&facts, "id", bundle, config, &fault)
			   : oci_facts_of_config(&facts, config, &fault);

	require(!error == !fault.text[0], "an error without a reason");
	if (!error) {
		require(!bundle || facts.name[0], "no name");
		json_object_object_foreach(facts.image_annotations, key, value)
		{
			require(*key && !strchr(key, '='), "a key that is none");
			require(json_object_is_type(value, json_type_string), "no text");
		}
		require(!bundle || strstr(bundle, "k8s.io") ||
				!json_object_object_length(facts.annotations),
			"an image is trusted");
	}
	oci_facts_free(&facts);
}

static void check_config(const struct input *input)
{
	struct fault fault = { "" };
	struct oci_config config;
	char path[PATH_MAX];

	if (oci_config_read(input, &config, &fault)) {
		require(fault.text[0] != 0, "an error without a reason");
		return;
	}
	check_facts(&config, "/b");
	check_facts(&config, "/x/io.containerd.runtime.v2.task/k8s.io/id");
	check_facts(&config, NULL);
	if (config.cgroups_path && cgroups_path_expand(config.cgroups_path, path))
		require(path[0] == '/' && !strstr(path, "/../"), "a path of no cgroup");
	if (!oci_cgroup_choose(&config, "/m.slice/p-n.scope/x", path, &fault))
		require(cgroup_is_in("/m.slice/p-n.scope/x", path), "another cgroup");
	oci_config_free(&config);
}

static void check_store(const struct input *input)
{
	struct json_object *entry;

	if (store_find_in(input->data, input->length, "ab", &entry))
		return;
	require(!strcmp(json_object_get_string(json_object_object_get(entry, "id")), "ab"),
		"another container");
	json_object_put(entry);
}

/* Whatever both say: what comes of it is read again, and is not laxer. */
static void check_merged(struct json_object *a, struct json_object *b, struct json_object *merged)
{
	struct filter_section sections[3];
	struct fault fault = { "" };

	require(!filter_section_read(&sections[0], a, &fault) &&
			!filter_section_read(&sections[1], b, &fault) &&
			!filter_section_read(&sections[2], merged, &fault),
		"a merged section that is none");
	json_object_object_foreach(sections[0].index, name, number)
	{
		(void)number;
		for (uint64_t i = 0; i < 16; i++) {
			const uint64_t arguments[COND_ARGUMENTS] = { i & 3, i >> 2 };
			enum call_kind kinds[3];

			for (int k = 0; k < 3; k++)
				kinds[k] =
					filter_section_decide(&sections[k], name, arguments).kind;
			require(kinds[2] >= kinds[0] && kinds[2] >= kinds[1], "laxer");
		}
	}
	for (int k = 0; k < 3; k++)
		filter_section_clear(&sections[k]);
}

static void check_seccomp(const struct input *input)
{
	struct json_object *both = NULL, *merged = NULL, *a, *b;
	struct fault fault = { "" };

	if (input_parse(input->data, input->length, &both))
		return;
	a = input_member(both, "a", json_type_object);
	b = input_member(both, "b", json_type_object);
	if (a && b && json_object_object_get(a, "defaultAction")) {
		if (!oci_seccomp_merge(a, b, &merged, &fault))
			check_merged(a, b, merged);
		else
			require(fault.text[0] != 0, "an error without a reason");
	}
	json_object_put(merged);
	json_object_put(both);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const checks[])(const struct input *) = { check_state, check_config,
								check_store, check_seccomp };
	struct input input;

	if (!size)
		return 0;
	input.length = size - 1;
	input.data = malloc(size);
	if (!input.data)
		return 0;
	memcpy(input.data, data + 1, size - 1);
	input.data[size - 1] = 0;
	checks[*data % 4](&input);
	free(input.data);
	return 0;
}
