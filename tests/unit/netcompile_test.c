/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The compiled address and port tables against rules that are looked at one by one. */
#include "tests/unit/policy_helper.h"

#include <arpa/inet.h>

#include "policy/simulate.h"

#define RULES 8
#define ROUNDS 400
#define PROBES 60

struct range {
	const char *text;
	bool v6;
	int prefix;
	bool maps_v4;	/* IPv6 that contains all of the mapped addresses, or is within them */
	const char *v4; /* what it is in IPv4 */
	int v4_prefix;
};

static const struct range ranges[] = {
	{ "10.0.0.0/8", false, 8, false, NULL, 0 },
	{ "10.1.0.0/16", false, 16, false, NULL, 0 },
	{ "10.1.2.0/24", false, 24, false, NULL, 0 },
	{ "10.1.2.3", false, 32, false, NULL, 0 },
	{ "0.0.0.0/0", false, 0, false, NULL, 0 },
	{ "255.255.255.255/32", false, 32, false, NULL, 0 },
	{ "128.0.0.0/1", false, 1, false, NULL, 0 },
	{ "fd00::/8", true, 8, false, NULL, 0 },
	{ "fd00:1::/32", true, 32, false, NULL, 0 },
	{ "fd00:1::7", true, 128, false, NULL, 0 },
	{ "::/0", true, 0, true, "0.0.0.0", 0 },
	{ "::/80", true, 80, true, "0.0.0.0", 0 },
	{ "::ffff:0:0/96", true, 96, true, "0.0.0.0", 0 },
	{ "::ffff:10.1.0.0/112", true, 112, true, "10.1.0.0", 16 },
	{ "8000::/1", true, 1, false, NULL, 0 },
};

#define RANGES (sizeof(ranges) / sizeof(ranges[0]))

static const char *const probes4[] = { "10.0.0.0",	  "10.1.2.3",	     "10.1.2.4",
				       "10.1.255.255",	  "10.2.0.0",	     "0.0.0.0",
				       "255.255.255.255", "127.255.255.255", "128.0.0.0",
				       "9.255.255.255",	  "11.0.0.0" };
static const char *const probes6[] = { "::",
				       "::1",
				       "fd00::",
				       "fd00:1::7",
				       "fd00:1::8",
				       "fcff:ffff::1",
				       "fe00::",
				       "7fff::1",
				       "8000::",
				       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
				       "0:0:0:0:1::",
				       "::ffff:10.1.2.3",
				       "::ffff:9.9.9.9",
				       "::fffe:0:1" };
