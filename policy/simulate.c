/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/simulate.h"

#include <errno.h>
#include <string.h>

static const struct decision allowed = { .rule = BAILIFF_RULE_NONE };

static uint32_t run_bytes(const struct policy_image *image, const char *bytes, size_t length)
{
	const struct policy_head *head = &image->head;
	uint32_t at = head->dfa_start;

	for (size_t i = 0; i < length && at && !(at & DFA_TRAP); i++)
		at = match_step(image, head->dfa_off, at, head->byte_class[(uint8_t)bytes[i]]);
	return at;
}

static int run(const struct policy_image *image, const char *path, uint32_t *state)
{
	size_t length = strlen(path);

	if (*path != '/' || length >= BAILIFF_PATH_MAX)
		return -EINVAL;
	*state = run_bytes(image, path, length);
	return 0;
}

int simulate_access(const struct policy_image *image, const char *path, uint32_t want,
		    struct decision *ret)
{
	const struct policy_head *head = &image->head;
	uint32_t state;
	int error = run(image, path, &state);

	if (error)
		return error;
	if (!(head->classes & CLASS_FILE))
		want &= ACCESS_EXEC | ACCESS_MAP;
	if (!(head->classes & CLASS_EXEC))
		want &= ~ACCESS_EXEC;
	*ret = match_access(image, head, state, want);
	return 0;
}

int simulate_loses_below(const struct policy_image *image, const char *from, const char *to)
{
	uint32_t first, second;
	int error = run(image, from, &first);

	if (!error)
		error = run(image, to, &second);
	return error ? error : (int)match_loses_below(image, &image->head, first, second);
}

static uint64_t big_endian(const uint8_t *bytes, size_t n)
{
	uint64_t value = 0;

	while (n--)
		value = value << 8 | *bytes++;
	return value;
}

int simulate_net4(const struct policy_image *image, enum net_op op, enum net_proto proto,
		  const uint8_t address[4], uint16_t port, struct decision *ret)
{
	if (op >= NET_OPS || proto >= NET_PROTOS)
		return -EINVAL;
	*ret = allowed;
	if (image->head.classes & CLASS_NETWORK)
		*ret = match_net4(image, &image->head.net[op], (uint32_t)big_endian(address, 4),
				  NET_KEY(proto, port));
	return 0;
}

int simulate_net6(const struct policy_image *image, enum net_op op, enum net_proto proto,
		  const uint8_t address[16], uint16_t port, struct decision *ret)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (!memcmp(address, mapped, sizeof(mapped)))
		return simulate_net4(image, op, proto, address + 12, port, ret);
	if (op >= NET_OPS || proto >= NET_PROTOS)
		return -EINVAL;
	*ret = allowed;
	if (image->head.classes & CLASS_NETWORK)
		*ret = match_net6(image, &image->head.net[op], big_endian(address, 8),
				  big_endian(address + 8, 8), NET_KEY(proto, port));
	return 0;
}

/* As judge_graver() of bpf/lsm/judge.bpf.h. */
static struct decision graver(struct decision a, struct decision b)
{
	if (b.verdict > a.verdict || (b.verdict == a.verdict && b.record && !a.record))
		return b;
	return a;
}

/* As judge_two() of bpf/lsm/judge.bpf.h, which has each step as a function of its own for the
 * verifier, and knows other names of a file. */
static struct decision judge_pair(const struct policy_image *image,
				  const struct simulate_action *action, const uint32_t state[2],
				  enum event_reason *reason)
{
	const struct policy_head *head = &image->head;
	struct decision d = match_access(image, head, state[0], action->want[0]);

	d = graver(d, match_access(image, head, state[1], action->want[1]));
	if (action->keeps[0])
		d = graver(d, match_lost(image, head, state[0], state[1], ACCESS_KEPT));
	if (action->keeps[1])
		d = graver(d, match_lost(image, head, state[1], state[0], ACCESS_KEPT));
	for (int i = 0; i < 2 && !d.verdict; i++) {
		if (!action->directory[i] ||
		    !match_loses_below(image, head, state[i], state[1 - i]))
			continue;
		*reason = REASON_DENIED_BELOW;
		d = (struct decision){ VERDICT_DENY, 1, BAILIFF_RULE_NONE };
	}
	return d;
}

static int judge_names(const struct policy_image *image, const struct simulate_action *action,
		       struct simulate_answer *answer)
{
	uint32_t state[2];
	int error = 0;

	if (action->name_length)
		state[0] = run_bytes(image, action->path[0], action->name_length);
	else
		error = run(image, action->path[0], &state[0]);
	if (!error && simulate_has_pair(action))
		error = run(image, action->path[1], &state[1]);
	if (error)
		return error;
	if (simulate_has_pair(action))
		answer->decision = judge_pair(image, action, state, &answer->reason);
	else
		answer->decision = match_access(image, &image->head, state[0], action->want[0]);
	return 0;
}

/* As net_decide() of bpf/net.bpf.h: the kernel takes 0.0.0.0 and :: for loopback. */
static int judge_address(const struct policy_image *image, const struct simulate_action *action,
			 struct decision *ret)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff }, none[16];
	bool v6 = action->v6 && memcmp(action->address, mapped, sizeof(mapped)) != 0;
	uint8_t address[16];

	memcpy(address, action->address + (action->v6 && !v6 ? 12 : 0), v6 ? 16 : 4);
	if (action->op == NET_CONNECT && !memcmp(address, none, v6 ? 16 : 4)) {
		address[0] = v6 ? 0 : 127;
		address[v6 ? 15 : 3] = 1;
	}
	if (v6)
		return simulate_net6(image, action->op, action->proto, address, action->port, ret);
	return simulate_net4(image, action->op, action->proto, address, action->port, ret);
}

