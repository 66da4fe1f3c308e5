/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Actions as somebody may write them after `bailiff test POLICY --`, an argument a line: parsed,
 * printed and decided. Build with -fsanitize=fuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/action.h"

#define MAX_ARGS 8
#define POLICIES "docs/examples/nginx.cfg"
#define PRESETS "policy/presets"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct policy_image *image, *named;

static void require(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "action_fuzz: %s\n", what);
	abort();
}

static void prepare(void)
{
	const char *path = POLICIES;
	struct diag_list diags = { 0 };
	struct policy_set *set = NULL;

	require(!policy_set_load(&set, &path, 1, PRESETS, &diags), "no policy");
	require(!policy_compile(policy_set_at(set, 0), &image, &diags) &&
			!policy_compile_named(policy_set_at(set, 0), &named, &diags),
		"no image");
	policy_set_free(set);
	diag_clear(&diags);
}

static void check_action(const struct action *action)
{
	struct simulate_answer answer;
	struct audit_text text = { 0 };

	require(!action_text(action, &text) && text.len, "no text");
	for (size_t i = 0; i < text.len; i++)
		require((uint8_t)text.data[i] >= ' ', "a line that could be forged");
	audit_text_free(&text);
	if (!action->syscall[0])
		require(!simulate_action(image, named, &action->what, &answer), "no decision");
}

static void check_all(char *const *args, size_t n)
{
	for (size_t at = 0; at < n;) {
		struct fault fault = { "" };
		struct action action;
		int taken = action_parse(args + at, n - at, &action, &fault);

		if (taken < 0) {
			require(fault.text[0] != 0, "an error without a reason");
			return;
		}
		require(taken > 0 && (size_t)taken <= n - at, "arguments out of thin air");
		check_action(&action);
		at += (size_t)taken;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *rest = text, *args[MAX_ARGS];
	size_t n = 0;

	if (!image)
		prepare();
	while (n < MAX_ARGS && rest)
		args[n++] = strsep(&rest, "\n");
	check_all(args, n);
	free(text);
	return 0;
}
