/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Raw records and lookups for the tests of audit/. */
#ifndef BAILIFF_TESTS_AUDIT_MAKE_H
#define BAILIFF_TESTS_AUDIT_MAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "audit/decode.h"
#include "audit/enrich.h"
#include "bpf/abi_policy.h"

/* A record as the kernel would write it. */
struct raw {
	struct event head;
	char tail[2 * BAILIFF_PATH_MAX + BAILIFF_ARGS_MAX];
};

static inline struct raw raw_make(int action, int verdict)
{
	struct raw raw = { .head = {
				   .size = sizeof(struct event),
				   .version = EVENT_VERSION,
				   .action = action,
				   .verdict = verdict,
				   .mode = POLICY_MODE_ENFORCE,
				   .container = 3,
				   .container_id = 77,
				   .cgroup_id = 77,
				   .policy = 5,
				   .generation = 9,
				   .rule = 2,
				   .pid = 4242,
				   .tid = 4243,
				   .ppid = 1,
				   .uid = 1000,
				   .gid = 100,
				   .start_time = 5000000000,
				   .time = 6000000000,
				   .comm = "nginx",
			   } };
	return raw;
}

static inline void raw_append(struct raw *raw, const void *data, size_t len, uint16_t *length)
{
	memcpy(raw->tail + raw->head.size - sizeof(raw->head), data, len);
	raw->head.size += len;
	*length = len;
}

/* In this order. */
#define RAW_PATH(raw, literal) raw_append(raw, literal, sizeof(literal) - 1, &(raw)->head.path_len)
#define RAW_PATH2(raw, literal)                                                                    \
	raw_append(raw, literal, sizeof(literal) - 1, &(raw)->head.path2_len)
#define RAW_ARGS(raw, literal) raw_append(raw, literal, sizeof(literal) - 1, &(raw)->head.args_len)

static inline void raw_decode(const struct raw *raw, struct audit_event *event)
{
	assert_int_equal(audit_decode(raw, raw->head.size, event), 0);
}

static inline const char *make_policy_name(void *ctx, uint32_t policy, uint32_t generation)
{
	(void)ctx;
	return policy == 5 && generation == 9 ? "web" : NULL;
}

static inline int make_rule_source(void *ctx, uint32_t policy, uint32_t generation, uint16_t rule,
				   char *buf, size_t size)
{
	(void)ctx;
	if (policy != 5 || generation != 9 || rule > 99)
		return -2;
	snprintf(buf, size, "web.cfg:%u", rule + 10U);
	return 0;
}

static inline int make_container(void *ctx, uint32_t container, uint64_t container_id,
				 struct audit_container *out)
{
	(void)ctx;
	if (container != 3 || container_id != 77)
		return -2;
	out->name = "web-1";
	out->cgroup = "/machine.slice/libpod-ab.scope";
	out->runtime_id = "ab12";
	out->runtime = "podman";
	out->image = "docker.io/library/nginx:1";
	out->pod = "web-7c5";
	out->pod_namespace = "shop";
	out->pod_container = "nginx";
	return 0;
}

static const struct audit_lookups make_lookups
	__attribute__((unused)) = { make_policy_name, make_rule_source, make_container, NULL };

/* A record around event with all its names. */
static inline struct audit_record make_record(const struct audit_event *event)
{
	return (struct audit_record){
		.kind = AUDIT_EVENT,
		.time = 1700000000123456789,
		.event = event,
		.policy = audit_slice_of("web"),
		.rule = audit_slice_of("web.cfg:12"),
		.container_name = audit_slice_of("web-1"),
		.container_runtime_id = audit_slice_of("ab12"),
		.container_runtime = audit_slice_of("podman"),
		.container_image = audit_slice_of("docker.io/library/nginx:1"),
		.pod = audit_slice_of("web-7c5"),
		.pod_namespace = audit_slice_of("shop"),
		.pod_container = audit_slice_of("nginx"),
		.cgroup = audit_slice_of("/machine.slice/libpod-ab.scope"),
		.executable = audit_slice_of("/usr/sbin/nginx"),
	};
}

#endif
