/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/names.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define TABLE(name, ...)                                                                           \
	static const char *const name##_items[] = { __VA_ARGS__ };                                 \
	const struct name_table name = { name##_items, sizeof(name##_items) / sizeof(char *) }

TABLE(names_modes, "off", "audit", "enforce");
TABLE(names_defaults, "allow", "deny");
TABLE(names_actions, "allow", "deny", "kill");
TABLE(names_ops, "connect", "bind", "accept", "listen");
TABLE(names_capabilities, "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill",
      "setgid", "setuid", "setpcap", "linux_immutable", "net_bind_service", "net_broadcast",
      "net_admin", "net_raw", "ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot",
      "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time",
      "sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap", "mac_override",
      "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf",
      "checkpoint_restore");
TABLE(names_process_deny, "ptrace", "userns", "mount", "bpf", "module", "perf", "keyring",
      "io_uring", "userfaultfd", "memfd_exec", "deleted_exec", "wx_memory", "setns",
      "signal_outside", "cgroup_escape", "reboot", "settime", "syslog");
TABLE(names_socket_types, "stream", "dgram", "raw", "seqpacket", "rdm");
TABLE(names_netlink, "route", "usersock", "sock_diag", "nflog", "xfrm", "selinux", "iscsi", "audit",
      "fib_lookup", "connector", "netfilter", "dnrtmsg", "kobject_uevent", "generic",
      "scsitransport", "ecryptfs", "rdma", "crypto");
TABLE(names_families, "unix", "inet", "inet6", "netlink", "packet", "vsock", "xdp", "alg",
      "bluetooth", "can", "tipc", "rds", "nfc", "kcm", "qipcrtr", "smc", "ax25", "x25", "appletalk",
      "ieee802154", "phonet", "caif", "key");
TABLE(names_protos, "tcp", "udp", "other", "icmp", "icmpv6", "sctp", "dccp", "udplite", "igmp",
      "gre", "esp", "ah");

static const int family_numbers[] = {
	AF_UNIX,      AF_INET, AF_INET6,     AF_NETLINK,    AF_PACKET, AF_VSOCK, AF_XDP,     AF_ALG,
	AF_BLUETOOTH, AF_CAN,  AF_TIPC,	     AF_RDS,	    AF_NFC,    AF_KCM,	 AF_QIPCRTR, AF_SMC,
	AF_AX25,      AF_X25,  AF_APPLETALK, AF_IEEE802154, AF_PHONET, AF_CAIF,	 AF_KEY,
};

_Static_assert(sizeof(family_numbers) / sizeof(int) ==
		       sizeof(names_families_items) / sizeof(char *),
	       "a number for each family");

static const struct proto_name proto_items[] = {
	{ NET_PROTO_TCP, true, true, false },	 { NET_PROTO_UDP, true, false, false },
	{ NET_PROTO_OTHER, false, true, false }, { NET_PROTO_OTHER, false, false, true },
	{ NET_PROTO_OTHER, false, false, true }, { NET_PROTO_OTHER, false, true, true },
	{ NET_PROTO_OTHER, false, true, true },	 { NET_PROTO_OTHER, false, false, true },
	{ NET_PROTO_OTHER, false, false, true }, { NET_PROTO_OTHER, false, false, true },
	{ NET_PROTO_OTHER, false, false, true }, { NET_PROTO_OTHER, false, false, true },
};

_Static_assert(sizeof(proto_items) / sizeof(proto_items[0]) ==
		       sizeof(names_protos_items) / sizeof(char *),
	       "a meaning for each protocol");

_Static_assert(sizeof(names_process_deny_items) / sizeof(char *) == OPERATIONS,
	       "a name for each operation");

int names_find(const struct name_table *table, const char *text)
{
	for (size_t i = 0; i < table->count; i++)
		if (!strcmp(table->names[i], text))
			return (int)i;
	return -1;
}

#define NEAREST_MAX 32 /* longer words are not compared */

/* Edit distance with transpositions (optimal string alignment). */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][NEAREST_MAX + 1], la = strlen(a), lb = strlen(b);
	size_t *before = rows[0], *last = rows[1], *now = rows[2], *swap;

	if (la > NEAREST_MAX || lb > NEAREST_MAX)
		return NEAREST_MAX;
	for (size_t j = 0; j <= lb; j++)
		last[j] = j;
	for (size_t i = 1; i <= la; i++) {
		now[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);

			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
		swap = before;
		before = last;
		last = now;
		now = swap;
	}
	return last[lb];
}

const char *names_nearest(const struct name_table *table, const char *text)
{
	size_t limit = strlen(text) / 3 + 1, best = limit + 1;
	const char *ret = NULL;

	for (size_t i = 0; i < table->count; i++) {
		size_t d = distance(text, table->names[i]);

		if (d < best && d < strlen(table->names[i])) {
			best = d;
			ret = table->names[i];
		}
	}
	return ret;
}

const char *names_suggest(const struct name_table *table, const char *text, char *buf, size_t size)
{
	const char *nearest = names_nearest(table, text);
	size_t used;

	if (nearest) {
		snprintf(buf, size, "did you mean \"%s\"?", nearest);
		return buf;
	}
	used = (size_t)snprintf(buf, size, "write one of");
	for (size_t i = 0; i < table->count && used < size; i++)
		used += (size_t)snprintf(buf + used, size - used, "%s %s", i ? "," : "",
					 table->names[i]);
	return buf;
}

const struct proto_name *names_proto(const char *text)
{
	int index = names_find(&names_protos, text);

	return index < 0 ? NULL : &proto_items[index];
}

int names_family_number(const char *text)
{
	int index = names_find(&names_families, text);

	return index < 0 ? -1 : family_numbers[index];
}

const char *names_family(unsigned int number)
{
	for (size_t i = 0; i < names_families.count; i++)
		if (family_numbers[i] == (int)number)
			return names_families.names[i];
	return NULL;
}

int names_errno_number(const char *text)
{
	for (int number = 1; number < 134; number++) {
		const char *name = strerrorname_np(number);

		if (name && !strcmp(name, text))
			return number;
	}
	return -1;
}

int names_access(const char *text, char *bad)
{
	int access = 0;

	if (!strcmp(text, "*"))
		return ACCESS_ALL;
	for (; *text; text++) {
		const char *letter = strchr(ACCESS_LETTERS, *text);

		if (!letter || access & 1 << (letter - ACCESS_LETTERS)) {
			*bad = *text;
			return -1;
		}
		access |= 1 << (letter - ACCESS_LETTERS);
	}
	return access;
}

void names_access_text(uint16_t access, char *buf)
{
	if (access == ACCESS_ALL) {
		strcpy(buf, "*");
		return;
	}
	for (int bit = 0; bit < ACCESS_BITS; bit++)
		if (access & 1 << bit)
			*buf++ = ACCESS_LETTERS[bit];
	*buf = '\0';
}
