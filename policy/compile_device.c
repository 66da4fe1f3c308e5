/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/compile_device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/cleanup.h"
#include "policy/device_name.h"
#include "policy/parse_device.h"

struct device_table {
	const struct rule_table *rules;
	struct diag_list *diags;
	uint64_t *entries;
	size_t count;
};

static uint32_t types_of(char letter)
{
	return letter == 'b'   ? DEVICE_BLOCK
	       : letter == 'c' ? DEVICE_CHAR
			       : DEVICE_BLOCK | DEVICE_CHAR;
}

/* The entry of a device by number, or by its name. */
static int make_entry(const char *text, uint16_t rule, uint64_t *ret)
{
	struct device device;
	struct device_number number;
	uint64_t entry;
	int r;

	if (!device_parse(text, &device))
		return -EINVAL;
	if (device.path_len) {
		r = device_find("", text + strlen(DEVICE_DIRECTORY),
				device.path_len - strlen(DEVICE_DIRECTORY), &number);
		if (r < 0)
			return r;
		entry = DEVICE_ENTRY(number.major, number.minor, rule) |
			DEVICE_ENTRY_TYPES(number.type);
	} else {
		bool any_major = device.major == DEVICE_ANY, any_minor = device.minor == DEVICE_ANY;

		entry = DEVICE_ENTRY(any_major ? 0 : device.major, any_minor ? 0 : device.minor,
				     rule) |
			DEVICE_ENTRY_TYPES(types_of(device.type)) |
			(any_major ? DEVICE_ENTRY_ANY_MAJOR : 0) |
			(any_minor ? DEVICE_ENTRY_ANY_MINOR : 0);
	}
	*ret = entry | DEVICE_ENTRY_ACCESS(device.access);
	return 0;
}

static int add_list(struct device_table *table, const struct policy_entries *list, uint64_t deny)
{
	int result = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct policy_entry *item = &list->items[i];
		uint64_t entry;
		int r = make_entry(item->text, rule_table_number(table->rules, &item->pos), &entry);

		if (r == -ENODEV)
			diag_add(table->diags, DIAG_ERROR, item->pos.file, item->pos.line,
				 "\"%s\": this kernel has no device of that name: load its module, "
				 "or write its number, as \"c 10:229 rw\"",
				 item->text);
		if (r < 0)
			result = r;
		else
			table->entries[table->count++] = entry | deny;
	}
	return result;
}

static int by_rule(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	if (DEVICE_RULE(x) != DEVICE_RULE(y))
		return DEVICE_RULE(x) < DEVICE_RULE(y) ? -1 : 1;
	return (x > y) - (x < y);
}

int device_compile(const struct policy *p, const struct rule_table *rules, struct words *out,
		   struct policy_head *head, struct diag_list *diags)
{
	size_t n = p->device.allow.count + p->device.deny.count;
	POLICY_CLEANUP(policy_freep) uint64_t *entries = calloc(n + 1, sizeof(*entries));
	struct device_table table = { .rules = rules, .diags = diags, .entries = entries };
	int r, denied;

	if (!entries)
		return -ENOMEM;
	r = add_list(&table, &p->device.allow, 0);
	denied = add_list(&table, &p->device.deny, DEVICE_ENTRY_DENY);
	if (r < 0 || denied < 0)
		return r < 0 ? r : denied;
	qsort(entries, table.count, sizeof(*entries), by_rule);
	head->device_off = (uint32_t)out->count;
	head->device_count = (uint32_t)table.count;
	head->device_default = p->device.dflt == DEFAULT_ALLOW ? DEVICE_ACCESS : 0;
	return words_append(out, entries, table.count);
}
