/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <errno.h>

#include "agent/action_device.h"
#include "audit/escape.h"
#include "policy/names.h"

const char action_help[] =
	"  exec PATH               a program; the interpreter of a script is judged as well\n"
	"  open LETTERS PATH       r, w, a (append only)\n"
	"  create PATH             a new file; also mkdir, mknod and symlink\n"
	"  delete PATH             also rmdir\n"
	"  truncate PATH\n"
	"  rename OLD NEW          to a name that is not there yet; replace OLD NEW: that is\n"
	"                          there; exchange OLD NEW. A directory is written as PATH/\n"
	"  link OLD NEW            a hard link\n"
	"  mmap PATH               executable; also mprotect\n"
	"  chmod PATH              also chown, utimes, setxattr and removexattr\n"
	"  ioctl PATH\n"
	"  connect PROTO ADDRESS PORT\n"
	"                          also send, bind, listen and accept (of accept the far end's\n"
	"                          ADDRESS and the local PORT). PROTO: tcp, udp; icmp and others\n"
	"                          have no PORT, and are not all judged\n"
	"  connect unix PATH       also bind; unix @NAME: of the abstract namespace\n"
	"  socket FAMILY/TYPE      also FAMILY/TYPE/PROTOCOL, netlink/PROTOCOL\n"
	"  device TYPE MAJOR:MINOR LETTERS\n"
	"                          c or b; r and w for an open, m for mknod. /dev/NAME stands for\n"
	"                          TYPE and number\n"
	"  sysctl read NAME        sysctl write NAME VALUE\n"
	"  capability NAME         as in capabilities(7), in lower case without CAP_\n"
	"  ptrace, userns, ...     what process.deny names\n"
	"  syscall NAME            what the seccomp filter answers\n";

void action_address(const struct simulate_action *what, char *buf)
{
	inet_ntop(what->v6 ? AF_INET6 : AF_INET, what->address, buf, INET6_ADDRSTRLEN);
}

int action_path(const char *path, bool directory, struct audit_text *out)
{
	int error = audit_escape(audit_slice_of(path), out);

	return error || !directory || !path[1] ? error : audit_text_puts(out, "/");
}

int action_put_word(const char *word, bool directory, struct audit_text *out)
{
	struct audit_text escaped = { 0 };
	int error = action_path(word, directory, &escaped);

	if (!error)
		error = audit_text_puts(out, " ");
	for (size_t i = 0; !error && i < escaped.len; i++) {
		if (escaped.data[i] == ' ')
			error = audit_text_puts(out, "\\");
		if (!error)
			error = audit_text_add(out, escaped.data + i, 1);
	}
	audit_text_free(&escaped);
	return error;
}

static int put_address(const struct action *action, struct audit_text *out)
{
	char address[INET6_ADDRSTRLEN];
	const struct proto_name *proto = names_proto(action->proto);

	action_address(&action->what, address);
	if (proto && proto->ports)
		return audit_text_printf(out, " %s %s %u", action->proto, address,
					 action->what.port);
	return audit_text_printf(out, " %s %s", action->proto, address);
}

int action_text(const struct action *action, struct audit_text *out)
{
	const struct simulate_action *what = &action->what;
	char letters[ACCESS_BITS + 1];
	int error = audit_text_puts(out, action->verb);

	if (!error && *action->syscall)
		return audit_text_printf(out, " %s", action->syscall);
	if (!error && simulate_has_address(what))
		return put_address(action, out);
	if (!error && simulate_is_socket(what))
		return audit_text_printf(out, " %s", action->proto);
	if (!error && what->event == EVENT_DEVICE)
		return action_text_device(what, out);
	if (!error && what->event == EVENT_SYSCTL)
		return action_text_sysctl(what, out);
	if (!error && what->event == EVENT_CAPABILITY)
		return audit_text_printf(out, " %s", names_capabilities.names[what->capability]);
	if (!error && simulate_has_number(what))
		return 0;
	if (!error && *action->proto)
		error = audit_text_puts(out, " unix");
	if (!error && what->event == EVENT_OPEN) {
		names_access_text((uint16_t)what->want[0], letters);
		error = audit_text_printf(out, " %s", letters);
	}
	if (!error)
		error = action_put_word(what->path[0], what->directory[0], out);
	if (!error && simulate_has_pair(what))
		error = action_put_word(what->path[1], what->directory[1], out);
	return error;
}
