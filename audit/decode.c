/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/decode.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "bpf/abi_policy.h"

static bool enums_are_known(const struct event *head)
{
	return head->action >= EVENT_EXEC && head->action < EVENT_ACTIONS &&
	       head->verdict < EVENT_VERDICTS && head->reason < EVENT_REASONS &&
	       head->mode <= POLICY_MODE_ENFORCE && !(head->access & ~ACCESS_ALL) &&
	       (head->family == 0 || head->family == AF_INET || head->family == AF_INET6 ||
		head->family == AF_UNIX || head->action == EVENT_SOCKET) &&
	       head->args_cut <= 1 && head->capability < 64 &&
	       (!head->capability || head->action == EVENT_CAPABILITY);
}

static bool lengths_add_up(const struct event *head, size_t len)
{
	size_t sum = sizeof(*head);

	if (head->path_len >= BAILIFF_PATH_MAX || head->path2_len >= BAILIFF_PATH_MAX ||
	    head->args_len > BAILIFF_ARGS_MAX)
		return false;
	sum += (size_t)head->path_len + head->path2_len + head->args_len;
	return sum == head->size && sum == len;
}

int audit_decode(const void *data, size_t len, struct audit_event *event)
{
	const char *bytes = data;
	struct event head;

	if (len < sizeof(head))
		return -EBADMSG;
	memcpy(&head, data, sizeof(head));
	if (head.version != EVENT_VERSION || !lengths_add_up(&head, len) || !enums_are_known(&head))
		return -EBADMSG;
	event->head = head;
	event->comm.data = bytes + offsetof(struct event, comm);
	event->comm.len = strnlen(head.comm, sizeof(head.comm));
	bytes += sizeof(head);
	event->path = (struct audit_slice){ bytes, head.path_len };
	bytes += head.path_len;
	event->path2 = (struct audit_slice){ bytes, head.path2_len };
	bytes += head.path2_len;
	event->args = (struct audit_slice){ bytes, head.args_len };
	return 0;
}
