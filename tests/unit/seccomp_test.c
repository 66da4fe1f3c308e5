/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The compiled filter, in children that it is installed in. */
#include "tests/unit/policy_helper.h"

#include <errno.h>
#include <json-c/json.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/filter.h"

#define X32 0x40000000L

enum {
	ENDED_WELL,
	ENDED_NO_FILTER = 77,
};

static struct seccomp_program compiled(const char *body, bool audit_only)
{
	struct seccomp_program program;
	struct diag_list diags = { 0 };
	struct policy_set *set;
	char text[2048];

	snprintf(text, sizeof(text), "policies = ( { name = \"p\"; %s } );", body);
	set = load(text);
	assert_int_equal(seccomp_compile(policy_set_at(set, 0), audit_only, &program, &diags), 0);
	assert_int_equal(diags.count, 0);
	policy_set_free(set);
	return program;
}

/* The status of a child that has the filter and does `act`. */
static int under(const char *body, bool audit_only, int (*act)(void))
{
	struct seccomp_program program = compiled(body, audit_only);
	int status;
	pid_t child;

	if (getenv("VALGRIND")) {
		seccomp_program_clear(&program);
		print_message("the filter would be valgrind's too\n");
		skip();
	}
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		int error = filter_install(&program);

		syscall(SYS_exit_group, error ? ENDED_NO_FILTER : act());
	}
	seccomp_program_clear(&program);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == ENDED_NO_FILTER) {
		print_message("no filter can be installed here (CAP_SYS_ADMIN)\n");
		skip();
	}
	return status;
}

static void assert_ends(const char *body, int (*act)(void))
{
	assert_int_equal(under(body, false, act), ENDED_WELL);
}

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition))                                                                  \
			return __LINE__ & 0x7f;                                                    \
	} while (0)

static bool denied(long number)
{
	errno = 0;
	return syscall(number, 0, 0, 0, 0) == -1 && errno == EXDEV;
}

static int denies_what_it_names(void)
{
	CHECK(denied(SYS_getuid));
	CHECK(syscall(SYS_getpid) > 0);
	CHECK(!denied(SYS_geteuid));
	return ENDED_WELL;
}

#define SOME                                                                                       \
	"seccomp = { default = \"allow\"; deny = [ \"getuid\", \"shmget\" ]; errno = \"EXDEV\"; "  \
	"};"

static void enforces(void **state)
{
	(void)state;
	assert_ends(SOME, denies_what_it_names);
}

static int is_eperm(void)
{
	errno = 0;
	CHECK(syscall(SYS_getuid) == -1 && errno == EPERM);
	return ENDED_WELL;
}

static void gives_eperm_by_default(void **state)
{
	(void)state;
	assert_ends("seccomp = { default = \"allow\"; deny = \"getuid\"; };", is_eperm);
}

static int denies_nothing(void)
{
	CHECK(syscall(SYS_getuid) >= 0);
	CHECK(syscall(SYS_geteuid) >= 0);
	CHECK(syscall(SYS_getgid) >= 0);
	return ENDED_WELL;
}

static void audits(void **state)
{
	(void)state;
	assert_ends("mode = \"audit\"; " SOME, denies_nothing);
	assert_int_equal(under(SOME, true, denies_nothing), ENDED_WELL);
	assert_ends("mode = \"audit\"; seccomp = { default = \"deny\"; allow = \"execve\"; "
		    "kill = \"getuid\"; };",
		    denies_nothing);
}

static void is_off(void **state)
{
	struct seccomp_program program = compiled("mode = \"off\"; " SOME, false);

	(void)state;
	assert_int_equal(program.count, 0);
	program = compiled("file = { default = \"allow\"; };", false);
	assert_int_equal(program.count, 0);
}

static int only_what_is_allowed(void)
{
	CHECK(!denied(SYS_geteuid));
	CHECK(denied(SYS_getuid));  /* deny wins */
	CHECK(denied(SYS_getppid)); /* the default */
	CHECK(denied(999));	    /* no call that libseccomp knows */
	return ENDED_WELL;
}

static void denies_by_default(void **state)
{
	(void)state;
	assert_ends("seccomp = { default = \"deny\"; allow = [ \"execve\", \"exit_group\", "
		    "\"geteuid\", \"getuid\" ]; deny = \"getuid\"; errno = \"EXDEV\"; };",
		    only_what_is_allowed);
}

static int is_killed(void)
{
	syscall(SYS_getuid);
	return 1;
}

