/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policies as somebody may write them: read, printed, read again, compiled, asked. A form feed
 * parts the text in two files of one set. Build with -fsanitize=fuzzer.
 */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "policy/lint.h"
#include "policy/simulate.h"

#define MAX_TEXT 8192
#define MAX_WILDCARDS 16 /* of one policy that is compiled: its time is exponential in them */
#define MAX_COST 4096
#define PRESETS "tests/golden/presets"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "policy_fuzz: %s\n", what);
	abort();
}

static int make_file(const uint8_t *text, size_t size, char path[32])
{
	int fd = memfd_create("policy", MFD_CLOEXEC);

	require(fd >= 0 && write(fd, text, size) == (ssize_t)size, "no file");
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

static int load_two(struct policy_set **set, const uint8_t *data, size_t first, size_t size,
		    struct diag_list *diags)
{
	char names[2][32];
	const char *paths[] = { names[0], names[1] };
	int fds[] = { make_file(data, first, names[0]),
		      make_file(data + first + 1, size - first - 1, names[1]) };
	int r = policy_set_load(set, paths, 2, PRESETS, diags);

	close(fds[0]);
	close(fds[1]);
	return r;
}

static int load_text(struct policy_set **set, const void *text, size_t size,
		     struct diag_list *diags)
{
	FILE *in = fmemopen((void *)(uintptr_t)text, size, "r");
	int r;

	require(in != NULL, "no stream");
	r = policy_set_load_stream(set, in, "fuzz.cfg", PRESETS, diags);
	fclose(in);
	return r;
}

static struct policy_set *load(const uint8_t *data, size_t size)
{
	const uint8_t *part = memchr(data, '\f', size);
	struct diag_list diags = { 0 };
	struct policy_set *set = NULL;
	int r;

	if (part)
		r = load_two(&set, data, (size_t)(part - data), size, &diags);
	else
		r = load_text(&set, data, size, &diags);
	require((r < 0) == (diags.errors > 0), "an error without a reason, or the other way round");
	require((r < 0) == !set, "a set of what was refused");
	for (size_t i = 0; i < diags.count; i++)
		require(diags.items[i].text && !strchr(diags.items[i].text, '\n'),
			"a reason of two lines");
	diag_clear(&diags);
	return set;
}

static char *dump(const struct policy_set *set)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	require(out && !policy_set_dump(set, out) && !fclose(out), "no dump");
	return text;
}

/* The set that the canonical text says. */
static struct policy_set *load_again(const struct policy_set *set)
{
	struct diag_list diags = { 0 };
	struct policy_set *again = NULL;
	char *text = dump(set), *second;

	if (load_text(&again, text, strlen(text), &diags))
		diag_print(&diags, stderr);
	require(again && !diags.count, "the canonical text is refused");
	second = dump(again);
	require(!strcmp(text, second), "the canonical text prints otherwise");
	free(text);
	free(second);
	return again;
}

/* Of the globs of a policy. */
struct cost {
	size_t wildcards, bytes;
};

static void add_cost(struct cost *cost, const struct policy_entries *list)
{
	for (size_t i = 0; i < list->count; i++) {
		for (const char *c = list->items[i].text; *c; c++)
			cost->wildcards += strchr("*?{,[", *c) != NULL;
		cost->bytes += strlen(list->items[i].text);
	}
}

static int is_cheap(const struct policy *p)
{
	struct cost cost = { 0 };

	add_cost(&cost, &p->exec.allow);
	add_cost(&cost, &p->exec.deny);
	for (size_t i = 0; i < p->file.n_rules; i++)
		add_cost(&cost, &p->file.rules[i]->paths);
	return cost.wildcards <= MAX_WILDCARDS && cost.wildcards * cost.bytes <= MAX_COST;
}

static struct policy_image *compile(const struct policy *p)
{
	struct diag_list diags = { 0 };
	struct policy_image *image = NULL;
	int r = policy_compile(p, &image, &diags);

	require((r < 0) == (diags.errors > 0), "not compiled for no reason");
	require(!image || !image_check(&image->head, image->words), "an image that is wrong");
	diag_clear(&diags);
	return image;
}

