/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/agent_make.h"

#include "agent/toml.h"

static char said[8192];

static void say(const char *kind, const char *name, const char *value)
{
	size_t used = strlen(said);

	snprintf(said + used, sizeof(said) - used, "%s%s%s%s;", kind, name, *value ? "=" : "",
		 value);
}

static void key(void *context, const char *name)
{
	(void)context;
	say("", name, "");
}

static void string(void *context, const char *name, const char *value)
{
	(void)context;
	say("+", name, value);
}

static unsigned int visit(const char *text)
{
	static const struct toml_visitor visitor = { key, string, NULL };

	*said = 0;
	return toml_visit(text, &visitor);
}

static void is(const char *text, const char *expected)
{
	unsigned int line = visit(text);

	if (line)
		fail_msg("%s: line %u is not understood", text, line);
	assert_string_equal(said, expected);
}

static void reads_strings(void **state)
{
	(void)state;
	is("", "");
	is("# a comment\n\n  \t\r\n", "");
	is("a = \"x\"", "a;+a=x;");
	is("a = \"x\" # c\n[t]\nb='y\\'", "a;+a=x;t.b;+t.b=y\\;");
	is("[plugins.\"io.x.v1\" . 'c r'.runtimes.runc]\nspec = \"/s\"",
	   "plugins.io.x.v1.c r.runtimes.runc.spec;+plugins.io.x.v1.c r.runtimes.runc.spec=/s;");
	is("[engine]\nhooks_dir = [\n  \"/a\", # one\n  '/b',\n]\n",
	   "engine.hooks_dir;+engine.hooks_dir=/a;+engine.hooks_dir=/b;");
	is("engine.hooks_dir=[\"/a\"]", "engine.hooks_dir;+engine.hooks_dir=/a;");
	is("a = \"\\\"q\\\\\" \r\n", "a;+a=\"q\\;");
	is("a = \"\"\"\none \"two\"\n\"\"\"\nb='z'", "a;+a=\none \"two\"\n;b;+b=z;");
	is("a = []\n[[t]]\nb = ''", "a;t.b;+t.b;");
	is("a = \"[x]\\n\"\n", "a;+a=[x]\\n;");
}

static void passes_over_the_rest(void **state)
{
	(void)state;
	is("a = true\nb = 1_000\nc = 1979-05-27T07:32:00Z\nd = -1.5e3", "a;b;c;d;");
	is("a = { b = \"}\", c = [ 1 ] } # }\nd='x'", "a;d;+d=x;");
	is("a = [ [ \"x\", 'y]' ], { b = 1 },\n 3 ]\nd='x'", "a;d;+d=x;");
}

static void says_where_it_is_lost(void **state)
{
	static const char *const bad[] = {
		"\n=1",	     "a\n",	     "\na",	"a = \n1",	"\na = \"x\n\"",
		"a = \"x",   "a = 'x\" y",   "a = [ 1", "a = [ 1 2\n ", "a = \"x\" y",
		"[t",	     "[t] x",	     "[[t]\n",	"[]",		"a = { b",
		"a . = 'x'", "a = \"\"\"x\""
	};
	static char big[3 * TOML_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		unsigned int expected = bad[i][0] == '\n' ? 2 : 1, line = visit(bad[i]);

		if (line != expected)
			fail_msg("%s: line %u", bad[i], line);
	}
	memset(big, 'a', sizeof(big) - 1);
	assert_int_equal(visit(big), 1);
	memcpy(big, "k='", 3);
	big[sizeof(big) - 2] = '\'';
	assert_int_equal(visit(big), 1);
	memcpy(big, "[", 1);
	assert_int_equal(visit(big), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_strings),
		cmocka_unit_test(passes_over_the_rest),
		cmocka_unit_test(says_where_it_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
