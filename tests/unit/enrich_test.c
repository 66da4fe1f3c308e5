/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/audit_make.h"
#include "tests/unit/remove_tree.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A procfs of our own with one process: 4242, started after 5 s, running /proc/exe-of. */
struct fixture {
	char proc[64];
	struct audit_enrich *enrich;
	struct audit_event event;
	struct audit_record record;
};

static void write_process(const struct fixture *f, const char *comm, const char *executable)
{
	char path[128];
	FILE *stat;

	snprintf(path, sizeof(path), "%s/4242", f->proc);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/4242/stat", f->proc);
	stat = fopen(path, "we");
	assert_non_null(stat);
	fprintf(stat, "4242 (%s) S 1 1 1 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 %ld 1000 1\n", comm,
		5 * sysconf(_SC_CLK_TCK));
	fclose(stat);
	snprintf(path, sizeof(path), "%s/4242/exe", f->proc);
	unlink(path);
	assert_int_equal(symlink(executable, path), 0);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->proc, "/tmp/enrich_test.XXXXXX");
	assert_non_null(mkdtemp(f->proc));
	assert_int_equal(audit_enrich_new(&make_lookups, f->proc, &f->enrich), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	assert_null(audit_enrich_free(f->enrich));
	remove_tree(f->proc);
	free(f);
	return 0;
}

static void enrich(struct fixture *f, const struct raw *raw)
{
	raw_decode(raw, &f->event);
	audit_enrich_event(f->enrich, &f->event, &f->record);
}

static void assert_slice(struct audit_slice slice, const char *expected)
{
	assert_non_null(slice.data);
	assert_int_equal(slice.len, strlen(expected));
	assert_memory_equal(slice.data, expected, slice.len);
}

static void adds_names(void **state)
{
	struct fixture *f = *state;
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);

	enrich(f, &raw);
	assert_int_equal(f->record.kind, AUDIT_EVENT);
	assert_slice(f->record.policy, "web");
	assert_slice(f->record.rule, "web.cfg:12");
	assert_slice(f->record.container_name, "web-1");
	assert_slice(f->record.container_runtime_id, "ab12");
	assert_slice(f->record.container_runtime, "podman");
	assert_slice(f->record.container_image, "docker.io/library/nginx:1");
	assert_slice(f->record.pod, "web-7c5");
	assert_slice(f->record.pod_namespace, "shop");
	assert_slice(f->record.pod_container, "nginx");
	assert_slice(f->record.cgroup, "/machine.slice/libpod-ab.scope");
	assert_null(f->record.executable.data);
}

static void leaves_out_what_is_unknown(void **state)
{
	struct fixture *f = *state;
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);

	raw.head.policy = 6;
	raw.head.container_id = 78; /* the number was used again */
	enrich(f, &raw);
	assert_null(f->record.policy.data);
	assert_null(f->record.container_name.data);
	assert_slice(f->record.rule, "#2");
	raw.head.reason = REASON_DEFAULT;
	raw.head.rule = BAILIFF_RULE_NONE;
	enrich(f, &raw);
	assert_slice(f->record.rule, "default");
	raw.head.reason = REASON_NO_PATH;
	enrich(f, &raw);
	assert_null(f->record.rule.data);
	raw.head.reason = REASON_RULE;
	enrich(f, &raw);
	assert_null(f->record.rule.data);
}

/* It may have ended before anybody could ask who it was. */
static void a_start_tells_its_cgroup(void **state)
{
	struct fixture *f = *state;
	struct raw raw = raw_make(EVENT_CONTAINER_START, EVENT_ALLOWED);

	RAW_PATH(&raw, "/docker/ab");
	enrich(f, &raw);
	assert_slice(f->record.cgroup, "/machine.slice/libpod-ab.scope");
	raw.head.container_id = 78;
	enrich(f, &raw);
	assert_slice(f->record.cgroup, "/docker/ab");
}

static void works_without_lookups(void **state)
{
	static const struct audit_lookups none;
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);
	struct fixture *f = *state;

	audit_enrich_free(f->enrich);
	assert_int_equal(audit_enrich_new(&none, f->proc, &f->enrich), 0);
	enrich(f, &raw);
	assert_null(f->record.policy.data);
	assert_null(f->record.container_name.data);
	assert_slice(f->record.rule, "#2");
}

