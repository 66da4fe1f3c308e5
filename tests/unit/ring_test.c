/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/audit_make.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "audit/ring.h"

#define MAX_SEEN 4096
#define SKIPPED 77

static bool skipped;

/* Two ring buffers, each with a program that puts the number it is given into it. */
struct fixture {
	int map[EVENT_RINGS], prog[EVENT_RINGS];
	struct audit_ring *ring;
	int seen;
	enum event_ring which[MAX_SEEN];
	uint64_t value[MAX_SEEN];
};

static int load_producer(int map)
{
	const struct bpf_insn insns[] = {
		/* r3 = ctx->value; *(u64 *)(fp - 8) = r3 */
		{ BPF_LDX | BPF_DW | BPF_MEM, BPF_REG_3, BPF_REG_1, 0, 0 },
		{ BPF_STX | BPF_DW | BPF_MEM, BPF_REG_10, BPF_REG_3, -8, 0 },
		/* bpf_ringbuf_output(map, fp - 8, 8, 0) */
		{ BPF_LD | BPF_DW | BPF_IMM, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, map },
		{ 0, 0, 0, 0, 0 },
		{ BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_2, BPF_REG_10, 0, 0 },
		{ BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_2, 0, 0, -8 },
		{ BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, 8 },
		{ BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_4, 0, 0, 0 },
		{ BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_ringbuf_output },
		{ BPF_JMP | BPF_EXIT, 0, 0, 0, 0 },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_SLEEPABLE);

	return bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "producer", "GPL", insns,
			     sizeof(insns) / sizeof(insns[0]), &opts);
}

static int on_record(void *ctx, enum event_ring ring, const void *data, size_t len)
{
	struct fixture *f = ctx;

	assert_int_equal(len, sizeof(uint64_t));
	assert_true(f->seen < MAX_SEEN);
	memcpy(&f->value[f->seen], data, len);
	f->which[f->seen++] = ring;
	return -EBADMSG; /* must not matter */
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	*state = f;
	for (int i = 0; i < EVENT_RINGS; i++) {
		f->map[i] = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "test", 0, 0, 65536, NULL);
		f->prog[i] = f->map[i] >= 0 ? load_producer(f->map[i]) : -1;
	}
	if (f->prog[RING_OTHER] < 0)
		return 0;
	assert_int_equal(
		audit_ring_new(f->map[RING_DENIED], f->map[RING_OTHER], on_record, f, &f->ring), 0);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	assert_null(audit_ring_free(f->ring));
	for (int i = 0; i < EVENT_RINGS; i++) {
		close(f->map[i]);
		close(f->prog[i]);
	}
	free(f);
	return 0;
}

static struct fixture *need_bpf(void **state)
{
	struct fixture *f = *state;

	if (!f->ring) {
		print_message("no right to make BPF maps and programs here\n");
		skipped = true;
		skip();
	}
	return f;
}

static void produce(struct fixture *f, enum event_ring ring, uint64_t value)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &value, .ctx_size_in = sizeof(value));

	assert_int_equal(bpf_prog_test_run_opts(f->prog[ring], &opts), 0);
	assert_int_equal(opts.retval, 0);
}

static bool readable(struct fixture *f)
{
	struct pollfd poller = { .fd = audit_ring_fd(f->ring), .events = POLLIN };

	return poll(&poller, 1, 0) == 1;
}

static void denied_comes_first(void **state)
{
	struct fixture *f = need_bpf(state);

	assert_false(readable(f));
	produce(f, RING_OTHER, 1);
	produce(f, RING_DENIED, 2);
	produce(f, RING_OTHER, 3);
	produce(f, RING_DENIED, 4);
	assert_true(readable(f));
	assert_int_equal(audit_ring_consume(f->ring, 100), 4);
	assert_int_equal(f->value[0] * 1000 + f->value[1] * 100 + f->value[2] * 10 + f->value[3],
			 2413);
	assert_int_equal(f->which[1], RING_DENIED);
	assert_int_equal(f->which[2], RING_OTHER);
	assert_false(readable(f));
	assert_int_equal(audit_ring_consume(f->ring, 100), 0);
}

/* Stopping in the middle loses and repeats nothing. */
static void stops_at_its_bound(void **state)
{
	struct fixture *f = need_bpf(state);

	for (int i = 0; i < 500; i++)
		produce(f, RING_OTHER, i);
	for (int i = 0; i < 500; i++)
		produce(f, RING_DENIED, 1000 + i);
	assert_in_range(audit_ring_consume(f->ring, 100), 100, 164);
	assert_int_equal(f->value[99], 1099);
	assert_true(readable(f));
	while (audit_ring_consume(f->ring, 100) > 0)
		;
	assert_int_equal(f->seen, 1000);
	for (int ring = 0; ring < EVENT_RINGS; ring++) {
		uint64_t next = ring == RING_DENIED ? 1000 : 0;

		for (int i = 0; i < f->seen; i++)
			if ((int)f->which[i] == ring)
				assert_int_equal(f->value[i], next++);
	}
}

/* While `other` is being read a denial comes in: it does not wait for the rest. */
static int on_record_produce(void *ctx, enum event_ring ring, const void *data, size_t len)
{
	struct fixture *f = ctx;

	(void)on_record(ctx, ring, data, len);
	if (ring == RING_OTHER && f->value[f->seen - 1] == 10)
		produce(f, RING_DENIED, 7777);
	return 0;
}

static void a_denial_overtakes(void **state)
{
	struct fixture *f = need_bpf(state);
	int at = 0;

	audit_ring_free(f->ring);
	assert_int_equal(audit_ring_new(f->map[RING_DENIED], f->map[RING_OTHER], on_record_produce,
					f, &f->ring),
			 0);
	for (int i = 0; i < 500; i++)
		produce(f, RING_OTHER, i);
	assert_int_equal(audit_ring_consume(f->ring, 1000), 501);
	while (f->which[at] != RING_DENIED)
		at++;
	assert_true(at <= 64);
}

static void refuses_what_is_no_ring(void **state)
{
	struct audit_ring *ring = NULL;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_true(audit_ring_new(fds[0], fds[1], on_record, NULL, &ring) < 0);
	assert_true(audit_ring_new(-1, -1, on_record, NULL, &ring) < 0);
	assert_null(ring);
	close(fds[0]);
	close(fds[1]);
}

static int quiet(enum libbpf_print_level level, const char *format, va_list list)
{
	(void)level;
	(void)format;
	(void)list;
	return 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(denied_comes_first),
		TEST(stops_at_its_bound),
		TEST(a_denial_overtakes),
		cmocka_unit_test(refuses_what_is_no_ring),
	};

	int failed;

	libbpf_set_print(quiet);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return !failed && skipped ? SKIPPED : failed;
}
