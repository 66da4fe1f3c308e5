/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/arena.h"
#include "policy/cleanup.h"
#include "policy/compile_device.h"
#include "policy/compile_sysctl.h"
#include "policy/image.h"
#include "policy/netcompile.h"
#include "policy/numbers.h"
#include "policy/rules.h"
#include "policy/seccomp.h"
#include "policy/sockets.h"
#include "policy/subset.h"
#include "policy/table.h"

struct compile {
	const struct policy *policy;
	struct diag_list *diags;
	struct rule_table rules;
	struct path_pattern *patterns;
	size_t n_patterns;
	struct arena texts; /* of patterns that are not as written */
	struct sysctl_patterns sysctls;
	struct words words;
	struct policy_head head;
	uint16_t letters; /* ACCESS_* that patterns say something on */
	bool named;	  /* every allowed access is recorded, and so names its rule */
};

static void compile_clear(struct compile *c)
{
	rule_table_clear(&c->rules);
	free(c->patterns);
	arena_clear(&c->texts);
	sysctl_patterns_clear(&c->sysctls);
	words_clear(&c->words);
}

static bool has_unix_rule(const struct policy_network *network)
{
	for (size_t i = 0; i < network->n_rules; i++)
		if (net_rule_is_unix(network->rules[i]))
			return true;
	return false;
}

uint16_t policy_default_allow(const struct policy *p)
{
	const uint16_t file = ACCESS_ALL & ~ACCESS_EXEC;
	uint16_t allow = NAME_ALL;

	if (p->file.present && p->file.dflt == DEFAULT_DENY)
		allow &= (uint16_t) ~(file | ACCESS_EXEC);
	if (p->network.dflt == DEFAULT_DENY && has_unix_rule(&p->network))
		allow &= (uint16_t) ~(NAME_UNIX_CONNECT | NAME_UNIX_BIND);
	if (p->sysctl_read.present && p->sysctl_read.dflt == DEFAULT_DENY)
		allow &= (uint16_t)~NAME_SYSCTL_READ;
	if (p->sysctl_write.present && p->sysctl_write.dflt == DEFAULT_DENY)
		allow &= (uint16_t)~NAME_SYSCTL_WRITE;
	if (!p->exec.present)
		return allow;
	allow &= (uint16_t)~ACCESS_EXEC;
	return p->exec.dflt == DEFAULT_ALLOW ? allow | ACCESS_EXEC : allow;
}

static uint32_t network_classes(const struct policy_network *network)
{
	uint32_t classes = sockets_judged(network) ? CLASS_SOCKET : 0;

	if (network->dflt == DEFAULT_DENY)
		classes |= CLASS_ACCEPT;
	for (size_t i = 0; i < network->n_rules; i++) {
		const struct net_rule *rule = network->rules[i];

		if (net_rule_is_unix(rule))
			classes |= CLASS_UNIX;
		else if (rule->verdict.action == ACTION_KILL)
			classes |= CLASS_NETWORK_KILL;
		if (rule->op == NET_ACCEPT &&
		    (rule->verdict.action != ACTION_ALLOW || rule->verdict.audit))
			classes |= CLASS_ACCEPT;
	}
	return classes;
}

static void compile_head(struct compile *c)
{
	const struct policy *p = c->policy;
	struct policy_head *head = &c->head;

	head->mode = head->own_mode = (uint8_t)p->mode;
	head->default_allow = policy_default_allow(p);
	if (p->exec.present || p->file.present)
		head->classes |= CLASS_EXEC;
	if (p->file.present)
		head->classes |= CLASS_FILE;
	if (p->network.present)
		head->classes |= CLASS_NETWORK;
	head->classes |= network_classes(&p->network);
	if (p->device.present)
		head->classes |= CLASS_DEVICE;
	if (p->sysctl_read.present)
		head->classes |= CLASS_SYSCTL_READ;
	if (p->sysctl_write.present)
		head->classes |= CLASS_SYSCTL_WRITE;
	if (seccomp_wanted(p))
		head->classes |= CLASS_SECCOMP;
	head->classes |= number_classes(p);
	memcpy(head->name, p->name, strlen(p->name));
}

