/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit/fields.h"

#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#include "audit/names.h"
#include "audit/walk.h"
#include "bpf/abi_policy.h"
#include "policy/names.h"

#define LIST(literal)                                                                              \
	{                                                                                          \
		literal, sizeof(literal) - 1                                                       \
	}

static const struct {
	struct audit_slice allowed, denied;
} types[EVENT_ACTIONS] = {
	[EVENT_EXEC] = { LIST("start\0allowed"), LIST("start\0denied") },
	[EVENT_OPEN] = { LIST("access\0allowed"), LIST("access\0denied") },
	[EVENT_TRUNCATE] = { LIST("change\0allowed"), LIST("change\0denied") },
	[EVENT_CREATE] = { LIST("creation\0allowed"), LIST("creation\0denied") },
	[EVENT_MKDIR] = { LIST("creation\0allowed"), LIST("creation\0denied") },
	[EVENT_MKNOD] = { LIST("creation\0allowed"), LIST("creation\0denied") },
	[EVENT_SYMLINK] = { LIST("creation\0allowed"), LIST("creation\0denied") },
	[EVENT_DELETE] = { LIST("deletion\0allowed"), LIST("deletion\0denied") },
	[EVENT_RMDIR] = { LIST("deletion\0allowed"), LIST("deletion\0denied") },
	[EVENT_RENAME] = { LIST("change\0allowed"), LIST("change\0denied") },
	[EVENT_LINK] = { LIST("change\0allowed"), LIST("change\0denied") },
	[EVENT_CONNECT] = { LIST("connection\0start\0allowed"), LIST("connection\0start\0denied") },
	[EVENT_SENDMSG] = { LIST("connection\0allowed"), LIST("connection\0denied") },
	[EVENT_BIND] = { LIST("connection\0allowed"), LIST("connection\0denied") },
	[EVENT_PROCESS_EXEC] = { LIST("start"), LIST("start") },
	[EVENT_PROCESS_EXIT] = { LIST("end"), LIST("end") },
	[EVENT_CONTAINER_END] = { LIST("end"), LIST("end") },
	[EVENT_CONTAINER_START] = { LIST("start"), LIST("start") },
	[EVENT_FORK] = { LIST("start\0allowed"), LIST("start\0denied") },
	[EVENT_PROTECT] = { LIST("access\0allowed"), LIST("access\0denied") },
	[EVENT_MOUNT] = { LIST("change\0allowed"), LIST("change\0denied") },
	[EVENT_MOVE_MOUNT] = { LIST("change\0allowed"), LIST("change\0denied") },
	[EVENT_UMOUNT] = { LIST("change\0allowed"), LIST("change\0denied") },
	[EVENT_PIVOT_ROOT] = { LIST("change\0allowed"), LIST("change\0denied") },
	[EVENT_MMAP] = { LIST("access\0allowed"), LIST("access\0denied") },
	[EVENT_MPROTECT] = { LIST("access\0allowed"), LIST("access\0denied") },
	[EVENT_CHMOD... EVENT_REMOVEXATTR] = { LIST("change\0allowed"), LIST("change\0denied") },
	[EVENT_IOCTL] = { LIST("access\0allowed"), LIST("access\0denied") },
	[EVENT_FCNTL] = { LIST("change\0allowed"), LIST("change\0denied") },
	[EVENT_WRITE] = { LIST("change\0allowed"), LIST("change\0denied") },
	[EVENT_RECEIVE] = { LIST("access\0allowed"), LIST("access\0denied") },
	[EVENT_DEVICE] = { LIST("access\0allowed"), LIST("access\0denied") },
	[EVENT_SYSCTL] = { LIST("access\0allowed"), LIST("access\0denied") },
	[EVENT_SOCKET] = { LIST("connection\0allowed"), LIST("connection\0denied") },
	[EVENT_LISTEN] = { LIST("connection\0allowed"), LIST("connection\0denied") },
	[EVENT_ACCEPT] = { LIST("connection\0start\0allowed"), LIST("connection\0start\0denied") },
	[EVENT_CAPABILITY] = { LIST("access\0allowed"), LIST("access\0denied") },
	[EVENT_OPERATION... EVENT_ACTIONS - 1] = { LIST("access\0allowed"),
						   LIST("access\0denied") },
};

bool audit_list_next(struct audit_slice *rest, struct audit_slice *value)
{
	const char *end;

	if (!rest->data)
		return false;
	end = rest->len ? memchr(rest->data, '\0', rest->len) : NULL;
	*value = (struct audit_slice){ rest->data, end ? (size_t)(end - rest->data) : rest->len };
	if (end) {
		rest->len -= value->len + 1;
		rest->data = end + 1;
	} else {
		*rest = (struct audit_slice){ 0 };
	}
	return true;
}