/* As number_decide() of bpf/operation.bpf.h. */
static struct decision judge_number(const struct policy_image *image,
				    const struct simulate_action *action)
{
	if (action->event == EVENT_CAPABILITY)
		return match_number(image, &image->head.capabilities, action->capability);
	return match_number(image, &image->head.operations, action->event - EVENT_OPERATION);
}

/* As device_decide() of bpf/cgroup/device.bpf.c. */
static struct decision judge_device(const struct policy_image *image,
				    const struct simulate_action *action)
{
	const struct policy_head *head = &image->head;
	struct device_match m = { .type = action->type,
				  .major = action->major,
				  .minor = action->minor,
				  .want = action->want[0] };

	match_device_begin(&m);
	for (uint32_t i = 0; i < head->device_count; i++)
		match_device_entry(&m, image_word(image, head->device_off + i));
	return match_device_end(head, &m);
}

/* As sysctl_value() of bpf/cgroup/sysctl.bpf.c. */
static struct decision judge_value(const struct policy_image *image, uint64_t set,
				   const char *value, enum event_reason *reason)
{
	struct value_match v = { 0 };
	struct decision d;
	uint32_t good = 0;
	size_t length = strlen(value);

	if (length && length < BAILIFF_SYSCTL_MAX) {
		for (size_t i = 0; i < length; i++)
			match_value_byte(&v, (uint8_t)value[i]);
		good = (uint32_t)match_value_end(&v);
	}
	d = match_value_begin(image, set);
	for (uint32_t i = 0; good && i < RANGE_SET_COUNT(set); i++)
		if (match_value_try(image, set, i, &v, &d))
			break;
	if (d.verdict)
		*reason = good ? REASON_RANGE : REASON_VALUE;
	return d;
}

/* As sysctl_decide() there. */
static struct decision judge_sysctl(const struct policy_image *image,
				    const struct simulate_action *action, enum event_reason *reason)
{
	uint32_t state = run_bytes(image, action->path[0], strlen(action->path[0]));
	struct decision d = match_access(image, &image->head, state, action->want[0]);
	uint64_t set = 0;

	if (!d.verdict && action->want[0] == NAME_SYSCTL_WRITE)
		set = match_ranges(image, &image->head, state);
	return set ? judge_value(image, set, action->path[1], reason) : d;
}

/* As verdict_in_mode() of bpf/verdict.bpf.h. */
static enum event_verdict verdict_in_mode(const struct policy_head *head, struct decision d)
{
	if (d.verdict == VERDICT_ALLOW)
		return EVENT_ALLOWED;
	if (head->mode == POLICY_MODE_AUDIT)
		return EVENT_WOULD_DENY;
	return d.verdict == VERDICT_KILL ? EVENT_KILLED : EVENT_DENIED;
}

static int decide(const struct policy_image *image, const struct simulate_action *action,
		  struct simulate_answer *answer)
{
	const struct policy_head *head = &image->head;

	*answer = (struct simulate_answer){ .decision = allowed };
	answer->judged = head->mode != POLICY_MODE_OFF && head->classes & action->classes;
	if (!answer->judged)
		return 0;
	if (simulate_is_socket(action)) {
		answer->decision = match_port(
			image, head->sockets_off,
			match_socket_key(action->family, action->type, action->protocol));
		return 0;
	}
	if (simulate_has_number(action)) {
		answer->decision = judge_number(image, action);
		return 0;
	}
	if (simulate_has_address(action))
		return judge_address(image, action, &answer->decision);
	if (action->event == EVENT_DEVICE)
		answer->decision = judge_device(image, action);
	else if (action->event == EVENT_SYSCTL)
		answer->decision = judge_sysctl(image, action, &answer->reason);
	if (simulate_has_no_path(action))
		return 0;
	return judge_names(image, action, answer);
}

/* The rule that allows, BAILIFF_RULE_NONE if it is the default. What is below a directory is no
 * question of rules by name. */
static uint16_t allowing_rule(const struct policy_image *named,
			      const struct simulate_action *action)
{
	struct simulate_action names = *action;
	struct simulate_answer answer;

	names.directory[0] = names.directory[1] = false;
	return decide(named, &names, &answer) ? BAILIFF_RULE_NONE : answer.decision.rule;
}

int simulate_action(const struct policy_image *image, const struct policy_image *named,
		    const struct simulate_action *action, struct simulate_answer *ret)
{
	struct simulate_answer answer;
	struct decision *d = &answer.decision;
	int error = decide(image, action, &answer);

	if (error)
		return error;
	if (named && answer.judged && !d->verdict && d->rule == BAILIFF_RULE_NONE)
		d->rule = allowing_rule(named, action);
	if (!answer.reason)
		answer.reason = d->rule == BAILIFF_RULE_NONE ? REASON_DEFAULT : REASON_RULE;
	answer.verdict = verdict_in_mode(&image->head, *d);
	*ret = answer;
	return 0;
}
