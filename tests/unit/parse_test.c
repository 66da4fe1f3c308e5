/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What text becomes in the model, with its positions. Messages are in tests/golden/invalid. */
#include "tests/unit/policy_helper.h"

#include <errno.h>
#include <malloc.h>

#include "policy/names.h"
#include "policy/parse_device.h"

static void model(void **state)
{
	struct policy_set *set = load(
		"policies = (\n{ name = \"a\";\nselect = { priority = 0x10; name = \"x\"; };\n"
		"file = {\n default = \"deny\";\n rules = (\n"
		"  {\n    action = \"kill\";\n    access = \"wr\";\n"
		"    path = [\n      \"/a\"\n      ,\n      \"/b\"\n      \"c\"\n,\n\"/d\"    ];\n"
		"    quiet = true;\n  } ); };\n} );\n");
	const struct policy *p = policy_set_find(set, "a");
	const struct file_rule *rule;

	(void)state;
	assert_int_equal(policy_set_count(set), 1);
	assert_non_null(p);
	assert_ptr_equal(p, policy_set_at(set, 0));
	assert_null(policy_set_at(set, 1));
	assert_null(policy_set_find(set, "b"));
	assert_string_equal(policy_name(p), "a");
	assert_int_equal(policy_mode(p), POLICY_MODE_ENFORCE);
	assert_int_equal(p->select.priority, 16);
	assert_int_equal(p->file.dflt, DEFAULT_DENY);
	assert_int_equal(p->file.n_rules, 1);
	rule = p->file.rules[0];
	assert_int_equal(rule->verdict.action, ACTION_KILL);
	assert_true(rule->verdict.quiet);
	assert_false(rule->verdict.audit);
	assert_int_equal(rule->access, ACCESS_READ | ACCESS_WRITE);
	assert_int_equal(rule->pos.line, 7);
	assert_string_equal(rule->pos.file, FILE_NAME);
	assert_int_equal(rule->paths.count, 3);
	/* each at its own line, not at that of the token behind it */
	assert_int_equal(rule->paths.items[0].pos.line, 11);
	assert_string_equal(rule->paths.items[1].text, "/bc");
	assert_int_equal(rule->paths.items[1].pos.line, 13);
	assert_int_equal(rule->paths.items[2].pos.line, 16);
	policy_set_free(set);
}

static void positions_behind_comments(void **state)
{
	(void)state;
	assert_refused(
		"/* \"x\"\n */ policies = ( # \"y\n{ name = \"a\"; // \"z\n"
		"process = { deny = [ \"bpf\",\n\"a\\\"b\"\n,\n\"mount\", \"c\"\n] ; }; } );\n",
		"test.cfg:5: unknown operation \"a\"b\": write one of ptrace, userns, "
		"mount, bpf, module, perf, keyring, io_uring, userfaultfd, memfd_exec, "
		"deleted_exec, "
		"wx_memory, setns, signal_outside, cgroup_escape, reboot, settime, syslog\n"
		"test.cfg:7: unknown operation \"c\": write one of ptrace, userns, "
		"mount, bpf, module, perf, keyring, io_uring, userfaultfd, memfd_exec, "
		"deleted_exec, "
		"wx_memory, setns, signal_outside, cgroup_escape, reboot, settime, syslog\n");
}

static void network_model(void **state)
{
	struct policy_set *set = load(
		"policies = ( { name = \"a\"; network = { default = \"allow\"; rules = (\n"
		"{ action = \"allow\"; op = \"connect\"; proto = \"tcp\"; port = \"1-2,65535\";"
		" to = [ \"::ffff:10.0.0.0/104\", \"fd00::/8\", \"1.2.3.4\", \"::/0\" ]; } ); }; } "
		");");
	const struct net_rule *rule = policy_set_at(set, 0)->network.rules[0];
	static const uint8_t ten[4] = { 10 }, one[4] = { 1, 2, 3, 4 };

	(void)state;
	assert_int_equal(rule->op, NET_CONNECT);
	assert_string_equal(rule->proto, "tcp");
	assert_int_equal(rule->n_ports, 2);
	assert_int_equal(rule->ports[0].first, 1);
	assert_int_equal(rule->ports[0].last, 2);
	assert_int_equal(rule->ports[1].first, 65535);
	assert_int_equal(rule->n_peers, 4);
	assert_false(rule->peers[0].v6);
	assert_int_equal(rule->peers[0].prefix, 8);
	assert_memory_equal(rule->peers[0].address, ten, 4);
	assert_true(rule->peers[1].v6);
	assert_int_equal(rule->peers[2].prefix, 32);
	assert_memory_equal(rule->peers[2].address, one, 4);
	assert_true(rule->peers[3].v6);
	assert_int_equal(rule->peers[3].prefix, 0);
	policy_set_free(set);
}