static void kills(void **state)
{
	int status =
		under("seccomp = { default = \"allow\"; deny = \"getuid\"; allow = \"getuid\"; "
		      "kill = \"getuid\"; };",
		      false, is_killed);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

#ifdef __x86_64__
/* A call of the 32-bit table. */
static long call32(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(0L), "D"(0L)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}

/* Without a filter; where the kernel has no 32-bit table int 0x80 is a SIGSEGV. */
static bool can_call32(void)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (!child) {
		signal(SIGSEGV, SIG_DFL);
		signal(SIGILL, SIG_DFL);
		_exit(call32(20, 0, 0, 0) != getpid());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return !status;
}

static int denies_32_bit_calls(void)
{
	CHECK(call32(24, 0, 0, 0) == -EXDEV);		  /* getuid of 16 bits */
	CHECK(call32(199, 0, 0, 0) == -EXDEV);		  /* getuid32 */
	CHECK(call32(395, 0, 1, 0) == -EXDEV);		  /* shmget */
	CHECK(call32(117, 23, 0, 1) == -EXDEV);		  /* by ipc */
	CHECK(call32(117, 1 << 16 | 23, 0, 1) == -EXDEV); /* with a version */
	CHECK(call32(49, 0, 0, 0) >= 0);		  /* geteuid */
	return ENDED_WELL;
}

static void holds_for_32_bit_calls(void **state)
{
	(void)state;
	if (!can_call32())
		skip();
	assert_ends(SOME, denies_32_bit_calls);
}

static int denies_32_bit_by_default(void)
{
	CHECK(call32(201, 0, 0, 0) >= 0); /* geteuid32: as geteuid */
	CHECK(call32(64, 0, 0, 0) == -EXDEV);
	CHECK(call32(199, 0, 0, 0) == -EXDEV);
	return ENDED_WELL;
}

static void default_holds_for_32_bit_calls(void **state)
{
	(void)state;
	if (!can_call32())
		skip();
	assert_ends("seccomp = { default = \"deny\"; allow = [ \"execve\", \"exit_group\", "
		    "\"geteuid\" ]; errno = \"EXDEV\"; };",
		    denies_32_bit_by_default);
}

static int denies_x32_calls(void)
{
	CHECK(denied(X32 | SYS_getuid));
	CHECK(!denied(X32 | SYS_geteuid));
	return ENDED_WELL;
}

static void holds_for_x32_calls(void **state)
{
	(void)state;
	assert_ends(SOME, denies_x32_calls);
}
#endif

static void decides(void **state)
{
	static const struct {
		const char *name;
		enum policy_action action;
		unsigned line;
	} cases[] = {
		{ "keyctl", ACTION_DENY, 2 },
		{ "add_key", ACTION_KILL, 3 },
		{ "mmap", ACTION_DENY, 2 },
		{ "read", ACTION_ALLOW, 0 },
#ifdef __x86_64__
		{ "mmap2", ACTION_DENY, 2 },
		{ "chown32", ACTION_KILL, 3 },
		{ "clock_settime64", ACTION_DENY, 2 },
#endif
	};
	struct policy_set *set =
		load("policies = ( { name = \"p\"; seccomp = { default = \"allow\";\n"
		     "deny = [ \"keyctl\", \"mmap\", \"add_key\", \"clock_settime\" ];\n"
		     "kill = [ \"add_key\", \"chown\" ]; }; } );");
	struct seccomp_decision d;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(seccomp_decide(policy_set_at(set, 0), cases[i].name, &d), 0);
		assert_int_equal(d.action, cases[i].action);
		assert_int_equal(d.rule ? d.rule->line : 0, cases[i].line);
	}
	assert_int_equal(seccomp_decide(policy_set_at(set, 0), "flying", &d), -ENOENT);
	policy_set_free(set);
}

static void refuses_what_starts_nothing(void **state)
{
	(void)state;
	assert_refused(
		"policies = ( { name = \"p\";\nseccomp = { default = \"deny\"; allow = \"read\"; "
		"}; } );",
		"test.cfg:2: seccomp denies execve, so that nothing could be started under it: "
		"add \"execve\" to allow\n");
	assert_refused(
		"policies = ( { name = \"p\"; seccomp = { default = \"allow\";\n"
		"kill = \"execve\"; }; } );",
		"test.cfg:2: seccomp denies execve, so that nothing could be started under it: "
		"leave it out\n");
}

/* What the agent tells, and what the child is told. */
static void travels(void **state)
{
	struct seccomp_program program = compiled(SOME, false), told, sent;
	struct json_object *reply = json_object_new_object(), *again;
	size_t size = program.count * sizeof(*program.code);
	int ends[2];

	(void)state;
	filter_add(reply, &program);
	again = json_tokener_parse(json_object_to_json_string(reply));
	assert_int_equal(filter_get(again, &told), 0);
	assert_int_equal(told.count, program.count);
	assert_memory_equal(told.code, program.code, size);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(filter_send(ends[1], &program), 0);
	assert_int_equal(filter_receive(ends[0], &sent), 0);
	assert_int_equal(sent.count, program.count);
	assert_memory_equal(sent.code, program.code, size);
	close(ends[1]);
	seccomp_program_clear(&sent);
	assert_int_equal(filter_receive(ends[0], &sent), -ECANCELED);
	close(ends[0]);
	json_object_put(reply);
	json_object_put(again);
	seccomp_program_clear(&told);
	seccomp_program_clear(&program);
}

static void believes_no_nonsense(void **state)
{
	static const char *const replies[] = { "{\"seccomp\":1}", "{\"seccomp\":[]}",
					       "{\"seccomp\":[\"x\"]}" };
	struct seccomp_program told;

	(void)state;
	for (size_t i = 0; i < sizeof(replies) / sizeof(*replies); i++) {
		struct json_object *reply = json_tokener_parse(replies[i]);

		assert_int_equal(filter_get(reply, &told), -EBADMSG);
		assert_null(told.code);
		json_object_put(reply);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enforces),
		cmocka_unit_test(gives_eperm_by_default),
		cmocka_unit_test(audits),
		cmocka_unit_test(is_off),
		cmocka_unit_test(denies_by_default),
		cmocka_unit_test(kills),
#ifdef __x86_64__
		cmocka_unit_test(holds_for_32_bit_calls),
		cmocka_unit_test(default_holds_for_32_bit_calls),
		cmocka_unit_test(holds_for_x32_calls),
#endif
		cmocka_unit_test(decides),
		cmocka_unit_test(refuses_what_starts_nothing),
		cmocka_unit_test(travels),
		cmocka_unit_test(believes_no_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
