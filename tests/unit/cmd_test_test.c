/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/agent_make.h"

#include "agent/action.h"
#include "agent/cmd.h"

static const char policies[] =
	"policies = (\n"
	"  { name = \"p\";\n"
	"    process = { exec = { default = \"deny\"; allow = [ \"/bin/*\" ]; }; };\n"
	"    file = { default = \"allow\"; rules = (\n"
	"      { action = \"deny\"; access = \"r\"; path = \"/etc/shadow\"; },\n"
	"      { action = \"kill\"; access = \"w\"; path = \"/usr/**\"; quiet = true; },\n"
	"      { action = \"allow\"; access = \"c\"; path = \"/srv/**\"; } ); };\n"
	"    network = { default = \"deny\"; rules = (\n"
	"      { action = \"allow\"; op = \"connect\"; proto = \"tcp\"; to = \"127.0.0.0/8\";\n"
	"        port = \"443\"; } ); }; },\n"
	"  { name = \"dry\"; mode = \"audit\";\n"
	"    file = { default = \"deny\"; }; },\n"
	"  { name = \"off\"; mode = \"off\";\n"
	"    file = { default = \"deny\"; }; },\n"
	"  { name = \"calls\"; seccomp = { default = \"allow\"; deny = \"keyctl\";\n"
	"    kill = \"add_key\"; }; },\n"
	"  { name = \"calls-dry\"; extends = \"calls\"; mode = \"audit\";\n"
	"    seccomp = { default = \"deny\"; allow = \"execve\"; }; },\n"
	"  { name = \"all\";\n" /* line 19 */
	"    process = { capabilities = { default = \"deny\"; allow = \"chown\";\n"
	"        kill = \"sys_module\"; };\n"
	"      deny = [ \"ptrace\", \"mount\" ]; kill = \"bpf\"; };\n"
	"    file = { default = \"deny\"; rules = (\n"
	"      { action = \"allow\"; access = \"ms\"; path = \"/lib/**\"; },\n"
	"      { action = \"kill\"; access = \"i\"; path = \"/dev/kvm\"; } ); };\n"
	"    network = { default = \"deny\"; sockets = [ \"inet/*\", \"unix/stream\" ]; rules = (\n"
	"      { action = \"allow\"; op = \"listen\"; port = 80; },\n"
	"      { action = \"allow\"; op = \"accept\"; from = \"10.0.0.0/8\"; port = 80; },\n"
	"      { action = \"allow\"; op = \"connect\"; path = \"/run/*\"; abstract = \"a*\"; },\n"
	"      { action = \"kill\"; op = \"bind\"; path = \"/run/x\"; } ); };\n"
	"    device = { default = \"deny\"; allow = \"c 1:* rw\";\n"
	"      deny = \"c 1:1 r\"; };\n"
	"    sysctl = { write = { default = \"deny\";\n"
	"        allow = ( { name = \"net.core.*\"; max = 9; } );\n"
	"        deny = \"net.core.a\"; };\n"
	"      read = { default = \"allow\"; deny = \"kernel.*\"; }; }; } );\n";

struct ran {
	int status;
	char out[8192], err[4096];
};

static void read_back(FILE *file, char *buf, size_t size)
{
	rewind(file);
	buf[fread(buf, 1, size - 1, file)] = '\0';
	fclose(file);
}

/* Runs the verb on `words`, which end with NULL. */
static struct ran run(const char *const *words)
{
	char *argv[16] = { "test" };
	int saved[2] = { dup(1), dup(2) }, argc = 1;
	FILE *out = tmpfile(), *err = tmpfile();
	struct ran ran;

	while (words[argc - 1]) {
		argv[argc] = strdup(words[argc - 1]);
		argc++;
	}
	assert_non_null(out);
	assert_non_null(err);
	fflush(stdout);
	dup2(fileno(out), 1);
	dup2(fileno(err), 2);
	ran.status = cmd_test(argc, argv);
	fflush(stdout);
	fflush(stderr);
	for (int i = 0; i < 2; i++) {
		dup2(saved[i], i + 1);
		close(saved[i]);
	}
	while (--argc)
		free(argv[argc]);
	read_back(out, ran.out, sizeof(ran.out));
	read_back(err, ran.err, sizeof(ran.err));
	return ran;
}

#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL })

/* FILE:NAME, for the caller to free; the file is made once. */
static char *file;

static int make_policies(void **state)
{
	(void)state;
	file = make_file(".cfg", policies);
	return 0;
}

static int remove_policies(void **state)
{
	(void)state;
	remove_file(file);
	return 0;
}

static const char *named(const char *name)
{
	static char text[256];

	snprintf(text, sizeof(text), "%s:%s", file, name);
	return text;
}

