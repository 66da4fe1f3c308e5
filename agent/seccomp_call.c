/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/seccomp_call.h"

static const struct cond always;

bool call_action_equal(struct call_action a, struct call_action b)
{
	return a.kind == b.kind && a.data == b.data;
}

struct call_action call_stricter(struct call_action a, struct call_action b)
{
	return b.kind > a.kind ? b : a;
}

int call_add(struct call *call, const struct cond *cond, struct call_action action)
{
	struct call_rule *rules = realloc(call->rules, (call->count + 1) * sizeof(*call->rules));

	if (!rules)
		return -ENOMEM;
	call->rules = rules;
	rules[call->count++] = (struct call_rule){ *cond, action };
	return 0;
}

void call_clear(struct call *call)
{
	free(call->rules);
	*call = (struct call){ 0 };
}

void call_settle(struct call *call)
{
	size_t kept = 0;

	for (size_t i = 0; i < call->count; i++) {
		if (call_action_equal(call->rules[i].action, call->otherwise))
			continue;
		if (!call->rules[i].cond.count) {
			call->otherwise = call->rules[i].action;
			call->count = 0;
			return;
		}
		call->rules[kept++] = call->rules[i];
	}
	call->count = kept;
}

struct call_action call_decide(const struct call *call, const uint64_t arguments[COND_ARGUMENTS])
{
	struct call_action action = call->otherwise;
	bool any = false;

	for (size_t i = 0; i < call->count; i++) {
		if (!cond_holds(&call->rules[i].cond, arguments))
			continue;
		action = any ? call_stricter(action, call->rules[i].action) : call->rules[i].action;
		any = true;
	}
	return action;
}

static struct call_action strictest(const struct call *call)
{
	struct call_action action = call->otherwise;

	for (size_t i = 0; i < call->count; i++)
		action = call_stricter(action, call->rules[i].action);
	return action;
}

static int set_always(struct call *call, struct call_action action)
{
	call->count = 0;
	return call_action_equal(action, call->otherwise) ? 0 : call_add(call, &always, action);
}

/* Adds rules with one action for all that is left of a condition. */
static int add_rest(struct call *ret, const struct cond_list *rest, struct call_action action)
{
	int error = 0;

	for (size_t i = 0; !error && i < rest->count; i++)
		error = call_add(ret, &rest->items[i], action);
	return error;
}

/* What a rule says where no stricter one holds as well: rules that say different things never
 * hold at the same time, so that their order means nothing. -EDOM: can't be said. */
static int add_rule(struct call *ret, const struct call *from, size_t index)
{
	const struct call_rule *rule = &from->rules[index];
	struct cond_list rest = { 1, { rule->cond } };
	int error = 0;

	if (call_action_equal(rule->action, ret->otherwise))
		return 0;
	for (size_t i = 0; !error && i < from->count; i++) {
		const struct call_rule *other = &from->rules[i];

		if (call_action_equal(other->action, rule->action))
			continue;
		if (other->action.kind > rule->action.kind ||
		    (other->action.kind == rule->action.kind && i < index))
			error = cond_exclude(&rest, &other->cond);
	}
	return error ? error : add_rest(ret, &rest, rule->action);
}

/* What becomes of a call for which none of the rules holds, if that is not the default. */
static int add_otherwise(struct call *ret, const struct call *from)
{
	struct cond_list rest = { 1, { always } };
	int error = 0;

	if (call_action_equal(from->otherwise, ret->otherwise))
		return 0;
	for (size_t i = 0; !error && i < from->count; i++)
		error = cond_exclude(&rest, &from->rules[i].cond);
	return error ? error : add_rest(ret, &rest, from->otherwise);
}

/* The same call for a filter with another default. */
static int rewrite(const struct call *from, struct call *ret)
{
	struct call_action most = strictest(from);
	bool constant = true;
	int error = 0;

	for (size_t i = 0; i < from->count; i++)
		constant &= call_action_equal(from->rules[i].action, from->otherwise);
	if (constant)
		return set_always(ret, from->otherwise);
	for (size_t i = 0; !error && i < from->count; i++)
		error = add_rule(ret, from, i);
	if (!error)
		error = add_otherwise(ret, from);
	return error == -EDOM ? set_always(ret, most) : error;
}

/* One of them is the same whatever the arguments are, save on a few hosts for ipc(2). */
int call_merge(const struct call *a, const struct call *b, struct call_action dflt,
	       struct call *ret)
{
	const struct call *varied = a->count ? a : b;
	struct call both = { .otherwise = call_stricter(a->otherwise, b->otherwise) };
	int error = 0;

	*ret = (struct call){ .otherwise = dflt };
	if (a->count && b->count) {
		error = set_always(ret, call_stricter(strictest(a), strictest(b)));
		return error;
	}
	for (size_t i = 0; !error && i < varied->count; i++) {
		struct call_action action = varied->rules[i].action;

		action = varied == a ? call_stricter(action, b->otherwise)
				     : call_stricter(a->otherwise, action);
		error = call_add(&both, &varied->rules[i].cond, action);
	}
	if (!error)
		error = rewrite(&both, ret);
	call_clear(&both);
	if (error)
		call_clear(ret);
	return error;
}

/* Whether one of the rules holds wherever the condition does. */
static bool has_rule_for(const struct call *call, const struct cond *cond)
{
	for (size_t i = 0; i < call->count; i++)
		if (cond_implies(cond, &call->rules[i].cond))
			return true;
	return false;
}

/* Takes from the list what the condition holds for too; what can't be taken away stays. */
static void exclude(struct cond_list *rest, const struct cond *cond)
{
	size_t kept = 0;

	for (size_t i = 0; i < rest->count; i++)
		if (!cond_implies(&rest->items[i], cond))
			rest->items[kept++] = rest->items[i];
	rest->count = kept;
	(void)cond_exclude(rest, cond);
}

/* Whether the call is denied that strictly wherever the condition holds and no rule of `but`. */
static bool denies_where(const struct call *call, const struct cond *cond, enum call_kind kind,
			 const struct call *but)
{
	struct cond_list rest = { 1, { *cond } };

	for (size_t i = 0; i < call->count; i++)
		if (call->rules[i].action.kind >= kind)
			exclude(&rest, &call->rules[i].cond);
	if (rest.count && call->otherwise.kind < kind)
		return false;
	for (size_t i = 0; i < rest.count; i++)
		for (size_t k = 0; k < call->count; k++)
			if (call->rules[k].action.kind < kind &&
			    !has_rule_for(but, &call->rules[k].cond) &&
			    !cond_disjoint(&rest.items[i], &call->rules[k].cond))
				return false;
	return true;
}

/* Whether it is denied as by `b` where none of the rules of `b` holds. */
static bool denies_otherwise(const struct call *a, const struct call *b)
{
	struct cond_list rest = { 1, { always } };

	if (b->otherwise.kind < CALL_ERRNO)
		return true;
	for (size_t i = 0; i < b->count; i++)
		exclude(&rest, &b->rules[i].cond);
	for (size_t i = 0; i < rest.count; i++)
		if (!denies_where(a, &rest.items[i], b->otherwise.kind, b))
			return false;
	return true;
}

bool call_covers(const struct call *a, const struct call *b)
{
	const struct call none = { 0 };

	for (size_t i = 0; i < b->count; i++) {
		const struct call_rule *rule = &b->rules[i];

		if (rule->action.kind >= CALL_ERRNO &&
		    !denies_where(a, &rule->cond, rule->action.kind, &none))
			return false;
	}
	return denies_otherwise(a, b);
}
