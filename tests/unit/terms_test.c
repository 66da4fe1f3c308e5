/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent tells runtimes of its policies. */
#include "tests/unit/agent_make.h"

#include <errno.h>
#include <json-c/json.h>
#include <sys/stat.h>

#include "agent/agent.h"
#include "agent/answer.h"
#include "agent/hook_file.h"
#include "agent/reply.h"

static char policies[] =
	"policies = ("
	"{ name = \"plain\"; select = { name = \"plain*\"; }; },"
	"{ name = \"open\"; select = { name = \"open\"; }; on_failure = \"allow\";"
	"  seccomp = { default = \"allow\"; deny = [ \"keyctl\" ]; errno = \"EACCES\"; }; },"
	"{ name = \"shut\"; select = { cgroup = \"/shut/*\"; }; on_failure = \"deny\"; },"
	"{ name = \"dry\"; mode = \"audit\"; select = { image = \"dry\"; };"
	"  seccomp = { default = \"allow\"; kill = [ \"keyctl\" ]; }; },"
	"{ name = \"off\"; mode = \"off\"; select = { image = \"off\"; };"
	"  seccomp = { default = \"allow\"; kill = [ \"keyctl\" ]; }; },"
	"{ name = \"one\"; select = { labels = \"a=b\"; }; },"
	"{ name = \"two\"; select = { annotations = \"a=b\"; }; }"
	");";

static struct settings settings = { .on_failure = (char *)"deny" };
static struct agent agent = { .settings = &settings };

static int load(void **state)
{
	FILE *in = fmemopen(policies, strlen(policies), "r");
	struct diag_list diags = { 0 };
	struct policy_set *set = NULL;

	(void)state;
	assert_non_null(in);
	assert_int_equal(policy_set_load_stream(&set, in, "f", NULL, &diags), 0);
	assert_int_equal(selector_new(&agent.engine.selector, set), 0);
	assert_int_equal(terms_new(&agent.engine.terms, set, false), 0);
	policy_set_free(set);
	diag_clear(&diags);
	fclose(in);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	selector_freep(&agent.engine.selector);
	terms_freep(&agent.engine.terms);
	return 0;
}

/* The answer as text, the caller's. */
static char *ask(const char *facts)
{
	struct fault fault = { "" };
	struct json_object *reply;
	struct request request;
	char *text = NULL;

	assert_true(asprintf(&text, "{\"command\":\"seccomp\"%s}", facts) > 0);
	if (request_parse(text, strlen(text), &request, &fault))
		fail_msg("%s: %s", text, fault.text);
	free(text);
	reply = answer_seccomp(&agent, &request);
	request_free(&request);
	text = strdup(json_object_to_json_string_ext(reply, JSON_C_TO_STRING_PLAIN));
	json_object_put(reply);
	return text;
}

static void answers(const char *facts, const char *wanted)
{
	char *got = ask(facts);

	assert_string_equal(got, wanted);
	free(got);
}

static void knows_on_failure(void **state)
{
	(void)state;
	assert_int_equal(engine_on_failure(&agent.engine, "plain"), DEFAULT_UNSET);
	assert_int_equal(engine_on_failure(&agent.engine, "open"), DEFAULT_ALLOW);
	assert_int_equal(engine_on_failure(&agent.engine, "shut"), DEFAULT_DENY);
	assert_int_equal(engine_on_failure(&agent.engine, "nobody"), DEFAULT_UNSET);
	assert_string_equal(agent_on_failure(&agent, "open"), "allow");
	assert_string_equal(agent_on_failure(&agent, "plain"), "deny");
	assert_string_equal(agent_on_failure(&agent, NULL), "deny");
	settings.on_failure = (char *)"allow";
	assert_string_equal(agent_on_failure(&agent, "plain"), "allow");
	assert_string_equal(agent_on_failure(&agent, "shut"), "deny");
	assert_string_equal(agent_on_failure(&agent, NULL), "allow");
	settings.on_failure = (char *)"deny";
}