/* Demands that the answer to one action is `verdict ACTION (rule), recorded`. */
static void answers(const char *name, const char *action, const char *verdict, const char *rule)
{
	struct ran ran = RUN(named(name), "--", action);
	char expected[512], line[256];

	if (*rule == ':') {
		snprintf(line, sizeof(line), "%s%.*s", strrchr(file, '/') + 1,
			 (int)strcspn(rule, ")"), rule);
		snprintf(expected, sizeof(expected), "%s %s (%s%s\n", verdict, action, line,
			 rule + strcspn(rule, ")"));
	} else {
		snprintf(expected, sizeof(expected), "%s %s (%s\n", verdict, action, rule);
	}
	assert_string_equal(ran.out, expected);
	assert_string_equal(ran.err, "");
	assert_int_equal(ran.status, strcmp(verdict, "allowed") ? EXIT_REFUSED : EXIT_DONE);
}

static void names_verdict_rule_and_record(void **state)
{
	(void)state;
	answers("p", "exec /bin/sh", "allowed", ":3), not recorded");
	answers("p", "exec /sbin/init", "denied", "default), recorded");
	answers("p", "open r /etc/shadow", "denied", ":5), recorded");
	answers("p", "open r /etc/passwd", "allowed", "default), not recorded");
	answers("p", "open rw /usr/x", "killed", ":6), not recorded");
	answers("p", "open a /usr/x", "killed", ":6), not recorded");
	answers("p", "truncate /usr/x", "killed", ":6), not recorded");
	answers("p", "mkdir /srv/x", "allowed", ":7), not recorded");
	answers("p", "rename /etc/shadow /tmp/x", "denied", ":5), recorded");
	answers("p", "link /etc/shadow /tmp/x", "denied", ":5), recorded");
	answers("p", "rename /etc /tmp/x", "allowed", "default), not recorded");
	answers("p", "rename /etc/ /tmp/x", "denied", "denied-below), recorded");
	answers("p", "exchange /tmp/x /etc/", "denied", "denied-below), recorded");
	answers("p", "connect tcp ::ffff:127.0.0.1 443", "allowed", ":9), not recorded");
	answers("p", "connect tcp 0.0.0.0 443", "allowed", ":9), not recorded");
	answers("p", "bind tcp 127.0.0.1 443", "denied", "default), recorded");
	answers("p", "send udp fd00::1 53", "denied", "default), recorded");
	answers("dry", "open r /x", "would-deny", "default), recorded");
	answers("dry", "connect tcp 1.2.3.4 5", "allowed", "not-judged), not recorded");
	answers("off", "open r /x", "allowed", "not-judged), not recorded");
}

static void answers_for_the_filter(void **state)
{
	struct ran ran = RUN(named("calls"), "syscall", "flying");

	(void)state;
	assert_int_equal(ran.status, EXIT_REFUSED);
	assert_string_equal(ran.err, "bailiff: test: action 1: unknown syscall \"flying\"\n");
	answers("calls", "syscall keyctl", "denied", ":15), not recorded");
	answers("calls", "syscall add_key", "killed", ":16), not recorded");
	answers("calls", "syscall read", "allowed", "default), not recorded");
	answers("calls-dry", "syscall keyctl", "would-deny", ":15), not recorded");
	answers("calls-dry", "syscall add_key", "would-deny", ":16), not recorded");
	answers("calls-dry", "syscall read", "would-deny", "default), not recorded");
	answers("calls-dry", "syscall execve", "allowed", ":18), not recorded");
	answers("off", "syscall keyctl", "allowed", "not-judged), not recorded");
	ran = RUN("-ojson", named("calls"), "syscall", "keyctl");
	assert_non_null(strstr(ran.out, "\"syscall\": \"keyctl\""));
}

static void answers_for_processes_and_files(void **state)
{
	(void)state;
	answers("all", "capability chown", "allowed", ":20), not recorded");
	answers("all", "capability net_admin", "denied", "default), recorded");
	answers("all", "capability sys_module", "killed", ":21), recorded");
	answers("all", "ptrace", "denied", ":22), recorded");
	answers("all", "mount", "denied", ":22), recorded");
	answers("all", "bpf", "killed", ":22), recorded");
	answers("all", "userns", "allowed", "default), not recorded");
	answers("all", "mmap /lib/x.so", "allowed", ":24), not recorded");
	answers("all", "mprotect /tmp/x.so", "denied", "default), recorded");
	answers("all", "chmod /lib/x", "allowed", ":24), not recorded");
	answers("all", "setxattr /tmp/x", "denied", "default), recorded");
	answers("all", "ioctl /dev/kvm", "killed", ":25), recorded");
	answers("p", "capability net_admin", "allowed", "not-judged), not recorded");
	answers("p", "ptrace", "allowed", "not-judged), not recorded");
}

