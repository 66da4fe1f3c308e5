/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policy/parse_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/parse.h"

/* "*" or a number of a device; false for anything else. */
static bool take_number(const char **at, long limit, int *ret)
{
	char *end;
	long value;

	if (**at == '*') {
		++*at;
		*ret = DEVICE_ANY;
		return true;
	}
	if (**at < '0' || **at > '9')
		return false;
	value = strtol(*at, &end, 10);
	*at = end;
	*ret = (int)value;
	return value <= limit;
}

static bool take_access(const char *text, unsigned *ret)
{
	static const char letters[] = DEVICE_LETTERS;

	*ret = 0;
	for (; *text; text++) {
		const char *letter = strchr(letters, *text);

		if (!letter || *ret & 1U << (letter - letters))
			return false;
		*ret |= 1U << (letter - letters);
	}
	return *ret != 0;
}

/* A literal path: no empty, "." or ".." component, nothing that looks like a glob. */
static bool take_path(const char *text, size_t len)
{
	if (len <= strlen(DEVICE_DIRECTORY) ||
	    strncmp(text, DEVICE_DIRECTORY, strlen(DEVICE_DIRECTORY)) != 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		const char *next = text + i + 1;

		if (strchr("*?[{\\", text[i]))
			return false;
		if (text[i] != '/')
			continue;
		next += *next == '.';
		next += *next == '.';
		if (*next == '/' || next >= text + len)
			return false;
	}
	return true;
}

bool device_parse(const char *text, struct device *ret)
{
	const char *space = strrchr(text, ' '), *at = text + 2;
	struct device device = { 0 };

	if (!space || !take_access(space + 1, &device.access))
		return false;
	if (*text == '/') {
		device.path_len = (size_t)(space - text);
		if (!take_path(text, device.path_len))
			return false;
		*ret = device;
		return true;
	}
	if (!strchr("abc", text[0]) || text[1] != ' ')
		return false;
	device.type = text[0];
	if (!take_number(&at, 4095, &device.major) || *at++ != ':' ||
	    !take_number(&at, 1048575, &device.minor) || at != space)
		return false;
	if (device.type == 'a' && (device.major != DEVICE_ANY || device.minor != DEVICE_ANY))
		return false;
	*ret = device;
	return true;
}

static bool check_device(struct parse *p, const config_setting_t *s, const char *text)
{
	struct device device;

	if (device_parse(text, &device))
		return true;
	parse_error(p, s,
		    "\"%s\" is no device: write \"c 1:3 rwm\", \"b 8:* r\", \"a *:* rwm\" or "
		    "\"/dev/fuse rw\"",
		    text);
	return false;
}

void parse_device(struct parse *p, const config_setting_t *s, void *target)
{
	if (config_setting_is_group(s) && config_setting_get_member(s, "kill")) {
		parse_error(p, s,
			    "device has no \"kill\": where the kernel asks about devices nothing "
			    "can be killed: write deny = [ ... ]");
		return;
	}
	parse_lists(p, s, "device", check_device, &((struct policy *)target)->device);
}
