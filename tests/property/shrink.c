/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/property/trial.h"

#include <stdlib.h>
#include <string.h>

#define ATTEMPTS 4000

/* What fails, and room for what is tried next. */
struct shrink {
	struct model model, next;
	struct model_action words, next_words;
	bool kernel;
	int attempts;
	char why[1024];
};

static bool ask_kernel(const struct subject *s, struct trial *t)
{
	struct kernel_question question = { .action = &t->action.what };
	bool asked = !kernel_policies(&s->image, 1) && !kernel_ask(&question, 1);

	t->kernel = question.answer;
	return asked;
}

/* Whether `next` still fails; then it is what we have. */
static bool still_fails(struct shrink *sh)
{
	static struct trial t;
	struct subject s = { .model = sh->next };
	char why[sizeof(sh->why)];
	bool fails;

	if (++sh->attempts > ATTEMPTS)
		return false;
	t.words = sh->next_words;
	fails = !subject_open(&s, why, sizeof(why)) && !trial_begin(&s, &t, why, sizeof(why)) &&
		(!sh->kernel || ask_kernel(&s, &t)) &&
		!trial_agrees(&s, &t, sh->kernel, why, sizeof(why));
	if (fails) {
		sh->model = s.model;
		sh->words = sh->next_words;
		memcpy(sh->why, why, sizeof(why));
	}
	subject_close(&s);
	return fails;
}

static void start_next(struct shrink *sh)
{
	sh->next = sh->model;
	sh->next_words = sh->words;
}

static bool drop_rules(struct shrink *sh)
{
	bool better = false;

	for (int i = sh->model.n_rules - 1; i >= 0; i--) {
		start_next(sh);
		memmove(&sh->next.rules[i], &sh->next.rules[i + 1],
			(size_t)(sh->next.n_rules - i - 1) * sizeof(sh->next.rules[0]));
		sh->next.n_rules--;
		better |= still_fails(sh);
	}
	return better;
}

static void drop_at(void *items, size_t size, int *count, int at)
{
	--*count;
	memmove((char *)items + size * (size_t)at, (char *)items + size * (size_t)(at + 1),
		size * (size_t)(*count - at));
}

static bool is_used(const struct model *m, enum model_section section)
{
	for (int i = 0; i < m->n_rules; i++)
		if (m->rules[i].section == section ||
		    (m->rules[i].section == SECTION_UNIX && section == SECTION_NETWORK))
			return true;
	return section == SECTION_NETWORK && m->n_sockets;
}

/* Sections without rules, and a mode that is not needed. */
static bool drop_sections(struct shrink *sh)
{
	struct {
		enum model_section section;
		enum model_default *dflt;
	} sections[] = {
		{ SECTION_EXEC, &sh->next.exec },
		{ SECTION_FILE, &sh->next.file },
		{ SECTION_NETWORK, &sh->next.network },
		{ SECTION_CAPABILITY, &sh->next.capabilities },
		{ SECTION_DEVICE, &sh->next.device },
		{ SECTION_SYSCTL_READ, &sh->next.sysctl_read },
		{ SECTION_SYSCTL_WRITE, &sh->next.sysctl_write },
	};
	bool better = false;

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		start_next(sh);
		if (!*sections[i].dflt || is_used(&sh->next, sections[i].section))
			continue;
		*sections[i].dflt = NO_SECTION;
		better |= still_fails(sh);
	}
	for (int i = sh->model.n_sockets - 1; i >= 0; i--) {
		start_next(sh);
		drop_at(sh->next.sockets, sizeof(sh->next.sockets[0]), &sh->next.n_sockets, i);
		better |= still_fails(sh);
	}
	start_next(sh);
	sh->next.mode = MODE_ENFORCE;
	return better | (sh->model.mode != MODE_ENFORCE && still_fails(sh));
}