static void answers_for_sockets_devices_and_sysctls(void **state)
{
	(void)state;
	answers("all", "socket inet/dgram", "allowed", ":26), not recorded");
	answers("all", "socket packet/raw", "denied", "default), recorded");
	answers("all", "listen tcp 0.0.0.0 80", "allowed", ":27), not recorded");
	answers("all", "listen tcp 0.0.0.0 81", "denied", "default), recorded");
	answers("all", "accept tcp 10.1.2.3 80", "allowed", ":28), not recorded");
	answers("all", "accept tcp 11.1.2.3 80", "denied", "default), recorded");
	answers("all", "connect unix /run/a", "allowed", ":29), not recorded");
	answers("all", "connect unix @ab", "allowed", ":29), not recorded");
	answers("all", "connect unix @b", "denied", "default), recorded");
	answers("all", "bind unix /run/x", "killed", ":30), recorded");
	answers("all", "device c 1:3 rw", "allowed", ":31), not recorded");
	answers("all", "device c 1:1 rw", "denied", ":32), recorded");
	answers("all", "device b 8:0 m", "denied", "default), recorded");
	answers("all", "sysctl write net.core.b 9", "allowed", ":34), not recorded");
	answers("all", "sysctl write net.core.b 10", "denied", ":34), recorded");
	answers("all", "sysctl write net.core.b x", "denied", ":34), recorded");
	answers("all", "sysctl write net.core.a 1", "denied", ":35), recorded");
	answers("all", "sysctl read kernel.x", "denied", ":36), recorded");
	answers("all", "sysctl read net.x", "allowed", "default), not recorded");
	answers("p", "device c 1:3 rw", "allowed", "not-judged), not recorded");
	answers("p", "sysctl read net.x", "allowed", "not-judged), not recorded");
	answers("p", "connect unix /run/a", "allowed", "not-judged), not recorded");
}

static void escapes_what_cannot_be_seen(void **state)
{
	struct ran ran = RUN(named("all"), "sysctl", "write", "net.core.\x01", "\n1");

	(void)state;
	assert_non_null(strstr(ran.out, "sysctl write net.core.\\x01 \\x0a1 ("));
}

static void takes_words_and_whole_actions(void **state)
{
	struct ran ran = RUN(named("dry"), "open", "r", "/a b", "delete /a\\ b", "connect", "icmp",
			     "::1", "rename", "/a", "/b");

	(void)state;
	assert_string_equal(ran.out, "would-deny open r /a\\ b (default), recorded\n"
				     "would-deny delete /a\\ b (default), recorded\n"
				     "allowed connect icmp ::1 (not-judged), not recorded\n"
				     "would-deny rename /a /b (default), recorded\n");
	assert_int_equal(ran.status, EXIT_REFUSED);
}

static void expects(void **state)
{
	(void)state;
	assert_int_equal(
		RUN("--expect", "denied", named("p"), "exec /x", "open r /etc/shadow").status,
		EXIT_DONE);
	assert_int_equal(RUN("--expect", "denied", named("p"), "exec /x", "exec /bin/x").status,
			 EXIT_REFUSED);
	assert_int_equal(RUN("--expect", "killed", named("p"), "exec /x").status, EXIT_REFUSED);
	assert_int_equal(RUN("--expect", "would-deny", named("dry"), "rmdir /x").status, EXIT_DONE);
	assert_int_equal(RUN("--expect", "deny", named("p"), "exec /x").status, EXIT_USAGE);
}

static void tells_json(void **state)
{
	struct ran ran = RUN("-o", "json", named("p"), "rename /a\n /b", "connect tcp ::1 443");

	(void)state;
	assert_non_null(strstr(ran.out, "\"path\": \"/a\\\\x0a\""));
	assert_non_null(strstr(ran.out, "\"new_path\": \"/b\""));
	assert_non_null(strstr(ran.out, "\"access\": \"cd\""));
	assert_non_null(strstr(ran.out, "\"address\": \"::1\""));
	assert_non_null(strstr(ran.out, "\"port\": 443"));
	assert_non_null(strstr(ran.out, "\"verdict\": \"denied\""));
	assert_non_null(strstr(ran.out, "\"recorded\": true"));
}

/* Nothing is answered unless everything is right. */
static void refuses(const char *action, const char *why)
{
	struct ran ran = RUN(named("p"), "exec /bin/sh", action);

	assert_string_equal(ran.out, "");
	assert_int_equal(ran.status, EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "bailiff: test: action 2: "));
	if (!strstr(ran.err, why))
		print_message("%s", ran.err);
	assert_non_null(strstr(ran.err, why));
}

