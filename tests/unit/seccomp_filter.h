/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A seccomp section of a config.json in two ways: what libseccomp makes of it, as a runtime has it
 * do, and what the kernel then makes of that filter; and what its text says. */
#ifndef BAILIFF_TESTS_SECCOMP_FILTER_H
#define BAILIFF_TESTS_SECCOMP_FILTER_H

#include "tests/unit/agent_make.h"

#include <errno.h>
#include <json-c/json.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <sys/mman.h>

/* ---- a runtime: libseccomp's filter of a section */

static inline uint32_t action_of(struct json_object *object, const char *key, const char *errno_key)
{
	static const struct {
		const char *name;
		uint32_t action;
	} names[] = {
		{ "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW },
		{ "SCMP_ACT_LOG", SCMP_ACT_LOG },
		{ "SCMP_ACT_TRAP", SCMP_ACT_TRAP },
		{ "SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD },
		{ "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS },
	};
	const char *name = json_object_get_string(json_object_object_get(object, key));
	struct json_object *number = json_object_object_get(object, errno_key);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].name, name))
			return names[i].action;
	assert_string_equal(name, "SCMP_ACT_ERRNO");
	return SCMP_ACT_ERRNO(number ? (uint16_t)json_object_get_int(number) : EPERM);
}

static inline enum scmp_compare op_of(const char *name)
{
	static const char *const names[] = {
		[SCMP_CMP_NE] = "SCMP_CMP_NE",
		[SCMP_CMP_LT] = "SCMP_CMP_LT",
		[SCMP_CMP_LE] = "SCMP_CMP_LE",
		[SCMP_CMP_EQ] = "SCMP_CMP_EQ",
		[SCMP_CMP_GE] = "SCMP_CMP_GE",
		[SCMP_CMP_GT] = "SCMP_CMP_GT",
		[SCMP_CMP_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
	};

	for (int i = SCMP_CMP_NE; i <= SCMP_CMP_MASKED_EQ; i++)
		if (!strcmp(names[i], name))
			return (enum scmp_compare)i;
	fail_msg("%s", name);
	return 0;
}

static inline int add_conditional(scmp_filter_ctx filter, uint32_t action, int number,
				  struct json_object *args)
{
	struct scmp_arg_cmp tests[6];
	unsigned int n = 0, seen = 0;
	bool twice = false;
	int r = 0;

	for (size_t i = 0; i < json_object_array_length(args); i++) {
		struct json_object *arg = json_object_array_get_idx(args, i);
		struct scmp_arg_cmp *test = &tests[n++];

		test->arg = (unsigned int)json_object_get_int(json_object_object_get(arg, "index"));
		test->op = op_of(json_object_get_string(json_object_object_get(arg, "op")));
		test->datum_a = json_object_get_uint64(json_object_object_get(arg, "value"));
		test->datum_b = json_object_get_uint64(json_object_object_get(arg, "valueTwo"));
		twice |= seen & 1U << test->arg;
		seen |= 1U << test->arg;
	}
	if (!twice)
		return seccomp_rule_add_array(filter, action, number, n, tests);
	for (unsigned int i = 0; !r && i < n; i++)
		r = seccomp_rule_add_array(filter, action, number, 1, &tests[i]);
	return r;
}

static inline int add_entry(scmp_filter_ctx filter, struct json_object *entry, uint32_t dflt)
{
	struct json_object *names = json_object_object_get(entry, "names");
	struct json_object *args = json_object_object_get(entry, "args");
	uint32_t action = action_of(entry, "action", "errnoRet");
	int r = 0;

	if (action == dflt)
		return 0;
	for (size_t i = 0; !r && i < json_object_array_length(names); i++) {
		int number = seccomp_syscall_resolve_name(
			json_object_get_string(json_object_array_get_idx(names, i)));

		r = args ? add_conditional(filter, action, number, args)
			 : seccomp_rule_add(filter, action, number, 0);
	}
	return r;
}

struct program {
	struct sock_filter code[BPF_MAXINSNS];
	size_t count;
};

/* False: a runtime would not start the container. */
static inline bool build(struct json_object *section, struct program *program)
{
	struct json_object *entries = json_object_object_get(section, "syscalls");
	uint32_t dflt = action_of(section, "defaultAction", "defaultErrnoRet");
	scmp_filter_ctx filter = seccomp_init(dflt);
	int fd = memfd_create("filter", 0), r = 0;
	ssize_t size;

	assert_true(filter && fd >= 0);
	for (size_t i = 0; !r && i < json_object_array_length(entries); i++)
		r = add_entry(filter, json_object_array_get_idx(entries, i), dflt);
	if (!r)
		r = seccomp_export_bpf(filter, fd);
	seccomp_release(filter);
	size = pread(fd, program->code, sizeof(program->code), 0);
	close(fd);
	program->count = (size_t)size / sizeof(program->code[0]);
	return !r;
}

/* ---- the kernel: what a filter says */

static inline uint32_t run(const struct program *program, const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < program->count; pc++) {
		const struct sock_filter *s = &program->code[pc];
		bool holds = false;

		switch (s->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			memcpy(&a, (const char *)data + s->k, sizeof(a));
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= s->k;
			continue;
		case BPF_RET | BPF_K:
			return s->k;
		case BPF_JMP | BPF_JA:
			pc += s->k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			holds = a == s->k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			holds = a > s->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			holds = a >= s->k;
			break;
		default:
			fail_msg("instruction %x", s->code);
		}
		pc += holds ? s->jt : s->jf;
	}
	fail_msg("no end");
	return 0;
}