/* Both images decide the same; their rules have other lines. */
static void require_same(const struct policy_image *image, struct decision a,
			 const struct policy_image *again, struct decision b)
{
	char source[PATH_MAX];

	require(image_rule_source(&image->head, image->words, a.rule, source, sizeof(source)) > 0,
		"a rule from nowhere");
	require(image_rule_source(&again->head, again->words, b.rule, source, sizeof(source)) > 0,
		"a rule from nowhere");
	require(a.verdict == b.verdict && a.record == b.record, "another decision");
}

static void ask_path(const struct policy_image *image, const struct policy_image *again,
		     const char *path)
{
	struct decision a, b;

	for (uint32_t bit = 1; bit <= ACCESS_ALL; bit <<= 1) {
		int r = simulate_access(image, path, bit, &a);

		require(r == simulate_access(again, path, bit, &b), "another path");
		if (!r)
			require_same(image, a, again, b);
	}
	require(simulate_loses_below(image, path, "/usr") ==
			simulate_loses_below(again, path, "/usr"),
		"another loss");
	require(simulate_loses_below(image, path, path) <= 0, "lost by standing still");
}

/* The patterns themselves make paths that go far into the automaton. */
static void ask_list(const struct policy_image *image, const struct policy_image *again,
		     const struct policy_entries *list)
{
	for (size_t i = 0; i < list->count; i++)
		ask_path(image, again, list->items[i].text);
}

static void ask_address(const struct policy_image *image, const struct policy_image *again,
			const struct net_rule *rule, const struct cidr *peer, uint16_t port)
{
	struct decision a, b;
	int (*ask)(const struct policy_image *image, enum net_op op, enum net_proto proto,
		   const uint8_t *address, uint16_t port, struct decision *ret) =
		peer->v6 ? simulate_net6 : simulate_net4;

	for (enum net_proto proto = 0; proto < NET_PROTOS; proto++) {
		require(!ask(image, rule->op, proto, peer->address, port, &a) &&
				!ask(again, rule->op, proto, peer->address, port, &b),
			"no decision");
		require_same(image, a, again, b);
	}
}

static void ask_network(const struct policy_image *image, const struct policy_image *again,
			const struct net_rule *rule)
{
	static const struct cidr any;

	for (size_t i = 0; i < rule->n_peers + 1; i++) {
		const struct cidr *peer = i < rule->n_peers ? &rule->peers[i] : &any;

		ask_address(image, again, rule, peer, 443);
		for (size_t j = 0; j < rule->n_ports; j++)
			ask_address(image, again, rule, peer, rule->ports[j].last);
	}
}

static void check_policy(const struct policy *p, const struct policy *same)
{
	struct diag_list diags = { 0 };
	struct policy_image *image, *again;

	policy_enforceable(p, &diags);
	diag_clear(&diags);
	if (!is_cheap(p))
		return;
	image = compile(p);
	again = compile(same);
	require(!image == !again, "only one compiles");
	if (!image)
		return;
	ask_path(image, again, "/");
	ask_path(image, again, "/usr/lib/x86_64-linux-gnu/libc.so.6");
	ask_list(image, again, &p->exec.allow);
	ask_list(image, again, &p->exec.deny);
	for (size_t i = 0; i < p->file.n_rules; i++)
		ask_list(image, again, &p->file.rules[i]->paths);
	for (size_t i = 0; i < p->network.n_rules; i++)
		if (p->network.rules[i]->op < NET_OPS)
			ask_network(image, again, p->network.rules[i]);
	policy_lint(p, &diags);
	diag_clear(&diags);
	policy_image_free(image);
	policy_image_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct policy_set *set, *again;

	if (!size || size > MAX_TEXT)
		return 0;
	set = load(data, size);
	if (!set)
		return 0;
	again = load_again(set);
	require(policy_set_count(again) == policy_set_count(set), "another number of policies");
	for (size_t i = 0; i < policy_set_count(set); i++)
		check_policy(policy_set_at(set, i), policy_set_at(again, i));
	policy_set_free(again);
	policy_set_free(set);
	return 0;
}
