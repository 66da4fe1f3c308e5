/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/agent_make.h"
#include "tests/unit/remove_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/stat.h>

#include "agent/policy_dir.h"

#define SETTLE_MS 30
#define REST_MS 200 /* after which nothing comes any more */

static char directory[64];

static const char *path(const char *name)
{
	static char paths[4][256];
	static unsigned int next;
	char *to = paths[next++ % 4];

	snprintf(to, sizeof(paths[0]), "%s/%s", directory, name);
	return to;
}

static void put(const char *name, const char *text)
{
	FILE *file = fopen(path(name), "we");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* A set as Kubernetes writes one: a.cfg and b.cfg, each with a policy of the set. */
static void put_set(const char *set)
{
	char text[128], name[64];

	assert_int_equal(mkdir(path(set), 0755), 0);
	for (const char *file = "ab"; *file; file++) {
		snprintf(text, sizeof(text), "policies = ( { name = \"%s-%c\"; } );", set + 2,
			 *file);
		snprintf(name, sizeof(name), "%s/%c.cfg", set, *file);
		put(name, text);
	}
}

static void swap(const char *set)
{
	assert_int_equal(symlink(set, path("..data_tmp")), 0);
	assert_int_equal(rename(path("..data_tmp"), path("..data")), 0);
}

static int setup(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/bailiff-test-XXXXXX");
	assert_non_null(mkdtemp(directory));
	put_set("..one");
	put_set("..two");
	swap("..one");
	assert_int_equal(symlink("..data/a.cfg", path("a.cfg")), 0);
	assert_int_equal(symlink("..data/b.cfg", path("b.cfg")), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_tree(directory);
	return 0;
}

static void has(const char *expected)
{
	struct diag_list diags = { 0 };
	struct policy_set *set = NULL;
	char names[256] = "";

	assert_int_equal(policy_dir_load(&set, directory, "/nowhere", &diags), 0);
	assert_int_equal(diags.errors, 0);
	for (size_t i = 0; i < policy_set_count(set); i++) {
		strcat(names, policy_set_at(set, i)->name);
		strcat(names, " ");
	}
	assert_string_equal(names, expected);
	policy_set_free(set);
	diag_clear(&diags);
}

static void reads_a_mounted_set(void **state)
{
	(void)state;
	has("one-a one-b ");
	swap("..two");
	has("two-a two-b ");
}

/* Whoever reads b.cfg waits for this thread, which puts the other set in place first. */
static void *swap_while_read(void *rounds)
{
	static const char *const sets[] = { "..one", "..two" };

	for (int i = 0; i < *(int *)rounds; i++) {
		int fd = open(path(i % 2 ? "..two/b.cfg" : "..one/b.cfg"), O_WRONLY | O_CLOEXEC);

		swap(sets[(i + 1) % 2]);
		assert_true(write(fd, "policies = ();", 14) == 14);
		close(fd);
	}
	return NULL;
}

static void make_fifo(const char *name)
{
	assert_int_equal(unlink(path(name)), 0);
	assert_int_equal(mkfifo(path(name), 0600), 0);
}

static void never_mixes_two_sets(void **state)
{
	pthread_t thread;
	int rounds = 1;

	(void)state;
	make_fifo("..one/b.cfg");
	assert_int_equal(pthread_create(&thread, NULL, swap_while_read, &rounds), 0);
	has("two-a two-b ");
	pthread_join(thread, NULL);
}

static void gives_up_in_the_end(void **state)
{
	struct diag_list diags = { 0 };
	struct policy_set *set = NULL;
	pthread_t thread;
	int rounds = 5;

	(void)state;
	make_fifo("..one/b.cfg");
	make_fifo("..two/b.cfg");
	assert_int_equal(pthread_create(&thread, NULL, swap_while_read, &rounds), 0);
	assert_int_equal(policy_dir_load(&set, directory, "/nowhere", &diags), -EAGAIN);
	assert_null(set);
	pthread_join(thread, NULL);
	diag_clear(&diags);
}

static void knows_its_parts(void **state)
{
	(void)state;
	assert_true(policy_dir_is_part("..data"));
	assert_true(policy_dir_is_part("web.cfg"));
	assert_false(policy_dir_is_part("..data_tmp"));
	assert_false(policy_dir_is_part("..2024_01_01_00_00_00.1"));
	assert_false(policy_dir_is_part(".web.cfg"));
	assert_false(policy_dir_is_part(".cfg"));
	assert_false(policy_dir_is_part("web.cfg~"));
}

/* ---- the watch */

static struct {
	struct loop loop;
	struct policy_watch watch;
	struct source rest;
	int changes;
} w;

static void changed(void *context)
{
	assert_ptr_equal(context, &w);
	w.changes++;
}

static void rested(struct source *source, uint32_t events)
{
	uint64_t expirations;

	(void)events;
	assert_true(read(source->fd, &expirations, sizeof(expirations)) > 0);
	loop_stop(&w.loop);
}

static int open_watch(void **state)
{
	assert_int_equal(setup(state), 0);
	memset(&w, 0, sizeof(w));
	assert_int_equal(loop_open(&w.loop), 0);
	assert_int_equal(policy_watch_open(&w.watch, &w.loop, directory, SETTLE_MS, changed, &w),
			 0);
	return 0;
}

static int close_watch(void **state)
{
	policy_watch_close(&w.watch);
	loop_close(&w.loop);
	return teardown(state);
}

/* How often something was said to have changed, from the last time until it rests. */
static int count_changes(unsigned int ms)
{
	w.changes = 0;
	w.loop.stopped = false;
	w.rest = (struct source){ loop_timer(ms), rested };
	assert_int_equal(loop_add(&w.loop, &w.rest, EPOLLIN), 0);
	assert_int_equal(loop_run(&w.loop), 0);
	close(w.rest.fd);
	return w.changes;
}

static void sees_a_swap_once(void **state)
{
	(void)state;
	assert_int_equal(count_changes(REST_MS), 0);
	swap("..two");
	assert_int_equal(symlink("..data/c.cfg", path("c.cfg")), 0);
	assert_int_equal(unlink(path("b.cfg")), 0);
	assert_int_equal(count_changes(REST_MS), 1);
	swap("..one");
	assert_int_equal(count_changes(REST_MS), 1);
}

static void sees_files(void **state)
{
	(void)state;
	put("x.cfg", "");
	assert_int_equal(count_changes(REST_MS), 1);
	assert_int_equal(unlink(path("x.cfg")), 0);
	assert_int_equal(count_changes(REST_MS), 1);
}

static void ignores_the_rest(void **state)
{
	(void)state;
	put("x.cfg.swp", "");
	put(".x.cfg", "");
	put_set("..three");
	assert_int_equal(symlink("..three", path("..data_tmp")), 0);
	assert_int_equal(count_changes(REST_MS), 0);
}

static void does_not_wait_for_rest(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		put("x.cfg", "");
		if (count_changes(SETTLE_MS / 3))
			return;
	}
	fail_msg("no change is told as long as there are more");
}

static void follows_another_directory(void **state)
{
	(void)state;
	teardown(NULL);
	assert_int_equal(count_changes(REST_MS), 0);
	assert_true(w.watch.lost);
	assert_int_equal(mkdir(directory, 0755), 0);
	put("x.cfg", "");
	assert_int_equal(count_changes(1300), 1); /* looked for every second */
	put("x.cfg", "again");
	assert_int_equal(count_changes(REST_MS), 1);
}

static void needs_a_directory(void **state)
{
	struct policy_watch watch;

	(void)state;
	assert_int_equal(policy_watch_open(&watch, &w.loop, "/nowhere", 1, changed, &w), -ENOENT);
	assert_int_equal(watch.events.fd, -1);
	assert_int_equal(policy_watch_open(&watch, &w.loop, path("..one/a.cfg"), 1, changed, &w),
			 -ENOTDIR);
}

#define DIRECTORY(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
#define WATCH(function) cmocka_unit_test_setup_teardown(function, open_watch, close_watch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DIRECTORY(reads_a_mounted_set),	  DIRECTORY(never_mixes_two_sets),
		DIRECTORY(gives_up_in_the_end),	  cmocka_unit_test(knows_its_parts),
		WATCH(sees_a_swap_once),	  WATCH(sees_files),
		WATCH(ignores_the_rest),	  WATCH(does_not_wait_for_rest),
		WATCH(follows_another_directory), WATCH(needs_a_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
