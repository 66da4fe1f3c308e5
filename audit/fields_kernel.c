/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bailiff.device and bailiff.sysctl.*. */
#include <stdio.h>

#include "audit/walk.h"
#include "bpf/abi_policy.h"

void audit_walk_device(struct audit_walk *walk, const struct event *head)
{
	char text[32], letters[4];
	size_t n = 0;

	if (head->action != EVENT_DEVICE)
		return;
	for (unsigned int bit = 0; bit < 3; bit++)
		if (head->access & 1U << bit)
			letters[n++] = DEVICE_LETTERS[bit];
	letters[n] = '\0';
	snprintf(text, sizeof(text), "%c %u:%u", head->device.type == DEVICE_BLOCK ? 'b' : 'c',
		 head->device.major, head->device.minor);
	audit_walk_string(walk, "bailiff.device", text);
	if (n)
		audit_walk_string(walk, "bailiff.access", letters);
}

/* As sysctl(8) and policies have it: dots between the parts, slashes for dots inside of them. */
static void walk_name(struct audit_walk *walk, struct audit_slice name)
{
	char text[BAILIFF_SYSCTL_MAX];

	if (!name.len || name.len > sizeof(text))
		return;
	for (size_t i = 0; i < name.len; i++)
		text[i] = name.data[i] == '/' ? '.' : name.data[i] == '.' ? '/' : name.data[i];
	audit_walk_text(walk, "bailiff.sysctl.name", (struct audit_slice){ text, name.len });
}

void audit_walk_sysctl(struct audit_walk *walk, const struct audit_event *event)
{
	if (event->head.action != EVENT_SYSCTL)
		return;
	walk_name(walk, event->path);
	if (event->head.access & ACCESS_WRITE)
		audit_walk_text(walk, "bailiff.sysctl.value", event->path2);
	audit_walk_flag(walk, "bailiff.sysctl.value_cut", event->head.args_cut);
}
