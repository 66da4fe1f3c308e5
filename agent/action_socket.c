/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/action_socket.h"

#include <errno.h>
#include <string.h>

#include "policy/sockets.h"

#define UNIX_NAME_MAX 108 /* bytes of an abstract name and the NUL in front, here an '@' */

int action_take_name(const char *name, struct simulate_action *what, struct fault *fault)
{
	size_t length = strlen(name);

	if (length > UNIX_NAME_MAX)
		return fault_set(fault, -EINVAL, "a name of %zu bytes: at most %d", length - 1,
				 UNIX_NAME_MAX - 1);
	what->name_length = (uint32_t)length;
	memcpy(what->path[0], name, length + 1);
	return 0;
}

int action_take_socket(const char *text, struct simulate_action *what, struct fault *fault)
{
	char why[1024];

	what->classes = CLASS_SOCKET;
	if (sockets_check(text, why, sizeof(why)))
		return fault_set(fault, -EINVAL, "%s", why);
	if (sockets_parse_one(text, &what->family, &what->type, &what->protocol))
		return fault_set(fault, -EINVAL, "%s: is more than one socket: name the type",
				 text);
	return 0;
}