void audit_walk_id(struct audit_walk *walk, const char *name, uint32_t value)
{
	char text[11];

	snprintf(text, sizeof(text), "%u", value);
	audit_walk_string(walk, name, text);
}

static struct audit_slice none_if_empty(struct audit_slice text)
{
	return text.len ? text : (struct audit_slice){ 0 };
}

static bool is_prevented(const struct event *head)
{
	return head->verdict == EVENT_DENIED || head->verdict == EVENT_KILLED;
}

static void walk_time(struct audit_walk *walk, int64_t ns)
{
	time_t seconds = ns / 1000000000;
	long rest = ns % 1000000000;
	struct tm tm = { 0 };
	char text[80];

	if (rest < 0) {
		rest += 1000000000;
		seconds--;
	}
	gmtime_r(&seconds, &tm);
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%09ldZ", tm.tm_year + 1900,
		 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, rest);
	audit_walk_string(walk, "@timestamp", text);
}

/* Events of a process's life are decided by nothing, and so have no reason. */
static const char *find_reason(const struct event *head)
{
	if (head->reason == REASON_RULE && head->rule == BAILIFF_RULE_NONE)
		return NULL;
	return audit_reason_name(head->reason);
}

static void walk_event(struct audit_walk *walk, const struct event *head)
{
	bool prevented = is_prevented(head);

	audit_walk_string(walk, "event.kind", "event");
	audit_walk_string(walk, "event.category", audit_action_category(head->action));
	audit_walk_list(walk, "event.type",
			prevented ? types[head->action].denied : types[head->action].allowed);
	audit_walk_string(walk, "event.action", audit_action_name(head->action));
	audit_walk_string(walk, "event.outcome", prevented ? "failure" : "success");
	audit_walk_string(walk, "event.reason", find_reason(head));
}

static void walk_exit(struct audit_walk *walk, int status)
{
	if (WIFSIGNALED(status)) {
		audit_walk_number(walk, "process.exit_code", 128 + WTERMSIG(status));
		audit_walk_number(walk, "bailiff.signal", WTERMSIG(status));
	} else {
		audit_walk_number(walk, "process.exit_code", WEXITSTATUS(status));
	}
}

static void walk_process(struct audit_walk *walk, const struct audit_record *record)
{
	const struct audit_event *event = record->event;
	const struct event *head = &event->head;

	if (!head->pid)
		return;
	audit_walk_number(walk, "process.pid", head->pid);
	audit_walk_number(walk, "process.thread.id", head->tid);
	audit_walk_number(walk, "process.parent.pid", head->ppid);
	audit_walk_text(walk, "process.name", event->comm);
	audit_walk_text(walk, "process.executable", none_if_empty(record->executable));
	audit_walk_list(walk, "process.args", none_if_empty(event->args));
	audit_walk_flag(walk, "bailiff.args_cut", head->args_cut && head->action != EVENT_SYSCTL);
	if (head->action == EVENT_PROCESS_EXIT)
		walk_exit(walk, head->exit_code);
	audit_walk_id(walk, "user.id", head->uid);
	audit_walk_id(walk, "group.id", head->gid);
}

static void walk_container(struct audit_walk *walk, const struct audit_record *record)
{
	const struct event *head = &record->event->head;

	audit_walk_text(walk, "container.id", record->container_runtime_id);
	audit_walk_text(walk, "container.name", record->container_name);
	audit_walk_text(walk, "container.runtime", record->container_runtime);
	audit_walk_text(walk, "container.image.name", record->container_image);
	audit_walk_text(walk, "orchestrator.namespace", record->pod_namespace);
	audit_walk_text(walk, "orchestrator.resource.name", record->pod);
	audit_walk_text(walk, "bailiff.pod_container", record->pod_container);
	audit_walk_text(walk, "bailiff.cgroup", record->cgroup);
	if (head->container_id)
		audit_walk_number(walk, "bailiff.container_id", head->container_id);
	if (record->kind == AUDIT_EVENT && head->cgroup_id && head->cgroup_id != head->container_id)
		audit_walk_number(walk, "bailiff.cgroup_id", head->cgroup_id);
}

