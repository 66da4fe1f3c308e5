/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices, by the words of bailiff-policy(5), DEVICES. */
#include "tests/property/matches.h"

#include <string.h>
#include <unistd.h>

/* Fixed numbers: Documentation/admin-guide/devices.txt of the kernel. */
static const struct {
	const char *name;
	int major, minor;
} nodes[] = {
	{ "/dev/null", 1, 3 },	 { "/dev/zero", 1, 5 },	   { "/dev/full", 1, 7 },
	{ "/dev/random", 1, 8 }, { "/dev/urandom", 1, 9 }, { "/dev/kmsg", 1, 11 },
};

#define NODES (sizeof(nodes) / sizeof(nodes[0]))
#define ANY (-1)

static const int majors[] = { 0, 1, 2, 8, 136, 4094, 4095 };
static const int minors[] = { 0, 1, 3, 5, 255, 256, 1048574, 1048575 };

static int random_number_of(const int *numbers, unsigned n)
{
	return numbers[random_below(n)];
}

static void random_letters_of_device(char *letters)
{
	do {
		char *at = letters;

		for (const char *l = "wmr"; *l; l++)
			if (one_in(2))
				*at++ = *l;
		*at = '\0';
	} while (!*letters);
}

/* Names are looked up in sysfs. */
static bool has_names(void)
{
	return !access("/sys/dev/char/1:3/uevent", R_OK);
}

void random_device_rule(struct model_rule *rule)
{
	random_letters_of_device(rule->letters);
	rule->node = has_names() && one_in(5) ? (int)random_below(NODES) : ANY;
	rule->type = one_in(8) ? 'a' : "bc"[random_below(2)];
	rule->major = rule->type == 'a' || one_in(3) ? ANY : random_number_of(majors, 7);
	rule->minor = rule->type == 'a' || one_in(3) ? ANY : random_number_of(minors, 8);
}

static void put_number(char *buf, int number)
{
	if (number == ANY)
		strcat(buf, "*");
	else
		sprintf(buf + strlen(buf), "%d", number);
}

void device_text(const struct model_rule *rule, char *buf)
{
	if (rule->node != ANY) {
		sprintf(buf, "%s %s", nodes[rule->node].name, rule->letters);
		return;
	}
	sprintf(buf, "%c ", rule->type);
	put_number(buf, rule->major);
	strcat(buf, ":");
	put_number(buf, rule->minor);
	sprintf(buf + strlen(buf), " %s", rule->letters);
}

/* Mostly one that a rule is on, or one beside it. */
void random_device(const struct model *m, struct model_action *action)
{
	const struct model_rule *rule = NULL;
	int major = random_number_of(majors, 7), minor = random_number_of(minors, 8);
	char type = "bc"[random_below(2)];

	for (int i = 0; i < m->n_rules; i++)
		if (m->rules[i].section == SECTION_DEVICE && (!rule || one_in(2)))
			rule = &m->rules[i];
	action->count = 0;
	strcpy(action->word[action->count++], "device");
	if (has_names() && one_in(6)) {
		strcpy(action->word[action->count++], nodes[random_below(NODES)].name);
		random_letters_of_device(action->word[action->count++]);
		return;
	}
	if (rule && rule->node != ANY && !one_in(4)) {
		type = one_in(6) ? 'b' : 'c';
		major = nodes[rule->node].major;
		minor = nodes[rule->node].minor;
	} else if (rule) {
		if (rule->type != 'a' && !one_in(6))
			type = rule->type;
		if (rule->major != ANY && !one_in(6))
			major = rule->major;
		if (rule->minor != ANY && !one_in(6))
			minor = rule->minor;
	}
	sprintf(action->word[action->count++], "%c", type);
	sprintf(action->word[action->count++], "%d:%d", major, minor);
	random_letters_of_device(action->word[action->count++]);
}

static bool is_on(const struct model_rule *rule, char type, int major, int minor)
{
	if (rule->node != ANY)
		return type == 'c' && nodes[rule->node].major == major &&
		       nodes[rule->node].minor == minor;
	return (rule->type == 'a' || rule->type == type) &&
	       (rule->major == ANY || rule->major == major) &&
	       (rule->minor == ANY || rule->minor == minor);
}

static void find_device(const struct model_action *action, char *type, int *major, int *minor)
{
	*type = *action->word[1];
	if (action->count == 4) {
		sscanf(action->word[2], "%d:%d", major, minor);
		return;
	}
	*type = 'c';
	for (size_t i = 0; i < NODES; i++)
		if (!strcmp(nodes[i].name, action->word[1])) {
			*major = nodes[i].major;
			*minor = nodes[i].minor;
		}
}

void decide_device(const struct model *m, const struct model_action *action,
		   struct model_answer *ret)
{
	const char *letters = action->word[action->count - 1];
	int major = 0, minor = 0, n = 0;
	struct model_answer one[3];
	char type;

	find_device(action, &type, &major, &minor);
	for (const char *l = "rwm"; *l; l++) {
		struct matches found = { 0 };

		if (!strchr(letters, *l))
			continue;
		for (int i = 0; i < m->n_rules; i++)
			if (m->rules[i].section == SECTION_DEVICE &&
			    strchr(m->rules[i].letters, *l) &&
			    is_on(&m->rules[i], type, major, minor))
				note_rule(&found, &m->rules[i]);
		one[n++] = conclude(&found, m->device);
	}
	if (m->device)
		*ret = gravest(one, n);
}
