/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/agent_make.h"

#include <errno.h>
#include <json-c/json.h>

#include "agent/request.h"
#include "bpf/abi_limits.h"

static int parse(const char *text, struct request *request)
{
	struct fault fault = { "" };
	int error = request_parse(text, strlen(text), request, &fault);

	if (error)
		assert_true(*fault.text);
	return error;
}

static void takes_every_command(void **state)
{
	struct request r;

	(void)state;
	assert_int_equal(parse("{\"command\":\"bind\",\"cgroup\":\"/a\",\"policy\":\"p\",\"name\":"
			       "\"n\",\"start\":true}",
			       &r),
			 0);
	assert_int_equal(r.command, REQUEST_BIND);
	assert_string_equal(r.cgroup, "/a");
	assert_string_equal(r.policy, "p");
	assert_string_equal(r.name, "n");
	assert_true(r.start);
	request_free(&r);
	assert_int_equal(parse("{\"command\":\"bind\",\"cgroup\":\"/a\",\"image\":\"i\",\"labels\":"
			       "{\"a\":\"b\"}}",
			       &r),
			 0);
	assert_null(r.policy);
	assert_string_equal(r.image, "i");
	assert_int_equal(json_object_object_length(r.labels), 1);
	assert_null(r.annotations);
	request_free(&r);
	assert_int_equal(parse("{\"command\":\"unbind\",\"id\":18446744073709551615}", &r), 0);
	assert_true(r.id == UINT64_MAX);
	request_free(&r);
	assert_int_equal(parse("{\"command\":\"tail\",\"denied\":true,\"class\":\"file\"}", &r), 0);
	assert_true(r.denied);
	request_free(&r);
	assert_int_equal(
		parse("{\"command\":\"unbind\",\"runtime_id\":\"x\",\"if_empty\":true}", &r), 0);
	assert_string_equal(r.runtime_id, "x");
	assert_true(r.if_empty);
	request_free(&r);
	assert_int_equal(parse("{\"command\":\"ping\"}", &r), 0);
	request_free(&r);
}

static void takes_what_a_hook_tells(void **state)
{
	struct request r;

	(void)state;
	assert_int_equal(
		parse("{\"command\":\"bind\",\"cgroup\":\"/a\",\"runtime_id\":\"i\","
		      "\"start\":true,\"outside\":true,\"root_is_outside\":true}",
		      &r),
		0);
	assert_string_equal(r.runtime_id, "i");
	assert_true(r.outside && r.root_is_outside);
	request_free(&r);
	assert_int_equal(parse("{\"command\":\"seccomp\"}", &r), 0);
	assert_int_equal(r.command, REQUEST_SECCOMP);
	request_free(&r);
	assert_int_equal(parse("{\"command\":\"seccomp\",\"cgroup\":\"/a\",\"name\":\"n\","
			       "\"image\":\"i\",\"annotations\":{},\"image_annotations\":{\"a\":"
			       "\"b\"},\"labels\":{}}",
			       &r),
			 0);
	assert_string_equal(r.name, "n");
	assert_int_equal(json_object_object_length(r.image_annotations), 1);
	request_free(&r);
}

static void refuses_what_it_does_not_know(void **state)
{
	static const char *const bad[] = {
		"{}",
		"{\"command\":1}",
		"{\"command\":\"stauts\"}",
		"{\"command\":\"status\",\"x\":1}",
		"{\"command\":\"status\",\"cgroup\":\"/a\"}",
		"{\"command\":\"tail\",\"policy\":\"p\"}",
		"{\"command\":\"bind\",\"policy\":\"p\"}",
		"{\"command\":\"bind\",\"cgroup\":\"/a\",\"labels\":[\"a=b\"]}",
		"{\"command\":\"bind\",\"cgroup\":\"/a\",\"image\":{}}",
		"{\"command\":\"unbind\",\"cgroup\":\"/a\",\"labels\":{}}",
		"{\"command\":\"bind\",\"cgroup\":1,\"policy\":\"p\"}",
		"{\"command\":\"bind\",\"cgroup\":\"/a\",\"policy\":\"\"}",
		"{\"command\":\"bind\",\"cgroup\":\"/a\",\"policy\":null}",
		"{\"command\":\"bind\",\"cgroup\":\"/a\\u0000b\",\"policy\":\"p\"}",
		"{\"command\":\"bind\",\"cgroup\":\"/a\",\"policy\":\"p\",\"start\":1}",
		"{\"command\":\"bind\",\"cgroup\":\"/a\",\"policy\":\"p\",\"audit_only\":true}",
		"{\"command\":\"bind\",\"cgroup\":\"/a\",\"file\":\"f\",\"outside\":true}",
		"{\"command\":\"bind\",\"cgroup\":\"/a\",\"outside\":\"/\"}",
		"{\"command\":\"bind\",\"cgroup\":\"/a\",\"if_empty\":true}",
		"{\"command\":\"seccomp\",\"cgroup\":\"/a\",\"policy\":\"p\"}",
		"{\"command\":\"seccomp\",\"runtime_id\":\"i\"}",
		"{\"command\":\"unbind\",\"runtime_id\":\"i\",\"cgroup\":\"/a\"}",
		"{\"command\":\"unbind\",\"if_empty\":true}",
		"{\"command\":\"unbind\"}",
		"{\"command\":\"unbind\",\"id\":0}",
		"{\"command\":\"unbind\",\"id\":1,\"name\":\"n\"}",
		"{\"command\":\"unbind\",\"id\":\"1\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct request r;

		if (parse(bad[i], &r) != -EINVAL)
			fail_msg("%s", bad[i]);
	}
}

static void refuses_long_names(void **state)
{
	char text[1024], name[513];
	struct request r;

	(void)state;
	memset(name, 'n', 512);
	name[512] = 0;
	snprintf(text, sizeof(text), "{\"command\":\"seccomp\",\"name\":\"%s\"}", name);
	assert_int_equal(parse(text, &r), -EINVAL);
	snprintf(text, sizeof(text), "{\"command\":\"seccomp\",\"name\":\"%s\"}", name + 1);
	assert_int_equal(parse(text, &r), 0);
	request_free(&r);
	snprintf(text, sizeof(text),
		 "{\"command\":\"bind\",\"cgroup\":\"/a\",\"policy\":\"p\",\"name\":\"%.64s\"}",
		 name);
	assert_int_equal(parse(text, &r), -EINVAL);
	snprintf(text, sizeof(text), "{\"command\":\"unbind\",\"name\":\"%s\"}", name);
	assert_int_equal(parse(text, &r), -EINVAL);
	snprintf(text, sizeof(text), "{\"command\":\"unbind\",\"name\":\"%s\"}", name + 1);
	assert_int_equal(parse(text, &r), 0);
	request_free(&r);
}

static void refuses_every_truncation(void **state)
{
	static const char text[] = "{\"command\":\"tail\",\"denied\":true,\"container\":\"web\"}";
	struct fault fault;
	struct request r;

	(void)state;
	for (size_t length = 0; length < sizeof(text) - 1; length++)
		assert_int_equal(request_parse(text, length, &r, &fault), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_every_command),
		cmocka_unit_test(takes_what_a_hook_tells),
		cmocka_unit_test(refuses_what_it_does_not_know),
		cmocka_unit_test(refuses_long_names),
		cmocka_unit_test(refuses_every_truncation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
