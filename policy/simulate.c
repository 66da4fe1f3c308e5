/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/simulate.h"

#include <errno.h>
#include <string.h>

static const struct decision allowed = { .rule = BAILIFF_RULE_NONE };

static int run(const struct policy_image *image, const char *path, uint32_t *state)
{
	const struct policy_head *head = &image->head;
	uint32_t at = head->dfa_start;

	if (*path != '/' || strlen(path) >= BAILIFF_PATH_MAX)
		return -EINVAL;
	for (; *path && at && !(at & DFA_TRAP); path++)
		at = match_step(image, head->dfa_off, at, head->byte_class[(uint8_t)*path]);
	*state = at;
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
		want &= ACCESS_EXEC;
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