static void refuses_wrong_actions(void **state)
{
	(void)state;
	refuses("opne r /x", "did you mean 'open'?");
	refuses("", "unknown action");
	refuses(" ", "unknown action");
	refuses("open", "'open LETTERS PATH'");
	refuses("open r /a b", "'open LETTERS PATH'");
	refuses("open q /x", "letters are r, w and a");
	refuses("open wa /x", "for appending alone");
	refuses("open  /x", "'open LETTERS PATH'");
	refuses("exec sh", "is no absolute path");
	refuses("exec /a/../b", "write the path that the kernel finds");
	refuses("exec /a/./b", "write the path that the kernel finds");
	refuses("exec /a/..", "write the path that the kernel finds");
	refuses("exec //a", "write the path that the kernel finds");
	refuses("mkdir /a/", "leave the \"/\" at the end out");
	refuses("link /a/ /b", "leave the \"/\" at the end out");
	refuses("rename /a /b/", "only if /a/ is one");
	refuses("connect tpc 1.2.3.4 5", "did you mean \"tcp\"?");
	refuses("connect tcp 1.2.3 4", "is no address");
	refuses("connect tcp 1.2.3.4", "the port is missing");
	refuses("connect icmp 1.2.3.4 5", "has no ports");
	refuses("connect tcp 1.2.3.4 65536", "is no port");
	refuses("connect tcp 1.2.3.4 x", "is no port");
	refuses("send tcp 1.2.3.4 5", "ask for connect");
	refuses("connect sctp 1.2.3.4", "connect over sctp is not judged: only over tcp, udp,");
	refuses("send icmp 1.2.3.4", "is not judged");
	refuses("bind other 1.2.3.4", "is not judged");
	refuses("accept udp 1.2.3.4 5", "accept over udp is not judged");
	refuses("listen udp 1.2.3.4 5", "listen over udp is not judged");
	refuses("socket inet/steam", "did you mean \"stream\"?");
	refuses("socket inet", "write \"family/type\"");
	refuses("socket inet/*", "name the type");
	refuses("socket unix/stream/tcp", "leave it out");
	refuses("socket inet/stream/udp", "there is no \"inet/stream/udp\"");
	refuses("connect unix run/x", "is no absolute path");
	refuses("send unix /run/x", "takes the form 'connect unix PATH'");
}

static void refuses_long_paths(void **state)
{
	char action[5000] = "exec ";

	(void)state;
	memset(action + 5, 'a', 300);
	action[5] = '/';
	refuses(action, "a name of 299 bytes: at most 255");
	for (int i = 5; i < 5 + 4096; i += 2)
		memcpy(action + i, "/a", 3);
	refuses(action, "a path of 4096 bytes: at most 4095");
	action[5 + 4094] = '\0';
	assert_int_equal(RUN("--expect", "denied", named("p"), action).status, EXIT_DONE);
}

static void refuses_wrong_policies(void **state)
{
	char *wrong = make_file(".cfg", "policies = ( { name = \"x\"; on_failure = \"ignore\";\n"
					" file = { default = \"deny\"; }; } );\n");
	struct ran ran = RUN(wrong, "exec /x");

	(void)state;
	assert_int_equal(ran.status, EXIT_REFUSED);
	assert_string_equal(ran.out, "");
	assert_non_null(strstr(ran.err, "unknown on_failure \"ignore\""));
	ran = RUN(file, "exec /x");
	assert_int_equal(ran.status, EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "holds 6 policies"));
	ran = RUN(named("nobody"), "exec /x");
	assert_int_equal(ran.status, EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "no policy 'nobody' in it"));
	assert_int_equal(RUN("/nonexistent", "exec /x").status, EXIT_REFUSED);
	remove_file(wrong);
}

static void knows_its_usage(void **state)
{
	(void)state;
	assert_int_equal(RUN(named("p")).status, EXIT_USAGE);
	assert_int_equal(RUN(named("p"), "--").status, EXIT_USAGE);
	assert_int_equal(RUN("-oxml", named("p"), "exec /x").status, EXIT_USAGE);
	assert_int_equal(RUN("--exepct", "denied").status, EXIT_USAGE);
	assert_int_equal(RUN("--expect").status, EXIT_USAGE);
	assert_non_null(strstr(RUN("--help").out, "open LETTERS PATH"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_verdict_rule_and_record),
		cmocka_unit_test(answers_for_the_filter),
		cmocka_unit_test(answers_for_processes_and_files),
		cmocka_unit_test(answers_for_sockets_devices_and_sysctls),
		cmocka_unit_test(escapes_what_cannot_be_seen),
		cmocka_unit_test(takes_words_and_whole_actions),
		cmocka_unit_test(expects),
		cmocka_unit_test(tells_json),
		cmocka_unit_test(refuses_wrong_actions),
		cmocka_unit_test(refuses_long_paths),
		cmocka_unit_test(refuses_wrong_policies),
		cmocka_unit_test(knows_its_usage),
	};

	return cmocka_run_group_tests(tests, make_policies, remove_policies);
}
