/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <errno.h>

#include "agent/action.h"
#include "audit/escape.h"
#include "policy/names.h"

void action_address(const struct simulate_action *what, char *buf)
{
	inet_ntop(what->v6 ? AF_INET6 : AF_INET, what->address, buf, INET6_ADDRSTRLEN);
}

int action_path(const char *path, bool directory, struct audit_text *out)
{
	int error = audit_escape(audit_slice_of(path), out);

	return error || !directory || !path[1] ? error : audit_text_puts(out, "/");
}

/* Blanks as in an argument that is a whole action. */
static int put_path(const char *path, bool directory, struct audit_text *out)
{
	struct audit_text escaped = { 0 };
	int error = action_path(path, directory, &escaped);

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

	if (!error && simulate_has_address(what))
		return put_address(action, out);
	if (!error && what->event == EVENT_OPEN) {
		names_access_text((uint16_t)what->want[0], letters);
		error = audit_text_printf(out, " %s", letters);
	}
	if (!error)
		error = put_path(what->path[0], what->directory[0], out);
	if (!error && simulate_has_pair(what))
		error = put_path(what->path[1], what->directory[1], out);
	return error;
}
