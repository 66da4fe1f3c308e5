/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hook as a program: how it ends, what it says, and how long it takes beside 1,000 containers
 * in podman's store. */
#include "tests/unit/fake_agent.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "agent/cgroup.h"
#include "agent/sandbox.h"

#define STARTS 200
#define SLOW_MS 50 /* far from the 1 to 2 that it takes, for a machine that is busy */
#define CONTAINERS 1000
#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct sandbox sandbox = SANDBOX_NONE;
static pid_t process;
static char store[] = "/tmp/bailiff-test-XXXXXX", state_text[2 * PATH_MAX], said[4096];

static void path_in_store(char path[PATH_MAX], const char *name)
{
	snprintf(path, PATH_MAX, "%s/%s", store, name);
}

static FILE *make(const char *name)
{
	char path[PATH_MAX];
	FILE *out;

	path_in_store(path, name);
	out = fopen(path, "w");
	assert_non_null(out);
	return out;
}

/* Some 3,000 bytes each, as podman's are. */
static void list_containers(void)
{
	FILE *out = make("overlay-containers/containers.json");

	fputc('[', out);
	for (int i = 0; i < CONTAINERS; i++) {
		if (i == CONTAINERS / 2)
			fprintf(out, "{\"id\":\"" ID "\",\"names\":[\"web\"],\"metadata\":\"\"},");
		fprintf(out, "{\"id\":\"%064d\",\"names\":[\"n%d\"],\"metadata\":\"%2800d\"}%s", i,
			i, i, i + 1 < CONTAINERS ? "," : "]");
	}
	fclose(out);
}

static int begin(void **state)
{
	static const char *const directories[] = { "overlay-containers", "overlay-containers/" ID,
						   "overlay-containers/" ID "/userdata" };
	struct fault fault;
	char path[PATH_MAX];
	FILE *out;

	fake_open(state);
	assert_non_null(mkdtemp(store));
	for (int i = 0; i < 3; i++) {
		path_in_store(path, directories[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	list_containers();
	out = make("overlay-containers/" ID "/userdata/config.json");
	fputs("{\"root\":{\"path\":\"/tmp\"}}", out);
	fclose(out);
	process = fork();
	if (!process) {
		pause();
		_exit(0);
	}
	if (!sandbox_create(&sandbox, &fault))
		assert_int_equal(cgroup_attach(sandbox.directory, process), 0);
	snprintf(state_text, sizeof(state_text), "{\"id\":\"" ID "\",\"pid\":%d,\"bundle\":\"%s\"}",
		 (int)process, path);
	return 0;
}

static int end(void **state)
{
	static const char *const names[] = { "overlay-containers/" ID "/userdata/config.json",
					     "overlay-containers/" ID "/userdata",
					     "overlay-containers/" ID,
					     "overlay-containers/containers.json",
					     "overlay-containers" };
	char path[PATH_MAX];

	kill(process, SIGKILL);
	waitpid(process, NULL, 0);
	if (sandbox.directory >= 0)
		sandbox_remove(&sandbox);
	for (int i = 0; i < 5; i++) {
		path_in_store(path, names[i]);
		assert_int_equal(remove(path), 0);
	}
	assert_int_equal(rmdir(store), 0);
	return fake_close(state);
}

static void execute(const char *stage, int in, int out)
{
	char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 32);
	char *argv[] = { (char *)"bailiff-hook", (char *)"--control-socket", fake.socket,
			 (char *)stage, NULL };

	program[length > 0 ? length : 0] = 0;
	for (int i = 0; i < 3; i++)
		*strrchr(program, '/') = 0;
	strcat(program, "/bailiff-hook");
	dup2(in, 0);
	dup2(out, 1);
	dup2(out, 2);
	execv(program, argv);
	_exit(99);
}

/* The exit status; what it printed is in `said`. */
static int hook(const char *stage, const char *text)
{
	int in = fake_stdin(text, strlen(text)), out = fake_stdin("", 0), status;
	pid_t pid = fork();
	ssize_t length;

	if (!pid)
		execute(stage, in, out);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	length = pread(out, said, sizeof(said) - 1, 0);
	said[length > 0 ? length : 0] = 0;
	close(in);
	close(out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void says(const char *wanted)
{
	assert_string_equal(said, wanted);
}

static void ends_as_runtimes_understand(void **state)
{
	(void)state;
	if (sandbox.directory < 0)
		skip();
	fake.bind = "{\"ok\":true}";
	assert_int_equal(hook("createRuntime", state_text), 0);
	says("");
	fake.bind = "{\"ok\":false,\"error\":\"a\\nb\",\"on_failure\":\"deny\",\"policy\":\"p\"}";
	assert_int_equal(hook("createRuntime", state_text), 1);
	says("bailiff-hook: createRuntime: container web, policy p does not start: a?b\n");
	fake.bind = "{\"ok\":false,\"error\":\"a\",\"on_failure\":\"allow\"}";
	assert_int_equal(hook("createRuntime", state_text), 0);
	says("bailiff-hook: createRuntime: container web starts unconfined, as on_failure allows: "
	     "a\n");
	assert_int_equal(hook("createRuntime", ""), 1);
	says("bailiff-hook: createRuntime: container unknown does not start: the runtime's state "
	     "is "
	     "not one JSON object\n");
	fake.seccomp = "{\"ok\":true,\"bound\":false}";
	assert_int_equal(hook("precreate", "{ }"), 0);
	says("{ }");
	assert_int_equal(hook("poststop", "{"), 0);
	says("");
	fake.unbind = NULL;
	assert_int_equal(hook("poststop", state_text), 0);
	says("");
	assert_int_equal(hook("prestart", state_text), 2);
	says("bailiff-hook: unknown stage 'prestart': see --help\n");
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void is_quick(void **state)
{
	const char *count = getenv("HOOK_STARTS");
	int starts = count ? atoi(count) : STARTS;
	double *took = calloc((size_t)starts, sizeof(*took));

	(void)state;
	if (sandbox.directory < 0 || getenv("VALGRIND")) {
		free(took);
		skip();
	}
	fake.bind = "{\"ok\":true}";
	for (int i = 0; i < starts; i++) {
		double begun = milliseconds();

		assert_int_equal(hook("createRuntime", state_text), 0);
		took[i] = milliseconds() - begun;
	}
	qsort(took, (size_t)starts, sizeof(*took), by_value);
	print_message("# %d starts: median %.2f ms, worst %.2f ms\n", starts, took[starts / 2],
		      took[starts - 1]);
	assert_true(took[starts / 2] < SLOW_MS);
	free(took);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_as_runtimes_understand),
		cmocka_unit_test(is_quick),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