static const int edge_ports[] = { 0, 1, 22, 79, 80, 81, 443, 8000, 8050, 8100, 8101, 65535 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct rule {
	int action, audit, quiet, op, proto; /* proto -1: none given */
	int n_ports;
	int ports[3][2];
	int n_ranges;
	const struct range *ranges[3];
};

static struct rule rules[RULES];
static int n_rules;

static int random_port(void)
{
	return edge_ports[random_below(COUNT(edge_ports))];
}

static void random_rule(struct rule *r)
{
	*r = (struct rule){
		.action = (int)random_below(3),
		.op = random_below(4) ? NET_CONNECT : NET_BIND,
		.proto = (int)random_below(4) - 1,
	};
	if (!random_below(3)) {
		r->audit = r->action == ACTION_ALLOW || random_below(2);
		r->quiet = !r->audit;
	}
	if (r->proto != NET_PROTO_OTHER)
		r->n_ports = (int)random_below(4);
	for (int i = 0; i < r->n_ports; i++) {
		int a = random_port(), b = random_port();

		r->ports[i][0] = a < b ? a : b;
		r->ports[i][1] = a < b ? b : a;
		if (!r->ports[i][0] && r->op != NET_BIND)
			r->ports[i][0] = 1;
		if (r->ports[i][1] < r->ports[i][0])
			r->ports[i][1] = r->ports[i][0];
	}
	if (r->op == NET_CONNECT)
		r->n_ranges = (int)random_below(4);
	for (int i = 0; i < r->n_ranges; i++)
		r->ranges[i] = &ranges[random_below(RANGES)];
}

/* One rule a line, from line 2 on. */
static char *policy_text(int dflt)
{
	static const char *const actions[] = { "allow", "deny", "kill" };
	static const char *const protos[] = { "tcp", "udp", "other" };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fprintf(out, "policies = ( { name = \"p\"; network = { default = \"%s\"; rules = (\n",
		dflt == DEFAULT_DENY ? "deny" : "allow");
	for (int i = 0; i < n_rules; i++) {
		const struct rule *r = &rules[i];

		fprintf(out, "{ action = \"%s\"; op = \"%s\";", actions[r->action],
			r->op == NET_BIND ? "bind" : "connect");
		if (r->proto >= 0)
			fprintf(out, " proto = \"%s\";", protos[r->proto]);
		for (int j = 0; j < r->n_ports; j++)
			fprintf(out, "%s%d-%d%s", j ? "," : " port = \"", r->ports[j][0],
				r->ports[j][1], j + 1 == r->n_ports ? "\";" : "");
		for (int j = 0; j < r->n_ranges; j++)
			fprintf(out, "%s\"%s\"%s", j ? ", " : " to = [ ", r->ranges[j]->text,
				j + 1 == r->n_ranges ? " ];" : "");
		fprintf(out, "%s%s }%s\n", r->audit ? " audit = true;" : "",
			r->quiet ? " quiet = true;" : "", i + 1 < n_rules ? "," : "");
	}
	fputs("); }; } );\n", out);
	fclose(out);
	return text;
}

static bool same_bits(const uint8_t *a, const uint8_t *b, int bits)
{
	for (int i = 0; i < bits; i++)
		if ((a[i / 8] ^ b[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

static bool range_has(const struct range *range, const uint8_t *address, bool v6)
{
	char text[64];
	uint8_t net[16];

	if (range->v6 != v6 && !(range->maps_v4 && !v6))
		return false;
	snprintf(text, sizeof(text), "%s", range->v6 == v6 ? range->text : range->v4);
	text[strcspn(text, "/")] = '\0';
	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, text, net), 1);
	return same_bits(net, address, range->v6 == v6 ? range->prefix : range->v4_prefix);
}

static bool rule_matches(const struct rule *r, int op, int proto, const uint8_t *address, bool v6,
			 int port)
{
	bool peer = !r->n_ranges, ports = !r->n_ports;

	if (r->op != op || (r->proto >= 0 && r->proto != proto))
		return false;
	for (int i = 0; i < r->n_ranges; i++)
		peer |= range_has(r->ranges[i], address, v6);
	for (int i = 0; i < r->n_ports; i++)
		ports |= proto != NET_PROTO_OTHER && port >= r->ports[i][0] &&
			 port <= r->ports[i][1];
	return peer && ports;
}

struct expected {
	int verdict, record, line;
};

static struct expected naive_decide(int op, int proto, const uint8_t *address, bool v6, int port,
				    int dflt)
{
	/* first matching line by action and by what is logged */
	int first[3][3] = { { 0 } };
	struct expected e = { 0 };

	for (int i = n_rules - 1; i >= 0; i--) {
		const struct rule *r = &rules[i];

		if (rule_matches(r, op, proto, address, v6, port))
			first[r->action][r->audit ? 1 : r->quiet ? 2 : 0] = i + 2;
	}
	/* a denial is logged with audit or without */
	for (int action = ACTION_DENY; action <= ACTION_KILL; action++) {
		int plain = first[action][0], audit = first[action][1];

		first[action][0] = !plain || (audit && audit < plain) ? audit : plain;
	}
	if (first[ACTION_KILL][0] || first[ACTION_KILL][2])
		e.verdict = VERDICT_KILL;
	else if (first[ACTION_DENY][0] || first[ACTION_DENY][2])
		e.verdict = VERDICT_DENY;
	if (e.verdict) {
		const int *lines = first[e.verdict == VERDICT_KILL ? ACTION_KILL : ACTION_DENY];

		e.record = first[ACTION_KILL][0] || first[ACTION_DENY][0];
		e.line = lines[0] ? lines[0] : lines[2];
	} else if (first[ACTION_ALLOW][0] || first[ACTION_ALLOW][1]) {
		e.record = first[ACTION_ALLOW][1] != 0;
		e.line = e.record ? first[ACTION_ALLOW][1] : first[ACTION_ALLOW][0];
	} else if (dflt == DEFAULT_DENY) {
		e = (struct expected){ VERDICT_DENY, 1, 0 };
	}
	return e;
}

static void probe(const struct policy_image *image, int dflt)
{
	bool v6 = random_below(2), mapped;
	const char *text =
		v6 ? probes6[random_below(COUNT(probes6))] : probes4[random_below(COUNT(probes4))];
	int op = (int)random_below(2), proto = (int)random_below(NET_PROTOS), port = random_port();
	char source[64], expected[64] = "default";
	uint8_t address[16];
	struct expected e;
	struct decision d;

	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, text, address), 1);
	mapped = v6 && !strncmp(text, "::ffff:", 7) && strchr(text, '.');
	e = naive_decide(op, proto, mapped ? address + 12 : address, v6 && !mapped, port, dflt);
	if (v6)
		simulate_net6(image, (enum net_op)op, (enum net_proto)proto, address,
			      (uint16_t)port, &d);
	else
		simulate_net4(image, (enum net_op)op, (enum net_proto)proto, address,
			      (uint16_t)port, &d);
	image_rule_source(&image->head, image->words, d.rule, source, sizeof(source));
	if (e.line)
		snprintf(expected, sizeof(expected), FILE_NAME ":%d", e.line);
	if (d.verdict != e.verdict || d.record != e.record || strcmp(source, expected))
		print_message("op %d proto %d %s port %d\n", op, proto, text, port);
	assert_int_equal(d.verdict, e.verdict);
	assert_int_equal(d.record, e.record);
	assert_string_equal(source, expected);
}

static void compiled_equals_naive(void **state)
{
	(void)state;
	random_start();
	for (int round = 0; round < ROUNDS; round++) {
		int dflt = 1 + (int)random_below(2);
		struct policy_image *image;
		char *text;

		n_rules = 1 + (int)random_below(RULES);
		for (int i = 0; i < n_rules; i++)
			random_rule(&rules[i]);
		text = policy_text(dflt);
		image = compile(text);
		for (int i = 0; i < PROBES; i++)
			probe(image, dflt);
		policy_image_free(image);
		free(text);
	}
}

static int connect4(const struct policy_image *image, enum net_proto proto, const char *text,
		    uint16_t port)
{
	struct decision d;
	uint8_t address[4];

	assert_int_equal(inet_pton(AF_INET, text, address), 1);
	assert_int_equal(simulate_connect4(image, proto, address, port, &d), 0);
	return d.verdict;
}

static int connect6(const struct policy_image *image, enum net_proto proto, const char *text,
		    uint16_t port)
{
	struct decision d;
	uint8_t address[16];

	assert_int_equal(inet_pton(AF_INET6, text, address), 1);
	assert_int_equal(simulate_connect6(image, proto, address, port, &d), 0);
	return d.verdict;
}

static void families(void **state)
{
	struct policy_image *image = compile(
		"policies = ( { name = \"p\"; network = { default = \"deny\"; rules = ("
		"{ action = \"allow\"; op = \"connect\"; to = \"10.0.0.0/8\"; port = 80; },"
		"{ action = \"allow\"; op = \"connect\"; to = \"fd00::/8\"; proto = \"udp\"; },"
		"{ action = \"kill\"; op = \"connect\"; to = [ \"10.0.0.9\", \"10.0.0.11\" ];"
		" proto = \"tcp\"; } ); }; } );");

	(void)state;
	assert_true(image->head.classes ==
		    (CLASS_NETWORK | CLASS_NETWORK_KILL | CLASS_SOCKET | CLASS_ACCEPT));
	assert_int_equal(connect4(image, NET_PROTO_TCP, "10.9.9.9", 80), VERDICT_ALLOW);
	assert_int_equal(connect4(image, NET_PROTO_UDP, "10.9.9.9", 80), VERDICT_ALLOW);
	assert_int_equal(connect4(image, NET_PROTO_OTHER, "10.9.9.9", 80), VERDICT_DENY);
	assert_int_equal(connect4(image, NET_PROTO_TCP, "10.9.9.9", 81), VERDICT_DENY);
	assert_int_equal(connect4(image, NET_PROTO_TCP, "10.0.0.9", 80), VERDICT_KILL);
	assert_int_equal(connect4(image, NET_PROTO_TCP, "10.0.0.10", 80), VERDICT_ALLOW);
	assert_int_equal(connect4(image, NET_PROTO_TCP, "10.0.0.11", 80), VERDICT_KILL);
	assert_int_equal(connect6(image, NET_PROTO_TCP, "::ffff:10.9.9.9", 80), VERDICT_ALLOW);
	assert_int_equal(connect6(image, NET_PROTO_UDP, "fd12::1", 5), VERDICT_ALLOW);
	assert_int_equal(connect6(image, NET_PROTO_TCP, "fd12::1", 80), VERDICT_DENY);
	assert_int_equal(connect6(image, NET_PROTO_UDP, "fe12::1", 80), VERDICT_DENY);
	policy_image_free(image);
}

/* What is not judged is allowed, and the same port table is written once. */
static void not_judged(void **state)
{
	struct policy_image *image =
		compile("policies = ( { name = \"p\"; file = { default = \"deny\"; }; } );");

	(void)state;
	assert_int_equal(image->head.classes,
			 CLASS_EXEC | CLASS_FILE | CLASS_MAP | CLASS_SETATTR | CLASS_IOCTL);
	assert_int_equal(connect4(image, NET_PROTO_TCP, "1.2.3.4", 80), VERDICT_ALLOW);
	policy_image_free(image);
}

static void shared_tables(void **state)
{
	char text[65536] = "policies = ( { name = \"p\"; network = { default = \"deny\"; rules = ("
			   "{ action = \"allow\"; op = \"connect\"; port = \"80\"; to = [ ";
	struct policy_image *image;

	(void)state;
	for (int i = 0; i < 1000; i++)
		sprintf(text + strlen(text), "%s\"10.%d.%d.0/25\"", i ? ", " : "", i / 250,
			i % 250);
	strcat(text, " ]; } ); }; } );");
	image = compile(text);
	assert_int_equal(image->head.net[NET_CONNECT].v4_count, 2001);
	assert_int_equal(image->head.net[NET_CONNECT].v6_count, 1);
	assert_in_range(image->n_words, 2001, 2100);
	policy_image_free(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(families),
		cmocka_unit_test(not_judged),
		cmocka_unit_test(shared_tables),
		cmocka_unit_test(compiled_equals_naive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