static void walk_file(struct audit_walk *walk, const struct audit_event *event)
{
	struct audit_slice path2 = none_if_empty(event->path2);

	if (event->head.action == EVENT_PROCESS_EXEC)
		return; /* it is process.executable */
	if (event->head.action == EVENT_SYSCTL || event->head.action == EVENT_CONTAINER_START)
		return;
	audit_walk_text(walk, "file.path", none_if_empty(event->path));
	if (event->head.action == EVENT_SYMLINK)
		audit_walk_text(walk, "file.target_path", path2);
	else if (event->head.action == EVENT_SETXATTR || event->head.action == EVENT_REMOVEXATTR)
		audit_walk_text(walk, "bailiff.xattr", path2);
	else
		audit_walk_text(walk, "bailiff.new_path", path2);
}

static void walk_target(struct audit_walk *walk, const struct event *head)
{
	if (head->action >= EVENT_OPERATION && head->target_pid)
		audit_walk_number(walk, "bailiff.target_pid", head->target_pid);
}

static void walk_capability(struct audit_walk *walk, const struct event *head)
{
	if (head->action != EVENT_CAPABILITY)
		return;
	if (head->capability < names_capabilities.count)
		audit_walk_string(walk, "bailiff.capability",
				  names_capabilities.names[head->capability]);
	else /* of a newer kernel */
		audit_walk_id(walk, "bailiff.capability", head->capability);
}

static void walk_command(struct audit_walk *walk, const struct event *head)
{
	char text[11];

	if (head->action != EVENT_IOCTL)
		return;
	snprintf(text, sizeof(text), "0x%x", head->command);
	audit_walk_string(walk, "bailiff.ioctl", text);
}

static void walk_access(struct audit_walk *walk, const struct event *head)
{
	char letters[ACCESS_BITS + 1];
	size_t n = 0;

	if (head->action == EVENT_DEVICE)
		return; /* has letters of its own */
	for (unsigned int bit = 0; bit < ACCESS_BITS; bit++)
		if (head->access & 1U << bit)
			letters[n++] = ACCESS_LETTERS[bit];
	letters[n] = '\0';
	if (n)
		audit_walk_string(walk, "bailiff.access", letters);
}

static void walk_decision(struct audit_walk *walk, const struct audit_record *record)
{
	const struct event *head = &record->event->head;

	audit_walk_text(walk, "rule.name", record->rule);
	audit_walk_text(walk, "rule.ruleset", record->policy);
	audit_walk_string(walk, "bailiff.verdict", audit_verdict_name(head->verdict));
	audit_walk_string(walk, "bailiff.mode", audit_mode_name(head->mode));
	audit_walk_number(walk, "bailiff.generation", head->generation);
}

static void walk_suppressed(struct audit_walk *walk, const struct audit_record *record)
{
	const struct event *head = &record->event->head;

	audit_walk_string(walk, "event.kind", "metric");
	audit_walk_string(walk, "event.category", audit_action_category(head->action));
	audit_walk_string(walk, "event.action", "suppressed");
	audit_walk_number(walk, "bailiff.suppressed", record->suppressed);
	/* The bucket that many share stands for no one container or rule. */
	if (!head->container_id)
		return;
	audit_walk_string(walk, "bailiff.suppressed_action", audit_action_name(head->action));
	walk_container(walk, record);
	walk_decision(walk, record);
}

static void walk_lost(struct audit_walk *walk, const struct audit_loss *loss)
{
	char name[sizeof(loss->entry[0].name) + 16];

	audit_walk_string(walk, "event.kind", "pipeline_error");
	audit_walk_string(walk, "event.action", "lost");
	audit_walk_number(walk, "bailiff.lost.total", audit_loss_total(loss));
	for (size_t i = 0; i < loss->entries; i++) {
		snprintf(name, sizeof(name), "bailiff.lost.%s", loss->entry[i].name);
		audit_walk_number(walk, name, loss->entry[i].count);
	}
}

int audit_fields_visit(const struct audit_record *record, const struct audit_visitor *visitor)
{
	struct audit_walk walk = { .visitor = visitor };

	walk_time(&walk, record->time);
	if (record->kind == AUDIT_LOST) {
		walk_lost(&walk, record->loss);
	} else if (record->kind == AUDIT_SUPPRESSED) {
		walk_suppressed(&walk, record);
	} else {
		walk_event(&walk, &record->event->head);
		walk_process(&walk, record);
		walk_container(&walk, record);
		walk_file(&walk, record->event);
		walk_command(&walk, &record->event->head);
		walk_access(&walk, &record->event->head);
		audit_walk_device(&walk, &record->event->head);
		audit_walk_sysctl(&walk, record->event);
		walk_capability(&walk, &record->event->head);
		walk_target(&walk, &record->event->head);
		audit_walk_network(&walk, &record->event->head);
		walk_decision(&walk, record);
	}
	return walk.result;
}
