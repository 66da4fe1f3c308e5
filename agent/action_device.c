/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/action_device.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/cleanup.h"
#include "audit/escape.h"
#include "policy/device_name.h"
#include "policy/parse_device.h"
#include "policy/sysctl_name.h"

static int find_device(const char *name, struct simulate_action *what, struct fault *fault)
{
	struct device_number number;
	int error = device_find("", name + strlen(DEVICE_DIRECTORY),
				strlen(name) - strlen(DEVICE_DIRECTORY), &number);

	if (error)
		return fault_set(fault, -EINVAL, "%s: this kernel has no device of that name",
				 name);
	what->type = number.type;
	what->major = number.major;
	what->minor = number.minor;
	return 0;
}

int action_parse_device(const char *const *words, struct simulate_action *what, struct fault *fault)
{
	bool named = words[0][0] == '/';
	struct device device;
	char text[256];

	snprintf(text, sizeof(text), named ? "%s %s" : "%s %s %s", words[0], words[1],
		 named ? "" : words[2]);
	if (!device_parse(text, &device) ||
	    (!named && (device.type == 'a' || device.major < 0 || device.minor < 0)))
		return fault_set(fault, -EINVAL,
				 "device %s: write 'device c 1:3 rw' or 'device /dev/null rw'",
				 text);
	what->classes = CLASS_DEVICE;
	what->want[0] = device.access;
	if (named)
		return find_device(words[0], what, fault);
	what->type = device.type == 'b' ? DEVICE_BLOCK : DEVICE_CHAR;
	what->major = (uint32_t)device.major;
	what->minor = (uint32_t)device.minor;
	return 0;
}

/* As the kernel has it: "net/core/somaxconn". */
static int take_name(const char *word, char *name, struct fault *fault)
{
	if (strlen(word) >= BAILIFF_SYSCTL_MAX || strpbrk(word, "*?[]{}\\"))
		return fault_set(fault, -EINVAL, "%s: is no name of a sysctl", word);
	strcpy(name, word);
	sysctl_canonical(name);
	if (!sysctl_parts_right(name))
		return fault_set(fault, -EINVAL,
				 "%s: is no name of a sysctl: write \"net.core.somaxconn\"", word);
	sysctl_swap(name);
	return 0;
}

int action_parse_sysctl(const char *const *words, size_t n, struct simulate_action *what,
			struct fault *fault)
{
	bool write = !strcmp(words[0], "write");

	if (!write && strcmp(words[0], "read") != 0)
		return fault_set(fault, -EINVAL, "sysctl %s: write 'sysctl read' or 'sysctl write'",
				 words[0]);
	if (n != (write ? 3 : 2))
		return fault_set(fault, -EINVAL, "sysctl: takes the form '%s'",
				 write ? "sysctl write NAME VALUE" : "sysctl read NAME");
	if (write && strlen(words[2]) >= sizeof(what->path[1]))
		return fault_set(fault, -EINVAL, "a value of %zu bytes: at most %zu",
				 strlen(words[2]), sizeof(what->path[1]) - 1);
	what->classes = write ? CLASS_SYSCTL_WRITE : CLASS_SYSCTL_READ;
	what->want[0] = write ? NAME_SYSCTL_WRITE : NAME_SYSCTL_READ;
	if (write)
		strcpy(what->path[1], words[2]);
	return take_name(words[1], what->path[0], fault);
}

static void device_words(const struct simulate_action *what, char *number, char *letters)
{
	size_t n = 0;

	sprintf(number, "%c %u:%u", what->type == DEVICE_BLOCK ? 'b' : 'c', what->major,
		what->minor);
	for (unsigned int bit = 0; bit < 3; bit++)
		if (what->want[0] & 1U << bit)
			letters[n++] = DEVICE_LETTERS[bit];
	letters[n] = '\0';
}

int action_text_device(const struct simulate_action *what, struct audit_text *out)
{
	char number[32], letters[4];

	device_words(what, number, letters);
	return audit_text_printf(out, " %s %s", number, letters);
}

/* With dots again; `name` has room for BAILIFF_SYSCTL_MAX bytes. */
static void sysctl_text(const struct simulate_action *what, char *name)
{
	memcpy(name, what->path[0], BAILIFF_SYSCTL_MAX); /* it was parsed: no longer than that */
	sysctl_swap(name);
}

static const char *sysctl_access(const struct simulate_action *what)
{
	return what->want[0] == NAME_SYSCTL_WRITE ? "write" : "read";
}

int action_text_sysctl(const struct simulate_action *what, struct audit_text *out)
{
	char name[BAILIFF_SYSCTL_MAX];
	int error;

	sysctl_text(what, name);
	error = audit_text_printf(out, " %s", sysctl_access(what));
	if (!error)
		error = action_put_word(name, false, out);
	if (!error && what->want[0] == NAME_SYSCTL_WRITE)
		error = action_put_word(what->path[1], false, out);
	return error;
}

static int add(struct json_object *object, const char *name, const char *value)
{
	return json_object_object_add(object, name, json_object_new_string(value)) ? -ENOMEM : 0;
}

int action_json_device(const struct simulate_action *what, struct json_object *object)
{
	char number[32], letters[4];
	int error;

	device_words(what, number, letters);
	error = add(object, "access", letters);
	return error ? error : add(object, "device", number);
}

static int add_escaped(struct json_object *object, const char *name, const char *value)
{
	OWNED(audit_text_free) struct audit_text text = { 0 };
	int error = audit_escape(audit_slice_of(value), &text);

	return error ? error : add(object, name, text.data ? text.data : "");
}

int action_json_sysctl(const struct simulate_action *what, struct json_object *object)
{
	char name[BAILIFF_SYSCTL_MAX];
	int error;

	sysctl_text(what, name);
	error = add(object, "access", sysctl_access(what));
	if (!error)
		error = add_escaped(object, "name", name);
	if (!error && what->want[0] == NAME_SYSCTL_WRITE)
		error = add_escaped(object, "value", what->path[1]);
	return error;
}
