/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "policy/lint.h"
#include "policy/parse_device.h"

/* What a device by name is, block or character, only the kernel that it is for can tell. */
static bool has_type(const struct device *d, char type)
{
	return !d->type || d->type == 'a' || d->type == type;
}

static bool is_whole(const struct device *d)
{
	return d->type && d->major == DEVICE_ANY && d->minor == DEVICE_ANY;
}

/* Whether `by` is for all devices of that type that `entry` is for. */
static bool covers(const struct policy_entry *by, const struct policy_entry *entry, char type)
{
	struct device b, d;

	if (!device_parse(by->text, &b) || !device_parse(entry->text, &d) || !has_type(&b, type))
		return false;
	if (is_whole(&b))
		return true;
	if (b.path_len || d.path_len)
		return b.path_len == d.path_len && !strncmp(by->text, entry->text, b.path_len);
	return (b.major == DEVICE_ANY || b.major == d.major) &&
	       (b.minor == DEVICE_ANY || b.minor == d.minor);
}

/* What of an entry's access to devices of a type is not denied. `by`: what denies the last of it,
 * if nothing is left. */
static unsigned left(const struct policy_entries *deny, const struct policy_entry *entry, char type,
		     const struct policy_entry **by)
{
	struct device d, against;
	unsigned access;

	if (!device_parse(entry->text, &d) || !has_type(&d, type))
		return 0;
	access = d.access;
	for (size_t i = 0; i < deny->count && access; i++)
		if (covers(&deny->items[i], entry, type) &&
		    device_parse(deny->items[i].text, &against)) {
			access &= ~against.access;
			*by = &deny->items[i];
		}
	return access;
}

static void warn_whole(const struct policy *p, const struct policy_entry *entry, char type,
		       const char *opens, struct diag_list *diags)
{
	const struct policy_entry *by;
	struct device d;

	if (!device_parse(entry->text, &d) || !is_whole(&d) ||
	    !(left(&p->device.deny, entry, type, &by) & (DEVICE_READ | DEVICE_WRITE)))
		return;
	diag_add(diags, DIAG_WARNING, entry->pos.file, entry->pos.line, "\"%s\" allows %s",
		 entry->text, opens);
}

static void warn_dead(const struct policy *p, const struct policy_entry *entry,
		      struct diag_list *diags)
{
	const struct policy_entry *by = NULL;

	if (!left(&p->device.deny, entry, 'b', &by) && !left(&p->device.deny, entry, 'c', &by) &&
	    by)
		diag_add(diags, DIAG_WARNING, entry->pos.file, entry->pos.line,
			 "device \"%s\" is never allowed: it is denied by %s:%u", entry->text,
			 by->pos.file, by->pos.line);
	else if (p->device.dflt == DEFAULT_ALLOW)
		diag_add(diags, DIAG_WARNING, entry->pos.file, entry->pos.line,
			 "device \"%s\" is allowed by default: everything else is allowed as well",
			 entry->text);
}

void lint_devices(const struct policy *p, struct diag_list *diags)
{
	const struct policy_lists *lists = &p->device;

	for (size_t i = 0; i < lists->allow.count && lists->dflt == DEFAULT_DENY; i++) {
		const struct policy_entry *entry = &lists->allow.items[i];

		warn_whole(p, entry, 'b',
			   "every disk: files are there without their paths, those of the host too",
			   diags);
		warn_whole(p, entry, 'c',
			   "every character device: memory and terminals of the host are among "
			   "them",
			   diags);
	}
	for (size_t i = 0; i < lists->allow.count; i++)
		warn_dead(p, &lists->allow.items[i], diags);
}