/* Adds the patterns of one rule, if it can change anything. */
static void add_patterns(struct compile *c, const struct policy_entries *paths, uint16_t access,
			 const struct policy_verdict *verdict, const struct policy_pos *rule)
{
	struct policy_verdict as = *verdict;
	struct outcome outcome;

	if (access & ACCESS_WRITE)
		access |= ACCESS_APPEND;
	if (access & ACCESS_EXEC && verdict->action != ACTION_ALLOW)
		access |= ACCESS_MAP;
	if (as.action == ACTION_ALLOW)
		as.audit |= c->named;
	outcome_clear(&outcome);
	outcome_add(&outcome, access, &as, rule_table_number(&c->rules, rule));
	outcome.allow &= (uint16_t)~c->head.default_allow;
	if (outcome_is_clear(&outcome))
		return;
	c->letters |= as.action != ACTION_ALLOW || as.audit
			      ? access
			      : access & (uint16_t)~c->head.default_allow;
	if (as.action == ACTION_ALLOW && (access & (ACCESS_WRITE | ACCESS_APPEND)) == ACCESS_APPEND)
		c->head.classes |= CLASS_APPEND;
	for (size_t i = 0; i < paths->count; i++)
		c->patterns[c->n_patterns++] = (struct path_pattern){
			.text = paths->items[i].text,
			.pos = paths->items[i].pos,
			.outcome = outcome,
		};
}

static void add_exec_patterns(struct compile *c, const struct policy_entries *list,
			      enum policy_action action)
{
	struct policy_verdict verdict = { .action = action };

	for (size_t i = 0; i < list->count; i++)
		add_patterns(c, &(struct policy_entries){ &list->items[i], 1 }, ACCESS_EXEC,
			     &verdict, &list->items[i].pos);
}

/* Names of the abstract namespace as they run through the automaton. */
static int add_unix_patterns(struct compile *c, const struct net_rule *rule)
{
	uint16_t bit = rule->op == NET_BIND ? NAME_UNIX_BIND : NAME_UNIX_CONNECT;

	add_patterns(c, &rule->paths, bit, &rule->verdict, &rule->pos);
	for (size_t i = 0; i < rule->abstracts.count; i++) {
		struct policy_entry entry = rule->abstracts.items[i];
		size_t size = strlen(entry.text) + 2;
		char *text = arena_alloc(&c->texts, size);

		if (!text)
			return -ENOMEM;
		snprintf(text, size, "@%s", entry.text);
		entry.text = text;
		add_patterns(c, &(struct policy_entries){ &entry, 1 }, bit, &rule->verdict,
			     &rule->pos);
	}
	return 0;
}

static int collect_patterns(struct compile *c)
{
	const struct policy *p = c->policy;
	size_t n = p->exec.allow.count + p->exec.deny.count + p->exec.kill.count;
	int r;

	r = sysctl_patterns_build(&c->sysctls, p, &c->rules, c->named);
	if (r < 0)
		return r;
	n += c->sysctls.count;
	for (size_t i = 0; i < p->file.n_rules; i++)
		n += p->file.rules[i]->paths.count;
	for (size_t i = 0; i < p->network.n_rules; i++)
		n += p->network.rules[i]->paths.count + p->network.rules[i]->abstracts.count;
	c->patterns = calloc(n + 1, sizeof(*c->patterns));
	if (!c->patterns)
		return -ENOMEM;
	add_exec_patterns(c, &p->exec.allow, ACTION_ALLOW);
	add_exec_patterns(c, &p->exec.deny, ACTION_DENY);
	add_exec_patterns(c, &p->exec.kill, ACTION_KILL);
	for (size_t i = 0; i < p->file.n_rules; i++) {
		const struct file_rule *rule = p->file.rules[i];

		add_patterns(c, &rule->paths, rule->access, &rule->verdict, &rule->pos);
	}
	for (size_t i = 0; i < p->network.n_rules; i++) {
		r = add_unix_patterns(c, p->network.rules[i]);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < c->sysctls.count; i++)
		c->patterns[c->n_patterns++] = c->sysctls.items[i];
	return 0;
}

