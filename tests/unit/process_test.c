/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/audit_make.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/process.h"

static void put(struct audit_processes *table, uint32_t pid, uint64_t start, const char *comm,
		const char *executable)
{
	struct audit_process_key key = { start, pid };

	assert_int_equal(
		audit_processes_put(table, key, audit_slice_of(comm), audit_slice_of(executable)),
		0);
}

static bool has(struct audit_processes *table, uint32_t pid, uint64_t start, const char *executable)
{
	struct audit_process_key key = { start, pid };
	struct audit_slice found;
	bool same;

	found = audit_processes_get(table, key, audit_slice_of("x"), &same);
	return found.data && found.len == strlen(executable) &&
	       memcmp(found.data, executable, found.len) == 0;
}

static void tells_processes_apart(void **state)
{
	struct audit_processes *table;
	bool same;

	(void)state;
	assert_int_equal(audit_processes_new(16, 1 << 20, &table), 0);
	put(table, 7, 100, "a", "/bin/a");
	put(table, 7, 200, "b", "/bin/b"); /* the number is used again */
	assert_true(has(table, 7, 100, "/bin/a"));
	assert_true(has(table, 7, 200, "/bin/b"));
	assert_false(has(table, 7, 300, "/bin/b"));
	put(table, 7, 200, "c", "/bin/c"); /* another exec */
	assert_true(has(table, 7, 200, "/bin/c"));
	assert_int_equal(audit_processes_count(table), 2);
	(void)audit_processes_get(table, (struct audit_process_key){ 200, 7 }, audit_slice_of("c"),
				  &same);
	assert_true(same);
	(void)audit_processes_get(table, (struct audit_process_key){ 200, 7 }, audit_slice_of("cc"),
				  &same);
	assert_false(same);
	audit_processes_remove(table, (struct audit_process_key){ 200, 7 });
	assert_false(has(table, 7, 200, "/bin/c"));
	assert_true(has(table, 7, 100, "/bin/a"));
	audit_processes_free(table);
}

static void drops_the_least_used(void **state)
{
	struct audit_processes *table;

	(void)state;
	assert_int_equal(audit_processes_new(3, 1 << 20, &table), 0);
	put(table, 1, 0, "", "/1");
	put(table, 2, 0, "", "/2");
	put(table, 3, 0, "", "/3");
	assert_true(has(table, 1, 0, "/1")); /* used, so 2 is now the oldest */
	put(table, 4, 0, "", "/4");
	assert_int_equal(audit_processes_count(table), 3);
	assert_false(has(table, 2, 0, "/2"));
	assert_true(has(table, 1, 0, "/1"));
	assert_true(has(table, 4, 0, "/4"));
	audit_processes_free(table);
}

static void bounds_its_bytes(void **state)
{
	struct audit_processes *table;
	char path[4001];

	(void)state;
	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(audit_processes_new(1000, 50000, &table), 0);
	for (uint32_t pid = 1; pid <= 1000; pid++)
		put(table, pid, 0, "", path);
	assert_true(audit_processes_count(table) <= 12);
	assert_true(audit_processes_count(table) >= 10);
	assert_true(has(table, 1000, 0, path));
	audit_processes_free(table);
}

static uint64_t own_start_time(void)
{
	uint64_t tick = 1000000000ULL / sysconf(_SC_CLK_TCK);
	char line[1024];
	const char *at;
	FILE *stat = fopen("/proc/self/stat", "re");

	assert_non_null(stat);
	assert_non_null(fgets(line, sizeof(line), stat));
	fclose(stat);
	at = strrchr(line, ')');
	assert_non_null(at);
	for (int field = 2; field < 22; field++)
		at = strchr(at + 1, ' ');
	return strtoull(at, NULL, 10) * tick + tick / 2;
}

static void reads_a_live_process(void **state)
{
	struct audit_process_key key = { own_start_time(), getpid() };
	char expected[4096], got[4096];
	int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	ssize_t len = readlinkat(self, "exe", expected, sizeof(expected));

	(void)state;
	close(self);
	assert_int_equal(audit_process_readlink("/proc", key, got, sizeof(got)), len);
	assert_memory_equal(got, expected, len);
	assert_int_equal(audit_process_readlink("/proc", key, got, 2), -ENAMETOOLONG);
	key.start_time += 1000000000;
	assert_int_equal(audit_process_readlink("/proc", key, got, sizeof(got)), -ESRCH);
	key.pid = 0x7ffffff0;
	assert_int_equal(audit_process_readlink("/proc", key, got, sizeof(got)), -ESRCH);
	assert_int_equal(audit_process_readlink("/nonexistent", key, got, sizeof(got)), -ESRCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_processes_apart),
		cmocka_unit_test(drops_the_least_used),
		cmocka_unit_test(bounds_its_bytes),
		cmocka_unit_test(reads_a_live_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