static void nul_byte(void **state)
{
	static const char text[] = "policies = (\n{ name = \"a\"; }\0 );";
	struct diag_list diags = { 0 };
	struct policy_set *set = NULL;
	FILE *in = fmemopen((void *)(uintptr_t)text, sizeof(text) - 1, "r");
	char *got;

	(void)state;
	assert_int_equal(policy_set_load_stream(&set, in, "x", NULL, &diags), -EINVAL);
	fclose(in);
	got = print_diags(&diags);
	assert_string_equal(got, "x:2: a NUL byte: a policy is text\n");
	free(got);
	diag_clear(&diags);
}

/* What is wrong is refused and forgotten: an agent meets such a text at each reload. */
static void nothing_is_left_of_errors(void **state)
{
	static const char *const texts[] = {
		"policies = ( { name \"x\"; } );",
		"\"x\"",
		"policies = ( { name = \"x\", \"y\"; } );",
		"policies = ( { name = \"x\"; extends = [ \"a\", 1, \"b\" ]; } );",
		"policies = ( { name = \"x\"; \"y\" } );",
		"policies = ( { name = true \"y\" } );",
		"policies = ( { name = = \"x\"; } );",
		"policies = ( { name = \"x\" \"y\" = \"z\"; } );",
		"policies = ( { name = \"x\"; name = \"y\"; } ) \"z\";",
		"policies = ( { name = \"x\"; mode = \"no\"; extends = \"no\"; } );",
		"policies = ( { name = \"x",
		"policies = ( { name = \"x\" ] \"y\" );",
		"policies = ( \"x\" ( \"y\" { \"z\" } ) );",
		"policies : ( , \"x\" );",
	};
	const size_t n = sizeof(texts) / sizeof(texts[0]);
	size_t before = 0;

	(void)state;
	for (size_t i = 0; i < 20 * n; i++) {
		struct diag_list diags = { 0 };
		struct policy_set *set = NULL;

		assert_true(try_load(texts[i % n], &set, &diags) < 0);
		diag_clear(&diags);
		if (i == n)
			before = mallinfo2().uordblks;
	}
	/* freed memory that malloc keeps at hand counts as used */
	assert_true(mallinfo2().uordblks < before + 1024);
}

static void device_entries(void **state)
{
	struct device d;

	(void)state;
	assert_true(device_parse("c 136:* rw", &d));
	assert_int_equal(d.type, 'c');
	assert_int_equal(d.major, 136);
	assert_int_equal(d.minor, DEVICE_ANY);
	assert_int_equal(d.access, DEVICE_READ | DEVICE_WRITE);
	assert_true(device_parse("/dev/snd/..x m", &d));
	assert_int_equal(d.type, 0);
	assert_int_equal(d.path_len, strlen("/dev/snd/..x"));
	assert_int_equal(d.access, DEVICE_MKNOD);
	assert_false(device_parse("/dev/.. m", &d));
	assert_false(device_parse("/ m", &d));
}

static void names(void **state)
{
	char bad = 0, text[ACCESS_BITS + 1], buf[64];

	(void)state;
	assert_int_equal(names_access("*", &bad), ACCESS_ALL);
	assert_int_equal(names_access("", &bad), 0);
	assert_int_equal(names_access("rq", &bad), -1);
	assert_int_equal(bad, 'q');
	names_access_text(ACCESS_IOCTL | ACCESS_READ, text);
	assert_string_equal(text, "ri");
	names_access_text(ACCESS_ALL, text);
	assert_string_equal(text, "*");
	assert_int_equal(names_capabilities.count, 41);
	assert_int_equal(names_find(&names_capabilities, "checkpoint_restore"), 40);
	assert_int_equal(names_find(&names_capabilities, "net_admin"), 12);
	assert_string_equal(names_nearest(&names_protos, "tpc"), "tcp");
	assert_null(names_nearest(&names_protos, "wireguard"));
	names_suggest(&names_ops, "zzzz", buf, sizeof(buf));
	assert_string_equal(buf, "write one of connect, bind, accept, listen");
	names_suggest(&names_ops, "zzzz", buf, 20);
	assert_string_equal(buf, "write one of connec");
	assert_int_equal(names_errno_number("ENOSYS"), ENOSYS);
	assert_int_equal(names_errno_number("ENO"), -1);
	assert_int_equal(names_family_number("netlink"), 16);
	assert_int_equal(names_proto("sctp")->proto, NET_PROTO_OTHER);
	assert_null(names_proto("x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(model),
		cmocka_unit_test(positions_behind_comments),
		cmocka_unit_test(network_model),
		cmocka_unit_test(nul_byte),
		cmocka_unit_test(nothing_is_left_of_errors),
		cmocka_unit_test(device_entries),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