/* Letters whose hooks nobody pays for where nothing is said on them. */
static void compile_letters(struct compile *c)
{
	uint16_t judged = c->letters | (uint16_t)~c->head.default_allow;

	if (judged & ACCESS_MAP)
		c->head.classes |= CLASS_MAP;
	if (judged & ACCESS_SETATTR)
		c->head.classes |= CLASS_SETATTR;
	if (judged & ACCESS_IOCTL)
		c->head.classes |= CLASS_IOCTL;
	if (c->head.default_allow & ACCESS_WRITE)
		c->head.classes &= (uint32_t)~CLASS_APPEND;
}

#define BLAME_NAMED 3

/* The patterns that an automaton owes its size to, as `"pattern" (file:line), ...`. */
static char *blame_text(const struct compile *c, const struct subset *s)
{
	uint32_t patterns[BLAME_NAMED];
	size_t n = subset_blame(s, c->n_patterns, patterns, BLAME_NAMED), size;
	char *text = NULL;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		const struct path_pattern *pattern = &c->patterns[patterns[i]];

		fprintf(out, "%s\"%.60s%s\" (%s:%u)", i ? ", " : "", pattern->text,
			strlen(pattern->text) > 60 ? "..." : "", pattern->pos.file,
			pattern->pos.line);
	}
	fclose(out);
	return text;
}

static void refuse_size(const struct compile *c, const struct subset *s, const char *what,
			size_t reached, size_t limit)
{
	POLICY_CLEANUP(policy_freep) char *blame = blame_text(c, s);

	diag_add(c->diags, DIAG_ERROR, c->policy->pos.file, c->policy->pos.line,
		 "the paths of policy \"%s\" need too many %s: %zu were reached, the limit is %zu; "
		 "most of them are owed to %s: write fewer wildcards there, or put the path of a "
		 "\"**\" more exactly",
		 c->policy->name, what, reached, limit, blame && *blame ? blame : "all patterns");
}

static void refuse_subset(const struct compile *c, const struct subset *s)
{
	if (s->dfa.n_states >= SUBSET_MAX_STATES)
		refuse_size(c, s, "states", s->dfa.n_states, SUBSET_MAX_STATES);
	else if (s->dfa.n_edges >= SUBSET_MAX_EDGES)
		refuse_size(c, s, "transitions", s->dfa.n_edges, SUBSET_MAX_EDGES);
	else
		refuse_size(c, s, "positions", s->n_members, SUBSET_MAX_MEMBERS);
}

static int append_table(struct compile *c, const struct table *table, const struct dfa *dfa)
{
	c->head.dfa_off = (uint32_t)c->words.count;
	c->head.dfa_words = (uint32_t)table->n_words;
	c->head.dfa_start = table->start;
	c->head.accept_off = c->head.dfa_off + table->accept;
	c->head.accept_count = (uint32_t)dfa->n_accepts;
	return words_append(&c->words, table->words, table->n_words);
}

static int build_table(struct compile *c, struct subset *s)
{
	POLICY_CLEANUP(dfa_clear) struct dfa dfa = { 0 };
	struct table table;
	int r = dfa_minimise(&s->dfa, &dfa);

	if (r < 0)
		return r;
	r = table_build(&dfa, BAILIFF_MAX_IMAGE_WORDS, &table);
	if (r == -E2BIG)
		refuse_size(c, s, "words", table.n_words, BAILIFF_MAX_IMAGE_WORDS);
	else if (!r)
		r = append_table(c, &table, &dfa);
	free(table.words);
	return r;
}

