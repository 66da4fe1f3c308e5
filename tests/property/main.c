/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Actions by chance under policies by chance: the simulator, a naive reference and the kernel
 * must give the same verdict, record flag and rule.
 */
#include "tests/property/trial.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/args.h"
#include "tests/property/distribution.h"

#define POLICIES 32 /* of a batch */
#define TRIALS 25   /* under each */
#define DEFAULT_COUNT 12000
#define FAILURES_SHOWN 3

struct property {
	struct subject subjects[POLICIES];
	struct trial *trials;
	uint32_t n_trials;
	uint64_t batch_seed;
	bool kernel;
	struct distribution seen;
	unsigned long failed;
};

static int fail(const char *name, const char *why)
{
	printf("not ok %s: %s\n", name, why);
	return -EINVAL;
}

static int make_policy(struct property *p, uint32_t policy)
{
	struct subject *s = &p->subjects[policy];
	char why[512];

	model_random(&s->model);
	if (subject_open(s, why, sizeof(why))) {
		printf("%s", s->text);
		return fail("policy", why);
	}
	for (int i = 0; i < TRIALS; i++) {
		struct trial *t = &p->trials[p->n_trials++];

		t->policy = policy;
		random_action(&s->model, &t->words);
		if (trial_begin(s, t, why, sizeof(why))) {
			printf("%s# %s %s %s\n", s->text, t->words.word[0], t->words.word[1],
			       t->words.word[2]);
			return fail("action", why);
		}
	}
	return 0;
}

static int ask_all(struct property *p)
{
	struct policy_image *images[POLICIES];
	struct kernel_question questions[QUERIES];
	int error;

	for (uint32_t i = 0; i < POLICIES; i++)
		images[i] = p->subjects[i].image;
	error = kernel_policies(images, POLICIES);
	for (uint32_t first = 0; first < p->n_trials && !error; first += QUERIES) {
		uint32_t n = p->n_trials - first < QUERIES ? p->n_trials - first : QUERIES;

		for (uint32_t i = 0; i < n; i++)
			questions[i] = (struct kernel_question){
				.policy = p->trials[first + i].policy,
				.action = &p->trials[first + i].action.what
			};
		error = kernel_ask(questions, n);
		for (uint32_t i = 0; i < n; i++)
			p->trials[first + i].kernel = questions[i].answer;
	}
	return error ? fail("kernel", strerror(-error)) : 0;
}

static void compare(struct property *p)
{
	char why[1024];

	for (uint32_t i = 0; i < p->n_trials; i++) {
		const struct trial *t = &p->trials[i];
		const struct subject *s = &p->subjects[t->policy];

		distribution_note(&p->seen, t);
		if (trial_agrees(s, t, p->kernel, why, sizeof(why)))
			continue;
		if (p->failed++ >= FAILURES_SHOWN)
			continue;
		printf("not ok %s: %s: %s\n", kind_name(t), t->words.word[0], why);
		shrink_and_print(s, t, p->kernel);
	}
}

static int run_batch(struct property *p)
{
	int error = 0;

	p->n_trials = 0;
	for (uint32_t i = 0; i < POLICIES && !error; i++)
		error = make_policy(p, i);
	if (!error && p->kernel)
		error = ask_all(p);
	if (!error)
		compare(p);
	for (uint32_t i = 0; i < POLICIES; i++)
		subject_close(&p->subjects[i]);
	return error;
}

static int parse(int argc, char **argv, unsigned long *count, bool *kernel)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "count", required_argument, NULL, 'c' },
		{ "no-kernel", no_argument, NULL, 'k' },
		{ 0 },
	};
	unsigned long seed;
	int option;

	while ((option = args_next(argc, argv, "property", "", options)) >= 0) {
		bool right = option == 'k' || option == 's' || option == 'c';

		if (option == 'k')
			*kernel = false;
		else if (option == 's' && (right = args_number(optarg, 0, ~0UL, &seed)))
			random_seed = seed;
		else if (option == 'c')
			right = args_number(optarg, 1, 100000000, count);
		if (!right)
			return 2;
	}
	return 0;
}

/* 1 if the kernel is asked, 0 if not. */
static int open_kernel(bool wanted)
{
	char why[1024] = "";
	int error = wanted ? kernel_open(why, sizeof(why)) : -EPERM;

	if (!wanted)
		printf("skip kernel: not wanted\n");
	else if (error == -EPERM)
		printf("skip kernel: %s\n", why);
	else if (error)
		return fail("kernel", why);
	return !error;
}

int main(int argc, char **argv)
{
	static struct property p;
	unsigned long count = DEFAULT_COUNT;
	uint64_t seed;
	bool kernel = true;
	int asked, error = 0;

	random_seed = (uint64_t)time(NULL);
	if (parse(argc, argv, &count, &kernel))
		return 2;
	seed = random_seed;
	printf("# seed %llu\n", (unsigned long long)seed);
	p.trials = calloc((size_t)POLICIES * TRIALS, sizeof(*p.trials));
	asked = open_kernel(kernel);
	if (asked < 0 || !p.trials)
		return 1;
	p.kernel = asked;
	while (!error && p.seen.done < count && p.failed < FAILURES_SHOWN)
		error = run_batch(&p);
	if (distribution_print(&p.seen) && !error && !p.failed) {
		printf("ok distribution\n");
	} else if (!error && !p.failed) {
		error = fail("distribution", "something that should be frequent is rare");
	}
	if (!error && !p.failed)
		printf("ok %lu decisions (seed %llu): simulator, reference%s agree\n", p.seen.done,
		       (unsigned long long)seed, p.kernel ? " and kernel" : "");
	kernel_close();
	free(p.trials);
	return error || p.failed;
}
