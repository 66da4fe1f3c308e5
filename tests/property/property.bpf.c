// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The decisions of all hooks without the hooks: queries of user space go through the very
 * functions that judge files, names and addresses, on images and a directory in maps.
 */
#include "../../bpf/lsm/judge.bpf.h"
#include "../../bpf/device.bpf.h"
#include "../../bpf/net.bpf.h"
#include "../../bpf/sysctl.bpf.h"
#include "query.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, QUERIES);
	__type(key, __u32);
	__type(value, struct query);
} queries SEC(".maps");

/* As path_read() leaves it: the path at the end of its buffer. */
static __always_inline void put_path(struct scratch *scratch, struct query *q, __u32 which)
{
	__u32 length = q->length[which] & (BAILIFF_PATH_MAX - 1);
	__u32 start = (BAILIFF_PATH_MAX - length) & (BAILIFF_PATH_MAX - 1);

	bpf_probe_read_kernel(scratch->path[which] + start, length, q->path[which]);
	scratch->start[which] = start;
	scratch->walk.leaf = 0;
}

struct leaf_search {
	const char *buffer;
	__u32 at, leaf;
	__u32 start; /* of the name in the buffer: one that is no path may have no slash */
};

static long find_slash(__u32 i, struct leaf_search *search)
{
	__u32 at = (search->at - 1) & (BAILIFF_PATH_MAX - 1);

	search->at = at;
	if (at < search->start)
		return 1;
	if (search->buffer[at] != '/')
		return 0;
	search->leaf = at + 1;
	return 1;
}

MODULAR int property_run(struct scratch *scratch, struct query *q, struct policy_head *head,
			 __u32 which)
{
	struct leaf_search search = { .at = BAILIFF_PATH_MAX };

	if (!scratch || !q || !head)
		return 0;
	which &= 1;
	if (which)
		put_path(scratch, q, 1);
	else
		put_path(scratch, q, 0);
	search.buffer = which ? scratch->path[1] : scratch->path[0];
	search.start = which ? scratch->start[1] : scratch->start[0];
	bpf_loop(BAILIFF_PATH_MAX, find_slash, &search, 0);
	image_run(scratch, head, which, search.leaf);
	scratch->walk.leaf = search.leaf;
	return 0;
}

/* What parent_find() does with the state after the last slash. */
MODULAR int property_parted(struct scratch *scratch, struct policy_head *head)
{
	struct leaf_name name;
	__u32 leaf, length;

	if (!scratch || !head)
		return 0;
	leaf = scratch->walk.leaf & (BAILIFF_PATH_MAX - 1);
	if (!leaf)
		return 0;
	length = BAILIFF_PATH_MAX - leaf;
	if (length > LEAF_MAX)
		return 0;
	name.len = length;
	if (bpf_probe_read_kernel(name.bytes, length, scratch->path[0] + leaf))
		return 0;
	return parent_run(head, &name, scratch->parent);
}

static __always_inline void answer(struct query *q, const struct policy_head *head,
				   struct decision d, int reason)
{
	q->answer.verdict = d.verdict;
	q->answer.record = d.record;
	q->answer.rule = d.rule;
	q->answer.reason = reason;
	q->answer.event = verdict_in_mode(head, d);
	q->answer.answered = 1;
}

MODULAR int property_path(struct scratch *scratch, struct query *q, struct policy_head *head)
{
	if (!scratch || !q || !head)
		return 0;
	property_run(scratch, q, head, 0);
	q->answer.state = scratch->state[0];
	q->answer.parted = property_parted(scratch, head);
	q->answer.allows = image_allows(head, scratch->state[0], q->want[0]);
	answer(q, head, image_unpack(image_access(head, scratch->state[0], q->want[0])), 0);
	return 0;
}

MODULAR int property_pair(struct scratch *scratch, struct query *q, struct policy_head *head)
{
	struct name_pair pair = {};
	struct decision d;
	int reason = 0;

	if (!scratch || !q || !head)
		return 0;
	for (int i = 0; i < 2; i++) {
		property_run(scratch, q, head, i);
		pair.want[i] = q->want[i];
		pair.keeps[i] = (q->flags & QUERY_KEEPS(i)) != 0;
		pair.directory[i] = (q->flags & QUERY_DIRECTORY(i)) != 0;
	}
	d = judge_two(head, scratch->state[0], scratch->state[1], &pair, &reason);
	answer(q, head, d, reason);
	return 0;
}

MODULAR int property_device(struct query *q, struct policy_head *head)
{
	struct device_match asked = {};

	if (!q || !head)
		return 0;
	asked.type = q->address[0];
	asked.major = q->address[1];
	asked.minor = q->address[2];
	asked.want = q->want[0];
	answer(q, head, device_decide(head, &asked), 0);
	return 0;
}

MODULAR int property_sysctl(struct scratch *scratch, struct query *q, struct policy_head *head)
{
	__u32 name, value;
	struct decision d;
	int reason = 0;

	if (!scratch || !q || !head)
		return 0;
	name = q->length[0] & (BAILIFF_SYSCTL_MAX - 1);
	value = q->length[1] < BAILIFF_SYSCTL_MAX ? q->length[1] : 0;
	bpf_probe_read_kernel(scratch->path[0], name, q->path[0]);
	bpf_probe_read_kernel(scratch->path[1], value, q->path[1]);
	d = sysctl_decide(head, scratch, name, q->want[0], value, &reason);
	answer(q, head, d, reason);
	return 0;
}

MODULAR int property_address(struct query *q, struct policy_head *head)
{
	struct net_address to = {};

	if (!q || !head)
		return 0;
	__builtin_memcpy(to.address, q->address, sizeof(to.address));
	to.port = q->port;
	to.family = q->family;
	to.protocol = q->protocol;
	to.op = q->op;
	answer(q, head, net_decide(head, &to), 0);
	return 0;
}

MODULAR int property_socket(struct query *q, struct policy_head *head)
{
	if (!q || !head)
		return 0;
	answer(q, head,
	       image_unpack(net_port(head, head->sockets_off,
				     match_socket_key(q->want[0], q->want[1], q->length[0]))),
	       0);
	return 0;
}

static long answer_one(__u32 i, void *context)
{
	struct query *q = bpf_map_lookup_elem(&queries, &i);
	struct container container = {};
	struct scratch *scratch;
	struct policy_head *head;
	__u32 zero = 0;

	scratch = bpf_map_lookup_elem(&scratches, &zero);
	if (!q || !scratch)
		return 1;
	container.policy = q->policy;
	head = scope_policy(&container);
	if (!head)
		return 1;
	/* scope_subject() */
	if (head->mode == POLICY_MODE_OFF || !(head->classes & q->classes))
		answer(q, head, (struct decision){ .rule = BAILIFF_RULE_NONE }, 0);
	else if (q->kind == QUERY_PATH)
		property_path(scratch, q, head);
	else if (q->kind == QUERY_PAIR)
		property_pair(scratch, q, head);
	else if (q->kind == QUERY_SOCKET)
		property_socket(q, head);
	else if (q->kind == QUERY_DEVICE)
		property_device(q, head);
	else if (q->kind == QUERY_SYSCTL)
		property_sysctl(scratch, q, head);
	else if (q->kind == QUERY_ADDRESS)
		property_address(q, head);
	else
		answer(q, head, image_unpack(image_number(head, q->want[0], q->want[1])), 0);
	return 0;
}

SEC("syscall")
int property_answer(void *context)
{
	bpf_loop(QUERIES, answer_one, NULL, 0);
	return 0;
}

char _license[] SEC("license") = "GPL";