static int compile_paths(struct compile *c)
{
	POLICY_CLEANUP(nfa_clear) struct nfa nfa = { 0 };
	POLICY_CLEANUP(subset_clear) struct subset subset = { 0 };
	int r = collect_patterns(c);

	compile_letters(c);
	if (!r)
		r = nfa_build(&nfa, c->patterns, c->n_patterns);
	if (r < 0)
		return r;
	memcpy(c->head.byte_class, nfa.byte_class, sizeof(nfa.byte_class));
	/* no path has a NUL, abstract names may; no pattern of theirs tells it from 1 */
	c->head.byte_class[0] = c->head.byte_class[1];
	r = subset_build(&subset, &nfa, c->head.default_allow);
	if (r == -E2BIG)
		refuse_subset(c, &subset);
	if (!r)
		r = build_table(c, &subset);
	if (!r)
		r = sysctl_ranges_write(c->policy, &c->rules, &subset, &c->words, &c->head);
	return r;
}

static int compile_network(struct compile *c)
{
	const struct policy *p = c->policy;
	int r = net_compile(&p->network, &c->rules, &c->words, &c->head);

	if (!r && c->head.classes & CLASS_SOCKET)
		r = sockets_compile(&p->network, &c->rules, &c->words, &c->head);
	if (r == -E2BIG)
		diag_add(c->diags, DIAG_ERROR, p->network.pos.file, p->network.pos.line,
			 "the network rules of policy \"%s\" need more than %u words, the limit of "
			 "an image: each address range has all ports that a rule names for it, so "
			 "write fewer ports in rules without addresses",
			 p->name, BAILIFF_MAX_IMAGE_WORDS);
	return r;
}

static int compile_words(struct compile *c)
{
	int r = rule_table_build(&c->rules, c->policy);

	if (!r)
		r = compile_paths(c);
	if (!r && c->policy->network.present)
		r = compile_network(c);
	if (!r && c->policy->device.present)
		r = device_compile(c->policy, &c->rules, &c->words, &c->head, c->diags);
	if (!r)
		r = numbers_compile(c->policy, &c->rules, &c->words, &c->head);
	if (!r)
		r = rule_table_write(&c->rules, &c->words, &c->head);
	if (!r) {
		c->head.words = (uint32_t)c->words.count;
		c->head.digest = image_digest(&c->head, c->words.items);
	}
	return r;
}

static int compile(const struct policy *p, bool named, struct policy_image **ret,
		   struct diag_list *diags)
{
	POLICY_CLEANUP(compile_clear)
	struct compile c = { .policy = p, .diags = diags, .named = named };
	size_t errors = diags->errors;
	struct policy_image *image;
	int r;

	compile_head(&c);
	r = compile_words(&c);
	image = r < 0 ? NULL : calloc(1, sizeof(*image));
	if (!r && !image)
		r = -ENOMEM;
	if (r == -E2BIG && diags->errors == errors)
		diag_add(diags, DIAG_ERROR, p->pos.file, p->pos.line,
			 "policy \"%s\" needs more than %u words, the limit of an image: write "
			 "fewer rules, or split the policy",
			 p->name, BAILIFF_MAX_IMAGE_WORDS);
	else if (r < 0 && diags->errors == errors)
		diag_add(diags, DIAG_ERROR, p->pos.file, p->pos.line,
			 "policy \"%s\" can't be compiled: %s", p->name, strerror(-r));
	if (r < 0)
		return r;
	image->head = c.head;
	image->n_words = c.words.count;
	image->words = POLICY_TAKE(c.words.items);
	*ret = image;
	return 0;
}

int policy_compile(const struct policy *p, struct policy_image **ret, struct diag_list *diags)
{
	return compile(p, false, ret, diags);
}

int policy_compile_named(const struct policy *p, struct policy_image **ret, struct diag_list *diags)
{
	return compile(p, true, ret, diags);
}