static void answers_with_the_section(void **state)
{
	char *got;

	(void)state;
	answers(",\"name\":\"plain1\"",
		"{\"ok\":true,\"on_failure\":\"deny\",\"policy\":\"plain\",\"seccomp\":null}");
	answers(",\"cgroup\":\"//shut/x/\"",
		"{\"ok\":true,\"on_failure\":\"deny\",\"policy\":\"shut\",\"seccomp\":null}");
	answers(",\"image\":\"off\"",
		"{\"ok\":true,\"on_failure\":\"deny\",\"policy\":\"off\",\"seccomp\":null}");
	got = ask(",\"name\":\"open\"");
	assert_non_null(strstr(got, "\"policy\":\"open\""));
	assert_non_null(strstr(got, "\"on_failure\":\"allow\""));
	assert_non_null(strstr(got, "\"syscalls\":[{\"names\":[\"keyctl\"],\"action\":"
				    "\"SCMP_ACT_ERRNO\",\"errnoRet\":13}]"));
	free(got);
	got = ask(",\"image\":\"dry\"");
	assert_non_null(strstr(got, "\"action\":\"SCMP_ACT_LOG\""));
	free(got);
}

/* The cgroup gives the name, as when it is bound. */
static void takes_the_name_of_the_cgroup(void **state)
{
	(void)state;
	answers(",\"cgroup\":\"/x/plain7\"",
		"{\"ok\":true,\"on_failure\":\"deny\",\"policy\":\"plain\",\"seccomp\":null}");
	answers(",\"cgroup\":\"/x/plain7\",\"name\":\"n\"",
		"{\"ok\":true,\"on_failure\":\"deny\",\"bound\":false}");
}

static void tells_what_it_does_not_know(void **state)
{
	struct selector *selector = agent.engine.selector;
	char *got;

	(void)state;
	answers("", "{\"ok\":true,\"on_failure\":\"deny\",\"bound\":false}");
	settings.on_failure = (char *)"allow";
	got = ask(",\"labels\":{\"a\":\"b\"},\"annotations\":{\"a\":\"b\"}");
	settings.on_failure = (char *)"deny";
	assert_non_null(strstr(got, "\"ok\":false"));
	assert_non_null(strstr(got, "\"on_failure\":\"deny\""));
	assert_non_null(strstr(got, "both fit"));
	free(got);
	got = ask(",\"cgroup\":\"/a/../b\"");
	assert_non_null(strstr(got, "\"ok\":false"));
	free(got);
	agent.engine.selector = NULL;
	got = ask(",\"name\":\"plain\"");
	assert_non_null(strstr(got, "\"ok\":false"));
	free(got);
	agent.engine.selector = selector;
}

static void leaves_word_for_hooks(void **state)
{
	char directory[] = "/tmp/bailiff-test-XXXXXX", socket[64], file[64];
	static const char *const wrong[] = { "",      "{",
					     "{}",    "{\"on_failure\":true}",
					     "allow", "{\"on_failure\":\"allow\"}{}" };
	struct stat status;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(socket, sizeof(socket), "%s/control.sock", directory);
	snprintf(file, sizeof(file), "%s/hook.json", directory);
	assert_false(hook_file_allows(socket));
	assert_int_equal(hook_file_write(socket, "allow"), 0);
	assert_true(hook_file_allows(socket));
	assert_int_equal(stat(file, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(hook_file_write(socket, "deny"), 0);
	assert_false(hook_file_allows(socket));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		FILE *out = fopen(file, "w");

		assert_non_null(out);
		assert_true(fputs(wrong[i], out) >= 0);
		fclose(out);
		assert_false(hook_file_allows(socket));
	}
	hook_file_remove(socket);
	assert_int_equal(access(file, F_OK), -1);
	assert_int_equal(rmdir(directory), 0);
	assert_int_equal(hook_file_write(socket, "allow"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_on_failure),
		cmocka_unit_test(answers_with_the_section),
		cmocka_unit_test(takes_the_name_of_the_cgroup),
		cmocka_unit_test(tells_what_it_does_not_know),
		cmocka_unit_test(leaves_word_for_hooks),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
