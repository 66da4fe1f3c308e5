/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sockets may be created, and names of the abstract namespace. */
#include "tests/unit/policy_helper.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "policy/simulate.h"
#include "policy/sockets.h"

static struct policy_image *network(const char *content)
{
	char text[1024];

	snprintf(text, sizeof(text), "policies = ( { name = \"p\"; network = {\n%s }; } );\n",
		 content);
	return compile(text);
}

static struct decision ask(const struct policy_image *image, uint32_t family, uint32_t type,
			   uint32_t protocol)
{
	struct simulate_action action = {
		.event = EVENT_SOCKET,
		.classes = CLASS_SOCKET,
		.family = family,
		.type = type,
		.protocol = protocol,
	};
	struct simulate_answer answer;

	assert_int_equal(simulate_action(image, NULL, &action, &answer), 0);
	return answer.decision;
}

#define ALLOWS(...) assert_int_equal(ask(image, __VA_ARGS__).verdict, VERDICT_ALLOW)
#define DENIES(...) assert_int_equal(ask(image, __VA_ARGS__).verdict, VERDICT_DENY)

static void a_list_is_all_there_is(void **state)
{
	struct policy_image *image = network(
		"default = \"allow\"; sockets = [ \"inet/stream\",\n\"inet/dgram/icmp\",\n"
		"\"netlink/generic\", \"inet6/raw\", \"unix/*\", \"inet6/seqpacket/sctp\" ];");
	char source[32];

	(void)state;
	ALLOWS(AF_INET, SOCK_STREAM, 0);
	ALLOWS(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	ALLOWS(AF_INET, SOCK_STREAM, 262);
	DENIES(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
	DENIES(AF_INET, SOCK_STREAM, 1 << 20);
	DENIES(AF_INET, SOCK_STREAM, UINT32_MAX);
	DENIES(AF_INET, SOCK_DGRAM, 0);
	ALLOWS(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
	DENIES(AF_INET6, SOCK_STREAM, 0);
	for (uint32_t protocol = 0; protocol < 300; protocol++)
		ALLOWS(AF_INET6, SOCK_RAW, protocol);
	ALLOWS(AF_INET6, SOCK_RAW, UINT32_MAX);
	ALLOWS(AF_INET6, SOCK_SEQPACKET, 0);
	ALLOWS(AF_INET6, SOCK_SEQPACKET, IPPROTO_SCTP);
	DENIES(AF_INET6, SOCK_SEQPACKET, 1);
	for (uint32_t type = 1; type < 16; type++) {
		ALLOWS(AF_NETLINK, type, 16);
		DENIES(AF_NETLINK, type, 15);
		ALLOWS(AF_UNIX, type, 0);
		DENIES(AF_UNSPEC, type, 0);
		DENIES(AF_PACKET, type, 3);
		DENIES(255, type, UINT32_MAX);
	}
	image_rule_source(&image->head, image->words, ask(image, AF_INET, SOCK_DGRAM, 1).rule,
			  source, sizeof(source));
	assert_string_equal(source, "test.cfg:3");
	assert_int_equal(ask(image, AF_INET, SOCK_DGRAM, 2).rule, BAILIFF_RULE_NONE);
	policy_image_free(image);
}

static void a_default_of_deny_implies_some(void **state)
{
	struct policy_image *image = network("default = \"deny\";");

	(void)state;
	for (uint32_t family = 0; family < 256; family++)
		for (uint32_t type = 0; type < 16; type++)
			for (uint32_t protocol = 0; protocol < 300; protocol++) {
				bool inet = family == AF_INET || family == AF_INET6;
				bool tcp = inet && type == SOCK_STREAM &&
					   (!protocol || protocol == 6 || protocol == 262);
				bool udp =
					inet && type == SOCK_DGRAM && (!protocol || protocol == 17);

				assert_int_equal(!ask(image, family, type, protocol).verdict,
						 family == AF_UNIX || tcp || udp);
			}
	policy_image_free(image);
}

static void a_denial_implies_others(void **state)
{
	struct policy_image *image =
		network("default = \"allow\"; rules = (\n"
			"{ action = \"deny\"; op = \"connect\"; path = \"/x\"; },\n"
			"{ action = \"deny\"; op = \"bind\"; port = 22; } );");
	char source[32];

	(void)state;
	ALLOWS(AF_INET, SOCK_STREAM, 0);
	ALLOWS(AF_INET6, SOCK_DGRAM, 17);
	ALLOWS(AF_VSOCK, SOCK_STREAM, 0);
	ALLOWS(AF_NETLINK, SOCK_RAW, 9);
	DENIES(AF_INET, SOCK_RAW, 255);
	DENIES(AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE);
	DENIES(AF_PACKET, SOCK_RAW, 0);
	DENIES(44, SOCK_RAW, 0);
	DENIES(AF_RXRPC, SOCK_DGRAM, AF_INET);
	image_rule_source(&image->head, image->words, ask(image, AF_INET, SOCK_RAW, 1).rule, source,
			  sizeof(source));
	assert_string_equal(source, "test.cfg:4");
	policy_image_free(image);
	image = network("default = \"allow\"; rules = ("
			"{ action = \"deny\"; op = \"connect\"; path = \"/x\"; } );");
	assert_false(image->head.classes & CLASS_SOCKET);
	policy_image_free(image);
}

static void text_and_back(void **state)
{
	static const char *const texts[] = {
		"inet/stream",	   "inet/stream/sctp",	 "inet6/dgram/icmpv6", "unix/seqpacket",
		"netlink/crypto",  "netlink/route",	 "packet/raw",	       "inet/raw/gre",
		"inet/dgram/icmp", "inet/dgram/udplite",
	};
	uint32_t family, type, protocol;
	char buf[SOCKET_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(sockets_parse_one(texts[i], &family, &type, &protocol), 0);
		assert_string_equal(sockets_text(family, type, protocol, buf), texts[i]);
	}
	assert_int_equal(sockets_parse_one("inet/*", &family, &type, &protocol), -EINVAL);
	assert_string_equal(sockets_text(200, 11, 65535, buf), "200/11");
	assert_string_equal(sockets_text(AF_INET6, 6, 65535, buf), "inet6/6/65535");
	assert_string_equal(sockets_text(AF_NETLINK, 3, 99, buf), "netlink/99");
}

static int connects(const struct policy_image *image, const char *name, size_t length)
{
	struct simulate_action action = {
		.event = EVENT_CONNECT,
		.classes = CLASS_UNIX,
		.want = { NAME_UNIX_CONNECT, 0 },
		.name_length = (uint32_t)length,
	};
	struct simulate_answer answer;

	memcpy(action.path[0], name, length);
	assert_int_equal(simulate_action(image, NULL, &action, &answer), 0);
	return answer.decision.verdict;
}

#define CONNECTS(name) connects(image, name, sizeof(name) - 1)

/* A NUL in a name is a byte like others, and none that a pattern names. */
static void abstract_names(void **state)
{
	struct policy_image *image = network(
		"default = \"deny\"; rules = ("
		"{ action = \"allow\"; op = \"connect\"; abstract = [ \"a\", \"b?\", \"c*d\", "
		"\"e[!x]\" ]; path = \"/a\"; } );");

	(void)state;
	assert_int_equal(CONNECTS("@a"), VERDICT_ALLOW);
	assert_int_equal(CONNECTS("@a\0"), VERDICT_DENY);
	assert_int_equal(CONNECTS("@\0a"), VERDICT_DENY);
	assert_int_equal(CONNECTS("@a\0\0\0"), VERDICT_DENY);
	assert_int_equal(CONNECTS("@b"), VERDICT_DENY);
	assert_int_equal(CONNECTS("@b\0"), VERDICT_ALLOW);
	assert_int_equal(CONNECTS("@c\0\0d"), VERDICT_ALLOW);
	assert_int_equal(CONNECTS("@c/d"), VERDICT_DENY);
	assert_int_equal(CONNECTS("@e\0"), VERDICT_ALLOW);
	assert_int_equal(CONNECTS("@ex"), VERDICT_DENY);
	assert_int_equal(CONNECTS("@"), VERDICT_DENY);
	assert_int_equal(CONNECTS("@/a"), VERDICT_DENY);
	assert_int_equal(CONNECTS("/a"), VERDICT_ALLOW);
	policy_image_free(image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_all_there_is),
		cmocka_unit_test(a_default_of_deny_implies_some),
		cmocka_unit_test(a_denial_implies_others),
		cmocka_unit_test(text_and_back),
		cmocka_unit_test(abstract_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
