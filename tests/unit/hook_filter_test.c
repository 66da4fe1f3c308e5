/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hook at createRuntime: whether the container's filter denies what its policy denies. */
#include "tests/unit/hook_make.h"

#define FILTER(call, errno_)                                                                       \
	"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"" call                  \
	"\"],\"action\":\"" errno_ "\"}]}"
#define BOUND_WITH(section)                                                                        \
	"{\"ok\":true,\"policy\":\"web\",\"on_failure\":\"deny\",\"seccomp\":" section "}"
#define DENIES_KEYCTL FILTER("keyctl", "SCMP_ACT_ERRNO")

static void start_with(const char *section, const char *annotations)
{
	char config[512];

	snprintf(config, sizeof(config),
		 "{\"root\":{\"path\":\".\"},\"annotations\":{%s},\"linux\":{%s%s}}", annotations,
		 section ? "\"seccomp\":" : "", section ? section : "");
	configure(config);
}

/* The runtime alone can give the container its filter. */
static void refuses_a_filter_that_is_not_the_policys(void **state)
{
	(void)state;
	NEED_GROUP();
	fake.bind = BOUND_WITH(DENIES_KEYCTL);
	start_with(FILTER("keyctl", "SCMP_ACT_KILL"), "");
	assert_int_equal(start("c1", process), 0);
	start_with(FILTER("ptrace", "SCMP_ACT_ERRNO"), "");
	refuses("c1", process, "lets keyctl through");
	assert_true(hook.bound);
	start_with(FILTER("keyctl", "SCMP_ACT_LOG"), "");
	refuses("c1", process, "lets keyctl through");
	start_with(NULL, "");
	refuses("c1", process, "lets keyctl through");
	start_with("{\"defaultAction\":\"?\"}", "");
	refuses("c1", process, "defaultAction");
	start_with(DENIES_KEYCTL, "\"run.oci.seccomp_bpf_data\":\"x\"");
	refuses("c1", process, "run.oci.seccomp_bpf_data");
	fake.bind = "{\"ok\":true,\"policy\":\"web\",\"on_failure\":\"allow\","
		    "\"seccomp\":" DENIES_KEYCTL "}";
	refuses("c1", process, "run.oci.seccomp_bpf_data");
	start_with(NULL, "");
	assert_true(start("c1", process) < 0);
	assert_true(hook.may_start && hook.bound);
}

static void misses_no_filter_of_a_dry_run(void **state)
{
	(void)state;
	NEED_GROUP();
	fake.bind = BOUND_WITH(FILTER("keyctl", "SCMP_ACT_LOG"));
	start_with(NULL, "\"run.oci.seccomp_bpf_data\":\"x\"");
	assert_int_equal(start("c1", process), 0);
	fake.bind = BOUND_WITH("null");
	assert_int_equal(start("c1", process), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_a_filter_that_is_not_the_policys),
		cmocka_unit_test(misses_no_filter_of_a_dry_run),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
