/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/property/trial.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/policy.h"

#define RULE_TEXT 64

static int refuse(const struct diag_list *diags, int error, char *why, size_t size)
{
	snprintf(why, size, "the policy is refused: line %u: %s",
		 diags->count ? diags->items[0].line : 0,
		 diags->count ? diags->items[0].text : strerror(-error));
	return -EINVAL;
}

int subject_open(struct subject *s, char *why, size_t size)
{
	struct diag_list diags = { 0 };
	struct policy_set *set = NULL;
	FILE *in;
	int error;

	s->text = model_text(&s->model);
	in = fmemopen(s->text, strlen(s->text), "r");
	if (!in)
		abort();
	error = policy_set_load_stream(&set, in, MODEL_FILE, NULL, &diags);
	fclose(in);
	if (!error)
		error = policy_compile(policy_set_at(set, 0), &s->image, &diags);
	if (!error)
		error = policy_compile_named(policy_set_at(set, 0), &s->named, &diags);
	if (!error)
		error = image_check(&s->image->head, s->image->words);
	if (!error) /* from here on an error is one of what can't be enforced */
		policy_enforceable(policy_set_at(set, 0), &diags);
	if (error || diags.errors)
		error = refuse(&diags, error, why, size);
	policy_set_free(set);
	diag_clear(&diags);
	if (!error)
		reference_start(&s->model);
	return error;
}

void subject_close(struct subject *s)
{
	policy_image_free(s->image);
	policy_image_free(s->named);
	free(s->text);
	s->image = s->named = NULL;
	s->text = NULL;
}

int trial_begin(const struct subject *s, struct trial *t, char *why, size_t size)
{
	char *words[MODEL_WORDS];
	struct fault fault;
	int taken;

	for (int i = 0; i < t->words.count; i++)
		words[i] = t->words.word[i];
	taken = action_parse(words, (size_t)t->words.count, &t->action, &fault);
	if (taken != t->words.count) {
		snprintf(why, size, "the action is refused: %s", taken < 0 ? fault.text : "");
		return -EINVAL;
	}
	if (capability_of(&t->words) >= 0 &&
	    t->action.what.capability != (unsigned)capability_of(&t->words)) {
		snprintf(why, size, "the capability has the number %u", t->action.what.capability);
		return -EINVAL;
	}
	reference_decide(&s->model, &t->words, &t->expected);
	if (simulate_action(s->image, s->named, &t->action.what, &t->simulated)) {
		snprintf(why, size, "the simulator refuses the action");
		return -EINVAL;
	}
	return 0;
}

/* An answer as text, so that all that matters is compared at once. */
struct said {
	char text[160];
};

static void say(struct said *said, const char *verdict, bool record, const char *rule,
		const char *why)
{
	snprintf(said->text, sizeof(said->text), "%s, %s%s, %s", verdict, rule, why,
		 record ? "recorded" : "not recorded");
}

static const char *in_mode(const struct model *m, enum model_verdict verdict)
{
	if (verdict == SAYS_ALLOWED)
		return "allowed";
	if (m->mode == MODE_AUDIT)
		return "would-deny";
	return verdict == SAYS_KILLED ? "killed" : "denied";
}

static const char *const reasons[] = { "", ", denied-below", ", out-of-range", ", no-integer" };

static const char *reason_name(unsigned reason)
{
	return reason == REASON_DENIED_BELOW ? reasons[1]
	       : reason == REASON_RANGE	     ? reasons[2]
	       : reason == REASON_VALUE	     ? reasons[3]
					     : reasons[0];
}

/* named: the rule of what is allowed and not recorded is told as well. */
static void expect(const struct subject *s, const struct trial *t, bool below, bool named,
		   struct said *said)
{
	const struct model_answer *e = &t->expected;
	char rule[RULE_TEXT] = "default";

	if (!e->verdict && below) {
		say(said, in_mode(&s->model, SAYS_DENIED), true, "default", reasons[1]);
		return;
	}
	if (e->line && (named || e->verdict || e->record))
		snprintf(rule, sizeof(rule), MODEL_FILE ":%u", e->line);
	say(said, in_mode(&s->model, e->verdict), e->record, rule,
	    e->why == WHY_RULE	  ? reasons[0]
	    : e->why == WHY_RANGE ? reasons[2]
				  : reasons[3]);
}

static const char *event_name(unsigned verdict)
{
	static const char *const names[] = { "allowed", "denied", "would-deny", "killed" };

	return verdict < 4 ? names[verdict] : "?";
}

static void source(const struct subject *s, uint16_t rule, char buf[RULE_TEXT])
{
	if (image_rule_source(&s->image->head, s->image->words, rule, buf, RULE_TEXT) < 0)
		snprintf(buf, RULE_TEXT, "rule %u?", rule);
}

static bool same(const struct said *a, const struct said *b)
{
	return !strcmp(a->text, b->text);
}

static bool has_path(const struct simulate_action *action)
{
	return !simulate_has_number(action) && !simulate_has_address(action) &&
	       !simulate_has_pair(action) && !simulate_is_socket(action) &&
	       !simulate_has_no_path(action);
}

/* Whether the ways that spare the walk over a whole path come to the same; "" if they do. */
static const char *short_ways(const struct trial *t)
{
	const struct query_answer *k = &t->kernel;
	const char *slash = strrchr(t->action.what.path[0], '/');

	if (!has_path(&t->action.what) || !t->simulated.judged)
		return "";
	if (k->allows != (!k->verdict && !k->record))
		return ", and otherwise by the short way";
	if (!slash || !slash[1] || strlen(slash + 1) > 64 || k->state == k->parted)
		return "";
	return ", and another state by way of the directory";
}

bool trial_agrees(const struct subject *s, const struct trial *t, bool kernel, char *why,
		  size_t size)
{
	const struct simulate_answer *a = &t->simulated;
	const struct query_answer *k = &t->kernel;
	/* of a denied path alone the image knows the rule */
	bool named = simulate_has_address(&t->action.what) || simulate_is_socket(&t->action.what) ||
		     simulate_has_number(&t->action.what) || t->expected.limited ||
		     t->action.what.event == EVENT_DEVICE;
	bool below = a->reason == REASON_DENIED_BELOW, agrees;
	struct said expected, simulated, wanted, answered;
	char rule[RULE_TEXT];

	if (t->expected.below != BELOW_UNKNOWN)
		below = t->expected.below == BELOW_YES && !t->expected.verdict;
	expect(s, t, below, true, &expected);
	source(s, a->decision.rule, rule);
	say(&simulated, event_name(a->verdict), a->decision.record, rule, reason_name(a->reason));
	agrees = same(&expected, &simulated) && t->expected.judged == a->judged;
	snprintf(why, size, "reference: %s%s; simulator: %s%s", expected.text,
		 t->expected.judged ? "" : " (not judged)", simulated.text,
		 a->judged ? "" : " (not judged)");
	if (!kernel)
		return agrees;
	expect(s, t, below, named, &wanted);
	source(s, k->rule, rule);
	say(&answered, event_name(k->event), k->record, rule, reason_name(k->reason));
	agrees &= same(&wanted, &answered) && !*short_ways(t);
	snprintf(why + strlen(why), size - strlen(why), "; kernel: %s%s", answered.text,
		 short_ways(t));
	return agrees;
}