/* Drops what a rule has several of, and its flags. */
static bool simplify_rule(struct shrink *sh, int i)
{
	bool better = false;

	for (int k = sh->model.rules[i].n_patterns - 1; k >= 0; k--) {
		struct model_rule *rule = &sh->next.rules[i];

		start_next(sh);
		drop_at(rule->pattern, sizeof(rule->pattern[0]), &rule->n_patterns, k);
		better |= rule->n_patterns && still_fails(sh);
	}
	for (int k = sh->model.rules[i].n_ports - 1; k >= 0; k--) {
		start_next(sh);
		drop_at(sh->next.rules[i].ports, sizeof(sh->next.rules[i].ports[0]),
			&sh->next.rules[i].n_ports, k);
		better |= still_fails(sh);
	}
	for (int k = sh->model.rules[i].n_ranges - 1; k >= 0; k--) {
		start_next(sh);
		drop_at(sh->next.rules[i].ranges, sizeof(sh->next.rules[i].ranges[0]),
			&sh->next.rules[i].n_ranges, k);
		better |= still_fails(sh);
	}
	for (int k = 0; k < 2; k++) {
		bool *has = k ? &sh->next.rules[i].has_max : &sh->next.rules[i].has_min;

		start_next(sh);
		better |= *has && !(*has = false) && still_fails(sh);
	}
	if (sh->model.rules[i].audit || sh->model.rules[i].quiet) {
		start_next(sh);
		sh->next.rules[i].audit = sh->next.rules[i].quiet = false;
		better |= still_fails(sh);
	}
	return better;
}

static void drop_byte(char *text, size_t at)
{
	memmove(text + at, text + at + 1, strlen(text + at));
}

static bool shorten_letters(struct shrink *sh, int i)
{
	bool better = false;

	for (int at = (int)strlen(sh->model.rules[i].letters) - 1; at >= 0; at--) {
		start_next(sh);
		drop_byte(sh->next.rules[i].letters, (size_t)at);
		better |= *sh->next.rules[i].letters && still_fails(sh);
	}
	return better;
}

static bool shorten_globs(struct shrink *sh, int i)
{
	bool better = false;

	for (int k = 0; k < sh->model.rules[i].n_patterns; k++)
		for (int at = (int)strlen(sh->model.rules[i].pattern[k]) - 1; at >= 0; at--) {
			char *glob = sh->next.rules[i].pattern[k];

			start_next(sh);
			if ((size_t)at >= strlen(glob))
				continue;
			drop_byte(glob, (size_t)at);
			better |= (!has_paths(&sh->next.rules[i]) || right_glob(glob)) &&
				  still_fails(sh);
		}
	return better;
}

/* In large pieces first: a path may have thousands of bytes. */
static bool shorten_words(struct shrink *sh)
{
	bool better = false;

	for (int i = 1; i < sh->words.count; i++)
		for (size_t piece = 512; piece; piece /= 8)
			for (size_t at = 0; at + piece <= strlen(sh->words.word[i]);) {
				char *word = sh->next_words.word[i];

				start_next(sh);
				memmove(word + at, word + at + piece,
					strlen(word + at + piece) + 1);
				if (still_fails(sh))
					better = true;
				else
					at += piece;
			}
	return better;
}

static void shrink(struct shrink *sh)
{
	bool better = true;

	while (better && sh->attempts < ATTEMPTS) {
		better = drop_rules(sh);
		better |= drop_sections(sh);
		for (int i = 0; i < sh->model.n_rules; i++) {
			better |= simplify_rule(sh, i);
			better |= shorten_letters(sh, i);
			better |= shorten_globs(sh, i);
		}
		better |= shorten_words(sh);
	}
}

/* As a word for bash. */
static void print_word(const char *word)
{
	fputs("$'", stdout);
	for (; *word; word++) {
		if (*word == '\\' || *word == '\'')
			printf("\\%c", *word);
		else if (*word < ' ' || *word > '~')
			printf("\\x%02x", (unsigned char)*word);
		else
			putchar(*word);
	}
	putchar('\'');
}

void shrink_and_print(const struct subject *s, const struct trial *t, bool kernel)
{
	struct shrink sh = { .kernel = kernel };
	char *text;

	sh.next = s->model;
	sh.next_words = t->words;
	if (still_fails(&sh))
		shrink(&sh);
	else
		printf("# it did not fail again\n");
	if (!*sh.why) {
		sh.model = s->model;
		sh.words = t->words;
	}
	text = model_text(&sh.model);
	printf("# %s\ncat >" MODEL_FILE " <<'END'\n%sEND\nbuild/bailiff test " MODEL_FILE " --",
	       sh.why, text);
	for (int i = 0; i < sh.words.count; i++) {
		putchar(' ');
		print_word(sh.words.word[i]);
	}
	putchar('\n');
	free(text);
}
