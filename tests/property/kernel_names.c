/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices and sysctls by chance, under policies by chance: the simulator and the kernel must say
 * the same. That the simulator is right is a question to tests/unit/device_test.c and
 * sysctl_test.c.
 */
#include "tests/property/kernel_names.h"

#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"
#include "tests/property/kernel.h"
#include "tests/property/model.h"

#define POLICIES 32
#define ASKED 8 /* of each policy at once */

struct batch {
	struct policy_image *images[POLICIES];
	struct simulate_action actions[POLICIES * ASKED];
	struct kernel_question questions[POLICIES * ASKED];
};

static const char *random_access(void)
{
	static const char *const letters[] = { "r", "w", "m", "rw", "rm", "wm", "rwm" };

	return letters[random_below(7)];
}

static void put_devices(FILE *out, const char *list)
{
	fprintf(out, "%s = [ \"b 9:9 m\"", list);
	for (unsigned i = random_below(5); i; i--) {
		char major[4] = "*", minor[4] = "*";

		if (!one_in(3))
			snprintf(major, sizeof(major), "%u", random_below(3));
		if (!one_in(3))
			snprintf(minor, sizeof(minor), "%u", random_below(3));
		fprintf(out, ",\n\"%c %s:%s %s\"", "bc"[random_below(2)], major, minor,
			random_access());
	}
	fputs(" ];\n", out);
}

static const char *sysctl_name(void)
{
	static const char *const names[] = { "a.*",	 "a.b",	   "a.**", "*.b", "a.b.c",
					     "a.e0/1.c", "a.[bx]", "a.b?", "**",  "b.{b,c}" };

	return names[random_below(10)];
}

static void put_sysctls(FILE *out, const char *list, bool ranges)
{
	fprintf(out, "%s = ( \"zz\"", list);
	for (unsigned i = random_below(5); i; i--) {
		if (ranges && !one_in(3))
			fprintf(out, ",\n{ name = \"%s\"; %s = %d; max = %u; }", sysctl_name(),
				"min", (int)random_below(12) - 4, 8 + random_below(12));
		else
			fprintf(out, ",\n\"%s\"", sysctl_name());
	}
	fputs(" );\n", out);
}

static const char *allow_or_deny(void)
{
	return one_in(2) ? "allow" : "deny";
}

static struct policy_image *random_image(unsigned number)
{
	struct diag_list diags = { 0 };
	struct policy_image *image = NULL;
	struct policy_set *set = NULL;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size), *in;

	fprintf(out, "policies = ( { name = \"p%u\"; device = { default = \"%s\";\n", number,
		allow_or_deny());
	put_devices(out, "allow");
	put_devices(out, "deny");
	fprintf(out, "}; sysctl = { write = { default = \"%s\";\n", allow_or_deny());
	put_sysctls(out, "allow", true);
	put_sysctls(out, "deny", false);
	fprintf(out, "}; read = { default = \"%s\";\n", allow_or_deny());
	put_sysctls(out, "allow", false);
	put_sysctls(out, "deny", false);
	fputs("}; }; } );\n", out);
	fclose(out);
	in = fmemopen(text, size, "r");
	if (!in || policy_set_load_stream(&set, in, MODEL_FILE, NULL, &diags) ||
	    policy_compile(policy_set_at(set, 0), &image, &diags) ||
	    image_check(&image->head, image->words)) {
		fputs(text, stdout);
		diag_print(&diags, stdout);
	}
	if (in)
		fclose(in);
	policy_set_free(set);
	diag_clear(&diags);
	free(text);
	return image;
}

static void random_value(char *buf)
{
	static const char *const odd[] = { "",	  " ",	 "x",	  "0x",	 "08",
					   "1-2", "--1", "0x7\n", "010", "\t9 " };

	*buf = '\0';
	if (one_in(4)) {
		strcpy(buf, odd[random_below(10)]);
		return;
	}
	for (unsigned n = 1 + random_below(3); n; n--)
		sprintf(buf + strlen(buf), one_in(4) ? " 0x%x" : " %d",
			(int)random_below(24) - (one_in(3) ? 6 : 0));
}

static void random_question(struct simulate_action *action)
{
	static const char *const names[] = { "a/b", "a/c", "a/b/c", "a/e0.1/c", "a/bx",
					     "b/b", "b/c", "a/x",   "q" };

	*action = (struct simulate_action){ .event = EVENT_DEVICE, .classes = CLASS_DEVICE };
	if (one_in(2)) {
		action->type = 1 + random_below(2);
		action->major = random_below(4);
		action->minor = random_below(4);
		action->want[0] = 1 + random_below(7);
		return;
	}
	action->event = EVENT_SYSCTL;
	strcpy(action->path[0], names[random_below(9)]);
	action->classes = CLASS_SYSCTL_READ;
	action->want[0] = NAME_SYSCTL_READ;
	if (one_in(4))
		return;
	action->classes = CLASS_SYSCTL_WRITE;
	action->want[0] = NAME_SYSCTL_WRITE;
	random_value(action->path[1]);
}

static bool agrees(const struct batch *b, unsigned i)
{
	const struct simulate_action *a = &b->actions[i];
	const struct query_answer *k = &b->questions[i].answer;
	struct simulate_answer said;

	if (simulate_action(b->images[i / ASKED], NULL, a, &said))
		return false;
	if (said.decision.verdict == k->verdict && said.decision.rule == k->rule &&
	    said.decision.record == k->record && said.verdict == (enum event_verdict)k->event &&
	    (said.reason < REASON_RANGE || said.reason == (enum event_reason)k->reason))
		return true;
	printf("not ok devices and sysctls: %u %u:%u %s = '%s' %x: simulator %u by %u, kernel %u "
	       "by %u\n",
	       a->type, a->major, a->minor, a->path[0], a->path[1], a->want[0],
	       said.decision.verdict, said.decision.rule, k->verdict, k->rule);
	return false;
}

static int run_batch(struct batch *b, unsigned long *denied)
{
	int error = 0;

	for (unsigned i = 0; i < POLICIES; i++) {
		b->images[i] = random_image(i);
		if (!b->images[i])
			error = -1;
	}
	for (unsigned i = 0; i < POLICIES * ASKED; i++) {
		random_question(&b->actions[i]);
		b->questions[i] =
			(struct kernel_question){ .policy = i / ASKED, .action = &b->actions[i] };
	}
	if (!error)
		error = kernel_policies(b->images, POLICIES);
	if (!error)
		error = kernel_ask(b->questions, POLICIES * ASKED);
	for (unsigned i = 0; i < POLICIES * ASKED && !error; i++) {
		*denied += b->questions[i].answer.verdict != 0;
		error = !agrees(b, i);
	}
	for (unsigned i = 0; i < POLICIES; i++)
		policy_image_free(b->images[i]);
	return error;
}

int kernel_names(unsigned long count)
{
	struct batch *b = calloc(1, sizeof(*b));
	unsigned long done = 0, denied = 0;
	int error = b ? 0 : -1;

	for (; done < count && !error; done += POLICIES * ASKED)
		error = run_batch(b, &denied);
	free(b);
	if (!error && (denied * 5 < done || denied * 5 > done * 4)) {
		printf("not ok devices and sysctls: %lu of %lu are denied\n", denied, done);
		error = -1;
	} else if (!error) {
		printf("ok devices and sysctls: %lu decisions, %lu denied: simulator and kernel "
		       "agree\n",
		       done, denied);
	}
	return error;
}