static void learns_executables(void **state)
{
	struct fixture *f = *state;
	struct raw start = raw_make(EVENT_PROCESS_EXEC, EVENT_ALLOWED);
	struct raw open = raw_make(EVENT_OPEN, EVENT_DENIED);
	struct raw end = raw_make(EVENT_PROCESS_EXIT, EVENT_ALLOWED);

	RAW_PATH(&start, "/usr/sbin/nginx");
	enrich(f, &start);
	assert_slice(f->record.executable, "/usr/sbin/nginx");
	memset(&start.tail, 'z', sizeof(start.tail)); /* a record's bytes are gone after it */
	enrich(f, &open);
	assert_slice(f->record.executable, "/usr/sbin/nginx");
	open.head.start_time += 1000000000; /* the pid was used again */
	enrich(f, &open);
	assert_null(f->record.executable.data);
	enrich(f, &end);
	assert_slice(f->record.executable, "/usr/sbin/nginx");
	enrich(f, &end);
	assert_null(f->record.executable.data);
}

static void asks_procfs_for_strangers(void **state)
{
	struct fixture *f = *state;
	struct raw open = raw_make(EVENT_OPEN, EVENT_DENIED);

	/* A name that tries to look like the rest of the line. */
	write_process(f, "x) S 1 1 1 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 1 ", "/bin/real");
	enrich(f, &open);
	assert_slice(f->record.executable, "/bin/real");
	/* Known from now on: the process is gone, the answer stays. */
	remove_tree(f->proc);
	enrich(f, &open);
	assert_slice(f->record.executable, "/bin/real");
}

static void trusts_no_reused_pid(void **state)
{
	struct fixture *f = *state;
	struct raw open = raw_make(EVENT_OPEN, EVENT_DENIED);

	write_process(f, "sh", "/bin/real");
	open.head.start_time = 4990000000;
	enrich(f, &open);
	assert_null(f->record.executable.data);
}

/* The exec's event may still be in the other ring; the new name gives it away. */
static void sees_an_exec_that_is_not_read_yet(void **state)
{
	struct fixture *f = *state;
	struct raw start = raw_make(EVENT_PROCESS_EXEC, EVENT_ALLOWED);
	struct raw open = raw_make(EVENT_OPEN, EVENT_DENIED);

	RAW_PATH(&start, "/bin/before");
	enrich(f, &start);
	write_process(f, "after", "/bin/after");
	enrich(f, &open);
	assert_slice(f->record.executable, "/bin/before");
	strcpy(open.head.comm, "after");
	enrich(f, &open);
	assert_slice(f->record.executable, "/bin/after");
}

static void bounds_what_it_asks(void **state)
{
	struct fixture *f = *state;
	struct raw open = raw_make(EVENT_OPEN, EVENT_DENIED);
	struct timespec began, now;

	write_process(f, "sh", "/bin/real");
	clock_gettime(CLOCK_BOOTTIME, &began);
	open.head.start_time = 1;
	for (int i = 0; i < 1000; i++)
		enrich(f, &open);
	open.head.start_time = 5000000000;
	enrich(f, &open);
	clock_gettime(CLOCK_BOOTTIME, &now);
	if (began.tv_sec != now.tv_sec)
		return; /* the next second has lookups of its own */
	assert_null(f->record.executable.data);
}

static void converts_time(void **state)
{
	struct fixture *f = *state;
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);
	struct timespec boot, real;
	int64_t expected;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &real);
	raw.head.time = boot.tv_sec * 1000000000ULL + boot.tv_nsec;
	enrich(f, &raw);
	expected = real.tv_sec * 1000000000LL + real.tv_nsec;
	assert_true(llabs(f->record.time - expected) < 1000000000);
}

static void names_suppressed_events(void **state)
{
	struct fixture *f = *state;
	struct raw raw = raw_make(EVENT_OPEN, EVENT_DENIED);

	raw_decode(&raw, &f->event);
	audit_enrich_suppressed(f->enrich, &f->event, 12, &f->record);
	assert_int_equal(f->record.kind, AUDIT_SUPPRESSED);
	assert_int_equal(f->record.suppressed, 12);
	assert_slice(f->record.rule, "web.cfg:12");
	assert_slice(f->record.container_name, "web-1");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(adds_names),
		TEST(leaves_out_what_is_unknown),
		TEST(a_start_tells_its_cgroup),
		TEST(works_without_lookups),
		TEST(learns_executables),
		TEST(asks_procfs_for_strangers),
		TEST(trusts_no_reused_pid),
		TEST(sees_an_exec_that_is_not_read_yet),
		TEST(bounds_what_it_asks),
		TEST(converts_time),
		TEST(names_suppressed_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