/* Higher is stricter: seccomp(2). */
static inline int rank(uint32_t action)
{
	static const uint32_t order[] = {
		SECCOMP_RET_ALLOW,	  SECCOMP_RET_LOG,  SECCOMP_RET_TRACE,
		SECCOMP_RET_ERRNO,	  SECCOMP_RET_TRAP, SECCOMP_RET_KILL_THREAD,
		SECCOMP_RET_KILL_PROCESS,
	};

	for (int i = 0; i < (int)(sizeof(order) / sizeof(order[0])); i++)
		if ((action & SECCOMP_RET_ACTION_FULL) == order[i])
			return i;
	fail_msg("action %x", action);
	return -1;
}

/* ---- the text: what a section says of a call */

static inline bool test_says(struct json_object *arg, const uint64_t *values)
{
	uint64_t a = json_object_get_uint64(json_object_object_get(arg, "value"));
	uint64_t b = json_object_get_uint64(json_object_object_get(arg, "valueTwo"));
	uint64_t v = values[json_object_get_int(json_object_object_get(arg, "index"))];

	switch (op_of(json_object_get_string(json_object_object_get(arg, "op")))) {
	case SCMP_CMP_NE:
		return v != a;
	case SCMP_CMP_LT:
		return v < a;
	case SCMP_CMP_LE:
		return v <= a;
	case SCMP_CMP_EQ:
		return v == a;
	case SCMP_CMP_GE:
		return v >= a;
	case SCMP_CMP_GT:
		return v > a;
	default:
		return (v & a) == (b & a);
	}
}

/* All of them, or one if an argument is tested twice. *always: whatever the values are. */
static inline bool args_say(struct json_object *args, const uint64_t *values, bool *always)
{
	size_t n = args ? json_object_array_length(args) : 0, held = 0, empty = 0;
	unsigned int seen = 0;
	bool twice = false;

	for (size_t i = 0; i < n; i++) {
		struct json_object *arg = json_object_array_get_idx(args, i);
		unsigned int bit = 1U << json_object_get_int(json_object_object_get(arg, "index"));

		twice |= seen & bit;
		seen |= bit;
		held += test_says(arg, values);
		empty += !strcmp(json_object_get_string(json_object_object_get(arg, "op")),
				 "SCMP_CMP_MASKED_EQ") &&
			 !json_object_get_uint64(json_object_object_get(arg, "value"));
	}
	*always = twice ? empty : empty == n;
	return twice ? held : held == n;
}

static inline bool names_it(struct json_object *entry, const char *name)
{
	struct json_object *names = json_object_object_get(entry, "names");

	for (size_t i = 0; i < json_object_array_length(names); i++)
		if (!strcmp(json_object_get_string(json_object_array_get_idx(names, i)), name))
			return true;
	return false;
}

/* The first without a condition, else the strictest whose condition holds. */
static inline uint32_t says(struct json_object *section, const char *name, const uint64_t *values)
{
	struct json_object *entries = json_object_object_get(section, "syscalls");
	uint32_t dflt = action_of(section, "defaultAction", "defaultErrnoRet"), said = dflt;
	bool any = false, always;

	for (size_t i = 0; i < json_object_array_length(entries); i++) {
		struct json_object *entry = json_object_array_get_idx(entries, i);
		uint32_t action = action_of(entry, "action", "errnoRet");
		bool holds = args_say(json_object_object_get(entry, "args"), values, &always);

		if (action == dflt || !names_it(entry, name))
			continue;
		if (always)
			return action;
		if (holds && (!any || rank(action) > rank(said)))
			said = action;
		any |= holds;
	}
	return said;
}

#endif
